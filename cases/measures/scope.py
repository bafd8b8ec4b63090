"""Whose cases does a figure count, and who may see it?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from cases.access import seat_of
from cases.errors import NotAllowed
from cases.places import city_of
from cases.records import Case, City, Role, Staff, TimelineEntry, Unit, UnitKind

MAY_SEE_FIGURES = frozenset({Role.CENTRE, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Scope:
    """The cases of an area, by the place they are about, or those that are with one office.

    A case is at home in the community of its grid, and stays there wherever it is handled; without a grid
    its home is the unit that received it first. Both are settled at the opening.
    """

    unit: Unit
    city: City
    homes: tuple[int, ...] = ()
    """the units of an area a case may be at home in"""

    @property
    def whole_city(self) -> bool:
        return self.unit.kind is UnitKind.CITY

    def holds(self) -> ColumnElement[bool]:
        """The condition on `Case`."""
        if self.whole_city:
            return Case.first_unit_id.in_(select(Unit.id).where(Unit.city_id == self.city.id))
        if not self.unit.is_area:
            return Case.unit_id == self.unit.id
        # Said as a sum so that a query goes by its month and looks the home up, not through all of a place.
        return (Case.home_id + 0).in_(self.homes)

    def holds_opened(self) -> ColumnElement[bool]:
        """The condition on `Case` where the month is that of the opening: found by home and month."""
        if self.whole_city or not self.unit.is_area:
            return self.holds()
        return Case.home_id.in_(self.homes)

    def holds_entry(self) -> ColumnElement[bool]:
        """The condition on `TimelineEntry`, for an area; an entry counts where its case is at home."""
        if self.whole_city or not self.unit.is_area:
            return true()
        return TimelineEntry.home_id.in_(self.homes)


async def scope_of(session: AsyncSession, unit: Unit) -> Scope:
    """The scope of a unit."""
    inside = select(Unit.id).where(Unit.path.startswith(unit.path, autoescape=True)).order_by(Unit.id)
    homes = tuple((await session.scalars(inside)).all()) if unit.is_area else ()
    return Scope(unit, await city_of(session, unit), homes)


async def area_of(session: AsyncSession, unit: Unit) -> Scope:
    """The scope of the area a unit is or serves: what a ledger is written for."""
    area = unit if unit.is_area or unit.parent_id is None else await session.get_one(Unit, unit.parent_id)
    return await scope_of(session, area)


async def scope_for(session: AsyncSession, person: Staff) -> Scope:
    """The area whose figures somebody may see; NotAllowed for every seat but centre and auditor."""
    seat = await seat_of(session, person)
    if seat.role not in MAY_SEE_FIGURES:
        raise NotAllowed
    return await area_of(session, await session.get_one(Unit, seat.unit_id))


async def city_root(session: AsyncSession) -> Unit | None:
    """The city in use; None before any was loaded."""
    query = select(Unit).where(Unit.kind == UnitKind.CITY, Unit.active).order_by(Unit.position, Unit.id)
    return (await session.scalars(query.limit(1))).first()
