"""Who is told what when something happens to a case?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import notices
from cases.danger import POLICE_ARE_TOLD_FROM
from cases.lines import centres_over
from cases.places import serving
from cases.records import (
    Case,
    Grid,
    NoticeTo,
    Role,
    Staff,
    StaffChannel,
    StaffGrid,
    TimelineEntry,
    Unit,
    UnitKind,
)

WORKING = (Role.GRID_WORKER, Role.MEDIATOR, Role.POLICE, Role.CENTRE, Role.HANDLER)
LEADER = "director"


class Told(StrEnum):
    """Wording keys of notices."""

    NEW_CASE = "notice_new_case"
    """to the unit: a case has come in"""
    DANGER = "notice_danger"
    """to the police post: a case with danger signals, wherever it was routed; to the unit: the level rose"""
    MORE_SAID = "notice_more_said"
    """to the unit: the resident has added something"""
    PERSON_WANTED = "notice_person_wanted"
    """to the unit: the resident asks for a person"""
    WITHDRAWN = "notice_withdrawn"
    """to the unit: the resident took the case back"""
    REOPENED = "notice_reopened"
    """to the unit: the resident is not satisfied"""
    SENT_BACK = "notice_sent_back"
    """to the centre: a unit says it is not theirs"""
    INVITED = "notice_invited"
    """to a volunteer or expert: please help with this case"""
    NOT_MEDIATED = "notice_not_mediated"
    """to the centre: a case with a mediation body must not be mediated any more, give it elsewhere"""
    TAKEN_AWAY = "notice_taken_away"
    """to who had it: the centre has given it elsewhere"""
    HANDED_OVER = "notice_handed_over"
    """to a colleague: this case is yours now"""
    TAKEN = "notice_taken"
    """to the resident: somebody of the unit has it"""
    MOVED_ON = "notice_moved_on"
    """to the resident: another unit has it now"""
    ANSWERED = "notice_answered"
    """to the resident: the answer, and the question whether it is solved"""
    CLOSED = "notice_closed"
    """to the resident"""
    DECLINED = "notice_declined"
    """to the resident, with the reason"""
    TRANSFERRED = "notice_transferred"
    """to the resident: the lawful way it went on to, and why"""
    MERGED = "notice_merged"
    """to the resident: others told the same, it is handled together"""
    QUESTION = "notice_question"
    """to the resident: the unit asks something; the clock stands still"""
    VISIBLE_NOTE = "notice_visible_note"
    """to the resident: what the unit wants them to know"""
    TIME_ASKED = "notice_time_asked"
    """to the resident: the mediation takes longer, do you agree?"""
    TIME_AGREED = "notice_time_agreed"
    """to the centre: the resident agrees to more time"""
    TIME_NOT_AGREED = "notice_time_not_agreed"
    """to the centre: the resident does not agree"""
    MORE_TIME = "notice_more_time"
    """to the resident: it takes longer, until when"""
    PLEASE_JUDGE = "notice_please_judge"
    """to the resident: the answer waits for your judgement"""
    RETURN_VISIT = "notice_return_visit"
    """to the resident after the closing: is it solved, are you satisfied?"""
    KEPT = "notice_kept"
    """to the resident: was the agreement kept?"""
    MEDIATION_REFUSED = "notice_mediation_refused"
    """to the unit: the resident does not want mediation"""
    REVIEW = "notice_review"
    """to the superior: a reopened case is to be looked at"""
    REVIEWED = "notice_reviewed"
    """to the unit: the superior has looked, please handle it again"""
    EXTENSION_ASKED = "notice_extension_asked"
    """to the centre: a unit asks for more time"""
    EXTENSION_GRANTED = "notice_extension_granted"
    """to who asked"""
    EXTENSION_REFUSED = "notice_extension_refused"
    """to who asked"""
    REMINDED = "notice_reminded"
    """to who owes a step: the time is running out"""
    LETTER = "notice_letter"
    """to the unit: a letter of supervision has come, a reply is owed"""
    LETTER_ANSWERED = "notice_letter_answered"
    """to who sent the letter"""
    NEXT_IN_LINE = "notice_next_in_line"
    """to whoever is next: nobody has acted in time"""
    SUPERVISE = "notice_supervise"
    """to the superior: nobody below has acted in time"""
    DANGER_REVIEW = "notice_danger_review"
    """to the duty officers: look at this within two hours"""
    MEETING = "notice_meeting"
    """to a guest: a meeting over a case"""
    TASK = "notice_task"
    """to the unit: something is to be done by a day"""


async def tell_resident(
    session: AsyncSession, case: Case, key: Told, entry: TimelineEntry, now: datetime, **more: Any
) -> None:
    """Owes the resident of the case a notice about an entry (once, however often this is called)."""
    await notices.enqueue(
        session,
        to_kind=NoticeTo.RESIDENT,
        to_id=case.resident_id,
        key=key,
        values=values_of(case) | more,
        idempotency_key=f"{case.code}:{entry.seq}:{key}:resident:{case.resident_id}",
        now=now,
    )


async def tell_staff(
    session: AsyncSession,
    case: Case,
    key: Told,
    entry: TimelineEntry,
    now: datetime,
    *,
    to: Iterable[int],
    urgent: bool = False,
    **more: Any,
) -> None:
    """Owes each of these members of staff a notice; it holds codes and places, never a resident's words."""
    for staff_id in to:
        await notices.enqueue(
            session,
            to_kind=NoticeTo.STAFF,
            to_id=staff_id,
            key=key,
            values=values_of(case) | more,
            idempotency_key=f"{case.code}:{entry.seq}:{key}:staff:{staff_id}",
            now=now,
            urgent=urgent,
        )


