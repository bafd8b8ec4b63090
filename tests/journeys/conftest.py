"""One language service for all stories, and for each a data folder of its own with the sample city."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from journeys.reading import Story
from journeys.telling import Telling

from bot.nlu_service import prepare_serving
from bot.opening import box_of, opened
from cases.database import open_database
from cases.settings import Settings
from nlu.process import NluProcess

Tell = Callable[[Story], AbstractAsyncContextManager[Telling]]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The language service with the model of the repository."""
    prepare_serving()
    process = NluProcess(tmp_path_factory.mktemp("nlu"))
    yield asyncio.run(process.start())
    asyncio.run(process.stop())


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample city, to be copied."""
    folder = tmp_path_factory.mktemp("sample") / "var"
    asyncio.run(_prepare(Settings.model_validate({"data_dir": folder})))
    return folder


async def _prepare(settings: Settings) -> None:
    async with opened(settings):
        pass


@pytest.fixture
def tell(service: str, sample: Path, tmp_path: Path) -> Tell:
    """Sets the stage for a story."""

    @asynccontextmanager
    async def told(story: Story) -> AsyncIterator[Telling]:
        folder = tmp_path / "var"
        shutil.copytree(sample, folder)
        settings = Settings.model_validate({"data_dir": folder, "gather_seconds": 0.0})
        database = open_database(settings.database, box_of(settings))
        try:
            yield Telling(story, settings, database, nlu_url=service)
        finally:
            await database.close()

    return told
