"""How does a city's description become rows, again and again, without losing what cases refer to?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.city_plan import CityPlan, read_plan
from cases.cityfiles.choices import choices_of
from cases.cityfiles.faults import Fault, faults
from cases.cityfiles.load_people import load_posts, load_staff, load_teams
from cases.cityfiles.load_places import load_grids, load_units
from cases.cityfiles.load_rules import load_clocks, load_rules
from cases.cityfiles.parts import Part
from cases.errors import CityRefused
from cases.records import City, Grid, ServiceTeam, Staff, Unit

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
    teams: int


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
    units = await load_units(session, plan, city)
    grids = await load_grids(session, plan, city, units)
    await load_rules(session, plan, city, units)
    await load_clocks(session, plan, city)
    people = await load_staff(session, plan, city, units, now)
    await load_posts(session, plan, people, grids)
    await load_teams(session, plan, city, units, people)
    await session.flush()
    return _counted(plan, city)


def _counted(plan: CityPlan, city: City) -> Loaded:
    return Loaded(
        code=city.code,
        name_zh=city.name_zh,
        name_en=city.name_en,
        sample=city.sample,
        units=len(plan.book.units),
        grids=len(plan.book.grids),
        rules=len(plan.routing),
        clocks=len(plan.clocks),
        staff=len(plan.staff),
        teams=len(plan.teams),
    )


async def _city(session: AsyncSession, plan: CityPlan, fingerprint: str, now: datetime) -> City:
    head = plan.city
    city = (await session.scalars(select(City).where(City.code == head.code))).one_or_none() or City(
        code=head.code
    )
    city.name_zh, city.name_en, city.timezone, city.sample = head.zh, head.en, head.timezone, head.sample
    city.choices = choices_of(plan)
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
    teams = await session.scalars(select(ServiceTeam.code).where(ServiceTeam.city_id != city.id))
    there: dict[str, Mapping[str, Part]] = {
        "unit": {code: unit.plan for code, unit in plan.book.units.items()},
        "grid": {code: grid.plan for code, grid in plan.book.grids.items()},
        "member of staff": plan.book.staff,
        "team": {team.code: team for team in plan.teams},
    }
    taken = zip(there.items(), (units, grids, staff, teams), strict=True)
    found = [
        str(Fault(parts[code], f"The {what} {code} belongs to another city."))
        for (what, parts), codes in taken
        for code in sorted(parts.keys() & set(codes))
    ]
    if found:
        raise CityRefused(tuple(found))


async def _put_out_of_use(session: AsyncSession, city: City) -> None:
    """What is described again comes back into use right after."""
    gone = [city.id]
    if not city.sample:
        gone += (await session.scalars(select(City.id).where(City.sample, City.id != city.id))).all()
    units = select(Unit.id).where(Unit.city_id.in_(gone))
    await session.execute(update(Grid).where(Grid.unit_id.in_(units)).values(active=False))
    await session.execute(update(Unit).where(Unit.city_id.in_(gone)).values(active=False))
    await session.execute(update(ServiceTeam).where(ServiceTeam.city_id.in_(gone)).values(active=False))


async def load_sample_if_empty(session: AsyncSession, now: datetime) -> Loaded | None:
    """Loads the fictional sample city into a database without any; None where there is one."""
    if (await session.scalars(select(City.id).limit(1))).first() is not None:
        return None
    return await load_city(session, SAMPLE, now)
