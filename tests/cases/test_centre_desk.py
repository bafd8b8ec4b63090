"""Sending back, routing, declining, correcting, lowering: each with a reason, and by whom it may be."""

import pytest
from builders import NOW, a_case, a_resident, linked
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, centre_desk, staff_desk, timeline
from cases.danger import NOT_TO_BE_MEDIATED, DangerLevel
from cases.errors import (
    AlreadySentBack,
    CaseNotFound,
    MoveNotAllowed,
    NotAllowed,
    NothingToSay,
    NotMediated,
    PlaceNotFound,
    TakenByAnother,
)
from cases.records import Case, Notice, NoticeTo, Staff
from cases.staff import add_staff, staff_by_code
from cases.statements import statements_of
from cases.status import CaseStatus


@pytest.fixture
async def worker(session: AsyncSession) -> Staff:
    return await linked(session, "grid-guihua")


@pytest.fixture
async def centre(session: AsyncSession) -> Staff:
    return await linked(session, "centre-liuyin")


async def keys_to(session: AsyncSession, person: Staff) -> list[str]:
    query = select(Notice.key).where(Notice.to_kind == NoticeTo.STAFF, Notice.to_id == person.id)
    return list((await session.scalars(query.order_by(Notice.id))).all())


async def reasons_of(session: AsyncSession, case: Case) -> list[str]:
    """Why it was moved each time, as its resident may read it."""
    chain = await timeline.entries(session, case, timeline.FOR_RESIDENT)
    return [entry.facts["reason"] for entry in chain if entry.from_status]


async def test_a_case_sent_back_goes_to_the_nearest_centre_once(
    session: AsyncSession, worker: Staff, centre: Staff
) -> None:
    code = (await a_case(session)).code
    case = await centre_desk.send_back(session, worker, code, "是物业公司的事", NOW)
    assert (case.status, case.unit.code, case.assignee_id) == (CaseStatus.ACCEPTED, "liuyin-centre", None)
    assert await keys_to(session, centre) == ["notice_sent_back"]
    case = await centre_desk.route_to(session, centre, code, "guihua", "社区先上门", NOW)
    assert (case.sent_back, case.ruled, case.routings) == (1, True, 2)
    assert await reasons_of(session, case) == ["in_remit", "rules", "not_ours", "ruling"]
    with pytest.raises(AlreadySentBack):
        await centre_desk.send_back(session, worker, code, "还是不归我们", NOW)


async def test_a_county_office_sends_back_to_a_centre_that_can_give_it_elsewhere(
    session: AsyncSession,
) -> None:
    labour = await staff_by_code(session, "labour-hedong")
    county = await staff_by_code(session, "centre-hedong")
    code = (await a_case(session, leaf="dispute:labour")).code
    case = await centre_desk.send_back(session, labour, code, "是买卖纠纷", NOW)
    assert (case.status, case.unit.code) == (CaseStatus.ACCEPTED, "hedong-centre")
    case = await centre_desk.route_to(session, county, code, "hedong-market", "归市场监管", NOW)
    assert (case.status, case.unit.code, case.ruled) == (CaseStatus.ROUTED, "hedong-market", True)


async def test_a_ruling_binds_the_next_unit_too(session: AsyncSession, worker: Staff, centre: Staff) -> None:
    mediator = await staff_by_code(session, "mediator-liuyin")
    code = (await a_case(session)).code
    await centre_desk.send_back(session, worker, code, "要调解", NOW)
    await centre_desk.route_to(session, centre, code, "liuyin-mediation", "调解为主", NOW)
    with pytest.raises(AlreadySentBack):
        await centre_desk.send_back(session, mediator, code, "不归我们", NOW)


@pytest.mark.parametrize("status", [CaseStatus.IN_PROGRESS, CaseStatus.WAITING, CaseStatus.JUDGING])
async def test_once_work_has_begun_a_case_is_not_sent_back(
    session: AsyncSession, worker: Staff, status: CaseStatus
) -> None:
    code = (await a_case(session, status=status)).code
    with pytest.raises(MoveNotAllowed):
        await centre_desk.send_back(session, worker, code, "不归我们", NOW)


async def test_the_centre_accepts_what_nobody_could_sort(session: AsyncSession, centre: Staff) -> None:
    mediator = await linked(session, "mediator-liuyin")
    code = (await a_case(session, leaf="to_sort")).code
    case = await centre_desk.accept(session, centre, code, NOW, leaf="dispute:family")
    assert (case.status, case.leaf, case.needs_person) == (CaseStatus.ROUTED, "dispute:family", False)
    assert case.unit.code == "liuyin-mediation"
    assert await keys_to(session, mediator) == ["notice_new_case"]
    told = (await session.scalars(select(Notice).where(Notice.to_kind == NoticeTo.RESIDENT))).one()
    assert told.key == "notice_moved_on"
    assert (await timeline.verify(session, case)).whole


