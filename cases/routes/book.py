"""Which units and rules does a city route by, read once and kept until the city is loaded anew?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.clocks.book import book_of
from cases.clocks.calendar import WorkCalendar
from cases.danger import DangerLevel
from cases.duty import on_duty
from cases.errors import NowhereToRoute
from cases.records import City, Grid, RoutingRule, Unit, UnitKind
from cases.routes.terms import Rule, UnitServing


@dataclass(frozen=True, slots=True)
class RoutingBook:
    """A city's units, what lies under what, and its rules: codes only, which outlive a row."""

    units: Mapping[str, UnitServing]
    parents: Mapping[str, str | None]
    offices: Mapping[str, Sequence[str]]
    """by area, in the city's order"""
    rules: Sequence[Rule]
    calendar: WorkCalendar
    timezone: str

    def serving(self, area: str) -> list[UnitServing]:
        """The units that serve an area, nearest first: itself and its offices, then area by area up."""
        found: list[UnitServing] = []
        above: str | None = area
        while above is not None:
            found += [self.units[code] for code in (above, *self.offices.get(above, ()))]
            above = self.parents[above]
        return found

    def nights(self, units: Collection[UnitServing]) -> dict[str, UnitServing]:
        """The night units of these, and theirs in turn, that are not among them."""
        known = {unit.code for unit in units}
        found: dict[str, UnitServing] = {}
        asked = [unit.night for unit in units]
        while asked:
            code = asked.pop()
            if code is not None and code in self.units and code not in known:
                known.add(code)
                found[code] = self.units[code]
                asked.append(found[code].night)
        return found

    def is_there(self, unit: UnitServing, now: datetime) -> bool:
        """Whether somebody of the unit is there, by the city's clock and calendar."""
        return on_duty(unit.duty, now, self.timezone, self.calendar.is_working)


async def book_at(session: AsyncSession, grid: Grid | None) -> tuple[RoutingBook, str]:
    """The book of the city in use at a place, and the code of the place's area.

    Without a grid, or with one of a city put out of use: the first city in use, and its own code. Raises
    NowhereToRoute where no city is in use.
    """
    query = select(City, Unit).join(Unit, Unit.city_id == City.id).where(Unit.active)
    found = None
    if grid is not None:
        found = (await session.execute(query.where(Unit.id == grid.unit_id))).first()
    if found is None:
        roots = query.where(Unit.kind == UnitKind.CITY).order_by(Unit.position, Unit.id).limit(1)
        found = (await session.execute(roots)).first()
    if found is None:
        raise NowhereToRoute
    city, area = found
    return await _book(session, city, area), area.code


async def _book(session: AsyncSession, city: City, area: Unit) -> RoutingBook:
    key = (city.id, city.fingerprint, city.loaded_at)
    known = _BOOKS.get(key)
    if known is None:
        known = await _read(session, city, area)
        if len(_BOOKS) >= MOST_BOOKS:
            _BOOKS.clear()
        _BOOKS[key] = known
    return known


MOST_BOOKS = 8
# Reading a city anew gives it a new loading time, so a book never outlives what it was made from.
_BOOKS: dict[tuple[int, str, datetime], RoutingBook] = {}


async def _read(session: AsyncSession, city: City, area: Unit) -> RoutingBook:
    query = select(Unit).where(Unit.city_id == city.id, Unit.active).order_by(Unit.position, Unit.id)
    rows = (await session.scalars(query)).all()
    codes = {row.id: row.code for row in rows}
    offices: dict[str, list[str]] = {}
    for row in rows:
        area_code = codes.get(row.parent_id or 0)
        if area_code is not None and not row.is_area:
            offices.setdefault(area_code, []).append(row.code)
    return RoutingBook(
        units={row.code: as_unit(row, codes) for row in rows},
        parents={row.code: codes.get(row.parent_id or 0) for row in rows},
        offices=offices,
        rules=await rules_of(session, city.id),
        calendar=(await book_of(session, area)).calendar,
        timezone=city.timezone,
    )


def as_unit(row: Unit, codes: Mapping[int, str]) -> UnitServing:
    """A row as routing sees it; a night unit that is not among `codes` is out of use."""
    night = codes.get(row.night_unit_id) if row.night_unit_id is not None else None
    return UnitServing(row.code, row.kind, row.level, tuple(row.competence), tuple(row.duty), night)


async def rules_of(session: AsyncSession, city_id: int) -> list[Rule]:
    """The rules of a city, in its own order."""
    found = await session.scalars(
        select(RoutingRule).where(RoutingRule.city_id == city_id).order_by(RoutingRule.position)
    )
    rows = found.all()
    named = ({row.area_id for row in rows} | {row.to_unit_id for row in rows}) - {None}
    pairs = await session.execute(select(Unit.id, Unit.code).where(Unit.id.in_(named)))
    codes = {row.id: row.code for row in pairs}
    return [_rule(row, codes) for row in rows]


def _rule(row: RoutingRule, codes: Mapping[int, str]) -> Rule:
    return Rule(
        code=row.code,
        leaf=row.leaf,
        area=codes[row.area_id] if row.area_id else None,
        danger_code=row.danger_code,
        min_danger=DangerLevel(row.min_danger),
        to_kind=row.to_kind,
        to_level=row.to_level,
        to_unit=codes[row.to_unit_id] if row.to_unit_id else None,
    )
