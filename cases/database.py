"""How is the database opened, prepared, and spoken to: one transaction at a time, committed on leaving?"""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import QueuePool

from cases import schema
from cases.errors import ChangedMeanwhile, DatabaseBusy, DatabaseUnreachable
from cases.secrets import SecretBox, give_box

# Other writers are waited for this long before a turn gives up.
BUSY_MILLISECONDS = 10_000
READS_ONLY = "onedoor_reads_only"
# Rows of an index that SQLite looks at to learn how its values are spread: some milliseconds, however many
# cases there are.
LOOKED_AT = 400
# PostgreSQL: serialization failure, deadlock.
LOST_RACES = frozenset({"40001", "40P01"})
# … connection lost, not let in, no such database, too many connections, shutting down.
UNREACHABLE = ("08", "28", "3D", "53", "57P")


class Database:
    """An open database; every access goes through `transaction` or `reading`."""

    def __init__(self, engine: AsyncEngine, box: SecretBox) -> None:
        self.engine = engine
        self.box = box
        # SQLite has one writer's place and wakes those who wait for it by chance: in a crowd some would
        # starve. Within a process they queue here instead, first come, first served.
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
        self._writers = async_sessionmaker(engine, expire_on_commit=False)
        self._readers = async_sessionmaker(
            engine.execution_options(**{READS_ONLY: True}), expire_on_commit=False, autoflush=False
        )

    async def prepare(self) -> None:
        """Brings the tables to the newest revision; safe when several processes start at once."""
        with _plain_errors():
            await schema.upgrade(self.engine)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session that commits on leaving without error and rolls back otherwise.

        The database is first touched by the first statement. On SQLite the writer's place is taken at that
        moment, so a decision never rests on rows another writer is changing; within this process it is taken
        on entering, so ask the NLU before. Raises ChangedMeanwhile when somebody else was faster.
        """
        with _plain_errors():
            async with self._writers_place(), self._writers() as session, session.begin():
                yield session

    @asynccontextmanager
    async def _writers_place(self) -> AsyncIterator[None]:
        """Waits for this process's turn to write; raises DatabaseBusy when it takes as long as a lock may."""
        if self.engine.dialect.name != "sqlite":
            yield
            return
        # A lock belongs to one event loop; an engine may outlive its first one.
        queue = self._queues.setdefault(asyncio.get_running_loop(), asyncio.Lock())
        try:
            await asyncio.wait_for(queue.acquire(), BUSY_MILLISECONDS / 1000)
        except TimeoutError:
            raise DatabaseBusy from None
        try:
            yield
        finally:
            queue.release()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads, beside any writer; nothing it changes is ever kept."""
        with _plain_errors():
            async with self._readers() as session:
                yield session

    async def check(self) -> None:
        """Returns when the database answers; raises DatabaseUnreachable or DatabaseBusy."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def learn_sizes(self) -> None:
        """Lets SQLite see how large its tables are by now, for its plans; PostgreSQL does so by itself."""
        if self.engine.dialect.name == "sqlite":
            async with self.transaction() as session:
                await session.execute(text(f"PRAGMA analysis_limit = {LOOKED_AT}"))
                await session.execute(text("ANALYZE"))

    async def close(self) -> None:
        """Closes every connection."""
        pool = self.engine.pool
        if self.engine.dialect.name == "sqlite" and isinstance(pool, QueuePool) and pool.checkedin():
            with suppress(DBAPIError):
                await self._learn_in_passing()
        await self.engine.dispose()

    async def _learn_in_passing(self) -> None:
        """What this connection's questions would have needed to know, unless somebody is writing."""
        async with self.engine.execution_options(**{READS_ONLY: True}).connect() as connection:
            await connection.exec_driver_sql("PRAGMA busy_timeout = 0")
            await connection.exec_driver_sql(f"PRAGMA analysis_limit = {LOOKED_AT}")
            await connection.exec_driver_sql("PRAGMA optimize")
            await connection.commit()


class _plain_errors:  # noqa: N801  # reads as a verb where it is used
    """Turns what drivers raise into the errors of this package, without their words or parameters."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        match error:
            case StaleDataError():
                raise ChangedMeanwhile from error
            case DBAPIError():
                _raise_plain(error)
            case ConnectionRefusedError() | socket.gaierror():  # the driver's own, on connecting
                raise DatabaseUnreachable from error


def _raise_plain(error: DBAPIError) -> None:
    state = str(getattr(error.orig, "sqlstate", None) or "")
    if state in LOST_RACES:
        raise ChangedMeanwhile from error
    if "database is locked" in str(error.orig):
        raise DatabaseBusy from error
    if (
        state.startswith(UNREACHABLE)
        or error.connection_invalidated
        or "unable to open database" in str(error.orig)
    ):
        raise DatabaseUnreachable from error


def open_database(url: str, key: SecretBox) -> Database:
    """The database behind an async SQLAlchemy URL (`sqlite+aiosqlite://…`, `postgresql+asyncpg://…`)."""
    try:
        parsed = make_url(url)
        on_sqlite = parsed.get_backend_name() == "sqlite"
        engine = _open_sqlite(url, parsed.database) if on_sqlite else _open_server(url)
    except (ArgumentError, InvalidRequestError, ImportError) as error:
        raise DatabaseUnreachable("ONEDOOR_DATABASE_URL is not an address we can use.") from error
    give_box(engine, key)
    return Database(engine, key)


def _open_server(url: str) -> AsyncEngine:
    engine = create_async_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10, hide_parameters=True)
    event.listen(engine.sync_engine, "begin", _begin_elsewhere)
    return engine


def _open_sqlite(url: str, file: str | None) -> AsyncEngine:
    engine = create_async_engine(url, hide_parameters=True)
    if file and file != ":memory:":
        _make_file(Path(file))
    event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _make_file(file: Path) -> None:
    """Says at once that a file cannot be opened; later the driver's own thread would say it, in a trace."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        sqlite3.connect(file).close()
    except (OSError, sqlite3.Error) as error:
        raise DatabaseUnreachable from error


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions by its own rules: `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    # What a resident was told must survive a power cut.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail, not wait, when another writer came between.
    reads_only = connection.get_execution_options().get(READS_ONLY)
    connection.exec_driver_sql("BEGIN DEFERRED" if reads_only else "BEGIN IMMEDIATE")


def _begin_elsewhere(connection: Connection) -> None:
    if connection.get_execution_options().get(READS_ONLY):
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
