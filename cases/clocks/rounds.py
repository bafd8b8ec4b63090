"""What is due now, and what does one round of it do: batch by batch, each clock's step once?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases.clocks.book import ClockBook, book_of
from cases.clocks.callers import Callers
from cases.clocks.escalating import Due, take_step
from cases.clocks.letters import Letters
from cases.clocks.rules import LadderAct
from cases.clocks.turning import climb, times_of
from cases.database import Database
from cases.errors import ChangedMeanwhile
from cases.records import Case, CaseClock

BATCH = 200
"""clocks of one transaction: small enough to let others write between, large enough to be quick"""
MOST_LOST = 20
"""batches in a row that may be lost to others before the round gives up"""


@dataclass(slots=True)
class RoundReport:
    """What a round did, or would do: how many clocks, and how often each act."""

    now: datetime
    clocks: int = 0
    acts: Counter[str] = field(default_factory=Counter)


async def make_round(
    database: Database,
    now: datetime,
    *,
    progress: Callable[[int], None] = lambda _: None,
    batch: int = BATCH,
) -> RoundReport:
    """Takes every step that is due at `now`, each batch in a transaction of its own.

    A second round at the same time finds nothing: each clock's next step lies behind it. A crash loses no
    more than the batch it fell into, which the next round takes up. `progress` is told how many are done.
    """
    report = RoundReport(now)
    lost = 0
    while True:
        try:
            taken = await _one_batch(database, now, batch)
        except ChangedMeanwhile:
            # Somebody pressed a button on one of these cases, or another worker was faster: look again.
            lost += 1
            if lost > MOST_LOST:
                raise
            continue
        if taken is None:
            return report
        lost = 0
        report.clocks += taken.clocks
        report.acts += taken.acts
        progress(report.clocks)


async def _one_batch(database: Database, now: datetime, batch: int) -> RoundReport | None:
    """What one transaction did, or None where nothing was due; it counts only once it is committed."""
    taken = RoundReport(now)
    async with database.transaction() as session:
        clocks = await _claim(session, now, batch)
        await _take(session, clocks, taken)
    return taken if clocks else None


async def what_is_due(session: AsyncSession, now: datetime) -> RoundReport:
    """What a round at `now` would do; nothing is written."""
    report = RoundReport(now)
    last = 0
    while True:
        query = select(CaseClock).where(CaseClock.acts_at <= now, CaseClock.id > last)
        clocks = (await session.scalars(query.order_by(CaseClock.id).limit(BATCH))).all()
        if not clocks:
            return report
        last = clocks[-1].id
        for due in await _dues(session, clocks, now):
            report.clocks += 1
            report.acts[due.act.value] += 1
        session.expunge_all()


async def due_count(session: AsyncSession, now: datetime) -> int:
    """How many clocks have a step due at `now`."""
    query = select(func.count()).select_from(CaseClock).where(CaseClock.acts_at <= now)
    return await session.scalar(query) or 0


async def _claim(session: AsyncSession, now: datetime, limit: int) -> Sequence[CaseClock]:
    """The clocks that are due longest; held with their cases, so that another worker takes others.

    A case in somebody's hands at this moment is left to the next round: to wait for it with clocks held that
    they are about to end would be to wait for each other.
    """
    query = select(CaseClock).join(Case, Case.id == CaseClock.case_id).where(CaseClock.acts_at <= now)
    query = query.order_by(CaseClock.acts_at, CaseClock.id).limit(limit)
    return (await session.scalars(query.with_for_update(of=(Case, CaseClock), skip_locked=True))).all()


async def _take(session: AsyncSession, clocks: Sequence[CaseClock], report: RoundReport) -> None:
    callers, letters = Callers(session), Letters(session)
    await callers.hold_cities()
    dues = await _dues(session, clocks, report.now)
    await callers.prepare({due.clock.owed_unit_id or due.case.unit_id for due in dues})
    await letters.prepare({due.case.id for due in dues})
    for due in dues:
        # A step of another clock of the case has just ended it: a closing, say.
        if due.clock.ended_at is not None:
            continue
        taken = await take_step(session, callers, letters, due, report.now)
        if due.clock.ended_at is None:
            climb(due.book, due.clock, report.now, past=due.rung)
        report.clocks += 1
        report.acts[taken.value] += 1
    await letters.send(callers, report.now)
    await callers.send()
    await session.flush()


async def _dues(session: AsyncSession, clocks: Sequence[CaseClock], now: datetime) -> list[Due]:
    """Each clock with its case and the step to take: a reminder that comes too late gives way to the next.

    A clock whose ladder the city has made shorter since has none left, and acts no more.
    """
    cases = await _cases(session, clocks)
    found = []
    for clock in clocks:
        case = cases[clock.case_id]
        book = await book_of(session, case.unit)
        if clock.rung >= len(times_of(book, clock)):
            clock.acts_at = None
            continue
        rung, act = _rung(book, clock, now)
        found.append(Due(clock, case, book, rung, act))
    return found


async def _cases(session: AsyncSession, clocks: Sequence[CaseClock]) -> dict[int, Case]:
    query = select(Case).where(Case.id.in_({clock.case_id for clock in clocks}))
    query = query.options(selectinload(Case.unit), selectinload(Case.grid), selectinload(Case.first_unit))
    return {case.id: case for case in await session.scalars(query)}


def _rung(book: ClockBook, clock: CaseClock, now: datetime) -> tuple[int, LadderAct]:
    times = times_of(book, clock)
    rung = clock.rung
    late_by_now = rung + 1 < len(times) and times[rung + 1][0] <= now
    if times[rung][1].act is LadderAct.REMIND and late_by_now:
        rung += 1
    return rung, times[rung][1].act
