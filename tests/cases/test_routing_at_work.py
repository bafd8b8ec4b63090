"""Routing on a database: hours, night units, loads and people come from rows; asking writes nothing."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import NOW, a_case
from cities import a_city, community, of_townships, office, township, written
from sqlalchemy import event, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases import places, routing, staff
from cases.city import load_city
from cases.database import Database
from cases.errors import NowhereToRoute
from cases.records import Conflict, Grid, ServiceTeam, Staff, TeamMember, TeamVillage, Unit
from cases.routes.people import wanted_professions
from cases.routes.teams import expert_near
from cases.routing import Matter, Routed

NIGHT = NOW + timedelta(hours=7)
"""23:00 of a Monday in the city."""
LABOUR = "dispute:labour"
TO_LABOUR = {"code": "labour", "leaf": LABOUR, "to_kind": "labour"}
DAYTIME = ["mon-fri 08:30-18:00"]


async def a_place(session: AsyncSession, folder: Path, told: dict[str, Any]) -> Grid:
    """A city loaded from files, and its first grid."""
    await load_city(session, written(folder, told), NOW)
    return (await session.scalars(select(Grid).where(Grid.active).order_by(Grid.id))).first()  # type: ignore[return-value]


def a_town(*offices: dict[str, Any], people: Sequence[dict[str, Any]] = (), **more: Any) -> dict[str, Any]:
    return (
        of_townships(township("town", community("com", 2), offices=list(offices)), staff=list(people)) | more
    )


def works(code: str, unit: str, role: str = "handler", **more: Any) -> dict[str, Any]:
    return {"code": code, "name": code, "role": role, "unit": unit} | more


async def routed(session: AsyncSession, grid: Grid | None, matter: Matter, now: Any = NOW) -> Routed:
    return await routing.route(session, grid, matter, now)


async def person(session: AsyncSession, code: str) -> Staff:
    return await staff.staff_by_code(session, code)


@pytest.fixture
async def labour_town(session: AsyncSession, tmp_path: Path) -> Grid:
    """A labour office that closes at six and names a night unit of another township."""
    away = township("away", community("other"), offices=[office("away-centre", "centre")])
    here = township(
        "town",
        community("com"),
        offices=[office("lab", "labour", duty=DAYTIME, night="away-centre"), office("town-centre", "centre")],
    )
    return await a_place(session, tmp_path, of_townships(here, away) | {"routing": [TO_LABOUR]})


async def test_by_day_the_office_receives(session: AsyncSession, labour_town: Grid) -> None:
    found = await routed(session, labour_town, Matter(LABOUR, ("stalking",)))
    assert (found.unit.code, found.why) == ("lab", ("rule:labour", "level:township"))


async def test_at_night_what_cannot_wait_goes_to_the_night_unit(
    session: AsyncSession, labour_town: Grid
) -> None:
    found = await routed(session, labour_town, Matter(LABOUR, ("stalking",)), NIGHT)
    assert found.unit.code == "away-centre"
    assert found.why == ("rule:labour", "off_duty:lab", "night:away-centre", "level:township")


async def test_at_night_an_ordinary_matter_stays_with_the_office(
    session: AsyncSession, labour_town: Grid
) -> None:
    found = await routed(session, labour_town, Matter(LABOUR), NIGHT)
    assert (found.unit.code, found.why[1]) == ("lab", "opens_later:lab")


async def test_a_holiday_of_the_city_closes_the_office(session: AsyncSession, tmp_path: Path) -> None:
    told = a_town(office("lab", "labour", duty=DAYTIME), routing=[TO_LABOUR])
    grid = await a_place(session, tmp_path, told | {"calendar": {"holidays": [NOW.date()]}})
    found = await routed(session, grid, Matter(LABOUR))
    assert "opens_later:lab" in found.why


async def test_the_office_that_owes_less_receives(session: AsyncSession, tmp_path: Path) -> None:
    told = a_town(office("lab-1", "labour"), office("lab-2", "labour"), routing=[TO_LABOUR])
    grid = await a_place(session, tmp_path, told)
    receivers = []
    for _ in range(3):
        case = await a_case(session, leaf=LABOUR, grid_code=grid.code)
        receivers.append((await session.get_one(Unit, case.unit_id)).code)
    assert receivers == ["lab-1", "lab-2", "lab-1"]
    found = await routed(session, grid, Matter(LABOUR))
    assert "load:lab-2:1" in found.why
    assert "load:lab-1:2" in found.not_there


async def test_an_office_of_people_with_a_stake_is_passed_over(session: AsyncSession, tmp_path: Path) -> None:
    stake = {"conflicts": [{"leaf": LABOUR}]}
    people = [works("a", "lab-1", **stake), works("b", "lab-2"), works("c", "lab-2", **stake)]
    told = a_town(office("lab-1", "labour"), office("lab-2", "labour"), people=people, routing=[TO_LABOUR])
    found = await routed(session, await a_place(session, tmp_path, told), Matter(LABOUR))
    assert found.unit.code == "lab-2"
    assert "conflict:lab-1" in found.not_there
    assert f"suggest:{(await person(session, 'b')).id}" in found.why


async def test_an_expert_without_a_stake_does_not_keep_a_unit_free(
    session: AsyncSession, tmp_path: Path
) -> None:
    people = [works("a", "lab", conflicts=[{"leaf": LABOUR}]), works("b", "lab", "expert")]
    told = a_town(
        office("lab", "labour"), office("town-centre", "centre"), people=people, routing=[TO_LABOUR]
    )
    found = await routed(session, await a_place(session, tmp_path, told), Matter(LABOUR))
    assert "conflict:lab" in found.not_there


async def test_a_grid_worker_of_another_grid_is_nobody_who_could_take_it(
    session: AsyncSession, tmp_path: Path
) -> None:
    people = [
        works("here", "com", "grid_worker", grids=["com-1"], conflicts=[{"leaf": "dispute:neighbour"}]),
        works("there", "com", "grid_worker", grids=["com-2"]),
    ]
    rule = {"code": "neighbour", "leaf": "dispute:neighbour", "to_kind": "community"}
    told = a_town(office("town-centre", "centre"), people=people, routing=[rule])
    grid = await a_place(session, tmp_path, told)
    found = await routed(session, grid, Matter("dispute:neighbour"))
    assert found.unit.code == "town-centre"
    assert "conflict:com" in found.not_there


async def test_whoever_has_the_profession_is_suggested_before_who_owes_less(
    session: AsyncSession, tmp_path: Path
) -> None:
    people = [works("clerk", "lab"), works("jurist", "lab", professions=["lawyer"])]
    told = a_town(office("lab", "labour"), people=people, routing=[TO_LABOUR])
    grid = await a_place(session, tmp_path, told)
    jurist = await person(session, "jurist")
    case = await a_case(session, leaf=LABOUR, grid_code=grid.code)
    case.assignee_id = jurist.id
    await session.flush()
    assert f"suggest:{jurist.id}" in (await routed(session, grid, Matter(LABOUR))).why


async def test_among_equals_who_owes_less_is_suggested(session: AsyncSession, tmp_path: Path) -> None:
    told = a_town(office("lab", "labour"), people=[works("a", "lab"), works("b", "lab")], routing=[TO_LABOUR])
    grid = await a_place(session, tmp_path, told)
    case = await a_case(session, leaf=LABOUR, grid_code=grid.code)
    case.assignee_id = (await person(session, "a")).id
    await session.flush()
    found = await routed(session, grid, Matter(LABOUR))
    assert f"suggest:{(await person(session, 'b')).id}" in found.why


async def test_an_expert_is_asked_in_and_never_given_the_case(session: AsyncSession, tmp_path: Path) -> None:
    people = [works("clerk", "lab"), works("jurist", "lab", "expert", professions=["lawyer"])]
    told = a_town(office("lab", "labour"), people=people, routing=[TO_LABOUR])
    found = await routed(session, await a_place(session, tmp_path, told), Matter(LABOUR))
    ids = [(await person(session, code)).id for code in ("clerk", "jurist")]
    assert found.why[-2:] == (f"suggest:{ids[0]}", f"invite:{ids[1]}")


async def test_a_mediator_is_not_suggested_for_violence(session: AsyncSession, tmp_path: Path) -> None:
    told = a_town(
        people=[works("m", "com", "mediator")],
        routing=[{"code": "home", "leaf": "dispute:*", "to_kind": "community"}],
    )
    grid = await a_place(session, tmp_path, told)
    assert any(code.startswith("suggest:") for code in (await routed(session, grid, Matter(LABOUR))).why)
    found = await routed(session, grid, Matter("dispute:domestic_violence"))
    assert not any(code.startswith("suggest:") for code in found.why)


async def test_a_city_loaded_anew_routes_by_its_new_rules(session: AsyncSession, tmp_path: Path) -> None:
    told = a_town(office("lab", "labour"), office("town-centre", "centre"), routing=[TO_LABOUR])
    grid = await a_place(session, tmp_path, told)
    assert (await routed(session, grid, Matter(LABOUR))).unit.code == "lab"
    told["routing"] = [{"code": "labour", "leaf": LABOUR, "to_kind": "centre"}]
    await load_city(session, written(tmp_path, told), NOW)
    assert (await routed(session, grid, Matter(LABOUR))).unit.code == "town-centre"


async def test_a_place_of_a_city_put_out_of_use_goes_to_the_city_in_use(
    session: AsyncSession, tmp_path: Path
) -> None:
    old = await places.grid_by_code(session, "guihua-01")
    await a_place(session, tmp_path, a_city())
    assert (await routed(session, old, Matter("service"))).unit.code == "real-centre"


async def test_without_a_city_there_is_nowhere_to_route(session: AsyncSession) -> None:
    await session.execute(update(Unit).values(active=False))
    with pytest.raises(NowhereToRoute):
        await routed(session, None, Matter("service"))


async def test_asking_takes_a_handful_of_queries_and_writes_nothing(
    session: AsyncSession, database: Database, labour_town: Grid
) -> None:
    await routed(session, labour_town, Matter(LABOUR))
    said: list[str] = []

    def listen(_c: Any, _k: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", listen)
    try:
        await routed(session, labour_town, Matter(LABOUR), NIGHT)
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", listen)
    assert 0 < len(said) <= 8
    assert all(statement.lstrip().startswith("SELECT") for statement in said)
    assert not session.new
    assert not session.dirty


async def test_an_explanation_names_units_and_people(session: AsyncSession, tmp_path: Path) -> None:
    told = a_town(office("lab", "labour"), people=[works("a", "lab")], routing=[TO_LABOUR])
    found = await routed(session, await a_place(session, tmp_path, told), Matter(LABOUR))
    named = await routing.named_in(session, (*found.why, *found.not_there), "en")
    assert named.people == {(await person(session, "a")).id: "a"}
    assert {"com", "town", "county"} <= named.units.keys()
    assert named.units["county"] == "County"


async def test_the_villages_own_team_goes_before_the_pool_and_a_stake_bars(session: AsyncSession) -> None:
    grid = await places.grid_by_code(session, "guihua-01")
    assert grid is not None
    city = (await session.get_one(Unit, grid.unit_id)).city_id
    lawyers = [await person(session, code) for code in ("lawyer-1", "lawyer-2")]
    matter = Matter("dispute:contract")
    assert await expert_near(session, city, grid, matter) == lawyers[0].id
    team = ServiceTeam(city_id=city, code="own", name_zh="四官", name_en="Four", active=True)
    session.add(team)
    await session.flush()
    session.add_all(
        [
            TeamVillage(team_id=team.id, unit_id=grid.unit_id),
            TeamMember(team_id=team.id, staff_id=lawyers[1].id, profession="lawyer"),
        ]
    )
    await session.flush()
    assert await expert_near(session, city, grid, matter) == lawyers[1].id
    session.add(Conflict(staff_id=lawyers[1].id, grid_id=grid.id))
    await session.flush()
    assert await expert_near(session, city, grid, matter) == lawyers[0].id
    assert await expert_near(session, city, grid, Matter("service")) is None


@pytest.mark.unit
def test_the_nearest_pattern_says_which_profession_is_wanted() -> None:
    assert "medicine" in wanted_professions("dispute:medical")
    assert wanted_professions("dispute:other") == {"lawyer"}
    assert wanted_professions("service") == frozenset()
