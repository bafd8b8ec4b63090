"""Which cases may a member of staff see, and what may they do with them: the one way in?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases.among import among
from cases.codes import read_case_code
from cases.conflicts import has_conflict
from cases.danger import POLICE_ARE_TOLD_FROM
from cases.errors import CaseNotFound, ConflictOfInterest, NotAllowed
from cases.reading import broken_glass, log_read
from cases.records import Case, Grid, Invitation, Role, Staff, StaffGrid, Unit
from cases.roles import BREAK_GLASS, CENTRE_ANYWHERE, OWN_UNIT_ONLY, ROLE_MAY, WITHOUT_CONFLICT, Act

FAR = 2
"""Codes in the path of a county: its own, and the city's."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a member of staff sits: role, unit, and the area their unit serves."""

    staff_id: int
    role: Role
    unit_id: int
    unit_code: str
    area_path: str
    """everything below the served area has a path that starts with this"""
    grid_ids: frozenset[int]

    @property
    def sees_far(self) -> bool:
        """Whether what they see is a large part of all cases: those of a county, or of the whole city."""
        sees_area = self.role in (Role.CENTRE, Role.AUDITOR, Role.POLICE)
        return sees_area and self.area_path.count("/") <= FAR


async def seat_of(session: AsyncSession, person: Staff) -> Seat:
    """The seat of a member of staff, or NotAllowed when their account is closed."""
    if not person.active:
        raise NotAllowed
    unit = await session.get_one(Unit, person.unit_id)
    area = unit if unit.is_area or unit.parent_id is None else await session.get_one(Unit, unit.parent_id)
    grids = await session.scalars(select(StaffGrid.grid_id).where(StaffGrid.staff_id == person.id))
    return Seat(person.id, person.role, unit.id, unit.code, area.path, frozenset(grids))


def visible_to(seat: Seat, also: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """The condition under which a case may be seen from a seat.

    `also` must hold besides; it stands with each way to see a case, so that an index which keeps only such
    cases serves every one of them.
    """
    ways = _ways_to_see(seat)
    return or_(*(ways if also is None else (and_(way, also) for way in ways)))


def seen_from(seat: Seat) -> ColumnElement[bool]:
    """The same as a sieve: a database looks for the cases by what else is asked, and not by this."""
    return func.coalesce(visible_to(seat), false())


def owed_in_sight(seat: Seat) -> ColumnElement[bool]:
    """What is still owed and may be seen; of a wide area the urgent ones are read first, and few others."""
    if seat.sees_far:
        return and_(Case.owed.is_(True), seen_from(seat))
    return visible_to(seat, also=Case.owed.expression)


def _ways_to_see(seat: Seat) -> tuple[ColumnElement[bool], ...]:
    invited = _invited(seat)
    mine = (Case.assignee_id == seat.staff_id, Case.filed_by_id == seat.staff_id, invited)
    match seat.role:
        case Role.VOLUNTEER | Role.EXPERT:
            return (invited,)
        case Role.ADMIN:
            return (false(),)
        case Role.CENTRE | Role.AUDITOR:
            return (*mine, *_in_area(seat))
        case Role.POLICE:
            of_concern = or_(Case.leaf.startswith("scam:"), Case.danger >= int(POLICE_ARE_TOLD_FROM))
            return (*mine, _of_unit(seat), *(and_(place, of_concern) for place in _in_area(seat)))
    return (*mine, _of_unit(seat))


def workable_by(seat: Seat) -> ColumnElement[bool]:
    """The condition under which a case is in a seat's own queue: owed, and to be taken or in hand."""
    return or_(*(and_(way, Case.owed) for way in _ways_to_work(seat)))


def _ways_to_work(seat: Seat) -> tuple[ColumnElement[bool], ...]:
    invited = _invited(seat)
    match seat.role:
        case Role.VOLUNTEER | Role.EXPERT:
            return (invited,)
        case Role.ADMIN | Role.AUDITOR:
            return (false(),)
    return (Case.assignee_id == seat.staff_id, invited, _of_unit(seat))


def _invited(seat: Seat) -> ColumnElement[bool]:
    return among(Case.id, select(Invitation.case_id).where(Invitation.staff_id == seat.staff_id))


def _of_unit(seat: Seat) -> ColumnElement[bool]:
    """A grid worker sees their own grids, and what came to their community without a grid."""
    if seat.role is not Role.GRID_WORKER or not seat.grid_ids:
        return Case.unit_id == seat.unit_id
    own = or_(Case.grid_id.in_(sorted(seat.grid_ids)), Case.grid_id.is_(None))
    return and_(Case.unit_id == seat.unit_id, own)


def _in_area(seat: Seat) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """With a unit of the area, or about a place in it; apart, so that each is looked up in its own index."""
    inside = select(Unit.id).where(Unit.path.startswith(seat.area_path, autoescape=True))
    places = select(Grid.id).where(Grid.unit_id.in_(inside))
    return among(Case.unit_id, inside), among(Case.grid_id, places)


async def case_for(
    session: AsyncSession, person: Staff, code: str, act: Act, now: datetime, *, lock: bool = False
) -> Case:
    """The case of that code with unit and grid, if this person may do that with it; the look is logged.

    CaseNotFound when they may not even see it, NotAllowed when they see it and may not do that,
    ConflictOfInterest when they have stepped back or have a stake in it. `lock` holds the case until the
    transaction ends: of two at once the second one waits and sees what the first has done.
    """
    seat = await seat_of(session, person)
    read = read_case_code(code)
    if read is None:
        raise CaseNotFound
    glass = await broken_glass(session, person, read, now) if seat.role is Role.ADMIN else None
    case = await _allowed(session, seat, read, act, glass=glass is not None, lock=lock)
    await log_read(session, person, case, act.value, now, glass=glass)
    return case


async def require(session: AsyncSession, person: Staff, case: Case, act: Act) -> None:
    """Raises what `case_for` would; nobody looks at the case with this, so nothing is logged."""
    await _allowed(session, await seat_of(session, person), case.code, act)


async def _allowed(
    session: AsyncSession, seat: Seat, code: str, act: Act, *, glass: bool = False, lock: bool = False
) -> Case:
    may = BREAK_GLASS if glass else ROLE_MAY[seat.role]
    if Act.VIEW not in may:
        raise CaseNotFound
    case = await _find(session, code, None if glass else visible_to(seat), lock=lock)
    if case is None:
        raise CaseNotFound
    if act not in may or (_needs_own_unit(seat, act) and not _is_own(seat, case)):
        raise NotAllowed
    if act in WITHOUT_CONFLICT and await has_conflict(session, seat.staff_id, case):
        raise ConflictOfInterest
    return case


async def _find(
    session: AsyncSession, code: str, where: ColumnElement[bool] | None, *, lock: bool
) -> Case | None:
    query = select(Case).where(Case.code == code)
    if where is not None:
        query = query.where(where)
    query = query.options(selectinload(Case.unit), selectinload(Case.grid), selectinload(Case.first_unit))
    if lock:
        query = query.with_for_update(of=Case)
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


def _needs_own_unit(seat: Seat, act: Act) -> bool:
    return act in OWN_UNIT_ONLY or (act in CENTRE_ANYWHERE and seat.role is not Role.CENTRE)


def _is_own(seat: Seat, case: Case) -> bool:
    return case.unit_id == seat.unit_id or case.assignee_id == seat.staff_id


__all__ = ["Act", "Seat", "case_for", "require", "seat_of", "visible_to", "workable_by"]
