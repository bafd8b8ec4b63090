"""How does a city's description become rows, again and again, without losing what cases refer to?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.city_check import faults, grid_codes, unit_kinds
from cases.city_plan import AreaPlan, CityPlan, GridPlan, OfficePlan, PlacedArea, StaffPlan, read_plan, walk
from cases.errors import CityRefused
from cases.records import City, ClockRule, Grid, RoutingRule, Staff, StaffGrid, Unit, UnitKind

SAMPLE = Path(__file__).with_name("cities") / "sample"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded, in numbers."""

    code: str
    name_zh: str
    name_en: str
    sample: bool
    units: int
    grids: int
    rules: int
    clocks: int
    staff: int


async def load_city(session: AsyncSession, folder: Path, now: datetime) -> Loaded:
    """Loads a city from a YAML folder or file, or raises CityRefused and changes nothing.

    Loading again updates by code. What is no longer described is put out of use, not removed, since cases
    refer to it. A real city puts a sample out of use.
    """
    plan, fingerprint = read_plan(folder)
    found = faults(plan)
    if found:
        raise CityRefused(tuple(found))
    city = await _city(session, plan, fingerprint, now)
    await _refuse_codes_of_others(session, plan, city)
    await _put_out_of_use(session, city)
    units = await _load_units(session, plan, city)
    grids = await _load_grids(session, plan, units)
    await _load_rules(session, plan, city, units)
    await _load_clocks(session, plan, city)
    for person in plan.staff:
        await _load_staff(session, person, units, grids, now)
    await session.flush()
    return Loaded(
        code=city.code,
        name_zh=city.name_zh,
        name_en=city.name_en,
        sample=city.sample,
        units=len(units),
        grids=len(grids),
        rules=len(plan.routing),
        clocks=len(plan.clocks),
        staff=len(plan.staff),
    )


async def _city(session: AsyncSession, plan: CityPlan, fingerprint: str, now: datetime) -> City:
    head = plan.city
    city = (await session.scalars(select(City).where(City.code == head.code))).one_or_none() or City(
        code=head.code
    )
    city.name_zh, city.name_en, city.timezone, city.sample = head.zh, head.en, head.timezone, head.sample
    city.fingerprint, city.loaded_at = fingerprint, now
    session.add(city)
    await session.flush()
    return city


async def _refuse_codes_of_others(session: AsyncSession, plan: CityPlan, city: City) -> None:
    """Codes are unique across cities: posters, accounts and links name nothing else."""
    other = select(Unit.id).where(Unit.city_id != city.id)
    units = await session.scalars(select(Unit.code).where(Unit.id.in_(other)))
    grids = await session.scalars(select(Grid.code).where(Grid.unit_id.in_(other)))
    staff = await session.scalars(select(Staff.code).where(Staff.unit_id.in_(other)))
    taken = {
        "unit": set(units) & set(unit_kinds(plan)),
        "grid": set(grids) & set(grid_codes(plan)),
        "member of staff": set(staff) & {person.code for person in plan.staff},
    }
    found = [f"The {what} {code} belongs to another city." for what, codes in taken.items() for code in codes]
    if found:
        raise CityRefused(tuple(sorted(found)))


async def _put_out_of_use(session: AsyncSession, city: City) -> None:
    """What is described again comes back into use right after."""
    gone = [city.id]
    if not city.sample:
        gone += (await session.scalars(select(City.id).where(City.sample, City.id != city.id))).all()
    units = select(Unit.id).where(Unit.city_id.in_(gone))
    await session.execute(update(Grid).where(Grid.unit_id.in_(units)).values(active=False))
    await session.execute(update(Unit).where(Unit.city_id.in_(gone)).values(active=False))


async def _load_units(session: AsyncSession, plan: CityPlan, city: City) -> dict[str, Unit]:
    head = plan.city
    known = {unit.code: unit for unit in await session.scalars(select(Unit).where(Unit.city_id == city.id))}
    units: dict[str, Unit] = {}

    async def put(
        code: str, kind: UnitKind, parent: Unit | None, position: int, part: AreaPlan | OfficePlan | None
    ) -> None:
        unit = known.get(code) or Unit(code=code, city_id=city.id)
        unit.parent_id = parent.id if parent else None
        unit.kind = kind
        unit.level = kind if parent is None or isinstance(part, AreaPlan) else parent.kind
        unit.path = f"{parent.path if parent else ''}{code}/"
        unit.name_zh, unit.name_en = (part.zh, part.en) if part else (head.zh, head.en)
        unit.phone = part.phone if part else None
        unit.position, unit.active = position, True
        session.add(unit)
        await session.flush()
        units[code] = unit

    await put(head.code, UnitKind.CITY, None, 0, None)
    for number, office in enumerate(plan.offices):
        await put(office.code, office.kind, units[head.code], number, office)
    for area in walk(plan):
        await put(area.plan.code, area.kind, units[area.parent], area.position, area.plan)
        for number, office in enumerate(area.plan.offices):
            await put(office.code, office.kind, units[area.plan.code], number, office)
    return units