@pytest.mark.parametrize("leaf", ["to_sort", "漏水", "dispute:*", ""])
async def test_accepting_says_what_it_is(session: AsyncSession, centre: Staff, leaf: str) -> None:
    code = (await a_case(session, leaf="to_sort")).code
    with pytest.raises(ValueError, match="leaf"):
        await centre_desk.accept(session, centre, code, NOW, leaf=leaf)


async def test_only_a_registered_case_is_accepted(session: AsyncSession, centre: Staff) -> None:
    code = (await a_case(session)).code
    with pytest.raises(MoveNotAllowed) as refused:
        await centre_desk.accept(session, centre, code, NOW, leaf="dispute:family")
    assert CaseStatus.DECLINED in refused.value.ways


async def test_the_centre_calls_back_a_case_in_work_and_gives_it_to_another_unit(
    session: AsyncSession, centre: Staff
) -> None:
    code = (await a_case(session, status=CaseStatus.IN_PROGRESS)).code
    case = await centre_desk.route_to(session, centre, code, "liuyin-mediation", "需要调解", NOW)
    assert (case.status, case.unit.code, case.assignee_id) == (CaseStatus.ROUTED, "liuyin-mediation", None)
    assert (await reasons_of(session, case))[-2:] == ["reassigned", "by_centre"]
    assert not case.ruled


async def test_a_case_in_a_colleagues_hands_is_not_sent_back(session: AsyncSession, worker: Staff) -> None:
    colleague = await add_staff(session, name="乙", role="grid_worker", unit_code="guihua", now=NOW)
    code = (await a_case(session)).code
    await staff_desk.take(session, worker, code, NOW)
    with pytest.raises(TakenByAnother):
        await centre_desk.send_back(session, colleague, code, "不归我们", NOW)


async def test_a_case_at_the_only_centre_goes_no_further_back(session: AsyncSession) -> None:
    top = await staff_by_code(session, "centre-yunting")
    code = (await a_case(session, grid_code=None, leaf="to_sort")).code
    with pytest.raises(MoveNotAllowed):
        await centre_desk.send_back(session, top, code, "不归我们", NOW)


async def test_the_centre_routes_and_the_resident_is_told_who_has_it(
    session: AsyncSession, worker: Staff, centre: Staff
) -> None:
    mediator = await linked(session, "mediator-liuyin")
    code = (await a_case(session)).code
    await centre_desk.send_back(session, worker, code, "要调解", NOW)
    case = await centre_desk.route_to(session, centre, code, "liuyin-mediation", "调解为主", NOW)
    assert (case.status, case.unit.code) == (CaseStatus.ROUTED, "liuyin-mediation")
    assert await keys_to(session, mediator) == ["notice_new_case"]
    told = (await session.scalars(select(Notice).where(Notice.to_kind == NoticeTo.RESIDENT))).one()
    assert (told.key, told.values["unit_zh"]) == ("notice_moved_on", "柳荫街道人民调解委员会")
    assert (await timeline.verify(session, case)).whole


@pytest.mark.parametrize(
    ("unit", "error"),
    [("nowhere", PlaceNotFound), ("shiqiao-police", NotAllowed), ("hedong-labour", NotAllowed)],
)
async def test_a_centre_routes_within_its_own_area(
    session: AsyncSession, worker: Staff, centre: Staff, unit: str, error: type[Exception]
) -> None:
    code = (await a_case(session)).code
    await centre_desk.send_back(session, worker, code, "不归我们", NOW)
    with pytest.raises(error):
        await centre_desk.route_to(session, centre, code, unit, "归他们", NOW)


@pytest.mark.parametrize("signal", sorted(NOT_TO_BE_MEDIATED))
async def test_no_centre_sends_violence_self_harm_or_minors_to_mediation(
    session: AsyncSession, centre: Staff, signal: str
) -> None:
    code = (await a_case(session, status=CaseStatus.IN_PROGRESS)).code
    await centre_desk.report_danger(session, centre, code, signal, NOW)
    with pytest.raises(NotMediated):
        await centre_desk.route_to(session, centre, code, "liuyin-mediation", "调解", NOW)


async def test_lowering_the_level_does_not_make_violence_a_matter_of_mediation(
    session: AsyncSession, centre: Staff
) -> None:
    code = (await a_case(session, status=CaseStatus.IN_PROGRESS, danger=("minor",))).code
    await centre_desk.lower_danger(session, centre, code, DangerLevel.NONE, "已平息", NOW)
    with pytest.raises(NotMediated):
        await centre_desk.route_to(session, centre, code, "liuyin-mediation", "调解", NOW)


async def test_no_centre_sends_to_mediation_who_refused_it(session: AsyncSession, centre: Staff) -> None:
    resident = await a_resident(session)
    code = (await a_case(session, resident=resident, status=CaseStatus.IN_PROGRESS)).code
    await casework.refuse_mediation(session, resident, code, NOW)
    with pytest.raises(NotMediated):
        await centre_desk.route_to(session, centre, code, "liuyin-mediation", "调解", NOW)
    case = await centre_desk.route_to(session, centre, code, "liuyin-police", "请派出所", NOW)
    assert case.unit.code == "liuyin-police"


