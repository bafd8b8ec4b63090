"""What stands in the ledger (台账) of an area for a month: which cases, and what did each add to it?"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, and_, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from cases.clocks.book import ClockBook, book_of
from cases.clocks.running import DUE_FIRST
from cases.errors import ChainBroken
from cases.measures.areas import Areas, areas_of
from cases.measures.course import ALSO_READ, Course, Step, through
from cases.measures.due_then import Owed, owed_at
from cases.measures.families import family_of
from cases.measures.periods import Period
from cases.measures.scope import Scope
from cases.measures.tally import Sums, sums_of
from cases.papers.kinds import LETTERS
from cases.records import Case, CaseClock, Extension, Paper, TimelineEntry
from cases.status import AT_REST, CaseStatus

CHUNK = 500
IDS_AT_ONCE = 10_000
SLACK = timedelta(hours=1)
"""Two machines' clocks may differ: a few cases too many are looked at, and no line comes of them."""


@dataclass(frozen=True, slots=True)
class Line:
    """A case in a ledger: codes, times and numbers, nobody's name and nobody's words."""

    case_id: int
    code: str
    leaf: str
    family: str
    home_id: int
    grid_id: int | None
    opened_at: datetime
    course: Course
    owed: Owed | None
    letters: int
    sums: Sums

    @property
    def overdue(self) -> bool:
        return self.owed is not None and self.owed.overdue


async def lines(
    session: AsyncSession, scope: Scope, period: Period, *, areas: Areas | None = None
) -> AsyncIterator[Line]:
    """Every case that was open in the period, in the order of their opening, a few hundred in memory at once.

    What the ledger of a past month says was so at its end and does not change later. ChainBroken names the
    code of a case whose moves do not follow from each other.
    """
    known = areas or await areas_of(session, scope)
    book = await book_of(session, scope.unit)
    ids = await case_ids(session, scope, period)
    for first in range(0, len(ids), CHUNK):
        some = ids[first : first + CHUNK].tolist()
        for line in await _chunk(session, some, period, areas=known, book=book):
            yield line


async def case_ids(session: AsyncSession, scope: Scope, period: Period) -> array[int]:
    """The ids of all cases a ledger may have a line for, in order; eight bytes each."""
    together = candidates(scope, period).subquery()
    query = select(together.c.id).order_by(together.c.id)
    found = array("q")
    async for some in (await session.stream_scalars(query)).partitions(IDS_AT_ONCE):
        found.extend(some)
    return found


def candidates(scope: Scope, period: Period) -> CompoundSelect[Any]:
    """Opened in the period; open still; come to rest since its start; or opened again in it."""
    start, end = period.start - SLACK, period.end + SLACK
    entry = TimelineEntry
    moved = select(entry.case_id).where(entry.action == "moved", entry.at >= start)
    left = moved.where(entry.to_status.in_(AT_REST))
    again = moved.where(entry.to_status == CaseStatus.REOPENED, entry.at < end)
    not_at_rest = [status for status in CaseStatus if status not in AT_REST]
    one = select(Case.id).where(Case.opened_at < end, scope.holds())
    return union(
        one.where(Case.opened_at >= start),
        one.where(Case.status.in_(not_at_rest)),
        one.where(Case.id.in_(left)),
        one.where(Case.id.in_(again)),
    )


async def _chunk(
    session: AsyncSession, ids: Sequence[int], period: Period, *, areas: Areas, book: ClockBook
) -> list[Line]:
    steps = await steps_of(session, ids)
    rows = (await session.execute(_rows(ids))).all()
    courses = {row.id: _course(row.code, steps[row.id], period) for row in rows}
    rows = [row for row in rows if courses[row.id].concerned]
    still = [row.id for row in rows if courses[row.id].open_at_end]
    clocks, granted = await _clocks(session, still), await _granted(session, still)
    letters = await _letters(session, [row.id for row in rows], period)
    found = []
    for row in rows:
        course = courses[row.id]
        owed = (
            owed_at(period.end, steps[row.id], clocks[row.id], granted[row.id], book=book)
            if course.open_at_end
            else None
        )
        found.append(_line(row, course, owed, letters.get(row.id, 0), areas=areas))
    return found


def _rows(ids: Sequence[int]) -> Any:
    columns = (Case.id, Case.code, Case.leaf, Case.grid_id, Case.first_unit_id, Case.opened_at)
    return select(*columns).where(Case.id.in_(ids)).order_by(Case.id)


def _course(code: str, steps: Sequence[Step], period: Period) -> Course:
    try:
        return through(steps, period)
    except ChainBroken:
        raise ChainBroken(code) from None


def _line(row: Any, course: Course, owed: Owed | None, letters: int, *, areas: Areas) -> Line:
    leaf = course.leaf or row.leaf
    overdue = owed is not None and owed.overdue
    return Line(
        case_id=row.id,
        code=row.code,
        leaf=leaf,
        family=family_of(leaf),
        home_id=areas.home(row.grid_id, row.first_unit_id),
        grid_id=row.grid_id,
        opened_at=row.opened_at,
        course=course,
        owed=owed,
        letters=letters,
        sums=sums_of(course, overdue=overdue, escalated=_escalated(course, areas)),
    )


def _escalated(course: Course, areas: Areas) -> int:
    before, times = course.unit_before, 0
    for code in course.routed:
        times += areas.rise(before, code)
        before = code
    return times


async def steps_of(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[Step]]:
    """What ledgers read of the timelines of these cases, oldest first."""
    entry = TimelineEntry
    query = (
        select(entry.case_id, entry.at, entry.action, entry.from_status, entry.to_status, entry.facts)
        .where(entry.case_id.in_(ids), or_(entry.to_status.is_not(None), entry.action.in_(ALSO_READ)))
        .order_by(entry.case_id, entry.seq)
    )
    found: dict[int, list[Step]] = defaultdict(list)
    for case_id, at, action, start, to, facts in await session.execute(query):
        found[case_id].append(Step(at, action, start, to, facts))
    return found


async def _clocks(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[CaseClock]]:
    query = select(CaseClock).where(CaseClock.case_id.in_(ids), CaseClock.step.in_(DUE_FIRST))
    found: dict[int, list[CaseClock]] = defaultdict(list)
    for clock in await session.scalars(query.order_by(CaseClock.id)):
        found[clock.case_id].append(clock)
    return found


async def _granted(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[tuple[int, datetime]]]:
    query = select(Extension.case_id, Extension.clock_id, Extension.decided_at).where(
        Extension.case_id.in_(ids), Extension.granted.is_(True)
    )
    found: dict[int, list[tuple[int, datetime]]] = defaultdict(list)
    for case_id, clock_id, at in await session.execute(query.order_by(Extension.id)):
        if at is not None:
            found[case_id].append((clock_id, at))
    return found


async def _letters(session: AsyncSession, ids: Sequence[int], period: Period) -> dict[int, int]:
    kinds = [kind.value for kind in LETTERS]
    of_these = and_(Paper.case_id.in_(ids), Paper.kind.in_(kinds), Paper.issued_at < period.end)
    query = select(Paper.case_id, func.count()).where(of_these).group_by(Paper.case_id)
    return dict((await session.execute(query)).all())