async def _load_grids(session: AsyncSession, plan: CityPlan, units: dict[str, Unit]) -> dict[str, Grid]:
    of_city = select(Unit.id).where(Unit.city_id == units[plan.city.code].city_id)
    known = {grid.code: grid for grid in await session.scalars(select(Grid).where(Grid.unit_id.in_(of_city)))}
    areas = {area.plan.code: area for area in walk(plan)}
    grids: dict[str, Grid] = {}
    for area in areas.values():
        names = _names_down_to(area, areas)
        for number, part in enumerate(area.plan.grids):
            grid = known.get(part.code) or Grid(code=part.code)
            _fill(grid, part, names, units[area.plan.code], number)
            session.add(grid)
            grids[part.code] = grid
    await session.flush()
    return grids


def _names_down_to(area: PlacedArea, areas: dict[str, PlacedArea]) -> list[AreaPlan]:
    """The areas from the county down to this one; the city goes without saying."""
    above = areas.get(area.parent)
    return [*(_names_down_to(above, areas) if above else []), area.plan]


def _fill(grid: Grid, part: GridPlan, names: Iterable[AreaPlan], community: Unit, position: int) -> None:
    above = list(names)
    grid.unit_id = community.id
    grid.name_zh, grid.name_en = part.zh, part.en
    grid.place_zh = "".join(area.zh for area in above) + part.zh
    grid.place_en = ", ".join([part.en, *(area.en for area in reversed(above))])
    grid.covers_zh, grid.covers_en = part.covers_zh, part.covers_en
    grid.lat, grid.lon = part.lat, part.lon
    grid.position, grid.active = position, True


async def _load_rules(session: AsyncSession, plan: CityPlan, city: City, units: dict[str, Unit]) -> None:
    await session.execute(delete(RoutingRule).where(RoutingRule.city_id == city.id))
    session.add_all(
        RoutingRule(
            city_id=city.id,
            code=rule.code,
            position=position,
            leaf=rule.leaf,
            area_id=units[rule.area].id if rule.area else None,
            danger_code=rule.danger,
            min_danger=int(rule.level),
            to_kind=rule.to_kind,
            to_level=rule.to_level,
            to_unit_id=units[rule.to_unit].id if rule.to_unit else None,
        )
        for position, rule in enumerate(plan.routing)
    )


async def _load_clocks(session: AsyncSession, plan: CityPlan, city: City) -> None:
    await session.execute(delete(ClockRule).where(ClockRule.city_id == city.id))
    session.add_all(
        ClockRule(
            city_id=city.id,
            step=clock.step,
            min_danger=int(clock.level),
            length=clock.length,
            unit=clock.unit,
            template=clock.template,
            basis=clock.basis,
        )
        for clock in plan.clocks
    )


async def _load_staff(
    session: AsyncSession, plan: StaffPlan, units: dict[str, Unit], grids: dict[str, Grid], now: datetime
) -> None:
    """Makes or updates somebody; who is no longer described stays: accounts are closed by a person."""
    found = await session.scalars(select(Staff).where(Staff.code == plan.code))
    person = found.one_or_none() or Staff(code=plan.code, active=True, created_at=now)
    person.name, person.role, person.unit_id, person.locale = (
        plan.name,
        plan.role,
        units[plan.unit].id,
        plan.locale,
    )
    session.add(person)
    await session.flush()
    await session.execute(delete(StaffGrid).where(StaffGrid.staff_id == person.id))
    session.add_all(StaffGrid(staff_id=person.id, grid_id=grids[code].id) for code in plan.grids)


async def load_sample_if_empty(session: AsyncSession, now: datetime) -> Loaded | None:
    """Loads the fictional sample city into a database without any; None where there is one."""
    if (await session.scalars(select(City.id).limit(1))).first() is not None:
        return None
    return await load_city(session, SAMPLE, now)
