"""What may a member of staff do with a case: see the queue, take, answer, close, note, send back, hand on?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cases import statements, timeline
from cases.access import Act, case_for, require
from cases.actors import BY_RULE, ActorKind, Audience, by_staff
from cases.announce import LEADER, Told, tell_resident, tell_staff
from cases.case_moves import move
from cases.conflicts import has_conflict
from cases.errors import ConflictOfInterest, MoveNotAllowed, NeedsSecondLook, ReviewFirst, TakenByAnother
from cases.merging import answer_repeats
from cases.papers import of_course
from cases.papers.kinds import PaperKind
from cases.queue import QueueItem, QueuePage, queue
from cases.records import Case, Invitation, Staff, StatementKind
from cases.rows import insert_unless_there
from cases.staff import staff_by_code
from cases.status import IN_HAND, CaseStatus, ClosingKind, ways_from


async def take(session: AsyncSession, person: Staff, code: str, now: datetime) -> Case:
    """Signs for a case (签收): from now on it is theirs and the resident is told.

    TakenByAnother when a colleague was faster; taking one's own case again changes nothing.
    """
    case = await case_for(session, person, code, Act.TAKE, now, lock=True)
    if case.status in IN_HAND:
        still_theirs(case, person)
        return case
    case.assignee_id = person.id
    entry = await move(session, case, CaseStatus.SIGNED, actor=by_staff(person.id), reason="taken", now=now)
    await tell_resident(session, case, Told.TAKEN, entry, now)
    return case


async def start(session: AsyncSession, person: Staff, code: str, now: datetime) -> Case:
    """Begins work on a case one has taken."""
    case = await case_in_hand(session, person, code, now)
    await move(session, case, CaseStatus.IN_PROGRESS, actor=by_staff(person.id), reason="begun", now=now)
    return case


async def case_in_hand(session: AsyncSession, person: Staff, code: str, now: datetime) -> Case:
    """The case, held, when this person has it in hand; MoveNotAllowed or TakenByAnother otherwise."""
    case = await case_for(session, person, code, Act.WORK, now, lock=True)
    if case.status not in IN_HAND:
        raise MoveNotAllowed("Only a case in hand can be worked on: take it first.", _ways(case))
    still_theirs(case, person)
    return case


async def begun(session: AsyncSession, person: Staff, code: str, now: datetime) -> Case:
    """The case in hand, work on it begun with this, so that no stage is skipped."""
    case = await case_in_hand(session, person, code, now)
    actor = by_staff(person.id)
    if case.status is CaseStatus.SIGNED:
        await move(session, case, CaseStatus.IN_PROGRESS, actor=actor, reason="begun", now=now)
    return case


async def answer(session: AsyncSession, person: Staff, code: str, text: str, now: datetime) -> Case:
    """Answers the resident, who is sent the words and asked whether it is solved (反馈, then 待评判).

    Residents whose repeats were merged into the case are sent the same answer. Only who has the case in hand
    may answer; work not yet begun, or waiting, goes on with it.
    """
    case = await begun(session, person, code, now)
    actor = by_staff(person.id)
    if case.status is CaseStatus.WAITING:
        await move(session, case, CaseStatus.IN_PROGRESS, actor=actor, reason="waited_enough", now=now)
    kept = await statements.write(
        session, case, StatementKind.ANSWER, text, actor=actor, audience=Audience.RESIDENT, now=now
    )
    facts = {"texts": [kept]}
    await move(session, case, CaseStatus.ANSWERED, actor=actor, reason="answered", now=now, facts=facts)
    case.contacted_at = case.contacted_at or now
    entry = await move(session, case, CaseStatus.JUDGING, actor=BY_RULE, reason="put_to_resident", now=now)
    await tell_resident(session, case, Told.ANSWERED, entry, now, answer=text)
    await answer_repeats(session, case, text, now)
    return case


async def close(
    session: AsyncSession,
    person: Staff,
    code: str,
    now: datetime,
    *,
    kind: ClosingKind = ClosingKind.PROCEDURAL,
) -> Case:
    """Closes a case whose answer is with the resident.

    NeedsSecondLook: nobody closes a case they filed, and nobody calls their own work substantively solved;
    that is for a second person, or for the resident's own judgement. ReviewFirst: a reopened case is looked
    at by the superior before its unit closes it again.
    """
    case = await case_for(session, person, code, Act.CLOSE, now, lock=True)
    own_word = kind is ClosingKind.SUBSTANTIVE and case.assignee_id == person.id
    if case.filed_by_id == person.id or own_word:
        raise NeedsSecondLook
    if case.review_due and person.unit_id == case.unit_id:
        raise ReviewFirst
    entry = await move(
        session, case, CaseStatus.CLOSED, actor=by_staff(person.id), reason="closed", now=now, closing=kind
    )
    await of_course.make(session, person, case, PaperKind.CLOSING_REPORT, now)
    await tell_resident(session, case, Told.CLOSED, entry, now, closing=kind.value)
    return case


async def note(session: AsyncSession, person: Staff, code: str, text: str, now: datetime) -> Case:
    """Adds an inner note, which the resident never sees."""
    case = await case_for(session, person, code, Act.NOTE, now, lock=True)
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.NOTE, text, actor=actor, audience=Audience.STAFF, now=now
    )
    await timeline.append(session, case, "noted", actor=actor, now=now, facts={"texts": [kept]})
    return case


async def hand_over(session: AsyncSession, person: Staff, code: str, to_code: str, now: datetime) -> Case:
    """Gives a case in hand to a colleague of the same unit, who is told; the status stays.

    TakenByAnother unless the case is in one's own hands, or one leads the unit.
    """
    case = await case_for(session, person, code, Act.HAND_OVER, now, lock=True)
    colleague = await staff_by_code(session, to_code)
    if case.status not in IN_HAND or colleague.unit_id != case.unit_id:
        raise MoveNotAllowed("A case in hand goes to a colleague of its own unit.")
    if person.post != LEADER:
        still_theirs(case, person)
    await require(session, colleague, case, Act.TAKE)
    case.assignee_id = colleague.id
    facts = {"from": person.id, "to": colleague.id}
    entry = await timeline.append(
        session, case, "handed_over", actor=by_staff(person.id), now=now, facts=facts
    )
    await tell_staff(session, case, Told.HANDED_OVER, entry, now, to=[colleague.id])
    return case


async def invite_to(session: AsyncSession, person: Staff, code: str, to_code: str, now: datetime) -> Case:
    """Lets a volunteer or expert see one case and tells them; inviting twice changes nothing.

    ConflictOfInterest for a guest with a stake in it.
    """
    case = await case_for(session, person, code, Act.INVITE, now, lock=True)
    guest = await staff_by_code(session, to_code)
    if await has_conflict(session, guest.id, case):
        raise ConflictOfInterest
    row = {"case_id": case.id, "staff_id": guest.id, "by_id": person.id, "at": now}
    if await insert_unless_there(session, Invitation, row, unique=("case_id", "staff_id")):
        entry = await timeline.append(
            session, case, "invited", actor=by_staff(person.id), now=now, facts={"staff": guest.id}
        )
        await tell_staff(session, case, Told.INVITED, entry, now, to=[guest.id])
    return case


def _ways(case: Case) -> tuple[str, ...]:
    return ways_from(case.status, ActorKind.STAFF)


def still_theirs(case: Case, person: Staff) -> None:
    """TakenByAnother when the case is in somebody else's hands."""
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
