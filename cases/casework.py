"""What may a resident do with their case: open, add, take back, ask for a person, refuse mediation?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases import statements, timeline
from cases.actors import Actor, Audience, by_resident
from cases.announce import Told, tell_members, tell_unit
from cases.attachments import bind
from cases.case_moves import move
from cases.clocks import running
from cases.codes import read_case_code
from cases.errors import CaseNotFound, MoveNotAllowed, NotMediated
from cases.lines import centre_of
from cases.merging import pass_on, release_repeats
from cases.opening import NewCase, open_case
from cases.public_status import PublicStatus, public_status
from cases.raising import raise_danger
from cases.records import Case, Resident, StatementKind, TimelineEntry
from cases.reopening import reopen, was_closed
from cases.status import IN_HAND, CaseStatus

# Nothing can be added to these any more: a new case is opened instead.
PUT_AWAY = frozenset({CaseStatus.ARCHIVED, CaseStatus.WITHDRAWN})
# A resident who asks for a person is not put off with a case that has been answered.
OPENED_AGAIN = frozenset(
    {CaseStatus.JUDGING, CaseStatus.CLOSED, CaseStatus.DECLINED, CaseStatus.TRANSFERRED, CaseStatus.MERGED}
)


async def case_by_code(session: AsyncSession, code: str, resident: Resident | None = None) -> Case | None:
    """The case of that code (however it was typed), with unit and grid; with `resident`: only their own."""
    return await _find(session, code, resident, lock=False)


async def _find(session: AsyncSession, code: str, resident: Resident | None, *, lock: bool) -> Case | None:
    read = read_case_code(code)
    if read is None:
        return None
    query = select(Case).where(Case.code == read).options(selectinload(Case.unit), selectinload(Case.grid))
    if resident is not None:
        query = query.where(Case.resident_id == resident.id)
    if lock:
        query = query.with_for_update(of=Case)
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def own_case(session: AsyncSession, resident: Resident, code: str) -> Case:
    """The resident's own case, held until the transaction ends, or CaseNotFound."""
    case = await _find(session, code, resident, lock=True)
    if case is None:
        raise CaseNotFound
    return case


async def cases_of(session: AsyncSession, resident: Resident, limit: int = 20) -> Sequence[Case]:
    """The resident's cases with unit and grid, newest first."""
    query = select(Case).where(Case.resident_id == resident.id).order_by(Case.id.desc()).limit(limit)
    return (await session.scalars(query.options(selectinload(Case.unit), selectinload(Case.grid)))).all()


async def add_statement(
    session: AsyncSession, case: Case, text: str, *, actor: Actor, now: datetime, danger: Sequence[str] = ()
) -> TimelineEntry:
    """Adds words of the resident; danger signals in them may raise the level, never lower it."""
    _still_open(case)
    kept = await statements.write(
        session, case, StatementKind.STATEMENT, text, actor=actor, audience=Audience.RESIDENT, now=now
    )
    entry = await timeline.append(
        session, case, "stated", actor=actor, now=now, facts={"texts": [kept]}, audience=Audience.RESIDENT
    )
    await tell_unit(session, case, Told.MORE_SAID, entry, now)
    await raise_danger(session, case, danger, actor=actor, now=now)
    if case.status is CaseStatus.MERGED:
        await pass_on(session, case, danger, actor=actor, now=now)
    await _heard_from(session, case, actor, now)
    return entry


async def _heard_from(session: AsyncSession, case: Case, actor: Actor, now: datetime) -> None:
    """What the case waited for has come: work and clocks go on."""
    if case.status is CaseStatus.WAITING and case.waiting_for == "resident":
        await move(session, case, CaseStatus.IN_PROGRESS, actor=actor, reason="resident_spoke", now=now)


async def attach(
    session: AsyncSession, case: Case, attachment_ids: Sequence[int], *, actor: Actor, now: datetime
) -> TimelineEntry:
    """Adds files the resident has sent; AttachmentNotFound unless all are theirs and not yet on a case."""
    _still_open(case)
    await bind(session, case, attachment_ids)
    entry = await timeline.append(
        session,
        case,
        "attached",
        actor=actor,
        now=now,
        facts={"attachments": list(attachment_ids)},
        audience=Audience.RESIDENT,
    )
    await tell_unit(session, case, Told.MORE_SAID, entry, now)
    await _heard_from(session, case, actor, now)
    return entry


