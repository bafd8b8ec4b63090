"""What may a member of staff do with a case: see the queue, take, answer, close, note, send back, hand on?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cases import statements, timeline
from cases.access import Act, case_for
from cases.actors import Audience, by_staff
from cases.announce import Told, tell_resident, tell_staff
from cases.case_moves import move
from cases.errors import MoveNotAllowed, NeedsSecondLook, TakenByAnother
from cases.queue import QueueItem, QueuePage, queue
from cases.records import Case, Invitation, Staff, StatementKind
from cases.rows import insert_unless_there
from cases.staff import staff_by_code
from cases.status import IN_HAND, CaseStatus, ClosingKind


async def take(session: AsyncSession, person: Staff, code: str, now: datetime) -> Case:
    """Signs for a case (签收): from now on it is theirs and the resident is told.

    TakenByAnother when a colleague was faster; taking one's own case again changes nothing.
    """
    case = await case_for(session, person, code, Act.TAKE, lock=True)
    if case.status in IN_HAND:
        _still_theirs(case, person)
        return case
    case.assignee_id = person.id
    entry = await move(session, case, CaseStatus.SIGNED, actor=by_staff(person.id), reason="taken", now=now)
    await tell_resident(session, case, Told.TAKEN, entry, now)
    return case


async def start(session: AsyncSession, person: Staff, code: str, now: datetime) -> Case:
    """Begins work on a case one has taken."""
    case = await case_for(session, person, code, Act.TAKE, lock=True)
    _still_theirs(case, person)
    await move(session, case, CaseStatus.IN_PROGRESS, actor=by_staff(person.id), reason="begun", now=now)
    return case


async def answer(session: AsyncSession, person: Staff, code: str, text: str, now: datetime) -> Case:
    """Answers the resident, who is sent the words and asked whether it is solved.

    Only who has the case in hand may answer; work not yet begun begins with it, so no stage is skipped.
    """
    case = await case_for(session, person, code, Act.TAKE, lock=True)
    if case.status not in IN_HAND:
        raise MoveNotAllowed("Only a case in hand can be answered: take it first.")
    _still_theirs(case, person)
    actor = by_staff(person.id)
    if case.status is CaseStatus.SIGNED:
        await move(session, case, CaseStatus.IN_PROGRESS, actor=actor, reason="begun", now=now)
    kept = await statements.write(
        session, case, StatementKind.ANSWER, text, actor=actor, audience=Audience.RESIDENT, now=now
    )
    entry = await move(
        session,
        case,
        CaseStatus.ANSWERED,
        actor=actor,
        reason="answered",
        now=now,
        facts={"texts": [kept]},
    )
    await tell_resident(session, case, Told.ANSWERED, entry, now, answer=text)
    return case


async def close(
    session: AsyncSession,
    person: Staff,
    code: str,
    now: datetime,
    *,
    kind: ClosingKind = ClosingKind.PROCEDURAL,
) -> Case:
    """Closes an answered case.

    NeedsSecondLook: nobody closes a case they filed, and nobody calls their own work substantively solved;
    that is for a second person, or for the resident's own judgement.
    """
    case = await case_for(session, person, code, Act.CLOSE, lock=True)
    own_word = kind is ClosingKind.SUBSTANTIVE and case.assignee_id == person.id
    if case.filed_by_id == person.id or own_word:
        raise NeedsSecondLook
    entry = await move(
        session, case, CaseStatus.CLOSED, actor=by_staff(person.id), reason="closed", now=now, closing=kind
    )
    await tell_resident(session, case, Told.CLOSED, entry, now, closing=kind.value)
    return case


async def note(session: AsyncSession, person: Staff, code: str, text: str, now: datetime) -> Case:
    """Adds an inner note, which the resident never sees."""
    case = await case_for(session, person, code, Act.NOTE, lock=True)
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.NOTE, text, actor=actor, audience=Audience.STAFF, now=now
    )
    await timeline.append(session, case, "noted", actor=actor, now=now, facts={"texts": [kept]})
    return case


async def hand_over(session: AsyncSession, person: Staff, code: str, to_code: str, now: datetime) -> Case:
    """Gives a case in hand to a colleague of the same unit, who is told; the status stays."""
    case = await case_for(session, person, code, Act.HAND_OVER, lock=True)
    colleague = await staff_by_code(session, to_code)
    if case.status not in IN_HAND or colleague.unit_id != case.unit_id:
        raise MoveNotAllowed("A case in hand goes to a colleague of its own unit.")
    await case_for(session, colleague, code, Act.TAKE)
    case.assignee_id = colleague.id
    facts = {"from": person.id, "to": colleague.id}
    entry = await timeline.append(
        session, case, "handed_over", actor=by_staff(person.id), now=now, facts=facts
    )
    await tell_staff(session, case, Told.HANDED_OVER, entry, now, to=[colleague.id])
    return case


async def invite_to(session: AsyncSession, person: Staff, code: str, to_code: str, now: datetime) -> Case:
    """Lets a volunteer or expert see one case and tells them; inviting twice changes nothing."""
    case = await case_for(session, person, code, Act.INVITE, lock=True)
    guest = await staff_by_code(session, to_code)
    row = {"case_id": case.id, "staff_id": guest.id, "by_id": person.id, "at": now}
    if await insert_unless_there(session, Invitation, row, unique=("case_id", "staff_id")):
        entry = await timeline.append(
            session, case, "invited", actor=by_staff(person.id), now=now, facts={"staff": guest.id}
        )
        await tell_staff(session, case, Told.INVITED, entry, now, to=[guest.id])
    return case


def _still_theirs(case: Case, person: Staff) -> None:
    if case.assignee_id != person.id:
        raise TakenByAnother


__all__ = [
    "QueueItem",
    "QueuePage",
    "answer",
    "close",
    "hand_over",
    "invite_to",
    "note",
    "queue",
    "start",
    "take",
]
