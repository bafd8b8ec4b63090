"""How many requests does an NLU service answer, and how fast? Asked from a process of its own.

`python -m bot.benchmarks.load` reads one JSON object from standard input and writes one. The generator is
aiohttp in one process, a closed loop: each client asks again as soon as it was answered, on a connection it
keeps.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import aiohttp

from bot.benchmarks.figures import percentile
from bot.benchmarks.processes import ROOT

WARMING = 0.3
"""Seconds asked before anything counts: connections open, caches fill."""
ANSWER_WITHIN = 30.0


@dataclass(frozen=True, slots=True)
class Level:
    """What one number of clients saw: requests answered a second and how long each took.

    Counted are the answers that came, and the times of all requests asked, within the measured seconds: slow
    ones too, however late their answer. `asked` is every request, also those before and after.
    """

    clients: int
    per_second: float
    p50_ms: float
    p99_ms: float
    asked: int


class NotAnswered(Exception):
    """A request was refused or went wrong: figures of a failing service mean nothing."""


async def measure(url: str, texts: Sequence[str], clients: Sequence[int], seconds: float) -> list[Level]:
    """One level after the other, each for `seconds`; raises NotAnswered."""
    bodies = [json.dumps({"text": text}).encode() for text in texts]
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN),
        headers={"Content-Type": "application/json"},
    ) as session:
        return [await _level(session, url, itertools.cycle(bodies), number, seconds) for number in clients]


async def _level(
    session: aiohttp.ClientSession, url: str, bodies: Iterator[bytes], clients: int, seconds: float
) -> Level:
    began = time.perf_counter()
    counting, until = began + WARMING, began + WARMING + seconds
    times: list[float] = []
    requests = answers = 0

    async def client() -> None:
        nonlocal requests, answers
        while (asked := time.perf_counter()) < until:
            requests += 1
            await _ask(session, url, next(bodies))
            answered = time.perf_counter()
            answers += counting <= answered < until
            if asked >= counting:
                times.append((answered - asked) * 1000)

    async with asyncio.TaskGroup() as together:
        for _ in range(clients):
            together.create_task(client())
    if not times:
        raise NotAnswered(f"no answer to {clients} clients in {seconds} s")
    return Level(
        clients=clients,
        per_second=answers / seconds,
        p50_ms=percentile(times, 0.5),
        p99_ms=percentile(times, 0.99),
        asked=requests,
    )


async def _ask(session: aiohttp.ClientSession, url: str, body: bytes) -> None:
    async with session.post(url, data=body) as response:
        await response.read()
        if response.status != 200:
            raise NotAnswered(f"status {response.status}")


async def ask_load(url: str, texts: Sequence[str], clients: Sequence[int], seconds: float) -> list[Level]:
    """`measure` in a process of its own; raises NotAnswered."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=ROOT,
        start_new_session=True,  # a Ctrl-C is for the one who started us
    )
    job = {"url": url, "texts": list(texts), "clients": list(clients), "seconds": seconds}
    try:
        told, _ = await process.communicate(json.dumps(job).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise NotAnswered("the service under load refused, or did not answer")
    return [Level(**one) for one in json.loads(told)]


def main(job: Mapping[str, Any]) -> list[dict[str, Any]]:
    levels = asyncio.run(measure(job["url"], job["texts"], job["clients"], job["seconds"]))
    return [asdict(level) for level in levels]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(json.load(sys.stdin))))
