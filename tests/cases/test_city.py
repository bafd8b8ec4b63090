"""A city becomes rows: loaded again without losing anything, put out of use, never half."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from builders import NOW, a_case
from cities import a_city, office, written
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import places, staff
from cases.casework import case_by_code
from cases.city import SAMPLE, load_city, load_sample_if_empty
from cases.clocks.book import book_of
from cases.danger import DangerLevel
from cases.database import Database
from cases.errors import CityRefused
from cases.records import (
    City,
    ClockRule,
    Conflict,
    Grid,
    GridKind,
    GridPost,
    Record,
    RoutingRule,
    ServiceTeam,
    Staff,
    StaffGrid,
    TeamMember,
    TeamVillage,
    Unit,
)

EVERYTHING: tuple[type[Record], ...] = (
    City, Unit, Grid, Staff, StaffGrid, GridPost, Conflict, ServiceTeam, TeamVillage, TeamMember,
    RoutingRule, ClockRule,
)  # fmt: skip


async def counted(session: AsyncSession) -> dict[str, int]:
    return {
        table.__tablename__: await session.scalar(select(func.count()).select_from(table)) or 0
        for table in EVERYTHING
    }


async def ids(session: AsyncSession) -> dict[str, int]:
    found: dict[str, int] = {}
    for table in (Unit, Grid, Staff, ServiceTeam):
        found |= {f"{table.__tablename__} {row.code}": row.id for row in await session.scalars(select(table))}
    return found


async def test_loading_again_changes_nothing_and_keeps_ids(session: AsyncSession) -> None:
    before, numbers = await ids(session), await counted(session)
    loaded = await load_city(session, SAMPLE, NOW)
    assert await counted(session) == numbers
    assert await ids(session) == before
    told = (loaded.units, loaded.grids, loaded.staff, loaded.teams, loaded.rules, loaded.clocks)
    tables = ("units", "grids", "staff", "service_teams", "routing_rules", "clocks")
    assert told == tuple(numbers[table] for table in tables)


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
    assert not (await session.scalars(select(ServiceTeam).where(ServiceTeam.active))).all()
    found = await case_by_code(session, code)
    assert found is not None
    assert found.unit.code == "guihua"
    assert len((await session.scalars(select(City))).all()) == 2


async def test_what_is_no_longer_described_is_out_of_use_and_comes_back(
    session: AsyncSession, tmp_path: Path
) -> None:
    fewer = tmp_path / "sample"
    shutil.copytree(SAMPLE, fewer)
    (fewer / "county-2-xishan.yml").unlink()
    await load_city(session, fewer, NOW)
    session.expire_all()
    assert await places.grid_by_code(session, "liuhe-01") is None
    assert await places.grid_by_code(session, "guihua-01") is not None
    gone = select(ServiceTeam.active).where(ServiceTeam.code == "team-shiqiao")
    assert await session.scalar(gone) is False
    assert (await staff.staff_by_code(session, "grid-liuhe")).active
    await load_city(session, SAMPLE, NOW)
    session.expire_all()
    assert await places.grid_by_code(session, "liuhe-01") is not None
    assert await session.scalar(gone) is True


async def test_codes_of_another_city_are_refused(session: AsyncSession, tmp_path: Path) -> None:
    taken = {"code": "guihua-01", "zh": "一", "en": "1", "lat": 1.0, "lon": 1.0}
    told = a_city(staff=[{"code": "grid-guihua", "name": "乙", "role": "police", "unit": "yt-police"}])
    told["offices"].append(office("yt-police", "police"))
    told["areas"][0]["areas"][0]["areas"][0]["grids"].append(taken)
    told["teams"] = [{"code": "pool-yunting", "zh": "x", "en": "x"}]
    with pytest.raises(CityRefused) as caught:
        await load_city(session, written(tmp_path, told), NOW)
    places_and_sentences = [fault.partition(": ") for fault in caught.value.faults]
    assert [sentence for _, _, sentence in places_and_sentences] == [
        "The unit yt-police belongs to another city.",
        "The grid guihua-01 belongs to another city.",
        "The member of staff grid-guihua belongs to another city.",
        "The team pool-yunting belongs to another city.",
    ]
    assert all(where.startswith("city.yml, line ") for where, _, _ in places_and_sentences)


@pytest.mark.parametrize(
    "more",
    [
        {"routing": [{"code": "r", "leaf": "*", "to_unit": "nowhere"}]},
        {"staff": [{"code": "w", "name": "甲", "role": "police", "unit": "com", "grids": ["g9"]}]},
        {"teams": [{"code": "t", "zh": "x", "en": "x", "villages": ["lost"]}]},
    ],
)
async def test_a_refused_city_changes_nothing(
    database: Database, tmp_path: Path, more: dict[str, Any]
) -> None:
    with pytest.raises(CityRefused, match=r"^city.yml, line \d+: "):
        await _load(database, written(tmp_path, a_city(**more)))
    async with database.reading() as session:
        assert [unit.code for unit in await places.children(session, None)] == ["yunting"]
        assert [city.code for city in await session.scalars(select(City))] == ["yunting"]


async def _load(database: Database, file: Path) -> None:
    async with database.transaction() as session:
        await load_city(session, file, NOW)


async def one(session: AsyncSession, table: type[Any], code: str) -> Any:
    return (await session.scalars(select(table).where(table.code == code))).one()


async def test_a_unit_keeps_its_path_competence_duty_and_night(session: AsyncSession, tmp_path: Path) -> None:
    told = a_city()
    told["areas"][0]["areas"][0]["offices"] = [
        office("night", "labour", competence=["dispute:labour", "scam:*"], duty=["mon-fri 08:30-18:00"],
               night="real-police", phone="0371-1"),
    ]  # fmt: skip
    await load_city(session, written(tmp_path, told), NOW)
    unit, police = await one(session, Unit, "night"), await one(session, Unit, "real-police")
    assert unit.path == "real/county/town/night/"
    assert (unit.kind, unit.level, unit.phone) == ("labour", "township", "0371-1")
    assert (unit.competence, unit.duty) == (["dispute:labour", "scam:*"], ["mon-fri 08:30-18:00"])
    assert unit.night_unit_id == police.id
    assert (police.competence, police.duty, police.night_unit_id) == ([], [], None)
    told["areas"][0]["areas"][0]["offices"] = [office("night", "labour")]
    await load_city(session, written(tmp_path, told), NOW)
    await session.refresh(unit)
    assert (unit.competence, unit.duty, unit.night_unit_id, unit.phone) == ([], [], None, None)


async def test_people_posts_teams_and_conflicts_are_as_described(
    session: AsyncSession, tmp_path: Path
) -> None:
    told = a_city(
        posts=[
            {"code": "leader", "zh": "网格长", "en": "leader"},
            {"code": "worker", "zh": "网格员", "en": "worker", "role": "grid_worker"},
        ],
        teams=[{"code": "t1", "zh": "队", "en": "Team", "villages": ["com"],
                "members": [{"staff": "e1", "profession": "judge"}]}],
    )  # fmt: skip
    told["areas"][0]["areas"][0]["areas"][0]["grids"][0]["kind"] = "market"
    told["staff"] += [
        {"code": "d1", "name": "乙", "role": "centre", "unit": "real-centre", "post": "director",
         "posts": [{"post": "leader", "grid": "g1"}]},
        {"code": "e1", "name": "丙", "role": "expert", "unit": "real-centre",
         "professions": ["judge", "lawyer"],
         "conflicts": [{"grid": "g1"}, {"leaf": "dispute:land"}, {"grid": "g1", "leaf": "dispute:*"}]},
    ]  # fmt: skip
    await load_city(session, written(tmp_path, told), NOW)
    grid, expert = await one(session, Grid, "g1"), await one(session, Staff, "e1")
    assert grid.kind is GridKind.MARKET
    assert (await one(session, Staff, "d1")).post == "director"
    assert expert.professions == ["judge", "lawyer"]
    assert await _posts_of(session, grid.id) == {("worker", "w1"), ("leader", "d1")}
    stakes = await session.execute(
        select(Conflict.grid_id, Conflict.leaf).where(Conflict.staff_id == expert.id)
    )
    assert {tuple(row) for row in stakes} == {(grid.id, None), (None, "dispute:land"), (grid.id, "dispute:*")}
    team = await one(session, ServiceTeam, "t1")
    members = await session.execute(
        select(TeamMember.staff_id, TeamMember.profession).where(TeamMember.team_id == team.id)
    )
    assert [tuple(row) for row in members] == [(expert.id, "judge")]
    told["staff"][2]["conflicts"], told["staff"][1]["posts"], told["teams"][0]["villages"] = [], [], []
    await load_city(session, written(tmp_path, told), NOW)
    assert await _posts_of(session, grid.id) == {("worker", "w1")}
    assert not (await session.scalars(select(Conflict).where(Conflict.staff_id == expert.id))).all()
    assert not (await session.scalars(select(TeamVillage).where(TeamVillage.team_id == team.id))).all()


async def _posts_of(session: AsyncSession, grid_id: int) -> set[tuple[str, str]]:
    query = select(GridPost.post, Staff.code).join(Staff, Staff.id == GridPost.staff_id)
    rows = await session.execute(query.where(GridPost.grid_id == grid_id))
    return {(row.post, row.code) for row in rows}


async def test_what_a_city_chooses_is_kept_and_what_it_leaves_out_is_not(
    session: AsyncSession, tmp_path: Path
) -> None:
    told = a_city(
        posts=[{"code": "leader", "zh": "网格长", "en": "leader"}],
        staffing={"every_grid": ["leader"], "market": ["leader"]},
        calendar={"holidays": ["2026-10-01"], "workdays": []},
        papers={"dossier": ["案件档案"], "more": {"a": [1, None]}},
        ladders={"own": [{"act": "remind", "share": 0.5}, {"act": "superior", "after_hours": 2}]},
        return_visit_days=5,
        labels={"director": {"zh": "主任", "en": "Director"}},
    )
    await load_city(session, written(tmp_path, told), NOW)
    city = await one(session, City, "real")
    await session.refresh(city)
    assert city.choices == {
        "posts": {"leader": {"zh": "网格长", "en": "leader"}},
        "staffing": {"every_grid": ["leader"], "market": ["leader"]},
        "calendar": {"holidays": ["2026-10-01"], "workdays": []},
        "papers": {"dossier": ["案件档案"], "more": {"a": [1, None]}},
        "ladders": {"own": [{"act": "remind", "share": 0.5}, {"act": "superior", "after_hours": 2}]},
        "return_visit_days": 5,
        "labels": {"director": {"zh": "主任", "en": "Director"}},
    }
    await load_city(session, written(tmp_path, a_city()), NOW)
    await session.refresh(city)
    assert city.choices == {}


async def test_a_clock_keeps_every_part(session: AsyncSession, tmp_path: Path) -> None:
    whole = {
        "code": "medical", "step": "handle", "leaf": "dispute:medical", "min_danger": "yellow", "length": 30,
        "unit": "working_days", "start": "signed", "stops": ["appraisal"], "ladder": "quiet",
        "extension": {"length": 10, "unit": "days", "times": 2, "who": "leader"}, "owed_by": "centre",
        "template": False, "basis": "医疗纠纷条例", "article": "38",
    }  # fmt: skip
    bare = {"step": "agreement_performed_30", "length": 5, "unit": "hours", "template": True}
    await load_city(session, written(tmp_path, a_city(clocks=[whole, bare])), NOW)
    city = await one(session, City, "real")
    first, second = await session.scalars(
        select(ClockRule).where(ClockRule.city_id == city.id).order_by(ClockRule.position)
    )
    kept = {name: getattr(first, name) for name in whole}
    assert kept == whole | {"min_danger": 2}
    assert (second.code, second.leaf, second.start) == ("agreement_performed_30-none", "*", "dispatched")
    assert (second.stops, second.extension, second.ladder, second.owed_by) == ([], None, "ordinary", "unit")
    assert (second.basis, second.article, second.template) == ("", "", True)


async def test_a_citys_own_clock_counts(session: AsyncSession, tmp_path: Path) -> None:
    clock = {"step": "first_answer", "length": 5, "unit": "days", "basis": "the city's own rule"}
    await load_city(session, written(tmp_path, a_city(clocks=[clock])), NOW)
    unit = await one(session, Unit, "com")
    rules = await book_of(session, unit)
    found = rules.rule("first_answer", "dispute:neighbour", DangerLevel.NONE)
    assert found is not None
    assert (found.length, found.template, found.basis) == (5, False, "the city's own rule")
    faster = rules.rule("first_answer", "dispute:neighbour", DangerLevel.RED)
    assert faster is not None
    assert faster.template


async def test_staff_of_the_file_have_their_grids(session: AsyncSession, tmp_path: Path) -> None:
    await load_city(session, written(tmp_path, a_city()), NOW)
    person = await staff.staff_by_code(session, "w1")
    assert person.name == "甲"
    of_person = select(Grid.code).join(StaffGrid).where(StaffGrid.staff_id == person.id)
    assert list(await session.scalars(of_person)) == ["g1"]


async def test_an_account_that_was_closed_stays_closed(session: AsyncSession) -> None:
    person = await staff.staff_by_code(session, "grid-guihua")
    await staff.retire(session, person, NOW)
    await load_city(session, SAMPLE, NOW)
    assert not person.active
