"""What have the parties agreed on, was it kept, and has a court confirmed it (人民调解法 28-33)?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import statements, timeline
from cases.access import Act, case_for
from cases.actors import Actor, ActorKind, Audience, by_staff
from cases.announce import Told, tell_unit
from cases.casework import own_case
from cases.clocks import running
from cases.clocks.book import book_of
from cases.clocks.rules import StartEvent
from cases.errors import (
    MoveNotAllowed,
    NoMoreTime,
    NotAllowed,
    NotFound,
    TooLateToReopen,
)
from cases.meetings import case_to_mediate
from cases.papers import of_course
from cases.papers.kinds import PaperKind
from cases.records import Agreement, Case, CaseClock, Resident, Staff, StatementKind, TimelineEntry
from cases.reopening import reopen
from cases.roles import ROLE_MAY
from cases.status import CaseStatus, may_move, ways_from

ASKED_LATER = ("agreement_performed_30", "agreement_performed_90")
CONFIRMATION = "judicial_confirmation"


async def record_agreement(
    session: AsyncSession,
    person: Staff,
    code: str,
    text: str,
    now: datetime,
    *,
    oral: bool,
    perform_by: datetime | None,
) -> Agreement:
    """Keeps what the parties agreed on, written or oral (口头协议登记); the resident may read it.

    From now on the clocks run after which somebody asks whether it was kept. NotMediated where nobody may
    mediate, MoveNotAllowed for a day of performance that has passed.
    """
    case = await case_to_mediate(session, person, code, now)
    if perform_by is not None and perform_by < now:
        raise MoveNotAllowed("An agreement is performed at once or on a day to come.", _ways(case))
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.AGREEMENT, text, actor=actor, audience=Audience.RESIDENT, now=now
    )
    agreement = Agreement(
        case_id=case.id,
        oral=oral,
        statement_id=int(kept[0]),
        by_id=person.id,
        agreed_at=now,
        perform_by=perform_by,
    )
    session.add(agreement)
    await session.flush()
    by = perform_by.isoformat() if perform_by else None
    facts = {"agreement": agreement.id, "oral": oral, "perform_by": by, "texts": [kept]}
    await _append(session, case, "agreed", actor, now, facts)
    await running.start(session, case, StartEvent.AGREED, now)
    await running.contacted(session, case, now)
    paper = PaperKind.ORAL_AGREEMENT if oral else PaperKind.MEDIATION_AGREEMENT
    await of_course.make(session, person, case, paper, now)
    return agreement


async def say_kept(
    session: AsyncSession, agreement: Agreement, now: datetime, *, actor: Actor, kept: bool
) -> Agreement:
    """The resident, or who asked them, says whether the agreement was kept (履行); not kept reopens the case.

    What was said before may be put right; saying the same again changes nothing. Of a case that is still
    worked on, and where the resident comes too late to reopen it, the fact is kept and the unit is told.
    """
    case = await _case_of(session, agreement, actor, now)
    await session.refresh(agreement)
    if agreement.performed is kept:
        return agreement
    agreement.performed, agreement.performed_at = kept, now
    await session.flush()
    if not await _any_open(session, case):
        await running.fulfil(session, case, ASKED_LATER, now)
    facts = {"agreement": agreement.id}
    entry = await _append(session, case, "kept" if kept else "not_kept", actor, now, facts)
    if kept or await _reopened(session, case, actor, now):
        return agreement
    if actor.kind is ActorKind.RESIDENT:
        await tell_unit(session, case, Told.MORE_SAID, entry, now)
    return agreement


async def open_confirmation(
    session: AsyncSession, person: Staff, agreement_id: int, now: datetime
) -> CaseClock:
    """Starts the time in which both parties may ask a court to confirm the agreement (司法确认).

    It is counted from the agreement, whenever it is started. NoMoreTime when it is over already,
    MoveNotAllowed when it was started before or the court has confirmed.
    """
    agreement, case = await _found(session, person, agreement_id, now)
    rule = (await book_of(session, case.unit)).rule(CONFIRMATION, case.leaf, case.danger_level)
    if rule is None or agreement.confirmed_at is not None or await _was_started(session, agreement):
        raise MoveNotAllowed("The time for confirmation is started once, before the court confirms.")
    if (await book_of(session, case.unit)).due(rule, agreement.agreed_at).at < now:
        raise NoMoreTime
    clock = await running.start_one(session, case, rule, agreement.agreed_at)
    facts = {"agreement": agreement.id, "clock": clock.id}
    await _append(session, case, "confirmation_opened", by_staff(person.id), now, facts)
    return clock


async def record_confirmed(
    session: AsyncSession, person: Staff, agreement_id: int, now: datetime
) -> Agreement:
    """Keeps that a court has confirmed the agreement, an outside fact; MoveNotAllowed when it is known."""
    agreement, case = await _found(session, person, agreement_id, now)
    if agreement.confirmed_at is not None:
        raise MoveNotAllowed("The agreement is confirmed already.", _ways(case))
    agreement.confirmed_at = now
    facts = {"agreement": agreement.id}
    await _append(session, case, "confirmed", by_staff(person.id), now, facts)
    await running.fulfil(session, case, (CONFIRMATION,), now)
    return agreement


async def agreements_of(session: AsyncSession, case: Case) -> Sequence[Agreement]:
    """The agreements of a case, oldest first; `performed` None: nobody has said yet."""
    query = select(Agreement).where(Agreement.case_id == case.id).order_by(Agreement.id)
    return (await session.scalars(query)).all()


async def _reopened(session: AsyncSession, case: Case, actor: Actor, now: datetime) -> bool:
    if not may_move(case.status, CaseStatus.REOPENED, actor.kind):
        return False
    try:
        await reopen(session, case, actor=actor, reason="not_kept", now=now)
    except TooLateToReopen:
        # An agreement may fall due long after the closing: a person decides what follows.
        return False
    return True


async def _case_of(session: AsyncSession, agreement: Agreement, actor: Actor, now: datetime) -> Case:
    """The case, held, for its own resident, for its unit, or for a centre that asks after the closing."""
    code = (await session.get_one(Case, agreement.case_id)).code
    match actor.kind:
        case ActorKind.RESIDENT:
            return await own_case(session, await session.get_one(Resident, actor.id), code)
        case ActorKind.STAFF:
            return await _case_for_staff(session, await session.get_one(Staff, actor.id), code, now)
    raise NotAllowed


async def _case_for_staff(session: AsyncSession, person: Staff, code: str, now: datetime) -> Case:
    act = Act.VISIT if Act.VISIT in ROLE_MAY[person.role] else Act.MEDIATE
    return await case_for(session, person, code, act, now, lock=True)


async def _found(
    session: AsyncSession, person: Staff, agreement_id: int, now: datetime
) -> tuple[Agreement, Case]:
    agreement = await session.get(Agreement, agreement_id)
    if agreement is None:
        raise NotFound
    case = await _case_of(session, agreement, by_staff(person.id), now)
    await session.refresh(agreement)
    return agreement, case


async def _any_open(session: AsyncSession, case: Case) -> bool:
    unsaid = exists().where(Agreement.case_id == case.id, Agreement.performed.is_(None))
    return bool(await session.scalar(select(unsaid)))


async def _was_started(session: AsyncSession, agreement: Agreement) -> bool:
    before = exists().where(
        CaseClock.case_id == agreement.case_id,
        CaseClock.step == CONFIRMATION,
        CaseClock.started_at == agreement.agreed_at,
    )
    return bool(await session.scalar(select(before)))


async def _append(
    session: AsyncSession, case: Case, action: str, actor: Actor, now: datetime, facts: Mapping[str, Any]
) -> TimelineEntry:
    return await timeline.append(
        session, case, action, actor=actor, now=now, facts=facts, audience=Audience.RESIDENT
    )


def _ways(case: Case) -> tuple[CaseStatus, ...]:
    return ways_from(case.status, ActorKind.STAFF)
