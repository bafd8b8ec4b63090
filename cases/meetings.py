"""How do people come together over a case: who is called, what came of it, and when may nobody mediate?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import statements, timeline
from cases.access import Act, case_for, seat_of, visible_to
from cases.actors import ActorKind, Audience, by_staff
from cases.announce import Told, tell_resident, tell_staff
from cases.case_moves import move
from cases.clocks import running
from cases.conflicts import has_conflict
from cases.danger import NOT_TO_BE_MEDIATED
from cases.errors import ConflictOfInterest, MoveNotAllowed, NotAllowed, NotFound, NotMediated
from cases.handling import wait_for_hearing
from cases.papers import of_course
from cases.papers.kinds import PaperKind
from cases.records import (
    Case,
    Invitation,
    Meeting,
    MeetingGuest,
    MeetingKind,
    Role,
    Staff,
    StatementKind,
    TimelineEntry,
)
from cases.roles import ROLE_MAY
from cases.routing import VIOLENCE_AT_HOME
from cases.rows import insert_unless_there
from cases.staff import staff_by_code
from cases.staff_desk import still_theirs
from cases.status import AT_REST, IN_HAND, CaseStatus, ways_from

# The resident takes part in these, and reads in the timeline that they were called and held.
RESIDENT_THERE = frozenset({MeetingKind.DESK, MeetingKind.VISIT, MeetingKind.MEDIATION, MeetingKind.HEARING})
OUTCOMES = frozenset({"agreed", "not_agreed", "adjourned", "done"})
OUTCOMES_OF_MEDIATION = frozenset({"agreed", "not_agreed", "adjourned", "refused"})


async def call_meeting(
    session: AsyncSession,
    person: Staff,
    code: str,
    now: datetime,
    *,
    kind: MeetingKind,
    planned_at: datetime,
    guests: Sequence[str] = (),
) -> Meeting:
    """Calls a meeting and asks the guests (codes of staff), who may see the case from now on.

    Guests are told, and so is who has the case in hand. A hearing lets a case in progress wait.
    MoveNotAllowed for a time that has passed, ConflictOfInterest when a guest has a stake in the case,
    NotMediated where nobody may mediate.
    """
    case = await _case_to_meet(session, person, code, now, kind)
    if planned_at < now or (kind is MeetingKind.FOLLOW_UP and planned_at == now):
        raise MoveNotAllowed("A meeting is called for a time to come.", _ways(case))
    asked = await _asked(session, person, case, guests)
    meeting = await _add(session, person, case, kind, planned_at)
    facts = {"meeting": meeting.id, "kind": kind.value, "at": planned_at.isoformat(), "guests": len(asked)}
    entry = await _append(session, person, case, "meeting_called", now, meeting, facts)
    for guest in asked:
        await _ask(session, person, case, meeting, guest, now)
    told = [*(guest.id for guest in asked), *([case.assignee_id] if case.assignee_id else [])]
    await tell_staff(session, case, Told.MEETING, entry, now, to=sorted({*told} - {person.id}))
    if kind is MeetingKind.HEARING and case.status is CaseStatus.IN_PROGRESS:
        await wait_for_hearing(session, person, case, planned_at, now)
    return meeting


async def hold_meeting(
    session: AsyncSession, person: Staff, meeting_id: int, minutes: str, now: datetime, *, outcome: str
) -> Meeting:
    """Keeps the minutes of a called meeting and its outcome; a case that waited for a hearing goes on.

    `outcome` is `agreed`, `not_agreed`, `adjourned`, `done` or, of a mediation only, `refused` instead of
    `done`. MoveNotAllowed for any other, and when it was held already.
    """
    meeting = await session.get(Meeting, meeting_id)
    if meeting is None:
        raise NotFound
    code = (await session.get_one(Case, meeting.case_id)).code
    case = await _case_to_meet(session, person, code, now, meeting.kind)
    # Only with the case held is it certain that nobody else has just written the minutes.
    await session.refresh(meeting)
    if meeting.held_at is not None:
        raise MoveNotAllowed("This meeting was held already.", _ways(case))
    return await _held(session, person, case, meeting, minutes, now, outcome)


async def record_visit(
    session: AsyncSession, person: Staff, code: str, minutes: str, now: datetime
) -> Meeting:
    """Keeps a visit (巡诊) that has just been made."""
    case = await _case_to_meet(session, person, code, now, MeetingKind.VISIT)
    meeting = await _add(session, person, case, MeetingKind.VISIT, now)
    return await _held(session, person, case, meeting, minutes, now, "done")


async def record_mediation(
    session: AsyncSession,
    person: Staff,
    code: str,
    minutes: str,
    now: datetime,
    *,
    outcome: Literal["agreed", "not_agreed", "refused"],
) -> Meeting:
    """Keeps a mediation that has just been led; once a party refuses, nobody mediates the case any more."""
    case = await case_to_mediate(session, person, code, now)
    meeting = await _add(session, person, case, MeetingKind.MEDIATION, now)
    return await _held(session, person, case, meeting, minutes, now, outcome)


async def terminate_mediation(
    session: AsyncSession, person: Staff, code: str, words: str, now: datetime
) -> Case:
    """Ends mediation for good (终止调解): the words, which the resident reads, name the lawful ways left.

    MoveNotAllowed when there was nothing to end, or when it was ended already.
    """
    case = await _in_own_hands(session, person, code, now)
    if not await _may_be_ended(session, case):
        raise MoveNotAllowed("There is no mediation to end on this case.", _ways(case))
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.REASON, words, actor=actor, audience=Audience.RESIDENT, now=now
    )
    case.mediation_refused = True
    facts = {"texts": [kept]}
    entry = await timeline.append(
        session, case, "mediation_ended", actor=actor, now=now, facts=facts, audience=Audience.RESIDENT
    )
    await running.contacted(session, case, now)
    await of_course.make(session, person, case, PaperKind.MEDIATION_TERMINATED, now)
    await tell_resident(session, case, Told.VISIBLE_NOTE, entry, now, note=words)
    return case


async def meetings_of(session: AsyncSession, case: Case) -> Sequence[Meeting]:
    """The meetings of a case in the order they were called; `held_at` None: still to come."""
    query = select(Meeting).where(Meeting.case_id == case.id).order_by(Meeting.id)
    return (await session.scalars(query)).all()


async def case_to_coordinate(session: AsyncSession, person: Staff, code: str, now: datetime) -> Case:
    """The case, held, for who may bring people together over it: its unit or a centre, not a guest."""
    case = await case_for(session, person, code, Act.MEET, now, lock=True)
    if person.role is not Role.CENTRE and person.unit_id != case.unit_id and person.id != case.assignee_id:
        raise NotAllowed
    if await has_conflict(session, person.id, case):
        raise ConflictOfInterest
    return case


async def case_to_mediate(session: AsyncSession, person: Staff, code: str, now: datetime) -> Case:
    """The case in this person's hands, work on it begun, or NotMediated where nobody may mediate it."""
    case = await _in_own_hands(session, person, code, now)
    if case.mediation_refused or is_protected(case):
        raise NotMediated
    if case.status is CaseStatus.SIGNED:
        actor = by_staff(person.id)
        await move(session, case, CaseStatus.IN_PROGRESS, actor=actor, reason="begun", now=now)
    return case


