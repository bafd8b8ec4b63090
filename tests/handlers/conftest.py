"""A door on a real database with the sample city; rules alone understand, so nothing has to be started."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.opening import opened
from cases.database import Database
from cases.settings import Settings
from handlers.door import Door
from handlers.ear import Ear


@pytest.fixture(scope="session")
def prepared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as a first start leaves it: key, tables, sample city."""
    folder = tmp_path_factory.mktemp("prepared")

    async def prepare() -> None:
        async with opened(Settings(data_dir=folder)):
            pass

    asyncio.run(prepare())
    return folder


@pytest.fixture
def data_dir(prepared_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared_folder, tmp_path / "data"))


@pytest.fixture
async def database(data_dir: Path) -> AsyncIterator[Database]:
    async with opened(Settings(data_dir=data_dir)) as database:
        yield database


@pytest.fixture
def door(database: Database, data_dir: Path) -> Door:
    return Door(database, Ear(None), data_dir=data_dir, locale="zh-Hans", public_base="http://door.example")
