"""How do a case's clocks start, stand still, go on and end as the case moves?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.clocks import turning
from cases.clocks.book import FIRST_ANSWER, ClockBook, book_of, write_rule
from cases.clocks.rules import ClockRule, OwedBy, StartEvent
from cases.lines import centre_of, superior_of
from cases.records import Case, CaseClock, Paper, Unit
from cases.status import AT_REST, CaseStatus

S = CaseStatus
# Which event a status is, for the clocks that start with it.
STARTS: dict[CaseStatus, tuple[StartEvent, ...]] = {
    S.REGISTERED: (StartEvent.REGISTERED,),
    S.ACCEPTED: (StartEvent.ACCEPTED,),
    S.ROUTED: (StartEvent.DISPATCHED,),
    S.SIGNED: (StartEvent.SIGNED,),
    S.WAITING: (StartEvent.WAITING,),
    S.JUDGING: (StartEvent.ANSWERED,),
    S.CLOSED: (StartEvent.CLOSED,),
    S.REOPENED: (StartEvent.REOPENED, StartEvent.DISPATCHED),
}
# Which steps a status fulfils.
FULFILS: dict[CaseStatus, tuple[str, ...]] = {
    S.ACCEPTED: ("accept",),
    S.DECLINED: ("accept", "ruling"),
    S.ROUTED: ("ruling", "accept", "reopen_review"),
    S.SIGNED: ("sign",),
    S.IN_PROGRESS: ("waiting",),
    S.ANSWERED: (FIRST_ANSWER, "handle"),
    S.CLOSED: ("judge", "reopen_review"),
    S.REOPENED: ("judge", "return_visit"),
}
# Where a case is put away these still run: somebody is to be asked later.
OUTLIVE = ("return_visit", "agreement_performed_30", "agreement_performed_90", "judicial_confirmation")
# While the centre decides whose a case is, the unit owes nothing; these are not the unit's.
GO_ON = (*OUTLIVE, "danger_review", "reopen_review")
# What runs already is not owed a second time because the same happens again.
ONCE = frozenset({StartEvent.REOPENED, StartEvent.DANGER_RAISED})
# Where a case goes up these go with it: nobody looks at what their own unit has.
_GO_UP = frozenset({OwedBy.UNIT.value, OwedBy.SUPERIOR.value})
# What the resident is told first when several of them run.
DUE_FIRST = (FIRST_ANSWER, "handle", "accept", "ruling", "reopen_review")


async def running(session: AsyncSession, case: Case) -> Sequence[CaseClock]:
    """The clocks of a case that have not ended, oldest first; one that stands still is among them."""
    query = select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.ended_at.is_(None))
    return (await session.scalars(query.order_by(CaseClock.id))).all()


async def follow(
    session: AsyncSession, case: Case, before: CaseStatus, to: CaseStatus, now: datetime
) -> None:
    """Lets the clocks follow a move that was just made; afterwards `due_at` says what is owed next."""
    clocks = await running(session, case)
    book = await book_of(session, case.unit)
    if to is S.WAITING:
        turning.stop(clocks, str(case.waiting_for), now)
    elif before is S.WAITING:
        turning.resume(book, clocks, now)
        turning.catch_up_with_danger(book, case, clocks, now)
    turning.end(clocks, FULFILS.get(to, ()), now)
    sent_back = to is S.ACCEPTED and before is not S.REGISTERED
    if sent_back:
        turning.drop(clocks, GO_ON, now)
    if to in AT_REST:
        turning.drop(clocks, OUTLIVE, now)
    if to is S.ROUTED:
        turning.drop_steps(clocks, book.starting(StartEvent.DISPATCHED, case.leaf, case.danger_level), now)
    events = (*STARTS.get(to, ()), *((StartEvent.SENT_BACK,) if sent_back else ()))
    fresh = [await start(session, case, event, now) for event in events]
    _show_due(case, [*clocks, *(clock for some in fresh for clock in some)])
    await session.flush()


async def start(
    session: AsyncSession, case: Case, event: StartEvent, now: datetime, *, paper: Paper | None = None
) -> list[CaseClock]:
    """Starts every clock of a case that an event sets going; returns them."""
    book = await book_of(session, case.unit)
    rules = book.starting(event, case.leaf, case.danger_level)
    if event in ONCE:
        known = {clock.step for clock in await running(session, case)}
        rules = [rule for rule in rules if rule.step not in known]
    return [await start_one(session, case, rule, now, paper=paper) for rule in rules]


async def start_one(
    session: AsyncSession, case: Case, rule: ClockRule, now: datetime, *, paper: Paper | None = None
) -> CaseClock:
    """Starts one clock under a rule, which it keeps."""
    book = await book_of(session, case.unit)
    unit_id = paper.to_unit_id if paper else await _owing_unit(session, case, rule.owed_by)
    clock = clock_under(book, case, rule, now, unit_id=unit_id, paper=paper)
    session.add(clock)
    await session.flush()
    return clock


def clock_under(
    book: ClockBook,
    case: Case,
    rule: ClockRule,
    now: datetime,
    *,
    unit_id: int | None,
    paper: Paper | None = None,
) -> CaseClock:
    """A clock that starts now and is owed by that unit; not yet written."""
    due = book.due(rule, now)
    clock = CaseClock(
        case_id=case.id,
        step=rule.step,
        rule=write_rule(rule),
        owed_by=rule.owed_by.value,
        owed_unit_id=unit_id,
        paper_id=paper.id if paper else None,
        started_at=now,
        first_due_at=due.at,
        due_at=due.at,
        known_days=due.known,
        rung=0,
        extensions=0,
    )
    turning.wind(book, clock)
    return clock


async def _owing_unit(session: AsyncSession, case: Case, owed_by: OwedBy) -> int | None:
    unit = case.unit
    found: Unit | None
    match owed_by:
        case OwedBy.UNIT:
            return unit.id
        case OwedBy.FIRST_RECEIVER:
            return case.first_unit_id
        case OwedBy.CENTRE:
            found = await centre_of(session, unit)
        case OwedBy.SUPERIOR:
            found = await superior_of(session, unit) or await centre_of(session, unit)
        case _:
            return None
    return found.id if found else unit.id


async def fulfil(session: AsyncSession, case: Case, steps: Collection[str], now: datetime) -> None:
    """What these steps ask for has happened: their clocks end, in time or late."""
    clocks = await running(session, case)
    turning.end(clocks, steps, now)
    _show_due(case, clocks)
    await session.flush()


async def forget(session: AsyncSession, case: Case, now: datetime) -> None:
    """Its resident is forgotten: nobody is asked any more, and only letters are still to be answered."""
    turning.drop(await running(session, case), (), now)
    await session.flush()


async def answered_letter(session: AsyncSession, paper: Paper, now: datetime) -> None:
    """A letter was replied to: its clock ends."""
    query = select(CaseClock).where(CaseClock.paper_id == paper.id, CaseClock.ended_at.is_(None))
    turning.end((await session.scalars(query)).all(), ("letter_reply",), now)
    await session.flush()


async def contacted(session: AsyncSession, case: Case, now: datetime) -> None:
    """The resident has heard from a person of the unit: the first answer is given."""
    case.contacted_at = case.contacted_at or now
    await fulfil(session, case, (FIRST_ANSWER,), now)


async def tighten(session: AsyncSession, case: Case, now: datetime) -> None:
    """The danger level rose: what runs gets the shorter time that goes with it, counted from now."""
    book = await book_of(session, case.unit)
    clocks = await running(session, case)
    for clock in clocks:
        rule = book.rule(clock.step, case.leaf, case.danger_level)
        if rule is not None and clock.stopped_at is None:
            turning.shorten(book, clock, rule, now)
    fresh = await start(session, case, StartEvent.DANGER_RAISED, now)
    _show_due(case, [*clocks, *fresh])
    await session.flush()


async def hand_up(session: AsyncSession, case: Case, now: datetime) -> None:
    """Another unit has the case without a new routing: it owes what was owed and has its own time to sign."""
    clocks = await running(session, case)
    for clock in clocks:
        if clock.owed_by in _GO_UP and clock.paper_id is None:
            clock.owed_unit_id = await _owing_unit(session, case, OwedBy(clock.owed_by))
    turning.end(clocks, ("sign",), now)
    book = await book_of(session, case.unit)
    rule = book.rule("sign", case.leaf, case.danger_level)
    if rule is not None:
        await start_one(session, case, rule, now)
    await session.flush()


def _show_due(case: Case, clocks: Sequence[CaseClock]) -> None:
    """The case says what the unit owes next; where nothing runs, the last due time stays."""
    alive = {clock.step: clock for clock in clocks if clock.ended_at is None}
    found = next((alive[step] for step in DUE_FIRST if step in alive), None)
    if found is not None:
        case.due_at, case.clock_template = found.due_at, bool(found.rule["template"])
