"""Which NLU service a command talks to: the deployer's, the one `up` runs, or one of its own."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.words import CommandFailed, tell
from cases.settings import Settings
from nlu import environments
from nlu.client import NluClient
from nlu.process import NluNotStarted, NluProcess

RUNNING = "running.json"


@asynccontextmanager
async def nlu_service(settings: Settings) -> AsyncIterator[str]:
    """The base URL of a live service; one that was started here is stopped on leaving."""
    url = settings.nlu_url or await running_elsewhere(settings.data_dir)
    if url:
        yield url
        return
    async with served(NluProcess(settings.data_dir)) as url:
        yield url


@asynccontextmanager
async def served(process: NluProcess) -> AsyncIterator[str]:
    """The base URL of a service of our own, in the environment its model needs; stopped on leaving."""
    prepare_serving(process.environment)
    try:
        yield await process.start()
    except NluNotStarted as failed:
        raise CommandFailed("nlu_not_started", reason=str(failed)) from None
    finally:
        await process.stop()


def prepare_serving(kind: environments.Kind = "serve") -> None:
    """Makes the environment that serves the model in force when it is missing, saying so."""
    if environments.is_ready(kind):
        return
    tell("preparing_nlu")
    try:
        environments.prepare(kind, os.environ.get("ONEDOOR_UV", "uv"))
    except environments.EnvironmentNotReady as failed:
        raise CommandFailed("environment_not_ready", reason=str(failed)) from None


async def running_elsewhere(data_dir: Path) -> str | None:
    """The service of a running `up` on the same data folder, if it answers."""
    try:
        url = json.loads((data_dir / RUNNING).read_text(encoding="utf-8"))["nlu_url"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    async with NluClient(str(url)) as client:
        return str(url) if await client.healthy() else None
