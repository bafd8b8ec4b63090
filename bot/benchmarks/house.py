"""The whole product as `up` runs it, before a loopback Bot API: how soon it is there, and what it takes."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.benchmarks.processes import (
    ROOT,
    Running,
    command_of,
    cpu_seconds,
    family,
    own_share_mb,
    resident_mb,
    running,
)
from bot.benchmarks.services import HOST, LOOK_EVERY, free_port
from bot.loopback import LoopbackBotApi

SECONDS_TO_START = 120.0
# What a process of the house is recognised by in its command line.
PARTS = {"nlu": "nlu.serving", "bot": "-m bot", "console": "-m console", "up": "bot.cli up"}


@dataclass(frozen=True, slots=True)
class House:
    """A running product; `ready` is the seconds from the command to all parts being ready."""

    up: Running
    ready: float

    def memory(self) -> dict[str, float]:
        """Resident memory of each part in MB, `together` of all, `own` as the kernel shares it out."""
        tree = family(self.up.pid)
        parts = {
            name: sum(resident_mb(pid) for pid in tree if _is(pid, mark)) for name, mark in PARTS.items()
        }
        return parts | {"together": sum(map(resident_mb, tree)), "own": sum(map(own_share_mb, tree))}

    def cpu_seconds(self) -> float:
        """Processor time of all parts so far."""
        return cpu_seconds(self.up.pid)


def _is(pid: int, mark: str) -> bool:
    return mark in command_of(pid) if mark != "-m bot" else command_of(pid).endswith(mark)


@asynccontextmanager
async def standing(api: LoopbackBotApi, folder: Path, *, gather: float) -> AsyncIterator[House]:
    """`up` on the data folder, with the real bot before a loopback server.

    One folder keeps to one server: a second one would number people and messages as the first did, and what
    the bot has heard before it rightly does not answer again.
    """
    port = free_port()
    settings = _before(api, folder) | {"CONSOLE_PORT": str(port), "GATHER_SECONDS": str(gather)}
    command = [sys.executable, "-m", "bot.cli", "up"]
    began = time.monotonic()
    log = folder / f"up-{began:.0f}.log"  # of its own, so that its last words are not an earlier one's
    async with running(command, environment(settings), log=log, cwd=folder) as up:
        async with asyncio.timeout(SECONDS_TO_START):
            await _until_ready(f"http://{HOST}:{port}/readyz", up)
            await api.listened_to(within=SECONDS_TO_START)
        yield House(up, time.monotonic() - began)


@asynccontextmanager
async def echoing(api: LoopbackBotApi, folder: Path) -> AsyncIterator[Running]:
    """The bot that only echoes, before a loopback server."""
    command = [sys.executable, "-m", "bot.benchmarks.echo"]
    settings = _before(api, folder)
    async with running(command, environment(settings), log=folder / "echo.log", cwd=folder) as echo:
        await api.listened_to(within=SECONDS_TO_START)
        yield echo


def _before(api: LoopbackBotApi, folder: Path) -> dict[str, str]:
    return {"DATA_DIR": str(folder), "BOT_API": api.url, "BOT_TOKEN": api.token, "LOG_LEVEL": "WARNING"}


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Ours with these settings alone: no database, token or key of the deployer reaches a benchmark."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("ONEDOOR_")}
    ours = {f"ONEDOOR_{name}": value for name, value in settings.items()}
    if uv := os.environ.get("ONEDOOR_UV"):
        ours["ONEDOOR_UV"] = uv
    return outside | {"PYTHONPATH": str(ROOT)} | ours


async def _until_ready(url: str, up: Running) -> None:
    """Returns once the console says that database, NLU service and bot all are there."""
    async with aiohttp.ClientSession() as session:
        while not await _ready(session, url):
            up.check()
            await asyncio.sleep(LOOK_EVERY)


async def _ready(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except (aiohttp.ClientError, OSError):
        return False
