"""A city's files: loaded again without losing anything, refused in plain sentences, checked for gaps."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import NOW, a_case, a_resident
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import places, staff
from cases.casework import NewCase, case_by_code, open_case
from cases.city import SAMPLE, load_city, load_sample_if_empty
from cases.city_check import faults, gaps
from cases.city_plan import CityPlan, read_plan
from cases.database import Database
from cases.errors import CityRefused
from cases.records import Case, City, Grid, RoutingRule, Staff, Unit

pure = pytest.mark.unit


def a_city(**more: Any) -> dict[str, Any]:
    """A small real city: one county, one township, one community, one grid."""
    grid = {"code": "g1", "zh": "一网格", "en": "Grid 1", "lat": 30.0, "lon": 110.0}
    community = {"code": "com", "zh": "甲社区", "en": "Com", "grids": [grid]}
    township = {"code": "town", "zh": "乙镇", "en": "Town", "areas": [community]}
    county = {"code": "county", "zh": "丙县", "en": "County", "areas": [township]}
    return {
        "city": {"code": "real", "zh": "某市", "en": "Real"},
        "offices": [
            {"code": "real-centre", "kind": "centre", "zh": "某市综治中心", "en": "Real Centre"},
            {"code": "real-police", "kind": "police", "zh": "某市反诈中心", "en": "Real Police"},
        ],
        "areas": [county],
        "routing": [
            {"code": "fraud", "leaf": "scam:*", "to_kind": "police"},
            {"code": "home", "leaf": "dispute:domestic_violence", "to_kind": "police"},
        ],
        "staff": [{"code": "w1", "name": "甲", "role": "grid_worker", "unit": "com", "grids": ["g1"]}],
    } | more


def written(folder: Path, told: dict[str, Any]) -> Path:
    file = folder / "city.yml"
    file.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    return file


def planned(**more: Any) -> CityPlan:
    return CityPlan.model_validate(a_city(**more))


@pure
def test_the_sample_is_whole_and_labelled() -> None:
    plan, _ = read_plan(SAMPLE)
    assert faults(plan) == gaps(plan) == []
    assert plan.city.sample
    assert "示例" in plan.city.zh
    assert all("示例" in person.name for person in plan.staff)
    assert all(clock.template for clock in plan.clocks)


async def test_the_sample_has_the_size_that_was_asked_for(session: AsyncSession) -> None:
    by_kind = await session.execute(select(Unit.kind, func.count()).group_by(Unit.kind))
    counted = {kind.value: number for kind, number in by_kind}
    assert [counted[level] for level in ("city", "county", "township", "community")] == [1, 2, 4, 8]
    assert await session.scalar(select(func.count()).select_from(Grid)) == 24


async def test_loading_again_changes_nothing_but_keeps_ids(session: AsyncSession) -> None:
    before = {unit.code: unit.id for unit in await session.scalars(select(Unit))}
    rules = await session.scalar(select(func.count()).select_from(RoutingRule))
    loaded = await load_city(session, SAMPLE, NOW)
    assert (loaded.units, loaded.grids, loaded.staff) == (49, 24, 36)
    assert {unit.code: unit.id for unit in await session.scalars(select(Unit))} == before
    assert await session.scalar(select(func.count()).select_from(RoutingRule)) == rules
    assert await session.scalar(select(func.count()).select_from(Staff)) == 36


async def test_the_sample_is_loaded_only_into_an_empty_database(empty_database: Database) -> None:
    await empty_database.prepare()
    async with empty_database.transaction() as session:
        assert not await places.city_loaded(session)
        loaded = await load_sample_if_empty(session, NOW)
        assert loaded is not None
        assert loaded.sample
        assert await load_sample_if_empty(session, NOW) is None
        assert await places.city_loaded(session)


async def test_a_real_city_puts_the_sample_out_of_use(session: AsyncSession, tmp_path: Path) -> None:
    code = (await a_case(session)).code
    await load_city(session, written(tmp_path, a_city()), NOW)
    session.expire_all()
    assert [unit.code for unit in await places.children(session, None)] == ["real"]
    assert await places.grid_by_code(session, "guihua-01") is None
    assert await places.grid_by_code(session, "g1") is not None
    found = await case_by_code(session, code)
    assert found is not None
    assert found.unit.code == "guihua"
    assert len((await session.scalars(select(City))).all()) == 2


async def test_what_is_no_longer_described_is_out_of_use_and_comes_back(
    session: AsyncSession, tmp_path: Path
) -> None:
    copy = tmp_path / "sample"
    shutil.copytree(SAMPLE, copy)
    city = copy / "city.yml"
    told = yaml.safe_load(city.read_text(encoding="utf-8"))
    kept = told["areas"]
    told["areas"] = kept[:1]
    city.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    people = yaml.safe_load((copy / "staff.yml").read_text(encoding="utf-8"))
    known = {unit["code"] for unit in walk_units(told)}
    people["staff"] = [person for person in people["staff"] if person["unit"] in known]
    (copy / "staff.yml").write_text(yaml.safe_dump(people, allow_unicode=True), encoding="utf-8")
    await load_city(session, copy, NOW)
    session.expire_all()
    assert await places.grid_by_code(session, "liuhe-01") is None
    await load_city(session, SAMPLE, NOW)
    session.expire_all()
    assert await places.grid_by_code(session, "liuhe-01") is not None


def walk_units(told: dict[str, Any]) -> list[dict[str, Any]]:
    found = [*told.get("offices", [])]
    for area in told.get("areas", []):
        found += [area, *walk_units(area)]
    return found


async def test_codes_of_another_city_are_refused(session: AsyncSession, tmp_path: Path) -> None:
    taken = {"code": "guihua-01", "zh": "一", "en": "1", "lat": 1.0, "lon": 1.0}
    told = a_city(staff=[{"code": "grid-guihua", "name": "乙", "role": "police", "unit": "yt-police"}])
    told["offices"].append({"code": "yt-police", "kind": "police", "zh": "x", "en": "x"})
    told["areas"][0]["areas"][0]["areas"][0]["grids"].append(taken)
    with pytest.raises(CityRefused) as caught:
        await load_city(session, written(tmp_path, told), NOW)
    assert caught.value.faults == (
        "The grid guihua-01 belongs to another city.",
        "The member of staff grid-guihua belongs to another city.",
        "The unit yt-police belongs to another city.",
    )


async def test_a_refused_city_changes_nothing(database: Database, tmp_path: Path) -> None:
    told = a_city(routing=[{"code": "r", "leaf": "*", "to_unit": "nowhere"}])
    with pytest.raises(CityRefused):
        await _load(database, written(tmp_path, told))
    async with database.reading() as session:
        assert [unit.code for unit in await places.children(session, None)] == ["yunting"]


async def _load(database: Database, file: Path) -> None:
    async with database.transaction() as session:
        await load_city(session, file, NOW)


async def test_a_citys_own_clock_counts(session: AsyncSession, tmp_path: Path) -> None:
    clock = {"step": "first_answer", "length": 5, "unit": "days", "basis": "the city's own rule"}
    await load_city(session, written(tmp_path, a_city(clocks=[clock])), NOW)
    case = await a_case_in(session, "g1")
    assert not case.clock_template
    assert (case.due_at - NOW).days == 5


async def a_case_in(session: AsyncSession, grid: str) -> Case:
    new = NewCase(resident=await a_resident(session), story=("漏水",), grid_code=grid)
    return await open_case(session, new, NOW)


async def test_staff_of_the_file_have_their_grids(session: AsyncSession, tmp_path: Path) -> None:
    await load_city(session, written(tmp_path, a_city()), NOW)
    assert (await staff.staff_by_code(session, "w1")).name == "甲"


@pure
@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"routing": [{"code": "r", "leaf": "*"}]}, "The rule r needs either to_kind or to_unit."),
        (
            {"routing": [{"code": "r", "leaf": "*", "to_kind": "police", "to_unit": "real-police"}]},
            "The rule r needs either to_kind or to_unit.",
        ),
        ({"routing": [{"code": "r", "to_unit": "nowhere"}]}, "The rule r: there is no unit nowhere."),
        (
            {"routing": [{"code": "r", "to_kind": "police", "danger": "boredom"}]},
            "The rule r: boredom is not a danger signal.",
        ),
        (
            {"routing": [{"code": "r", "to_kind": "police", "to_level": "police"}]},
            "The rule r: police is not a level.",
        ),
        (
            {"routing": [{"code": "r", "to_kind": "police", "area": "real-police"}]},
            "The rule r: real-police is an office, not an area.",
        ),
        (
            {"routing": [{"code": "r", "to_kind": "police"}, {"code": "r", "to_kind": "centre"}]},
            "The routing rule r is described 2 times.",
        ),
        (
            {"staff": [{"code": "w", "name": "甲", "role": "police", "unit": "nowhere"}]},
            "w: there is no unit nowhere.",
        ),
        (
            {"staff": [{"code": "w", "name": "甲", "role": "police", "unit": "com", "grids": ["g9"]}]},
            "w: there is no grid g9.",
        ),
        (
            {"offices": [{"code": "com", "kind": "centre", "zh": "x", "en": "x"}]},
            "The unit com is described 2 times.",
        ),
    ],
)
def test_each_fault_is_a_sentence(more: dict[str, Any], fault: str) -> None:
    assert fault in faults(planned(**more))


@pure
def test_grids_belong_to_communities_and_areas_end_there() -> None:
    told = a_city()
    told["areas"][0]["grids"] = [{"code": "g2", "zh": "x", "en": "x", "lat": 1, "lon": 1}]
    community = told["areas"][0]["areas"][0]["areas"][0]
    community["areas"] = [{"code": "deep", "zh": "x", "en": "x"}]
    found = faults(CityPlan.model_validate(told))
    assert "county is a county; grids belong to communities." in found
    assert "Areas are nested deeper than county, township, community." in found


@pure
def test_a_small_city_without_gaps_has_none() -> None:
    assert gaps(planned()) == []


@pure
@pytest.mark.parametrize(
    ("more", "gap"),
    [
        ({"staff": []}, "The grid g1 has no grid worker."),
        (
            {"offices": []},
            "The city has no centre, so what no rule fits goes to a community or the city itself.",
        ),
        ({"offices": []}, "The city has no police post, so nobody is told of dangerous cases."),
        ({"routing": []}, "No rule says who receives fraud cases."),
        ({"routing": []}, "No rule says who receives violence at home."),
        (
            {"routing": [{"code": "r", "to_kind": "health"}]},
            "The rule r never applies: the city has no unit of the kind health.",
        ),
        (
            {"routing": [{"code": "a", "to_kind": "police"}, {"code": "b", "to_kind": "police"}]},
            "The rule b never applies: a comes before it.",
        ),
        (
            {
                "routing": [
                    {"code": "a", "to_kind": "centre"},
                    {"code": "b", "to_kind": "centre", "to_level": "city"},
                ]
            },
            "The rule b never applies: a comes before it.",
        ),
    ],
)
def test_each_gap_is_a_sentence(more: dict[str, Any], gap: str) -> None:
    assert gap in gaps(planned(**more))


@pure
def test_rules_that_complete_each_other_are_no_gap() -> None:
    rules = [
        {"code": "near", "leaf": "scam:*", "to_kind": "police", "to_level": "township"},
        {"code": "else", "leaf": "scam:*", "to_kind": "police"},
    ]
    assert not [gap for gap in gaps(planned(routing=rules)) if "never applies" in gap]


@pure
def test_a_community_without_grids_is_a_gap() -> None:
    told = a_city(staff=[])
    told["areas"][0]["areas"][0]["areas"][0]["grids"] = []
    found = gaps(CityPlan.model_validate(told))
    assert "The community com has no grids, so nobody can choose it as a place." in found


@pure
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("city: [", "is not valid YAML"),
        ("- just\n- a list", "does not hold named parts"),
        ("", "does not hold named parts"),
        ("city: {code: x, zh: x, en: x}", "areas"),
        ("city: {code: Ünit, zh: x, en: x}\nareas: []", "city → code"),
        ("city: {code: x, zh: x, en: x, timezone: Mars/Base}\nareas: []", "no such time zone"),
        ("city: {code: x, zh: x, en: x}\nareas: []\nsurprise: 1", "surprise"),
        (
            "city: {code: x, zh: x, en: x}\nareas: []\noffices: [{code: a, kind: county, zh: x, en: x}]",
            "an area is listed under",
        ),
        (
            "city: {code: x, zh: x, en: x}\nareas: []\nrouting: [{code: r, leaf: Labour, to_kind: police}]",
            "a leaf reads like",
        ),
    ],
)
def test_a_malformed_file_is_refused_in_plain_sentences(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "city.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CityRefused, match=sentence):
        read_plan(file)


@pure
def test_a_missing_folder_and_a_part_told_twice_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CityRefused, match="no city description"):
        read_plan(tmp_path / "nowhere")
    with pytest.raises(CityRefused, match="no city description"):
        read_plan(tmp_path)
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("areas: []", encoding="utf-8")
    with pytest.raises(CityRefused, match="described twice, the second time in b"):
        read_plan(tmp_path)
