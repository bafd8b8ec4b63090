"""The live service for tests that need the committed model: started once, skipped nowhere."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.nlu_service import prepare_serving
from nlu.process import NluProcess


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NluProcess]:
    prepare_serving()
    process = NluProcess(Path(tmp_path_factory.mktemp("nlu")))
    asyncio.run(process.start())
    yield process
    asyncio.run(process.stop())