def is_protected(case: Case) -> bool:
    """Violence, self-harm or minors: never on the ordinary mediation path."""
    at_home = VIOLENCE_AT_HOME in (case.leaf, *case.secondary)
    return at_home or bool(NOT_TO_BE_MEDIATED.intersection(case.danger_codes))


async def _case_to_meet(
    session: AsyncSession, person: Staff, code: str, now: datetime, kind: MeetingKind
) -> Case:
    if kind is MeetingKind.MEDIATION:
        return await case_to_mediate(session, person, code, now)
    case = await case_to_coordinate(session, person, code, now)
    later = kind is MeetingKind.FOLLOW_UP and case.status is CaseStatus.CLOSED
    if case.status in AT_REST and not later:
        raise MoveNotAllowed("Nobody meets over a case that is at rest.", _ways(case))
    if kind is MeetingKind.HEARING and case.status in IN_HAND and person.role is not Role.CENTRE:
        still_theirs(case, person)
    return case


async def _in_own_hands(session: AsyncSession, person: Staff, code: str, now: datetime) -> Case:
    case = await case_for(session, person, code, Act.MEDIATE, now, lock=True)
    if case.status not in IN_HAND:
        raise MoveNotAllowed("Only a case in hand is mediated: take it first.", _ways(case))
    still_theirs(case, person)
    return case


