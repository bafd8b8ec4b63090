"""Who is told what when something happens to a case?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import notices
from cases.danger import POLICE_ARE_TOLD_FROM
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
) -> None:
    """Owes each of these members of staff a notice; it holds codes and places, never a resident's words."""
    for staff_id in to:
        await notices.enqueue(
            session,
            to_kind=NoticeTo.STAFF,
            to_id=staff_id,
            key=key,
            values=values_of(case),
            idempotency_key=f"{case.code}:{entry.seq}:{key}:staff:{staff_id}",
            now=now,
            urgent=urgent,
        )


async def tell_unit(
    session: AsyncSession, case: Case, key: Told, entry: TimelineEntry, now: datetime, *, urgent: bool = False
) -> None:
    """Tells who has the case in hand, or else everybody of the unit who could take it."""
    to = [case.assignee_id] if case.assignee_id else await _who_could_take(session, case)
    await tell_staff(
        session, case, key, entry, now, to=to, urgent=urgent or case.danger_level >= POLICE_ARE_TOLD_FROM
    )


async def tell_police(session: AsyncSession, case: Case, entry: TimelineEntry, now: datetime) -> None:
    """From orange on the nearest police post is told, even of a case that another unit has."""
    if case.danger_level < POLICE_ARE_TOLD_FROM or case.unit.kind is UnitKind.POLICE:
        return
    posts = [unit for unit in await serving(session, case.grid) if unit.kind is UnitKind.POLICE]
    if posts:
        to = await _linked(session, Staff.unit_id == posts[0].id)
        await tell_staff(session, case, Told.DANGER, entry, now, to=to, urgent=True)


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
    told = (Role.GRID_WORKER, Role.MEDIATOR, Role.POLICE, Role.CENTRE, Role.HANDLER)
    has_channel = exists().where(StaffChannel.staff_id == Staff.id)
    query = select(Staff.id).where(Staff.active, Staff.role.in_(told), has_channel, *where)
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
