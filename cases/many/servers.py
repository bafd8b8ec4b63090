"""Which PostgreSQL is measured: a server's address, and a database of its own on it, dropped at the end?"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg  # type: ignore[import-untyped]  # it ships no types

ADDRESS = "postgresql://postgres@127.0.0.1:5432/"
SETTING = "ONEDOOR_BENCH_POSTGRES"
SECONDS = 5.0


def address() -> str:
    """The server's address: the setting, or the loopback's."""
    return os.environ.get(SETTING) or ADDRESS


async def answers(url: str) -> bool:
    """Whether a server lets us in there."""
    try:
        await _run(url, "SELECT 1")
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
        return False
    return True


@asynccontextmanager
async def fresh_database(url: str) -> AsyncIterator[str]:
    """The address, for SQLAlchemy, of a new database that is dropped on leaving."""
    name = f"onedoor_bench_{os.getpid()}_{secrets.token_hex(3)}"
    await _run(url, f"CREATE DATABASE {name}")
    try:
        yield _named(url, name).replace("postgresql://", "postgresql+asyncpg://", 1)
    finally:
        await _run(url, f"DROP DATABASE {name} WITH (FORCE)")


def _named(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(scheme="postgresql", path=f"/{name}"))


async def _run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(_named(url, "postgres"), timeout=SECONDS)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
