"""The sample city: five levels, a thousand grids, somebody for everything, nothing left open."""

import time
from collections import Counter

import pytest
import yaml
from builders import NOW

from cases.city import SAMPLE, load_city
from cases.city_check import faults, gaps
from cases.city_plan import CityPlan, read_plan
from cases.cityfiles.whole import walk
from cases.database import Database
from cases.records import GridKind, Role, UnitKind
from kb import taxonomy

pure = pytest.mark.unit


@pytest.fixture(scope="module")
def plan() -> CityPlan:
    return read_plan(SAMPLE)[0]


@pure
def test_it_is_whole_and_labelled(plan: CityPlan) -> None:
    families = [f"dispute:{code}" for code in taxonomy.dispute_codes()]
    leaves = [*families, *(f"scam:{code}" for code in taxonomy.scam_codes()), "service", "to_sort"]
    assert faults(plan) == gaps(plan, leaves) == []
    assert plan.city.sample
    assert "示例" in plan.city.zh
    assert all("示例" in person.name for person in plan.staff)
    assert all("示例" in team.zh for team in plan.teams)
    assert all(clock.template for clock in plan.clocks)


@pure
def test_any_reader_of_yaml_reads_its_files() -> None:
    for file in SAMPLE.glob("*.yml"):
        assert isinstance(yaml.safe_load(file.read_text(encoding="utf-8")), dict)


@pure
def test_it_has_five_levels_and_about_a_thousand_grids(plan: CityPlan) -> None:
    kinds = Counter(unit.kind for unit in plan.book.units.values())
    areas = [kinds[kind] for kind in (UnitKind.CITY, UnitKind.COUNTY, UnitKind.TOWNSHIP)]
    assert areas == [1, 6, 30]
    assert 180 <= kinds[UnitKind.COMMUNITY] <= 220
    assert 950 <= len(plan.book.grids) <= 1050
    special = Counter(grid.plan.kind for grid in plan.book.grids.values())
    assert all(special[kind] >= 20 for kind in (GridKind.MARKET, GridKind.SCHOOL, GridKind.ESTATE))


@pure
def test_its_oldest_places_come_first_and_no_keyboard_is_long(plan: CityPlan) -> None:
    assert [area.code for area in plan.areas][:2] == ["hedong", "xishan"]
    assert [area.code for area in plan.areas[0].areas][:2] == ["liuyin", "chengguan"]
    assert [area.code for area in plan.areas[0].areas[0].areas][:2] == ["guihua", "shuanggang"]
    most = {UnitKind.COUNTY: 6, UnitKind.TOWNSHIP: 8, UnitKind.COMMUNITY: 6}
    for area in walk(plan):
        assert len(area.plan.grids if area.kind is UnitKind.COMMUNITY else area.plan.areas) <= most[area.kind]


@pure
def test_no_two_places_share_a_name_or_a_position(plan: CityPlan) -> None:
    names = Counter(area.plan.zh for area in walk(plan))
    assert [name for name, count in names.items() if count > 1] == []
    positions = Counter((grid.plan.lat, grid.plan.lon) for grid in plan.book.grids.values())
    assert [where for where, count in positions.items() if count > 1] == []


@pure
def test_at_every_centre_somebody_else_can_decide(plan: CityPlan) -> None:
    for unit in plan.book.units.values():
        if unit.kind is UnitKind.CENTRE:
            posts = [one.post for one in plan.staff if one.unit == unit.code and one.role is Role.CENTRE]
            assert "director" in posts
            assert len(posts) >= 2


@pure
def test_experts_teams_and_volunteers_are_there(plan: CityPlan) -> None:
    professions = {told for person in plan.staff if person.role is Role.EXPERT for told in person.professions}
    assert professions >= {"judge", "prosecutor", "lawyer", "psychology", "medicine"}
    bound = {village for team in plan.teams for village in team.villages}
    assert bound == {area.plan.code for area in walk(plan) if area.kind is UnitKind.COMMUNITY}
    assert sum(bool(person.conflicts) for person in plan.staff) == 2
    volunteers = [person for person in plan.staff if person.role is Role.VOLUNTEER]
    assert len(volunteers) >= 28
    assert all(plan.book.units[person.unit].kind is UnitKind.COMMUNITY for person in volunteers)


async def test_it_loads_in_seconds(empty_database: Database) -> None:
    await empty_database.prepare()
    began = time.monotonic()
    async with empty_database.transaction() as session:
        await load_city(session, SAMPLE, NOW)
    assert time.monotonic() - began < 5
