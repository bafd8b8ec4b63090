"""One way in: what each role sees and may do, allowed and refused on the same cases."""

import pytest
from builders import NOW, a_case
from sqlalchemy.ext.asyncio import AsyncSession

from cases import staff
from cases.access import case_for
from cases.errors import CaseNotFound, NotAllowed
from cases.records import Case, Role
from cases.roles import ROLE_MAY, Act

# The same five cases for everybody: who sees which.
CASES = {
    "neighbour": {"leaf": "dispute:neighbour", "grid_code": "guihua-01"},
    "other_grid": {"leaf": "dispute:neighbour", "grid_code": "shuanggang-01"},
    "fraud": {"leaf": "scam:phishing", "grid_code": "guihua-01"},
    "danger": {"leaf": "dispute:labour", "grid_code": "guihua-01", "danger": ("crowd",)},
    "far": {"leaf": "dispute:labour", "grid_code": "liuhe-01"},
}
SEES = {
    "grid-guihua": {"neighbour"},
    "grid-shuanggang": {"other_grid"},
    "police-liuyin": {"fraud", "danger"},
    "police-shiqiao": set(),
    "mediator-liuyin": set(),
    "labour-hedong": {"danger"},
    "labour-xishan": {"far"},
    "centre-liuyin": {"neighbour", "other_grid", "fraud", "danger"},
    "centre-hedong": {"neighbour", "other_grid", "fraud", "danger"},
    "centre-xishan": {"far"},
    "centre-yunting": set(CASES),
    "police-yunting": {"fraud", "danger"},
    "volunteer-guihua": set(),
    "auditor-yunting": set(CASES),
    "admin-yunting": set(),
}


async def the_cases(session: AsyncSession) -> dict[str, Case]:
    return {name: await a_case(session, **told) for name, told in CASES.items()}


async def may(session: AsyncSession, who: str, code: str, act: Act) -> str:
    person = await staff.staff_by_code(session, who)
    try:
        await case_for(session, person, code, act, NOW)
    except CaseNotFound:
        return "not found"
    except NotAllowed:
        return "not allowed"
    return "yes"


@pytest.mark.unit
def test_every_role_has_its_row() -> None:
    assert set(ROLE_MAY) == set(Role)


@pytest.mark.unit
def test_who_only_reads_changes_nothing() -> None:
    assert ROLE_MAY[Role.AUDITOR] == {Act.VIEW, Act.TRAIL}
    assert not ROLE_MAY[Role.ADMIN]
    assert Act.TAKE not in ROLE_MAY[Role.VOLUNTEER]


@pytest.mark.parametrize("who", SEES)
async def test_each_sees_their_own_and_nothing_else(session: AsyncSession, who: str) -> None:
    cases = await the_cases(session)
    seen = {name for name, case in cases.items() if await may(session, who, case.code, Act.VIEW) == "yes"}
    assert seen == SEES[who]


@pytest.mark.parametrize(
    ("who", "which", "act", "answer"),
    [
        ("grid-guihua", "neighbour", Act.TAKE, "yes"),
        ("grid-guihua", "neighbour", Act.ROUTE, "not allowed"),
        ("grid-guihua", "neighbour", Act.LOWER_DANGER, "not allowed"),
        ("grid-guihua", "fraud", Act.TAKE, "not found"),
        ("police-liuyin", "fraud", Act.TAKE, "yes"),
        ("police-liuyin", "danger", Act.READ, "yes"),
        ("police-liuyin", "danger", Act.TAKE, "not allowed"),
        ("labour-hedong", "danger", Act.TAKE, "yes"),
        ("labour-hedong", "danger", Act.DECLINE, "not allowed"),
        ("centre-liuyin", "neighbour", Act.ROUTE, "yes"),
        ("centre-liuyin", "neighbour", Act.TAKE, "not allowed"),
        ("centre-liuyin", "far", Act.ROUTE, "not found"),
        ("auditor-yunting", "neighbour", Act.VIEW, "yes"),
        ("auditor-yunting", "neighbour", Act.READ, "not allowed"),
        ("auditor-yunting", "neighbour", Act.NOTE, "not allowed"),
        ("admin-yunting", "neighbour", Act.VIEW, "not found"),
        ("volunteer-guihua", "neighbour", Act.VIEW, "not found"),
    ],
)
async def test_what_each_may_do(session: AsyncSession, who: str, which: str, act: Act, answer: str) -> None:
    cases = await the_cases(session)
    assert await may(session, who, cases[which].code, act) == answer


async def test_a_grid_worker_sees_what_came_to_the_community_without_a_grid_of_theirs(
    session: AsyncSession,
) -> None:
    person = await staff.staff_by_code(session, "grid-guihua")
    await staff.give_grids(session, person, ["guihua-02"])
    elsewhere = await a_case(session, grid_code="guihua-01")
    mine = await a_case(session, grid_code="guihua-02")
    filed = await a_case(session, grid_code="guihua-01", filed_by=person.id)
    assert await may(session, person.code, elsewhere.code, Act.VIEW) == "not found"
    assert await may(session, person.code, mine.code, Act.VIEW) == "yes"
    assert await may(session, person.code, filed.code, Act.VIEW) == "yes"


async def test_a_closed_account_may_nothing(session: AsyncSession) -> None:
    case = await a_case(session)
    person = await staff.staff_by_code(session, "grid-guihua")
    await staff.retire(session, person, NOW)
    with pytest.raises(NotAllowed):
        await case_for(session, person, case.code, Act.VIEW, NOW)


async def test_a_unit_whose_code_begins_like_anothers_sees_nothing_of_it(session: AsyncSession) -> None:
    case = await a_case(session, leaf="service", grid_code="guihua-01")
    case.unit.path = case.unit.path.replace("liuyin/", "liuyin_x/")
    case.grid = None
    await session.flush()
    assert await may(session, "auditor-yunting", case.code, Act.VIEW) == "yes"
    person = await staff.staff_by_code(session, "police-liuyin")
    with pytest.raises(CaseNotFound):
        await case_for(session, person, case.code, Act.VIEW, NOW)


@pytest.mark.parametrize("code", ["", "nonsense", "YM-261123-XXXX"])
async def test_a_code_nobody_has_is_not_found(session: AsyncSession, code: str) -> None:
    assert await may(session, "centre-yunting", code, Act.VIEW) == "not found"
