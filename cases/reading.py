"""Who looked at which case, and when did an administrator break the glass?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timeline
from cases.actors import by_staff
from cases.codes import read_case_code
from cases.errors import CaseNotFound, NotAllowed, NothingToSay
from cases.records import BreakGlass, Case, ReadEntry, Role, Staff

GLASS_LASTS = timedelta(hours=1)
FORGOTTEN = "—"


async def log_read(
    session: AsyncSession,
    person: Staff,
    case: Case,
    act: str,
    now: datetime,
    *,
    glass: BreakGlass | None = None,
) -> None:
    """Keeps that somebody had the case before them, and what for."""
    row = {
        "case_id": case.id,
        "staff_id": person.id,
        "act": act,
        "break_glass_id": glass.id if glass else None,
        "at": now,
    }
    await session.execute(insert(ReadEntry).values(row))


async def break_glass(
    session: AsyncSession, person: Staff, code: str, reason: str, now: datetime
) -> BreakGlass:
    """Lets an administrator read one case for an hour; the reason is kept and the timeline says so.

    NotAllowed for any other role: they have, or have not, a way of their own.
    """
    if person.role is not Role.ADMIN or not person.active:
        raise NotAllowed
    if not reason.strip():
        raise NothingToSay
    case = (await session.scalars(select(Case).where(Case.code == read_case_code(code)))).one_or_none()
    if case is None:
        raise CaseNotFound
    glass = BreakGlass(
        case_id=case.id, staff_id=person.id, reason=reason.strip(), opened_at=now, until=now + GLASS_LASTS
    )
    session.add(glass)
    await session.flush()
    await timeline.append(
        session, case, "glass_broken", actor=by_staff(person.id), now=now, facts={"glass": glass.id}
    )
    return glass


async def broken_glass(session: AsyncSession, person: Staff, code: str, now: datetime) -> BreakGlass | None:
    """The opening of that case by this person that still holds, if any."""
    query = (
        select(BreakGlass)
        .join(Case, Case.id == BreakGlass.case_id)
        .where(
            Case.code == code,
            BreakGlass.staff_id == person.id,
            BreakGlass.opened_at <= now,
            BreakGlass.until > now,
        )
    )
    return (await session.scalars(query.order_by(BreakGlass.id.desc()).limit(1))).first()


async def reads_of(session: AsyncSession, case: Case, limit: int = 200) -> Sequence[ReadEntry]:
    """Who had a case before them, newest first."""
    query = select(ReadEntry).where(ReadEntry.case_id == case.id)
    return (await session.scalars(query.order_by(ReadEntry.id.desc()).limit(limit))).all()


async def forget_reasons_of(session: AsyncSession, case_ids: Sequence[int]) -> None:
    """Why the glass was broken may name the resident; that it was broken, by whom and when, stays."""
    await session.execute(update(BreakGlass).where(BreakGlass.case_id.in_(case_ids)).values(reason=FORGOTTEN))
