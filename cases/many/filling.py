"""How is a prepared database with a city filled, chunk by chunk, on both cores and in flat memory?"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

from sqlalchemy import func, select, update

from cases.database import Database
from cases.many.columns import COLUMNS
from cases.many.loading import Loader, as_copy, as_sqlite, loader
from cases.many.making import Maker, Rows
from cases.many.plan import CHUNK, NOW, Plan
from cases.many.sealing import link_row, resident_row
from cases.many.world import World, world_of
from cases.measures.scope import city_root
from cases.records import CaseClock, Record
from cases.records.base import UtcTime
from cases.secrets import SecretBox

AHEAD = 3
"""Chunks that may lie made and not yet loaded."""
RESIDENTS_AT_ONCE = 20_000
# Neither order of ids nor of time, so that what stays due is spread over all cases; the same each time.
SPREAD, MODULUS = 2_654_435, 1_000_003
Progress = Callable[[int], None]


async def fill(database: Database, secret: bytes, plan: Plan, *, progress: Progress = lambda _: None) -> None:
    """Fills an empty database that has a city; `secret` is what its box was made of.

    `progress` is told how many cases are loaded. Nobody else uses the database meanwhile.
    """
    async with database.reading() as session:
        root = await city_root(session)
        if root is None:
            raise LookupError("no city is loaded")
        world = await world_of(session, root)
    url = database.engine.url.render_as_string(hide_password=False)
    await database.close()
    into = await loader(url)
    box = database.box
    await _people(into, box, plan, world, url)
    await _cases(into, _Work(plan, world, secret, url.startswith("sqlite")), progress)
    await into.finish()
    await _only_so_many_due(database, plan)


async def _people(into: Loader, box: SecretBox, plan: Plan, world: World, url: str) -> None:
    at = plan.opened(0)
    linked = sorted({one for some in world.people.values() for one in some})
    encode = _Encoder(url.startswith("sqlite"))
    await into.put("staff_channels", encode("staff_channels", [link_row(box, one, at) for one in linked]))
    for first in range(1, plan.residents + 1, RESIDENTS_AT_ONCE):
        last = min(first + RESIDENTS_AT_ONCE, plan.residents + 1)
        rows = [resident_row(box, number, at) for number in range(first, last)]
        await into.put("residents", encode("residents", rows))


class _Encoder:
    """Turns rows into what the loader of a database takes."""

    def __init__(self, on_sqlite: bool) -> None:
        self._on_sqlite = on_sqlite
        tables = Record.metadata.tables
        self._times = {
            name: [place for place, column in enumerate(columns) if _is_time(tables[name].c[column].type)]
            for name, columns in COLUMNS.items()
        }

    def __call__(self, table: str, rows: list[tuple[object, ...]]) -> Any:
        return as_sqlite(rows, self._times[table]) if self._on_sqlite else as_copy(rows)


def _is_time(kind: object) -> bool:
    return isinstance(kind, UtcTime)


class _Work:
    """What a process is given once, and how it makes chunks."""

    def __init__(self, plan: Plan, world: World, secret: bytes, on_sqlite: bool) -> None:
        self.plan, self.world, self.secret, self.on_sqlite = plan, world, secret, on_sqlite

    def begin(self) -> None:
        """Makes this process ready to make chunks."""
        _READY[:] = [Maker(self.plan, self.world, SecretBox(self.secret)), _Encoder(self.on_sqlite)]


_READY: list[Any] = []


def _begin(work: _Work) -> None:
    work.begin()


def _chunk(first: int) -> dict[str, Any]:
    maker, encode = _READY
    rows: Rows = maker.chunk(first)
    return {table: encode(table, some) for table, some in rows.items() if some}


async def _cases(into: Loader, work: _Work, progress: Progress) -> None:
    """Other processes make the chunks, this one loads them in order."""
    waiting: deque[Future[dict[str, Any]]] = deque()
    context = multiprocessing.get_context("spawn")
    workers = max(1, min(os.cpu_count() or 1, len(work.plan.chunks()), 4))
    with ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(work,)) as makers:
        for first in work.plan.chunks():
            waiting.append(makers.submit(_chunk, first))
            if len(waiting) > AHEAD:
                await _load(into, waiting.popleft())
                progress(first - (AHEAD - 1) * CHUNK)
        while waiting:
            await _load(into, waiting.popleft())
    progress(work.plan.cases)


async def _load(into: Loader, made: Future[dict[str, Any]]) -> None:
    for table, rows in (await asyncio.wrap_future(made)).items():
        await into.put(table, rows)


async def _only_so_many_due(database: Database, plan: Plan) -> None:
    """More clocks than wanted were made due: the others are seen to have been taken care of this hour."""
    due = CaseClock.acts_at <= NOW
    async with database.transaction() as session:
        count = await session.scalar(select(func.count()).select_from(CaseClock).where(due)) or 0
        if count < plan.due:
            raise LookupError(f"only {count} clocks are due")
        spread = (CaseClock.id * SPREAD) % MODULUS
        spare = select(CaseClock.id).where(due).order_by(spread, CaseClock.id).limit(count - plan.due)
        await session.execute(update(CaseClock).where(CaseClock.id.in_(spare)).values(acts_at=None))
