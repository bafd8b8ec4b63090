"""What must be known of a loaded city to make cases in it: places, units, people, routes, clocks?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.announce import WORKING
from cases.clocks.book import ClockBook, book_of
from cases.lines import centres_over
from cases.many.plan import NOW
from cases.opening import TO_SORT
from cases.records import Grid, Role, Staff, StaffGrid, Unit, UnitKind
from cases.routing import Matter, route

# Leaf, and how many of a hundred cases have it.
LEAVES: tuple[tuple[str, int], ...] = (
    ("dispute:neighbour", 21),
    ("dispute:property", 17),
    ("dispute:family", 10),
    ("dispute:loan", 9),
    ("dispute:labour", 12),
    ("dispute:consumer", 9),
    ("dispute:damages", 6),
    ("scam:phishing", 7),
    ("service", 8),
    (TO_SORT, 1),
)


@dataclass(frozen=True, slots=True)
class UnitFact:
    """A unit with the centre that coordinates it and the one above that."""

    id: int
    code: str
    centre_id: int
    superior_id: int


@dataclass(frozen=True, slots=True)
class GridFact:
    """A grid with its community, its township and who works in it."""

    id: int
    code: str
    community_id: int
    township_id: int
    workers: tuple[int, ...]


@dataclass(slots=True)
class World:
    """Plain values, so that other processes can be given them."""

    book: ClockBook
    grids: list[GridFact] = field(default_factory=list)
    units: dict[int, UnitFact] = field(default_factory=dict)
    people: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """who of a unit works on cases, whoever receives first"""
    routes: dict[tuple[int, str], tuple[int, str]] = field(default_factory=dict)
    """by township and leaf: the unit and why (JSON); unit 0 is the grid's own community"""

    def receiver(self, unit_id: int) -> int | None:
        """Who of a unit takes cases in, if anybody works there."""
        return next(iter(self.people.get(unit_id, ())), None)


async def world_of(session: AsyncSession, city_unit: Unit) -> World:
    """What the product itself says of its city: its own routing and its own lines of command."""
    world = World(await book_of(session, city_unit))
    units = (await session.scalars(select(Unit).where(Unit.active).order_by(Unit.id))).all()
    await _people(session, world)
    for unit in units:
        above = await centres_over(session, unit)
        centre = above[0].id if above else unit.id
        superior = next((one.id for one in above if one.id != unit.id), centre)
        world.units[unit.id] = UnitFact(unit.id, unit.code, centre, superior)
    await _grids(session, world, units)
    await _routes(session, world, units)
    return world


async def _people(session: AsyncSession, world: World) -> None:
    query = select(Staff.unit_id, Staff.id).where(Staff.active, Staff.role.in_(WORKING))
    first = (Staff.post.is_distinct_from("receiver"), Staff.id)
    for unit_id, staff_id in await session.execute(query.order_by(*first)):
        world.people[unit_id] = (*world.people.get(unit_id, ()), staff_id)


async def _grids(session: AsyncSession, world: World, units: Sequence[Unit]) -> None:
    workers: dict[int, tuple[int, ...]] = {}
    query = select(StaffGrid.grid_id, StaffGrid.staff_id).join(Staff, Staff.id == StaffGrid.staff_id)
    for grid_id, staff_id in await session.execute(query.where(Staff.role == Role.GRID_WORKER, Staff.active)):
        workers[grid_id] = (*workers.get(grid_id, ()), staff_id)
    parents = {unit.id: unit.parent_id or unit.id for unit in units}
    for grid in await session.scalars(select(Grid).where(Grid.active).order_by(Grid.id)):
        own = workers.get(grid.id, ())
        world.grids.append(GridFact(grid.id, grid.code, grid.unit_id, parents[grid.unit_id], own))


async def _routes(session: AsyncSession, world: World, units: Sequence[Unit]) -> None:
    """Each leaf is routed once in each township; whatever its community gets goes to each its own."""
    kinds = {unit.id: unit.kind for unit in units}
    for fact in {grid.township_id: grid for grid in world.grids}.values():
        grid = await session.get_one(Grid, fact.id)
        for leaf, _ in LEAVES:
            routed = await route(session, grid, Matter(leaf), NOW)
            unit_id = routed.unit.id
            if not world.people.get(unit_id):
                unit_id = world.units[unit_id].centre_id
            why = [code for code in routed.why if ":" not in code]
            to = 0 if kinds[unit_id] is UnitKind.COMMUNITY else unit_id
            world.routes[fact.township_id, leaf] = to, json.dumps(why, separators=(",", ":"))
