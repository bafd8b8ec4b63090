"""What has a member of staff to do, the gravest and soonest due first?"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases.access import owed_in_sight, seat_of, workable_by
from cases.danger import DangerLevel
from cases.records import Case, Staff
from cases.status import CaseStatus


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One line of a queue: codes and places, nothing anybody said."""

    code: str
    leaf: str
    status: CaseStatus
    danger: DangerLevel
    needs_person: bool
    unit_zh: str
    unit_en: str
    place_zh: str | None
    place_en: str | None
    opened_at: datetime
    due_at: datetime
    assignee_id: int | None
    mine: bool
    """in the hands of who asks"""

    def overdue(self, now: datetime) -> bool:
        return self.due_at < now


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of a queue, and where the next one begins (None: this was the last)."""

    items: tuple[QueueItem, ...]
    next: str | None


async def queue(
    session: AsyncSession, person: Staff, *, after: str | None = None, limit: int = 50
) -> QueuePage:
    """What the person's unit owes and they may work on: danger first, then by due time.

    `after` is the `next` of the page before; a mark nobody issued begins at the start.
    """
    seat = await seat_of(session, person)
    return await _page(session, workable_by(seat), person, after, limit)


async def overview(
    session: AsyncSession, person: Staff, *, after: str | None = None, limit: int = 50
) -> QueuePage:
    """Everything still owed that the person may see: a centre's whole area, say."""
    seat = await seat_of(session, person)
    return await _page(session, owed_in_sight(seat), person, after, limit)


async def _page(
    session: AsyncSession, where: ColumnElement[bool], person: Staff, after: str | None, limit: int
) -> QueuePage:
    query = select(Case).where(where)
    mark = _read_mark(after)
    if mark is not None:
        query = query.where(_beyond(*mark))
    query = query.order_by(Case.danger.desc(), Case.due_at, Case.id).limit(limit + 1)
    found = await session.scalars(query.options(selectinload(Case.unit), selectinload(Case.grid)))
    cases: Sequence[Case] = found.all()
    shown = cases[:limit]
    more = _mark(shown[-1]) if len(cases) > limit else None
    return QueuePage(tuple(_item(case, person) for case in shown), more)


def _beyond(danger: int, due_at: datetime, case_id: int) -> ColumnElement[bool]:
    later = or_(Case.due_at > due_at, and_(Case.due_at == due_at, Case.id > case_id))
    return or_(Case.danger < danger, and_(Case.danger == danger, later))


def _mark(case: Case) -> str:
    place = [case.danger, case.due_at.isoformat(), case.id]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _read_mark(mark: str | None) -> tuple[int, datetime, int] | None:
    if mark is None:
        return None
    try:
        danger, due_at, case_id = json.loads(base64.urlsafe_b64decode(mark.encode()))
        read = int(danger), datetime.fromisoformat(due_at), int(case_id)
    except (binascii.Error, ValueError, TypeError):
        return None
    return read if read[1].tzinfo is not None else None


def _item(case: Case, person: Staff) -> QueueItem:
    return QueueItem(
        code=case.code,
        leaf=case.leaf,
        status=case.status,
        danger=case.danger_level,
        needs_person=case.needs_person,
        unit_zh=case.unit.name_zh,
        unit_en=case.unit.name_en,
        place_zh=case.grid.place_zh if case.grid else None,
        place_en=case.grid.place_en if case.grid else None,
        opened_at=case.opened_at,
        due_at=case.due_at,
        assignee_id=case.assignee_id,
        mine=case.assignee_id == person.id,
    )
