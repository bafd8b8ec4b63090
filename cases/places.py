"""Where is it: how are units and grids found, by code, by walking down the tree, or by position?"""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.records import AREAS, City, Grid, Unit, UnitKind

EARTH_KM = 6371.0
DEGREE_KM = 111.0
FARTHEST_KM = 30.0
"""A position farther from every grid than this lies outside the city."""


async def grid_by_code(session: AsyncSession, code: str) -> Grid | None:
    """The grid of that code, as printed on a poster (any case), if it is in use."""
    return (
        await session.scalars(select(Grid).where(Grid.code == code.strip().lower(), Grid.active))
    ).one_or_none()


async def unit_by_code(session: AsyncSession, code: str) -> Unit | None:
    """The unit of that code, if it is in use."""
    return (await session.scalars(select(Unit).where(Unit.code == code, Unit.active))).one_or_none()


async def children(session: AsyncSession, unit_code: str | None) -> Sequence[Unit]:
    """The areas directly below an area, in the city's order; for None the cities."""
    query = select(Unit).where(Unit.active, Unit.kind.in_(AREAS)).order_by(Unit.position, Unit.id)
    if unit_code is None:
        return (await session.scalars(query.where(Unit.parent_id.is_(None)))).all()
    parent = select(Unit.id).where(Unit.code == unit_code).scalar_subquery()
    return (await session.scalars(query.where(Unit.parent_id == parent))).all()


async def offices_of(session: AsyncSession, unit_code: str) -> Sequence[Unit]:
    """The offices that serve exactly this area."""
    parent = select(Unit.id).where(Unit.code == unit_code).scalar_subquery()
    query = select(Unit).where(Unit.active, Unit.parent_id == parent, Unit.kind.not_in(AREAS))
    return (await session.scalars(query.order_by(Unit.position, Unit.id))).all()


async def grids_of(session: AsyncSession, unit_code: str) -> Sequence[Grid]:
    """Every grid in use inside an area, in the city's order."""
    unit = await unit_by_code(session, unit_code)
    if unit is None:
        return []
    inside = select(Unit.id).where(Unit.path.startswith(unit.path, autoescape=True))
    query = select(Grid).join(Unit, Unit.id == Grid.unit_id).where(Grid.active, Grid.unit_id.in_(inside))
    return (await session.scalars(query.order_by(Unit.path, Grid.position, Grid.id))).all()


async def nearest_grid(
    session: AsyncSession, lat: float, lon: float, *, within_km: float = FARTHEST_KM
) -> Grid | None:
    """The grid whose centre is nearest to a position, or None when all are farther than `within_km`."""
    radius = 1.0
    while True:
        radius = min(radius, within_km)
        near = await _grids_around(session, lat, lon, radius)
        best = min(near, key=lambda grid: distance_km(lat, lon, grid.lat, grid.lon), default=None)
        if best is not None and distance_km(lat, lon, best.lat, best.lon) <= radius:
            return best
        if radius >= within_km:
            return None
        radius *= 4


async def _grids_around(session: AsyncSession, lat: float, lon: float, radius: float) -> Sequence[Grid]:
    up = radius / DEGREE_KM
    aside = up / max(cos(radians(lat)), 0.01)
    box = (Grid.lat.between(lat - up, lat + up), Grid.lon.between(lon - aside, lon + aside))
    return (await session.scalars(select(Grid).where(Grid.active, *box))).all()


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance (haversine), in kilometres."""
    up, aside = radians(other_lat - lat) / 2, radians(other_lon - lon) / 2
    half = sin(up) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(aside) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def place_name(grid: Grid, locale: str) -> str:
    """The grid's whole name, from county to grid."""
    return grid.place_en if locale == "en" else grid.place_zh


async def serving(session: AsyncSession, grid: Grid | None) -> Sequence[Unit]:
    """The units that serve a grid, nearest first: its community, then area by area up to the city.

    Without a grid: the city itself and its offices, so that a person there finds the place.
    """
    areas = await _areas_up(session, grid)
    offices = await session.scalars(
        select(Unit)
        .where(Unit.active, Unit.parent_id.in_([area.id for area in areas]), Unit.kind.not_in(AREAS))
        .order_by(Unit.position, Unit.id)
    )
    by_area: dict[int | None, list[Unit]] = {}
    for office in offices:
        by_area.setdefault(office.parent_id, []).append(office)
    return [unit for area in areas for unit in (area, *by_area.get(area.id, []))]


async def _areas_up(session: AsyncSession, grid: Grid | None) -> list[Unit]:
    if grid is None:
        return list(await children(session, None))[:1]
    areas: list[Unit] = []
    below = await session.get(Unit, grid.unit_id)
    while below is not None:
        areas.append(below)
        below = await session.get(Unit, below.parent_id) if below.parent_id is not None else None
    return areas


async def city_of(session: AsyncSession, unit: Unit) -> City:
    """The city a unit belongs to."""
    return await session.get_one(City, unit.city_id)


async def city_loaded(session: AsyncSession) -> bool:
    """Whether any city is in use: without one, nobody could receive a case."""
    query = select(Unit.id).where(Unit.kind == UnitKind.CITY, Unit.active).limit(1)
    return (await session.scalars(query)).first() is not None
