"""How do units and grids of a description become rows?"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.cityfiles.units import UnitPlan
from cases.cityfiles.whole import CityPlan, PlacedGrid, PlacedUnit, place_names, units_in
from cases.records import City, Grid, Unit


async def load_units(session: AsyncSession, plan: CityPlan, city: City) -> dict[str, Unit]:
    """Makes or updates every unit, level by level, since a unit needs the id of the one above it."""
    known = {unit.code: unit for unit in await session.scalars(select(Unit).where(Unit.city_id == city.id))}
    units: dict[str, Unit] = {}
    for same_depth in _by_depth(plan):
        for placed in same_depth:
            unit = known.get(placed.code) or Unit(code=placed.code, city_id=city.id)
            _fill_unit(unit, placed, units[placed.parent] if placed.parent is not None else None)
            units[placed.code] = unit
        session.add_all(units[placed.code] for placed in same_depth)
        await session.flush()
    for placed in units_in(plan):
        units[placed.code].night_unit_id = units[placed.night].id if placed.night is not None else None
    await session.flush()
    return units


def _by_depth(plan: CityPlan) -> list[list[PlacedUnit]]:
    depths: dict[str | None, int] = {None: -1}
    levels: list[list[PlacedUnit]] = []
    for placed in units_in(plan):
        depth = depths[placed.code] = depths[placed.parent] + 1
        levels += [[]] if depth == len(levels) else []
        levels[depth].append(placed)
    return levels


def _fill_unit(unit: Unit, placed: PlacedUnit, parent: Unit | None) -> None:
    unit.parent_id = parent.id if parent else None
    unit.kind, unit.level = placed.kind, placed.level
    unit.path = f"{parent.path if parent else ''}{placed.code}/"
    unit.name_zh, unit.name_en = placed.plan.zh, placed.plan.en
    unit.phone = placed.plan.phone if isinstance(placed.plan, UnitPlan) else None
    unit.competence, unit.duty = list(placed.competence), list(placed.duty)
    unit.position, unit.active = placed.position, True


async def load_grids(
    session: AsyncSession, plan: CityPlan, city: City, units: dict[str, Unit]
) -> dict[str, Grid]:
    """Makes or updates every grid."""
    of_city = select(Unit.id).where(Unit.city_id == city.id)
    known = {grid.code: grid for grid in await session.scalars(select(Grid).where(Grid.unit_id.in_(of_city)))}
    grids: dict[str, Grid] = {}
    for code, placed in plan.book.grids.items():
        grid = known.get(code) or Grid(code=code)
        grid.unit_id = units[placed.area.plan.code].id
        _fill_grid(grid, placed, place_names(placed.plan, plan.book.up_from(placed.area.plan.code)))
        grids[code] = grid
    session.add_all(grids.values())
    await session.flush()
    return grids


def _fill_grid(grid: Grid, placed: PlacedGrid, names: dict[str, str]) -> None:
    part = placed.plan
    grid.kind = part.kind
    grid.name_zh, grid.name_en = part.zh, part.en
    grid.place_zh, grid.place_en = names["zh"], names["en"]
    grid.covers_zh, grid.covers_en = part.covers_zh, part.covers_en
    grid.lat, grid.lon = part.lat, part.lon
    grid.position, grid.active = placed.position, True
