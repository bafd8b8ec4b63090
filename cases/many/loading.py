"""How do rows get into a database fast: past triggers and indexes, which are put back afterwards?"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

import asyncpg  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy.engine import make_url

from cases.many.columns import COLUMNS

# Of the file's cache, in KiB (negative: as SQLite wants it).
CACHE = -1_000_000
LOADING = ("journal_mode = MEMORY", "synchronous = OFF", f"cache_size = {CACHE}", "foreign_keys = OFF")
NUMBERED = ("residents", "cases", "statements")
"""Tables whose ids are given: where PostgreSQL counts on from there."""


class Loader(Protocol):
    """Puts encoded rows into tables."""

    async def put(self, table: str, rows: Any) -> None: ...

    async def finish(self) -> None: ...


class SqliteLoader:
    """One transaction a chunk, without waiting for the disk; the file is safe only once `finish` is over."""

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(
            Path(make_url(url).database or ""), isolation_level=None, check_same_thread=False
        )
        for pragma in LOADING:
            self._connection.execute(f"PRAGMA {pragma}")
        found = self._connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"  # noqa: S608
            f" AND tbl_name IN ({', '.join('?' * len(COLUMNS))})",
            list(COLUMNS),
        ).fetchall()
        self._indexes = [sql for _, sql in found]
        for name, _ in found:
            self._connection.execute(f'DROP INDEX "{name}"')

    async def put(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Adds rows of a table, in the order of its columns."""
        await asyncio.to_thread(self._put, table, rows)

    def _put(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        names = ", ".join(f'"{name}"' for name in COLUMNS[table])
        marks = ", ".join("?" * len(COLUMNS[table]))
        self._connection.execute("BEGIN")
        insert = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608  # names of our own
        self._connection.executemany(insert, rows)
        self._connection.execute("COMMIT")

    async def finish(self) -> None:
        """Indexes again, statistics, and the file as the product keeps it."""
        await asyncio.to_thread(self._finish)

    def _finish(self) -> None:
        for sql in self._indexes:
            self._connection.execute(sql)
        self._connection.execute("ANALYZE")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.close()


class ServerLoader:
    """COPY on a connection of its own, on which neither triggers nor foreign keys act."""

    def __init__(self, connection: asyncpg.Connection, indexes: Sequence[str]) -> None:
        self._connection, self._indexes = connection, indexes

    @classmethod
    async def connected(cls, url: str) -> ServerLoader:
        """Connects and takes the plain indexes away; those of constraints stay."""
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        connection = await asyncpg.connect(plain)
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("SET synchronous_commit = off")
        await connection.execute("SET maintenance_work_mem = '512MB'")
        found = await connection.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY($1)"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
            list(COLUMNS),
        )
        for row in found:
            await connection.execute(f'DROP INDEX "{row["indexname"]}"')
        return cls(connection, [row["indexdef"] for row in found])

    async def put(self, table: str, rows: bytes) -> None:
        """Adds rows of a table, encoded by `as_copy`."""
        await self._connection.copy_to_table(
            table, source=BytesIO(rows), columns=list(COLUMNS[table]), format="text"
        )

    async def finish(self) -> None:
        """Indexes again, numbers that go on, statistics."""
        for definition in self._indexes:
            await self._connection.execute(definition)
        for table in NUMBERED:
            following = f"(SELECT max(id) FROM {table})"  # noqa: S608  # a name of our own
            await self._connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {following})"
            )
        await self._connection.execute("VACUUM ANALYZE")
        await self._connection.execute("CHECKPOINT")
        await self._connection.close()


async def loader(url: str) -> Loader:
    """What loads into the database behind an address."""
    if make_url(url).get_backend_name() == "sqlite":
        return SqliteLoader(url)
    return await ServerLoader.connected(url)


def as_copy(rows: Sequence[tuple[object, ...]]) -> bytes:
    """Rows in PostgreSQL's text format."""
    return "".join("\t".join(map(_cell, row)) + "\n" for row in rows).encode()


def _cell(value: object) -> str:
    match value:
        case str():
            return value.replace("\\", "\\\\") if "\\" in value else value
        case None:
            return "\\N"
        case bool():
            return "t" if value else "f"
        case bytes():
            return f"\\\\x{value.hex()}"
    return str(value)


def as_sqlite(rows: Sequence[tuple[object, ...]], times: Sequence[int]) -> list[tuple[object, ...]]:
    """Rows with their times as SQLite keeps them; `times` are the places of the columns that are times."""
    found = []
    for row in rows:
        cells = list(row)
        for place in times:
            at = cells[place]
            if isinstance(at, str):
                cells[place] = f"{at[:10]} {at[11:26]}"
        found.append(tuple(cells))
    return found
