"""How is an NLU service started and waited for, whichever it is?"""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from bot.benchmarks.processes import Running, running
from nlu.process import NluProcess, preferred_model

HOST = "127.0.0.1"
PATH = "/model/parse"
LOOK_EVERY = 0.02


def free_port() -> int:
    """A port of the loopback nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


async def until_it_parses(url: str, service: Running | None = None, *, within: float) -> None:
    """Returns at the first answer with an intent; Died when the process ends first, else TimeoutError."""
    async with asyncio.timeout(within), aiohttp.ClientSession() as session:
        while not await _parses(session, url):
            if service is not None:
                service.check()
            await asyncio.sleep(LOOK_EVERY)


async def _parses(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.post(url + PATH, json={"text": "预热"}) as response:
            return response.status == 200 and bool((await response.json()).get("intent", {}).get("name"))
    except (aiohttp.ClientError, OSError, ValueError):
        return False


@asynccontextmanager
async def lean(scratch: Path, own: Path) -> AsyncIterator[tuple[int, str, float]]:
    """Our service with the model in force for the data folder `own`: its pid, address, seconds to ready."""
    service = NluProcess(scratch, model=preferred_model(own))
    began = time.monotonic()
    try:
        url = await service.start()
        await until_it_parses(url, within=30)
        yield service.pid or 0, url, time.monotonic() - began
    finally:
        await service.stop()


@asynccontextmanager
async def nothing(scratch: Path) -> AsyncIterator[str]:
    """The service that understands nothing, for how fast the load generator is by itself."""
    port = free_port()
    command = [sys.executable, "-m", "bot.benchmarks.nothing", str(port)]
    async with (
        running(command, {}, log=scratch / "nothing.log") as service,
        aiohttp.ClientSession() as session,
    ):
        url = f"http://{HOST}:{port}"
        async with asyncio.timeout(30):
            while not await _answers(session, url):
                service.check()
                await asyncio.sleep(LOOK_EVERY)
        yield url


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.post(url + PATH, json={"text": ""}) as response:
            return response.status == 200
    except (aiohttp.ClientError, OSError):
        return False
