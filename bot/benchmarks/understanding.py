"""`bench nlu`: our language service and stock Rasa on the same corpus, the same messages, in the same run."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bot.benchmarks import services, stock
from bot.benchmarks.figures import Row, percentile
from bot.benchmarks.load import Level, ask_load
from bot.benchmarks.messages import messages
from bot.benchmarks.pipe import classify
from bot.benchmarks.processes import ROOT, cpu_seconds, family, resident_mb
from bot.benchmarks.tables import Report
from bot.words import words
from nlu import environments
from nlu.process import preferred_model, served_by

CLIENTS = (1, 8, 32)
SECONDS = 2.5
"""How long each number of clients asks, in each run."""
RUNS = 3
STARTS = 3
PIPED, PIPED_STOCK = 2000, 400
INSIDE = 400
REQUESTS_TARGET, RATIO_TARGET = 700.0, 8.0

Say = Callable[..., None]


@dataclass(slots=True)
class Side:
    """All that was measured of one service, by name of the figure, one value a run."""

    figures: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, value: float) -> None:
        self.figures[name].append(value)

    def add_levels(self, levels: list[Level], cpu: float) -> None:
        """One run's levels, and the processor time the service spent on all of them."""
        for level in levels:
            self.add(f"rate{level.clients}", level.per_second)
            self.add(f"p50_{level.clients}", level.p50_ms)
            self.add(f"p99_{level.clients}", level.p99_ms)
        self.add("cpu", cpu * 1000 / sum(level.asked for level in levels))

    def get(self, name: str) -> tuple[float, ...]:
        return tuple(self.figures.get(name, ()))


async def run(own: Path, cache: Path, scratch: Path, say: Say) -> Report:
    """The whole comparison; `own` is the data folder in force, `cache` keeps the stock model."""
    model = await _stock_model(cache, say)
    texts = messages()
    ours, theirs = Side(), Side()
    theirs.add("size", model.stat().st_size / 1e6)
    ours.add("size", preferred_model(own).stat().st_size / 1e6)
    await _inside(preferred_model(own), texts, ours, say)
    for number in range(1, STARTS):
        say("bench_step_start", number=number, of=STARTS)
        async with services.lean(scratch, own) as (_, _, ready):
            ours.add("start", ready)
    say("bench_step_start", number=STARTS, of=STARTS)
    async with services.lean(scratch, own) as (pid, url, ready):
        ours.add("start", ready)
        say("bench_step_stock_start")
        began = time.monotonic()
        async with stock.serving(model, scratch / "stock.log") as (rasa, stock_url):
            theirs.add("start", time.monotonic() - began)
            await _rounds(texts, (ours, pid, url), (theirs, rasa.pid, stock_url), scratch, say)
            ours.add("memory", sum(map(resident_mb, family(pid))))
            theirs.add("memory", sum(map(resident_mb, family(rasa.pid))))
    say("bench_step_generator")
    async with services.nothing(scratch) as nothing_url:
        limits = await ask_load(nothing_url + services.PATH, texts, CLIENTS, SECONDS)
    note = words(
        "bench_nlu_note",
        messages=len(texts),
        runs=RUNS,
        seconds=SECONDS,
        limits=" / ".join(f"{level.per_second:.0f}" for level in limits),
    )
    return Report("nlu", "bench_stock", rows(ours, theirs), (note,))


async def _stock_model(cache: Path, say: Say) -> Path:
    model = stock.cached(cache)
    if not model.is_file():
        say("bench_step_stock_train")
        await stock.train(model)
    return model


async def _rounds(
    texts: list[str],
    ours: tuple[Side, int, str],
    theirs: tuple[Side, int, str],
    scratch: Path,
    say: Say,
) -> None:
    """Both services in turn, run after run, so that other work on the machine hits both alike."""
    for number in range(1, RUNS + 1):
        say("bench_step_round", number=number, of=RUNS)
        for (side, pid, url), piped in ((ours, PIPED), (theirs, PIPED_STOCK)):
            spent = cpu_seconds(pid)
            levels = await ask_load(url + services.PATH, texts, CLIENTS, SECONDS)
            side.add_levels(levels, cpu_seconds(pid) - spent)
            seconds = await classify(list(islice(cycle(texts), piped)), url, scratch)
            side.add("pipe", piped / seconds)


async def _inside(archive: Path, texts: list[str], ours: Side, say: Say) -> None:
    """The model in process, in the environment that serves it."""
    say("bench_step_inside")
    for _ in range(RUNS):
        times = json.loads(
            await _told(
                [str(environments.python(served_by(archive))), "-m", "bot.benchmarks.inside", str(archive)],
                json.dumps(texts[:INSIDE]),
            )
        )
        ours.add("inside_p50", percentile(times, 0.5))
        ours.add("inside_p99", percentile(times, 0.99))


async def _told(command: list[str], given: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={
            "RASA_TELEMETRY_ENABLED": "false",
            "PYTHONDONTWRITEBYTECODE": "1",
            "OPENBLAS_NUM_THREADS": "1",
        },
        start_new_session=True,
    )
    try:
        told, _ = await process.communicate(given.encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return told.decode()


def rows(ours: Side, theirs: Side) -> list[Row]:
    """The table: each figure of ours beside the stock server's."""

    def row(key: str, unit: str, name: str, **more: Any) -> Row:
        return Row(f"bench_{key}", unit, ours.get(name), theirs.get(name), **more)

    table = []
    for clients in CLIENTS:
        busiest = clients == CLIENTS[-1]
        at = {"clients": clients}
        table += [
            row(
                "requests",
                "req/s",
                f"rate{clients}",
                blanks=at,
                target=REQUESTS_TARGET if busiest else None,
                ratio_target=RATIO_TARGET if busiest else None,
            ),
            row("p50", "ms", f"p50_{clients}", blanks=at, target=5.0 if clients == 1 else None),
            row("p99", "ms", f"p99_{clients}", blanks=at, target=80.0 if busiest else None),
        ]
    return [
        *table,
        row("cpu_request", "ms", "cpu"),
        row("inside_p50", "ms", "inside_p50", target=2.0),
        row("inside_p99", "ms", "inside_p99", target=8.0),
        row("pipe", "msg/s", "pipe", target=500.0),
        row("start", "s", "start", target=4.0),
        row("memory", "MB", "memory", target=150.0),
        row("size", "MB", "size", target=5.0),
    ]