async def _asked(session: AsyncSession, person: Staff, case: Case, codes: Sequence[str]) -> list[Staff]:
    """The guests, each once and without who calls; nobody who may not read cases, nobody with a stake."""
    found = {guest.id: guest for guest in [await staff_by_code(session, code) for code in codes]}
    found.pop(person.id, None)
    for guest in found.values():
        if Act.NOTE not in ROLE_MAY[guest.role]:
            raise NotAllowed
        if await has_conflict(session, guest.id, case):
            raise ConflictOfInterest
    return list(found.values())


async def _ask(
    session: AsyncSession, person: Staff, case: Case, meeting: Meeting, guest: Staff, now: datetime
) -> None:
    session.add(MeetingGuest(meeting_id=meeting.id, staff_id=guest.id))
    seat = await seat_of(session, guest)
    if await session.scalar(select(Case.id).where(Case.id == case.id, visible_to(seat))) is not None:
        return
    row = {"case_id": case.id, "staff_id": guest.id, "by_id": person.id, "at": now}
    await insert_unless_there(session, Invitation, row, unique=("case_id", "staff_id"))
    facts = {"staff": guest.id, "meeting": meeting.id}
    await timeline.append(session, case, "invited", actor=by_staff(person.id), now=now, facts=facts)


async def _add(
    session: AsyncSession, person: Staff, case: Case, kind: MeetingKind, planned_at: datetime
) -> Meeting:
    meeting = Meeting(case_id=case.id, kind=kind, called_by_id=person.id, planned_at=planned_at)
    session.add(meeting)
    await session.flush()
    return meeting


async def _held(
    session: AsyncSession,
    person: Staff,
    case: Case,
    meeting: Meeting,
    minutes: str,
    now: datetime,
    outcome: str,
) -> Meeting:
    mediated = meeting.kind is MeetingKind.MEDIATION
    if outcome not in (OUTCOMES_OF_MEDIATION if mediated else OUTCOMES):
        raise MoveNotAllowed(f"No meeting of the kind {meeting.kind} ends like that.", _ways(case))
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.MINUTES, minutes, actor=actor, audience=Audience.STAFF, now=now
    )
    meeting.held_at, meeting.outcome, meeting.statement_id = now, outcome, int(kept[0])
    facts = {"meeting": meeting.id, "kind": meeting.kind.value, "outcome": outcome, "texts": [kept]}
    await _append(session, person, case, "meeting_held", now, meeting, facts)
    if meeting.kind is MeetingKind.HEARING and case.waiting_for == "hearing":
        await move(session, case, CaseStatus.IN_PROGRESS, actor=actor, reason="hearing_held", now=now)
    if meeting.kind in RESIDENT_THERE and outcome != "adjourned":
        await running.contacted(session, case, now)
    if outcome == "refused":
        await _refused(session, person, case, now)
    return meeting


async def _refused(session: AsyncSession, person: Staff, case: Case, now: datetime) -> None:
    """A party does not want it: from now on nobody may (人民调解法 17, 26)."""
    case.mediation_refused = True
    actor = by_staff(person.id)
    await timeline.append(
        session, case, "mediation_refused", actor=actor, now=now, audience=Audience.RESIDENT
    )


async def _may_be_ended(session: AsyncSession, case: Case) -> bool:
    ended = exists().where(TimelineEntry.case_id == case.id, TimelineEntry.action == "mediation_ended")
    mediated = exists().where(Meeting.case_id == case.id, Meeting.kind == MeetingKind.MEDIATION)
    if await session.scalar(select(ended)):
        return False
    return case.mediation_refused or bool(await session.scalar(select(mediated)))


async def _append(
    session: AsyncSession,
    person: Staff,
    case: Case,
    action: str,
    now: datetime,
    meeting: Meeting,
    facts: Mapping[str, Any],
) -> TimelineEntry:
    audience = Audience.RESIDENT if meeting.kind in RESIDENT_THERE else Audience.STAFF
    actor = by_staff(person.id)
    return await timeline.append(session, case, action, actor=actor, now=now, facts=facts, audience=audience)


def _ways(case: Case) -> tuple[CaseStatus, ...]:
    return ways_from(case.status, ActorKind.STAFF)
