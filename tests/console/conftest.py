"""A console on a real SQLite database with the sample city, reached as by a browser without script."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from shutil import copyfile
from typing import Any, Protocol

import builders
import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr

from cases.city import SAMPLE, load_city
from cases.database import Database, open_database
from cases.secrets import box_of_folder
from cases.settings import Settings
from console.app import create_app
from console.front import Front
from kb.library import Library, load_library

BASE = "http://door.test"
ROOT = Path(__file__).parents[2]


@dataclass
class Clock:
    """The time the console reads; a test sets it."""

    now: datetime = builders.NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class GivenCase:
    """A case with the six digits its resident was given."""

    code: str
    secret: str

    @property
    def wrong(self) -> str:
        return f"{(int(self.secret) + 1) % 1_000_000:06}"


class OpenCase(Protocol):
    async def __call__(self, **more: Any) -> GivenCase: ...


Browse = Callable[[Front], httpx.AsyncClient]


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def city_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the sample city and its key, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("city")
    database = open_database(f"sqlite+aiosqlite:///{folder}/onedoor.sqlite3", box_of_folder(folder))
    await database.prepare()
    async with database.transaction() as session:
        await load_city(session, SAMPLE, builders.NOW)
    await database.close()
    return folder


@pytest.fixture
def data_dir(tmp_path: Path, city_folder: Path) -> Path:
    for file in city_folder.iterdir():
        copyfile(file, tmp_path / file.name)
    (tmp_path / "secret.key").chmod(0o600)
    return tmp_path


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    return Settings(data_dir=data_dir, public_url=BASE)


@pytest_asyncio.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    opened = open_database(settings.database, box_of_folder(settings.data_dir))
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def front(settings: Settings, database: Database, library: Library, clock: Clock) -> Front:
    return Front(settings, database, library, now=clock, wrong_takes=0.0)


@pytest.fixture
def browse() -> Browse:
    """A browser for a console put together in the test."""
    return lambda front: httpx.AsyncClient(transport=httpx.ASGITransport(create_app(front)), base_url=BASE)


@pytest_asyncio.fixture
async def door(front: Front, browse: Browse) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the console of this test."""
    async with browse(front) as client:
        yield client


@pytest.fixture
def open_case(database: Database) -> OpenCase:
    """Opens a case in the sample city, brought to a status; see `builders.a_case`."""

    async def opened(**more: Any) -> GivenCase:
        async with database.transaction() as session:
            case = await builders.a_case(session, **more)
            assert case.secret_once
            return GivenCase(case.code, case.secret_once)

    return opened


@pytest_asyncio.fixture
async def case(open_case: OpenCase) -> GivenCase:
    return await open_case()


@pytest.fixture
def with_bot(front: Front) -> Front:
    """The same console with a bot that has told its name."""
    (front.settings.data_dir / "bot-name").write_text("yunting_door_bot\n")
    token = SecretStr("123456:" + "A" * 35)
    return replace(front, settings=front.settings.model_copy(update={"bot_token": token}))


@pytest.fixture(scope="session")
def environment() -> Callable[..., dict[str, str]]:
    """Only what a console process needs, so that no setting of the machine reaches it."""

    def given(data_dir: Path, **more: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        ours = {"ONEDOOR_DATA_DIR": str(data_dir), "ONEDOOR_CONSOLE_PORT": "0"}
        return kept | ours | {f"ONEDOOR_{name.upper()}": value for name, value in more.items()}

    return given


@pytest.fixture(scope="session")
def start_console(environment: Callable[..., dict[str, str]]) -> Any:
    """Starts a real console process and gives it with its address; killed if the test has not stopped it."""

    @contextmanager
    def started(data_dir: Path, **more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
        command = [sys.executable, "-m", "console"]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(data_dir, **more), stderr=subprocess.PIPE, text=True
        )
        assert process.stderr
        try:
            line = process.stderr.readline()
            assert line.startswith("{"), line + process.stderr.read()
            yield process, json.loads(line)["address"]
        finally:
            process.kill()
            process.wait()
            process.stderr.close()

    return started
