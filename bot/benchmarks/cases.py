"""`bench cases`: a million cases in a database, beside each other on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from bot.benchmarks import case_acts
from bot.benchmarks.case_acts import Full
from bot.benchmarks.figures import Row, percentile
from bot.benchmarks.processes import resident_mb
from bot.benchmarks.tables import Report
from bot.words import words
from cases.city import SAMPLE, load_city
from cases.clocks.rounds import make_round
from cases.database import Database, open_database
from cases.many.filling import fill
from cases.many.plan import MONTH, NOW, Plan
from cases.many.servers import address, answers, fresh_database
from cases.measures.ledger import lines
from cases.measures.periods import month
from cases.measures.scope import city_root, scope_of
from cases.secrets import SecretBox

DEFAULT_CASES = 1_000_000
SECRET = b"a key of measurements, which seals nothing of anybody's"
FILE = "cases.sqlite3"
MOST_MS = 50.0
MOST_ROUND, MOST_LEDGER = 60.0, 30.0
WITH_TARGET = ("queue", "area", "home", "look", "turn", "opening", "figure", "city_figure")
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}

Say = Callable[..., None]


@dataclass(slots=True)
class Side:
    """All that was measured on one database, by name of the figure."""

    figures: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, value: float) -> None:
        self.figures[name].append(value)

    def get(self, name: str) -> tuple[float, ...]:
        return tuple(self.figures.get(name, ()))


async def run(cases: int, scratch: Path, say: Say, *, times: int = case_acts.TIMES) -> Report:
    """Fills and measures a file below `scratch`, then a database of its own on a server that answers."""
    plan, notes = Plan(cases), []
    on_file, on_server = Side(), Side()
    url = f"sqlite+aiosqlite:///{scratch / FILE}"
    await _side(on_file, "SQLite", url, plan, scratch=scratch, say=say, times=times)
    await asyncio.to_thread(_clear, scratch)
    if await answers(address()):
        async with fresh_database(address()) as own:
            await _side(on_server, "PostgreSQL", own, plan, scratch=scratch, say=say, times=times)
    else:
        notes.append(words("bench_cases_no_server"))
    notes.insert(0, words("bench_cases_note", times=times, month=MONTH))
    return Report(
        "cases",
        "bench_postgresql",
        rows(on_file, on_server),
        notes,
        ours="bench_sqlite",
        ratio="bench_sqlite_ratio",
    )


def _clear(scratch: Path) -> None:
    """Makes room for the second database before it is filled."""
    for left in scratch.glob(f"{FILE}*"):
        left.unlink()


async def _side(side: Side, name: str, url: str, plan: Plan, *, scratch: Path, say: Say, times: int) -> None:
    async with _filled(side, name, url, plan, say) as database:
        full = Full(database, plan, scratch, Random(plan.seed))  # noqa: S311  # repeatable
        say("bench_step_acts", database=name)
        for act, found in (await case_acts.measured(full, times=times)).items():
            for share, part in SHARES.items():
                side.add(f"{act}_{share}", percentile(found, part))
        say("bench_step_ledger", database=name)
        await _ledger(side, database)
        say("bench_step_due", database=name)
        await _round(side, database)


@asynccontextmanager
async def _filled(side: Side, name: str, url: str, plan: Plan, say: Say) -> AsyncIterator[Database]:
    """A database with the sample city and the plan's cases."""
    database = open_database(url, SecretBox(SECRET))
    try:
        await database.prepare()
        async with database.transaction() as session:
            await load_city(session, SAMPLE, NOW)
        began = time.perf_counter()

        def told(count: int) -> None:
            say("bench_step_fill", database=name, count=count, of=plan.cases, quiet=True)

        say("bench_step_fill", database=name, count=0, of=plan.cases)
        await fill(database, SECRET, plan, progress=told)
        side.add("fill", time.perf_counter() - began)
        yield database
    finally:
        await database.close()


async def _ledger(side: Side, database: Database) -> None:
    """Every line of the whole city's ledger of one month, worked out from the timelines."""
    with _memory(side, "ledger") as look:
        began, count = time.perf_counter(), 0
        async with database.reading() as session:
            root = await city_root(session)
            if root is None:
                raise LookupError("no city is loaded")
            scope = await scope_of(session, root)
            async for _ in lines(session, scope, month(MONTH, scope.city.timezone)):
                count += 1
                if count % 1_000 == 0:
                    look()
        side.add("ledger", time.perf_counter() - began)
        side.add("ledger_cases", count)


async def _round(side: Side, database: Database) -> None:
    """Everything that is due, and then once more: nothing may be left."""
    with _memory(side, "round") as look:
        began = time.perf_counter()
        report = await make_round(database, NOW, progress=lambda _: look())
        seconds = time.perf_counter() - began
    side.add("round", seconds)
    side.add("round_clocks", report.clocks)
    side.add("round_rate", report.clocks / seconds)
    side.add("round_again", (await make_round(database, NOW)).clocks)


@contextmanager
def _memory(side: Side, name: str) -> Iterator[Callable[[], None]]:
    """How much this process grew between the first look, when all is loaded, and the largest one after it."""
    seen: list[float] = []
    yield lambda: seen.append(resident_mb(os.getpid()))
    side.add(f"{name}_growth", max(seen) - seen[0] if seen else 0.0)


def rows(on_file: Side, on_server: Side) -> list[Row]:
    """The table: SQLite beside PostgreSQL; a target is met only where both meet it."""

    def row(key: str, unit: str, name: str, *, target: float | None = None, **blanks: Any) -> Row:
        return Row(
            f"bench_{key}",
            unit,
            on_file.get(name),
            on_server.get(name),
            target=target,
            both=True,
            blanks=blanks,
        )

    def of_act(act: str) -> Iterator[Row]:
        for share in SHARES:
            target = MOST_MS if share == "p99" and act in WITH_TARGET else None
            yield row(f"cases_{act}", "ms", f"{act}_{share}", target=target, share=share)

    return [
        *(one for act in case_acts.ACTS for one in of_act(act)),
        row("cases_ledger", "s", "ledger", target=MOST_LEDGER),
        row("cases_ledger_cases", "", "ledger_cases"),
        row("cases_ledger_growth", "MB", "ledger_growth"),
        row("cases_round", "s", "round", target=MOST_ROUND),
        row("cases_round_clocks", "", "round_clocks"),
        row("cases_round_rate", "clocks/s", "round_rate"),
        row("cases_round_growth", "MB", "round_growth"),
        row("cases_round_again", "", "round_again"),
        row("cases_fill", "s", "fill"),
    ]
