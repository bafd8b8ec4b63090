"""Who has a stake in a case and must keep out of it (回避)?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timeline
from cases.actors import by_staff
from cases.records import Case, Conflict, Recusal, Staff
from cases.rows import insert_unless_there


def patterns_of(leaf: str) -> tuple[str, ...]:
    """The patterns a leaf falls under: itself, its family, everything."""
    family = leaf.split(":", 1)[0]
    return (leaf, f"{family}:*", "*")


async def has_conflict(session: AsyncSession, staff_id: int, case: Case) -> bool:
    """Whether somebody stepped back from the case, or is known to have a stake in its place or matter."""
    stepped_back = exists().where(Recusal.staff_id == staff_id, Recusal.case_id == case.id)
    stake = exists().where(Conflict.staff_id == staff_id, _touches(case.leaf, case.grid_id))
    return bool(await session.scalar(select(or_(stepped_back, stake))))


def _touches(leaf: str, grid_id: int | None) -> ColumnElement[bool]:
    of_leaf = or_(Conflict.leaf.is_(None), Conflict.leaf.in_(patterns_of(leaf)))
    if grid_id is None:
        return and_(Conflict.grid_id.is_(None), of_leaf)
    return and_(or_(Conflict.grid_id.is_(None), Conflict.grid_id == grid_id), of_leaf)


async def conflicted(session: AsyncSession, leaf: str, grid_id: int | None) -> set[int]:
    """Everybody known to have a stake in matters of that leaf at that place."""
    found = await session.scalars(select(Conflict.staff_id).where(_touches(leaf, grid_id)))
    return set(found)


async def step_back(session: AsyncSession, person: Staff, case: Case, now: datetime) -> bool:
    """Records, on the timeline too, that somebody keeps out of a case; false when that was known."""
    row = {"case_id": case.id, "staff_id": person.id, "at": now}
    fresh = await insert_unless_there(session, Recusal, row, unique=("case_id", "staff_id"))
    if fresh:
        await timeline.append(session, case, "stepped_back", actor=by_staff(person.id), now=now)
    return fresh
