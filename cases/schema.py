"""How are the tables brought to a revision, forwards and back?"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cases.errors import DatabaseInconsistent

FOLDER = Path(__file__).with_name("migrations")
# Any number, as long as it is always the same: processes that start together queue up behind it.
LOCK = 0x04ED0012
_IN_PROCESS = threading.Lock()
WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)


def configuration() -> Config:
    """Alembic's configuration, without any file beside the scripts."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def revisions() -> list[str]:
    """All revisions, oldest first."""
    scripts = ScriptDirectory.from_config(configuration())
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


async def upgrade(engine: AsyncEngine, revision: str = "head") -> None:
    """Runs the steps up to a revision in one transaction: all of them, or none."""
    await _migrate(engine, lambda config: command.upgrade(config, revision))


async def downgrade(engine: AsyncEngine, revision: str) -> None:
    """Runs the steps back to a revision (`base`: to nothing) in one transaction."""
    await _migrate(engine, lambda config: command.downgrade(config, revision))


async def _migrate(engine: AsyncEngine, step: Callable[[Config], None]) -> None:
    async with _alone_in_process(), engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            await _on_sqlite(connection, step)
        else:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            await connection.run_sync(_run, step)
            await connection.commit()


@asynccontextmanager
async def _alone_in_process() -> AsyncIterator[None]:
    """Alembic keeps the running migration in module variables."""
    await asyncio.to_thread(_IN_PROCESS.acquire)
    try:
        yield
    finally:
        _IN_PROCESS.release()


async def _on_sqlite(connection: AsyncConnection, step: Callable[[Config], None]) -> None:
    # Rebuilding a table must not be refused by, nor empty, the tables that refer to it. SQLite allows this
    # switch only outside a transaction, so it goes past the one SQLAlchemy would open.
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await _write_ahead(driver)
    await driver.execute("PRAGMA foreign_keys = OFF")
    try:
        await connection.run_sync(_run, step)
        orphans = (await connection.execute(text("PRAGMA foreign_key_check"))).all()
        if orphans:
            raise DatabaseInconsistent(f"{len(orphans)} rows refer to nothing after the migration.")
        await connection.commit()
    finally:
        await connection.rollback()
        await driver.execute("PRAGMA foreign_keys = ON")


async def _write_ahead(driver: Any) -> None:
    """Lets readers go on beside a writer; kept in the file itself, so once is enough.

    The switch does not wait its turn as other statements do: processes that start together try again.
    """
    for pause in (*WAITS, None):
        try:
            await driver.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if pause is None:
                raise
            await asyncio.sleep(pause)
        else:
            return


def _run(connection: Connection, step: Callable[[Config], None]) -> None:
    config = configuration()
    config.attributes["connection"] = connection
    step(config)
