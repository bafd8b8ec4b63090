"""What happens while a case is worked on: questions, waiting, notes, calls, an expert's opinion?"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from cases import statements, timeline
from cases.access import Act, case_for
from cases.actors import ActorKind, Audience, by_staff
from cases.announce import Told, tell_resident
from cases.case_moves import move
from cases.clocks import running
from cases.clocks.book import book_of
from cases.conflicts import has_conflict
from cases.errors import ConflictOfInterest, MoveNotAllowed, NotAllowed
from cases.records import Case, Role, Staff, StatementKind
from cases.staff_desk import begun, case_in_hand
from cases.status import AT_REST, CaseStatus, ways_from

# What a member of staff says by going on. A resident who was asked ends the waiting by speaking.
WAITED_FOR = {"resident": "waited_enough", "appraisal": "appraisal_in", "hearing": "hearing_held"}


async def ask_resident(session: AsyncSession, person: Staff, code: str, text: str, now: datetime) -> Case:
    """Sends the resident a question; until they speak the clocks that stop for them stand still.

    Work not yet begun begins with it. MoveNotAllowed where the case already waits for something.
    """
    case = await begun(session, person, code, now)
    _not_waiting(case)
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.QUESTION, text, actor=actor, audience=Audience.RESIDENT, now=now
    )
    facts = {"texts": [kept]}
    entry = await move(
        session, case, CaseStatus.WAITING, actor=actor, reason="resident", now=now, facts=facts
    )
    await running.contacted(session, case, now)
    await tell_resident(session, case, Told.QUESTION, entry, now, question=text)
    return case


async def wait_for(
    session: AsyncSession,
    person: Staff,
    code: str,
    what: Literal["appraisal", "hearing"],
    words: str,
    now: datetime,
) -> Case:
    """Lets a case wait for an appraisal (鉴定) or a hearing (听证); the words say why and stay inside."""
    case = await begun(session, person, code, now)
    _not_waiting(case)
    await _stand_still(session, person, case, now, what=what, words=words)
    return case


async def wait_for_hearing(
    session: AsyncSession, person: Staff, case: Case, planned_at: datetime, now: datetime
) -> None:
    """Lets a case in progress wait for a hearing that was called; its local time stands for the words."""
    local = planned_at.astimezone(ZoneInfo((await book_of(session, case.unit)).timezone))
    await _stand_still(session, person, case, now, what="hearing", words=f"{local:%Y-%m-%d %H:%M}")


async def _stand_still(
    session: AsyncSession, person: Staff, case: Case, now: datetime, *, what: str, words: str
) -> None:
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.REASON, words, actor=actor, audience=Audience.STAFF, now=now
    )
    facts = {"texts": [kept]}
    await move(session, case, CaseStatus.WAITING, actor=actor, reason=what, now=now, facts=facts)


async def go_on(session: AsyncSession, person: Staff, code: str, now: datetime) -> Case:
    """Ends the waiting: the clocks run again, later by as long as they stood still."""
    case = await case_in_hand(session, person, code, now)
    if case.waiting_for is None:
        raise MoveNotAllowed("Only a case that waits can go on.", _ways(case))
    reason = WAITED_FOR[case.waiting_for]
    await move(session, case, CaseStatus.IN_PROGRESS, actor=by_staff(person.id), reason=reason, now=now)
    return case


async def visible_note(session: AsyncSession, person: Staff, code: str, text: str, now: datetime) -> Case:
    """Writes a note that the resident reads, and sends it to them; an inner one is `staff_desk.note`."""
    case = await case_in_hand(session, person, code, now)
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.NOTE, text, actor=actor, audience=Audience.RESIDENT, now=now
    )
    entry = await timeline.append(
        session,
        case,
        "visible_note",
        actor=actor,
        now=now,
        facts={"texts": [kept]},
        audience=Audience.RESIDENT,
    )
    await running.contacted(session, case, now)
    await tell_resident(session, case, Told.VISIBLE_NOTE, entry, now, note=text)
    return case


async def record_contact(session: AsyncSession, person: Staff, code: str, words: str, now: datetime) -> Case:
    """Keeps that the resident was spoken to, on the telephone say, and in an inner note what came of it.

    The resident sees when they are said to have been contacted, so that a call nobody made is noticed.
    """
    case = await case_in_hand(session, person, code, now)
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.NOTE, words, actor=actor, audience=Audience.STAFF, now=now
    )
    facts = {"texts": [kept]}
    await timeline.append(
        session, case, "contacted", actor=actor, now=now, facts=facts, audience=Audience.RESIDENT
    )
    await running.contacted(session, case, now)
    return case


async def opinion(session: AsyncSession, person: Staff, code: str, text: str, now: datetime) -> Case:
    """Keeps what an expert thinks of a case they were invited to; only staff read it.

    NotAllowed for whoever is no expert; ConflictOfInterest for one with a stake in the case.
    """
    case = await case_for(session, person, code, Act.NOTE, now, lock=True)
    if person.role is not Role.EXPERT:
        raise NotAllowed
    if await has_conflict(session, person.id, case):
        raise ConflictOfInterest
    if case.status in AT_REST:
        raise MoveNotAllowed("Nobody asks for an opinion on a case that is at rest.", _ways(case))
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.NOTE, text, actor=actor, audience=Audience.STAFF, now=now
    )
    await timeline.append(session, case, "advised", actor=actor, now=now, facts={"texts": [kept]})
    return case


def _not_waiting(case: Case) -> None:
    if case.waiting_for is not None:
        raise MoveNotAllowed("The case already waits for something: let it go on first.", _ways(case))


def _ways(case: Case) -> tuple[CaseStatus, ...]:
    return ways_from(case.status, ActorKind.STAFF)
