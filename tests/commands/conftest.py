"""Data folders with the sample city, and one language service for all commands."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from commands.desktop import Desktop

from bot.nlu_service import prepare_serving
from nlu.process import NluProcess


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
    assert Desktop(folder).run("staff", "list").status == 0
    return folder


@pytest.fixture(scope="session")
def new_desktop(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Desktop]:
    """Makes data folders with the sample city."""

    def made() -> Desktop:
        folder = tmp_path_factory.mktemp("desktop") / "var"
        shutil.copytree(sample, folder)
        return Desktop(folder)

    return made


@pytest.fixture
def desktop(new_desktop: Callable[[], Desktop]) -> Desktop:
    """A data folder with the sample city; no language service."""
    return new_desktop()


@pytest.fixture
def bare(tmp_path: Path) -> Desktop:
    """A data folder that does not exist yet."""
    return Desktop(tmp_path / "var")