async def test_a_declined_case_sends_its_reason(session: AsyncSession, centre: Staff) -> None:
    code = (await a_case(session)).code
    why = "法院已受理, 请向法院询问"
    case = await centre_desk.decline(session, centre, code, why, NOW, ground="already_in_procedure")
    assert case.status is CaseStatus.DECLINED
    told = (await session.scalars(select(Notice).where(Notice.to_kind == NoticeTo.RESIDENT))).one()
    assert (told.key, told.values["why"]) == ("notice_declined", why)
    assert told.values["ground"] == "already_in_procedure"
    shown = await statements_of(session, case, timeline.FOR_RESIDENT)
    assert [one.body for one in shown] == ["楼上天天漏水", why]
    assert (await reasons_of(session, case))[-1] == "already_in_procedure"


@pytest.mark.parametrize("to", ["police", "court", "arbitration", "review", "petition"])
async def test_a_transferred_case_says_where_it_went_and_why(
    session: AsyncSession, centre: Staff, to: str
) -> None:
    code = (await a_case(session, status=CaseStatus.IN_PROGRESS)).code
    case = await centre_desk.transfer(session, centre, code, to, "属于他们管", NOW)
    assert (case.status, case.transferred_to, case.owed) == (CaseStatus.TRANSFERRED, to, False)
    told = (await session.scalars(select(Notice).where(Notice.to_kind == NoticeTo.RESIDENT))).one()
    assert (told.key, told.values["to"], told.values["why"]) == ("notice_transferred", to, "属于他们管")
    shown = await statements_of(session, case, timeline.FOR_RESIDENT)
    assert shown[-1].body == "属于他们管"


async def test_there_is_no_way_or_ground_beside_those_of_the_table(
    session: AsyncSession, centre: Staff
) -> None:
    code = (await a_case(session)).code
    with pytest.raises(ValueError, match="no reason"):
        await centre_desk.decline(session, centre, code, "太麻烦", NOW, ground="too_hard")
    with pytest.raises(ValueError, match="no reason"):
        await centre_desk.transfer(session, centre, code, "elsewhere", "太麻烦", NOW)


async def test_a_case_declined_in_work_has_to_be_transferred_or_answered(
    session: AsyncSession, centre: Staff
) -> None:
    code = (await a_case(session, status=CaseStatus.IN_PROGRESS)).code
    with pytest.raises(MoveNotAllowed):
        await centre_desk.decline(session, centre, code, "不归我们", NOW)


async def test_a_reason_is_needed(session: AsyncSession, worker: Staff, centre: Staff) -> None:
    code = (await a_case(session)).code
    with pytest.raises(NothingToSay):
        await centre_desk.decline(session, centre, code, "", NOW)
    with pytest.raises(NothingToSay):
        await centre_desk.transfer(session, centre, code, "court", "\n", NOW)
    with pytest.raises(NothingToSay):
        await centre_desk.send_back(session, worker, code, " ", NOW)


async def test_a_person_corrects_what_a_case_is_about(session: AsyncSession, centre: Staff) -> None:
    code = (await a_case(session, leaf="to_sort")).code
    case = await centre_desk.correct(session, centre, code, "dispute:property", NOW)
    assert (case.leaf, case.needs_person) == ("dispute:property", False)
    last = (await timeline.entries(session, case))[-1]
    assert (last.action, last.facts) == ("corrected", {"from": "to_sort", "to": "dispute:property"})
    with pytest.raises(ValueError, match="leaf"):
        await centre_desk.correct(session, centre, code, "漏水", NOW)


async def test_only_a_person_lowers_the_level_and_only_lower(session: AsyncSession, centre: Staff) -> None:
    code = (await a_case(session, leaf="service", danger=("crowd",))).code
    with pytest.raises(MoveNotAllowed):
        await centre_desk.lower_danger(session, centre, code, DangerLevel.RED, "更重", NOW)
    case = await centre_desk.lower_danger(session, centre, code, DangerLevel.BLUE, "人群已散", NOW)
    assert case.danger_level is DangerLevel.BLUE
    worker = await staff_by_code(session, "grid-guihua")
    with pytest.raises(CaseNotFound):
        await centre_desk.lower_danger(session, worker, code, DangerLevel.NONE, "没事了", NOW)


async def test_a_grid_worker_may_not_lower_the_level(session: AsyncSession, worker: Staff) -> None:
    code = (await a_case(session, danger=("livelihood",))).code
    with pytest.raises(NotAllowed):
        await centre_desk.lower_danger(session, worker, code, DangerLevel.NONE, "没事了", NOW)


async def test_a_worker_reports_danger_and_the_police_is_told(session: AsyncSession, worker: Staff) -> None:
    police = await linked(session, "police-liuyin")
    code = (await a_case(session)).code
    case = await centre_desk.report_danger(session, worker, code, "weapon", NOW)
    assert case.danger_level is DangerLevel.RED
    assert await keys_to(session, police) == ["notice_danger"]
    assert await keys_to(session, worker) == ["notice_new_case", "notice_danger"]