async def hand_to_person(session: AsyncSession, case: Case, *, actor: Actor, now: datetime) -> TimelineEntry:
    """The resident wants a person: always granted; an answered or closed case is opened again for it."""
    if case.status in OPENED_AGAIN:
        await reopen(session, case, actor=actor, reason="person_wanted", now=now)
    _still_open(case)
    case.needs_person = True
    entry = await timeline.append(
        session, case, "person_wanted", actor=actor, now=now, audience=Audience.RESIDENT
    )
    await tell_unit(session, case, Told.PERSON_WANTED, entry, now, urgent=True)
    await _heard_from(session, case, actor, now)
    return entry


async def withdraw(
    session: AsyncSession, resident: Resident, code: str, now: datetime, *, reason: str = "resident_wishes"
) -> Case:
    """The resident takes their case back; the unit is told. MoveNotAllowed once it is closed.

    Repeats merged into it whose residents were not answered yet are opened again: they took nothing back.
    """
    case = await own_case(session, resident, code)
    entry = await move(
        session, case, CaseStatus.WITHDRAWN, actor=by_resident(resident.id), reason=reason, now=now
    )
    await tell_unit(session, case, Told.WITHDRAWN, entry, now)
    await release_repeats(session, case, now)
    return case


async def refuse_mediation(session: AsyncSession, resident: Resident, code: str, now: datetime) -> Case:
    """No mediation, says the resident: from now on nobody may (人民调解法 17, 26), and the unit is told."""
    case = await own_case(session, resident, code)
    _still_open(case)
    if case.mediation_refused:
        raise NotMediated
    case.mediation_refused = True
    entry = await timeline.append(
        session,
        case,
        "mediation_refused",
        actor=by_resident(resident.id),
        now=now,
        audience=Audience.RESIDENT,
    )
    await tell_unit(session, case, Told.MEDIATION_REFUSED, entry, now)
    return case


async def ask_other(
    session: AsyncSession, resident: Resident, code: str, now: datetime, words: str | None = None
) -> Case:
    """The resident wants somebody else to handle it: always taken up, the centre is told and decides.

    MoveNotAllowed where nobody has it, or had it, in hand.
    """
    case = await own_case(session, resident, code)
    if case.status not in IN_HAND and case.status is not CaseStatus.REOPENED:
        raise MoveNotAllowed("Nobody has this case in hand.")
    actor, facts = by_resident(resident.id), {}
    if words and words.strip():
        kept = await statements.write(
            session, case, StatementKind.REASON, words, actor=actor, audience=Audience.RESIDENT, now=now
        )
        facts = {"texts": [kept]}
    case.needs_person = True
    entry = await timeline.append(
        session, case, "other_wanted", actor=actor, now=now, facts=facts, audience=Audience.RESIDENT
    )
    centre = await centre_of(session, case.unit)
    await tell_members(session, case, Told.PERSON_WANTED, entry, now, unit=centre or case.unit)
    return case


async def visited(
    session: AsyncSession,
    resident: Resident,
    code: str,
    now: datetime,
    *,
    solved: bool,
    satisfied: bool | None = None,
) -> Case:
    """回访: what the resident says when asked after the closing; not solved opens the case again.

    MoveNotAllowed for a case that is not closed; TooLateToReopen more than thirty days after the closing.
    """
    case = await own_case(session, resident, code)
    if not was_closed(case):
        raise MoveNotAllowed("A return visit follows the closing.")
    actor = by_resident(resident.id)
    facts = {"reached": True, "solved": solved, "satisfied": satisfied}
    await timeline.append(
        session, case, "return_visited", actor=actor, now=now, facts=facts, audience=Audience.RESIDENT
    )
    await running.fulfil(session, case, ("return_visit",), now)
    if not solved:
        await reopen(session, case, actor=actor, reason="visit_not_solved", now=now)
    # Opening again forgets the former judgement; this one is newer.
    case.visited_at = case.judged_at = now
    case.solved = solved
    if satisfied is not None:
        case.satisfied = satisfied
    await session.flush()
    return case


def _still_open(case: Case) -> None:
    if case.status in PUT_AWAY:
        raise MoveNotAllowed("Nothing can be added to a case that is withdrawn or archived.")


__all__ = [
    "NewCase",
    "PublicStatus",
    "add_statement",
    "ask_other",
    "attach",
    "case_by_code",
    "cases_of",
    "hand_to_person",
    "open_case",
    "own_case",
    "public_status",
    "raise_danger",
    "refuse_mediation",
    "reopen",
    "visited",
    "withdraw",
]
