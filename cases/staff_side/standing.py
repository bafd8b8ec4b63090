"""How do a case and a member of staff stand to each other right now?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.access import seat_of, visible_to
from cases.announce import LEADER
from cases.clocks import running
from cases.clocks.book import read_rule
from cases.clocks.rules import ExtendedBy
from cases.conflicts import has_conflict
from cases.meetings import is_protected
from cases.reading import broken_glass
from cases.records import (
    Agreement,
    Case,
    CaseClock,
    Extension,
    Meeting,
    MeetingKind,
    Paper,
    Role,
    Staff,
    Task,
    TimelineEntry,
)
from cases.staff_side.offers import Standing

HANDLE = "handle"
DANGER_REVIEW = "danger_review"


def to_reply_by(unit_id: int) -> ColumnElement[bool]:
    """Letters to a unit that only a reply closes."""
    return (Paper.to_unit_id == unit_id) & Paper.reply_due_at.is_not(None) & Paper.replied_at.is_(None)


async def standing(session: AsyncSession, person: Staff, case: Case, now: datetime) -> Standing:
    """Everything that decides on what is offered, as the database has it at this moment."""
    clocks = await running.running(session, case)
    handling = next((clock for clock in clocks if clock.step == HANDLE), None)
    asked = await _asked(session, handling)
    who = _who_grants(handling) if asked is not None else None
    mine = case.assignee_id == person.id
    waits = await _what_waits(session, person, case)
    return Standing(
        role=person.role,
        status=case.status,
        own_unit=case.unit_id == person.unit_id or mine,
        mine=mine,
        filed_by_me=case.filed_by_id == person.id,
        conflict=await has_conflict(session, person.id, case),
        sent_back=bool(case.sent_back),
        ruled=case.ruled,
        review_due=case.review_due,
        judged=case.solved is not None or case.unsolved_class is not None,
        unmediated=is_protected(case) or case.mediation_refused,
        danger=case.danger > 0,
        danger_review_due=any(clock.step == DANGER_REVIEW for clock in clocks),
        more_time=_more_time(handling) and asked is None,
        time_asked=asked is not None and asked.asked_by_id != person.id,
        consent_missing=who is ExtendedBy.BOTH_PARTIES and not (asked and asked.resident_agrees),
        leader_wanted=who is ExtendedBy.LEADER and person.post != LEADER,
        glass=await _glass(session, person, case, now),
        **waits,
    )


async def _what_waits(session: AsyncSession, person: Staff, case: Case) -> dict[str, bool]:
    """Letters, meetings, agreements and tasks of the case that wait for this person."""
    asked = {
        "letter_waits": (Paper.case_id == case.id, to_reply_by(person.unit_id)),
        "meeting_waits": (Meeting.case_id == case.id, Meeting.held_at.is_(None)),
        "agreement_waits": (Agreement.case_id == case.id, Agreement.performed.is_(None)),
        "task_waits": open_tasks(case, person),
        "mediated": (Meeting.case_id == case.id, Meeting.kind == MeetingKind.MEDIATION),
        "ended": (TimelineEntry.case_id == case.id, TimelineEntry.action == "mediation_ended"),
    }
    # In one question: each of them costs little, and the way to the database and back more.
    found = (await session.execute(select(*(exists().where(*where) for where in asked.values())))).one()
    waits = dict(zip(asked, map(bool, found), strict=True))
    mediated, ended = waits.pop("mediated"), waits.pop("ended")
    return {**waits, "mediation_to_end": not ended and (mediated or case.mediation_refused)}


async def _glass(session: AsyncSession, person: Staff, case: Case, now: datetime) -> bool:
    admin = person.role is Role.ADMIN
    return admin and await broken_glass(session, person, case.code, now) is not None


def open_tasks(case: Case, person: Staff) -> tuple[ColumnElement[bool], ...]:
    """Tasks of a case that this person's unit was asked to do."""
    return (Task.case_id == case.id, Task.handled_at.is_(None), Task.unit_id == person.unit_id)


def _more_time(clock: CaseClock | None) -> bool:
    if clock is None:
        return False
    more = read_rule(clock.rule).extension
    return more is not None and clock.extensions < more.times


def _who_grants(clock: CaseClock | None) -> ExtendedBy | None:
    more = read_rule(clock.rule).extension if clock is not None else None
    return more.who if more is not None else None


async def _asked(session: AsyncSession, clock: CaseClock | None) -> Extension | None:
    if clock is None:
        return None
    query = select(Extension).where(Extension.clock_id == clock.id, Extension.decided_at.is_(None))
    return (await session.scalars(query.limit(1))).first()


async def still_seen(session: AsyncSession, person: Staff, case: Case) -> bool:
    """Whether they may see the case after what was just made of it."""
    seat = await seat_of(session, person)
    query = select(exists().where(Case.id == case.id, visible_to(seat)))
    return bool(await session.scalar(query))
