"""Real databases for each test: a copy of a prepared SQLite file, and one of a PostgreSQL template."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import pytest_asyncio
from builders import NOW
from sqlalchemy.ext.asyncio import AsyncSession

from cases.city import SAMPLE, load_city
from cases.database import Database, open_database
from cases.secrets import SecretBox

BOX = SecretBox(b"an all but secret key for the tests")
SERVER = os.environ.get("ONEDOOR_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/")
REQUIRED = os.environ.get("ONEDOOR_REQUIRE_POSTGRES") == "1"
BOTH = [pytest.param("sqlite", marks=pytest.mark.unit), "postgresql"]


async def _prepared(url: str) -> None:
    database = open_database(url, BOX)
    await database.prepare()
    async with database.transaction() as session:
        await load_city(session, SAMPLE, NOW)
    await database.close()


def _sqlite(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture(scope="session")
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is one: every commit is flushed to disk, and tests commit often."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(
        prefix="onedoor-test-", dir=memory if os.access(memory, os.W_OK) else None
    ) as made:
        yield Path(made)


@pytest.fixture
def quick_file(quick_folder: Path) -> Iterator[Path]:
    """The name of a SQLite file: the same for every test, and gone after each."""
    file = quick_folder / "onedoor.sqlite3"
    yield file
    for left in quick_folder.glob(f"{file.name}*"):
        left.unlink()


@pytest.fixture(scope="session")
def sqlite_template(quick_folder: Path) -> Path:
    """A migrated file with the sample city, made once."""
    file = quick_folder / "template.sqlite3"
    asyncio.run(_prepared(_sqlite(file)))
    return file


class Server:
    """A PostgreSQL server on which this run owns the databases of its own prefix."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.prefix = f"onedoor_test_{os.getpid()}_{secrets.token_hex(3)}"

    async def run(self, statement: str, name: str = "postgres") -> None:
        connection = await asyncpg.connect(self.address(name), timeout=5)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def address(self, name: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(scheme="postgresql", path=f"/{name}"))

    def engine_url(self, name: str) -> str:
        return self.address(name).replace("postgresql://", "postgresql+asyncpg://", 1)

    @asynccontextmanager
    async def fresh(self) -> AsyncIterator[str]:
        """The name of a new database, dropped on leaving."""
        name = f"{self.prefix}_{secrets.token_hex(4)}"
        await self.run(f"CREATE DATABASE {name}")
        try:
            yield name
        finally:
            await self.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def server() -> Server:
    """The PostgreSQL server; where it does not answer tests skip, or fail where CI wants it."""
    found = Server(SERVER)
    try:
        asyncio.run(found.run("SELECT 1"))
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        if REQUIRED:
            pytest.fail(f"PostgreSQL is required and does not answer: {type(error).__name__}")
        pytest.skip(f"PostgreSQL does not answer: {type(error).__name__}")
    return found


# Copying a template for each test takes a second where the disk is slow; putting the rows back takes a
# hundredth. In replica mode neither foreign keys nor the append-only triggers stand in the way.
REMEMBER = """
CREATE SCHEMA seed;
DO $$ DECLARE t text; BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TABLE seed.%I AS TABLE public.%I', t, t);
    END LOOP;
END $$;
"""
PUT_BACK = """
SET lock_timeout = '5s';
SET session_replication_role = replica;
DO $$ DECLARE t text; s text; BEGIN
    FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'seed' LOOP
        EXECUTE format('DELETE FROM public.%I', t);
        EXECUTE format('INSERT INTO public.%I SELECT * FROM seed.%I', t, t);
        s := CASE WHEN EXISTS (SELECT 1 FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name = t AND column_name = 'id')
            THEN pg_get_serial_sequence('public.' || t, 'id') END;
        IF s IS NOT NULL THEN
            EXECUTE format(
                'SELECT setval(%L, (SELECT coalesce(max(id), 0) + 1 FROM public.%I), false)', s, t);
        END IF;
    END LOOP;
END $$;
"""


@pytest.fixture(scope="session")
def postgres_name(server: Server) -> Iterator[str]:
    """One migrated database with the sample city for the whole run."""
    name = f"{server.prefix}_city"
    asyncio.run(server.run(f"CREATE DATABASE {name}"))
    asyncio.run(server.run(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    try:
        asyncio.run(_prepared(server.engine_url(name)))
        asyncio.run(server.run(REMEMBER, name))
        yield name
    finally:
        asyncio.run(server.run(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest_asyncio.fixture
async def postgres_url(server: Server, postgres_name: str) -> AsyncIterator[str]:
    """The run's database; whatever a test commits is put back after it."""
    yield server.engine_url(postgres_name)
    await server.run(PUT_BACK, postgres_name)


@pytest_asyncio.fixture
async def empty_postgres_url(server: Server) -> AsyncIterator[str]:
    """A database without any table."""
    async with server.fresh() as name:
        yield server.engine_url(name)


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, quick_file: Path) -> str:
    """The address of a prepared database with the sample city, on SQLite and on PostgreSQL."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    shutil.copyfile(request.getfixturevalue("sqlite_template"), quick_file)
    return _sqlite(quick_file)


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, quick_file: Path) -> str:
    """The address of a database without any table, on both."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("empty_postgres_url"))
    return _sqlite(quick_file)


@pytest.fixture(scope="session")
def known_databases() -> dict[str, Database]:
    """By address: a closed database opens again by itself and remembers the statements it has compiled."""
    return {}


@pytest_asyncio.fixture
async def database(url: str, known_databases: dict[str, Database]) -> AsyncIterator[Database]:
    """An open database with the sample city."""
    if url not in known_databases:
        known_databases[url] = open_database(url, BOX)
    opened = known_databases[url]
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def empty_database(empty_url: str) -> AsyncIterator[Database]:
    """An open database without any table."""
    opened = open_database(empty_url, BOX)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    """One transaction on the sample city, never committed, for tests that need no second one."""
    async with database.transaction() as opened:
        yield opened
        await opened.rollback()