async def tell_unit(
    session: AsyncSession, case: Case, key: Told, entry: TimelineEntry, now: datetime, *, urgent: bool = False
) -> None:
    """Tells who has the case in hand, or else everybody of the unit who could take it."""
    to = await _who_hears(session, case)
    await tell_staff(
        session, case, key, entry, now, to=to, urgent=urgent or case.danger_level >= POLICE_ARE_TOLD_FROM
    )


async def tell_left(session: AsyncSession, case: Case, now: datetime) -> None:
    """Tells who has the case in hand, or could take it, that the centre now gives it elsewhere."""
    if case.unit.kind is UnitKind.CENTRE and case.assignee_id is None:
        return
    to = await _who_hears(session, case)
    for staff_id in to:
        await notices.enqueue(
            session,
            to_kind=NoticeTo.STAFF,
            to_id=staff_id,
            key=Told.TAKEN_AWAY,
            values=values_of(case),
            idempotency_key=f"{case.code}:{case.chain_length}:{Told.TAKEN_AWAY}:staff:{staff_id}",
            now=now,
        )


async def tell_police(session: AsyncSession, case: Case, entry: TimelineEntry, now: datetime) -> None:
    """From orange on the nearest police post that can be reached is told, whoever has the case."""
    if case.danger_level < POLICE_ARE_TOLD_FROM or case.unit.kind is UnitKind.POLICE:
        return
    posts = [unit for unit in await serving(session, case.grid) if unit.kind is UnitKind.POLICE]
    for post in posts:
        to = await _linked(session, Staff.unit_id == post.id)
        if to:
            await tell_staff(session, case, Told.DANGER, entry, now, to=to, urgent=True)
            return


async def tell_members(
    session: AsyncSession,
    case: Case,
    key: Told,
    entry: TimelineEntry,
    now: datetime,
    *,
    unit: Unit,
    urgent: bool = False,
    **more: Any,
) -> None:
    """Tells everybody of a unit who has a channel."""
    to = await members_of(session, unit.id)
    await tell_staff(session, case, key, entry, now, to=to, urgent=urgent, **more)


async def members_of(session: AsyncSession, unit_id: int) -> list[int]:
    """Everybody of a unit who works on cases and has a channel, whoever leads it first."""
    has_channel = exists().where(StaffChannel.staff_id == Staff.id)
    query = select(Staff.id).where(Staff.active, Staff.role.in_(WORKING), has_channel)
    query = query.where(Staff.unit_id == unit_id).order_by(leads_first(), Staff.id)
    return list((await session.scalars(query)).all())


async def members_of_each(session: AsyncSession, unit_ids: Collection[int]) -> dict[int, list[int]]:
    """What `members_of` says of each of these units, in one query."""
    has_channel = exists().where(StaffChannel.staff_id == Staff.id)
    query = select(Staff.unit_id, Staff.id).where(Staff.active, Staff.role.in_(WORKING), has_channel)
    query = query.where(Staff.unit_id.in_(unit_ids)).order_by(leads_first(), Staff.id)
    found: dict[int, list[int]] = {unit_id: [] for unit_id in unit_ids}
    for unit_id, staff_id in await session.execute(query):
        found[unit_id].append(staff_id)
    return found


def leads_first() -> ColumnElement[bool]:
    """Sorts whoever leads a unit to the front."""
    return func.coalesce(Staff.post, "") != LEADER


async def tell_duty(session: AsyncSession, case: Case, entry: TimelineEntry, now: datetime) -> None:
    """From orange on the centre's duty officers are told at once: a person looks within two hours.

    Where the nearest centre has nobody who can be reached, the one above it is told.
    """
    if case.danger_level < POLICE_ARE_TOLD_FROM:
        return
    for centre in await centres_over(session, case.unit):
        to = await members_of(session, centre.id)
        if to:
            await tell_staff(session, case, Told.DANGER_REVIEW, entry, now, to=to, urgent=True)
            return


async def _who_hears(session: AsyncSession, case: Case) -> list[int]:
    """Who has it in hand; where they have left or have no channel, whoever of the unit could take it."""
    in_hand = [case.assignee_id] if case.assignee_id else []
    reached = await _linked(session, Staff.id == case.assignee_id) if in_hand else []
    return reached or await _who_could_take(session, case) or in_hand


async def _who_could_take(session: AsyncSession, case: Case) -> list[int]:
    """Not volunteers; and a grid worker only for their own grids, or where nobody knows the grid."""
    no_grids = ~exists().where(StaffGrid.staff_id == Staff.id)
    own = exists().where(StaffGrid.staff_id == Staff.id, StaffGrid.grid_id == case.grid_id)
    near: ColumnElement[bool] = Staff.role != Role.GRID_WORKER
    if case.grid_id is not None:
        near = or_(near, no_grids, own)
        return await _linked(session, Staff.unit_id == case.unit_id, near)
    return await _linked(session, Staff.unit_id == case.unit_id)


async def _linked(session: AsyncSession, *where: ColumnElement[bool]) -> list[int]:
    has_channel = exists().where(StaffChannel.staff_id == Staff.id)
    query = select(Staff.id).where(Staff.active, Staff.role.in_(WORKING), has_channel, *where)
    return list((await session.scalars(query.order_by(Staff.id))).all())


def values_of(case: Case) -> dict[str, Any]:
    """What every notice on a case may say: code, matter, place, unit, due time (unit and grid are loaded)."""
    unit: Unit = case.unit
    grid: Grid | None = case.grid
    return {
        "code": case.code,
        "leaf": case.leaf,
        "danger": case.danger_level.code,
        "status": case.status.value,
        "unit_zh": unit.name_zh,
        "unit_en": unit.name_en,
        "place_zh": grid.place_zh if grid else None,
        "place_en": grid.place_en if grid else None,
        "due_at": case.due_at.isoformat(),
    }
