"""Sending back, routing, declining, correcting, lowering: each with a reason, and by whom it may be."""

import pytest
from builders import NOW, a_case, linked
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import centre_desk, staff_desk, timeline
from cases.danger import DangerLevel
from cases.errors import (
    AlreadySentBack,
    CaseNotFound,
    MoveNotAllowed,
    NotAllowed,
    NothingToSay,
    PlaceNotFound,
    TakenByAnother,
)
from cases.records import Notice, NoticeTo, Staff
from cases.staff import add_staff, staff_by_code
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


async def test_a_case_sent_back_goes_to_the_nearest_centre_once(
    session: AsyncSession, worker: Staff, centre: Staff
) -> None:
    code = (await a_case(session)).code
    case = await centre_desk.send_back(session, worker, code, "是物业公司的事", NOW)
    assert (case.status, case.unit.code, case.assignee_id) == (CaseStatus.REGISTERED, "liuyin-centre", None)
    assert await keys_to(session, centre) == ["notice_sent_back"]
    await centre_desk.route_to(session, centre, code, "guihua", "社区先上门", NOW)
    with pytest.raises(AlreadySentBack):
        await centre_desk.send_back(session, worker, code, "还是不归我们", NOW)


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


async def test_no_centre_sends_violence_at_home_to_mediation(session: AsyncSession, centre: Staff) -> None:
    police = await staff_by_code(session, "police-liuyin")
    code = (await a_case(session, leaf="dispute:family", danger=("domestic_violence",))).code
    await centre_desk.send_back(session, police, code, "双方和好", NOW)
    with pytest.raises(MoveNotAllowed, match="not mediated"):
        await centre_desk.route_to(session, centre, code, "liuyin-mediation", "调解", NOW)


async def test_a_declined_case_sends_its_reason(session: AsyncSession, centre: Staff) -> None:
    code = (await a_case(session)).code
    case = await centre_desk.decline(session, centre, code, "法院已受理, 请向法院询问", NOW)
    assert case.status is CaseStatus.DECLINED
    told = (await session.scalars(select(Notice).where(Notice.to_kind == NoticeTo.RESIDENT))).one()
    assert (told.key, told.values["why"]) == ("notice_declined", "法院已受理, 请向法院询问")


async def test_a_reason_is_needed(session: AsyncSession, worker: Staff, centre: Staff) -> None:
    code = (await a_case(session)).code
    with pytest.raises(NothingToSay):
        await centre_desk.decline(session, centre, code, "", NOW)
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


async def test_a_withdrawn_case_is_put_away(session: AsyncSession, centre: Staff) -> None:
    code = (await a_case(session, status=CaseStatus.WITHDRAWN)).code
    assert (await centre_desk.archive(session, centre, code, NOW)).status is CaseStatus.ARCHIVED
