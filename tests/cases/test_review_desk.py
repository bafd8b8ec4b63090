"""Return visits, classes, danger reviews and striking off: each by somebody other than the handler."""

from datetime import timedelta

import pytest
from builders import NOW, a_case, a_resident
from sqlalchemy.ext.asyncio import AsyncSession

from cases import centre_desk, reopening, review_desk, staff_desk, timeline
from cases.danger import DangerLevel
from cases.errors import MoveNotAllowed, NeedsSecondLook, NotAllowed, NothingToSay
from cases.records import Staff
from cases.staff import add_staff, staff_by_code
from cases.status import CaseStatus

S = CaseStatus


@pytest.fixture
async def centre(session: AsyncSession) -> Staff:
    return await staff_by_code(session, "centre-liuyin")


async def own_case_of(session: AsyncSession, centre: Staff) -> str:
    """A matter of the centre's own, handled and closed by this very person."""
    resident = await a_resident(session)
    code = (await a_case(session, resident=resident, leaf="service")).code
    await staff_desk.take(session, centre, code, NOW)
    case = await staff_desk.answer(session, centre, code, "已说明", NOW)
    await reopening.judge(session, case, resident, NOW, solved=True)
    return code


async def test_a_visit_keeps_what_the_resident_said(session: AsyncSession, centre: Staff) -> None:
    code = (await a_case(session, status=S.CLOSED)).code
    later = NOW + timedelta(days=5)
    case = await review_desk.return_visit(session, centre, code, later, solved=True, satisfied=False)
    assert (case.status, case.solved, case.satisfied) == (S.CLOSED, True, False)
    assert (case.visited_at, case.judged_at) == (later, later)
    last = (await timeline.entries(session, case, timeline.FOR_RESIDENT))[-1]
    assert (last.action, last.facts) == (
        "return_visited",
        {"reached": True, "solved": True, "satisfied": False},
    )


async def test_not_solved_at_the_visit_opens_the_case_again(session: AsyncSession, centre: Staff) -> None:
    code = (await a_case(session, status=S.CLOSED)).code
    case = await review_desk.return_visit(session, centre, code, NOW, solved=False, satisfied=False)
    assert (case.status, case.review_due, case.reopenings) == (S.REOPENED, True, 1)
    assert (case.solved, case.satisfied, case.visited_at) == (False, False, NOW)
    moved = [entry for entry in await timeline.entries(session, case) if entry.to_status is S.REOPENED]
    assert moved[-1].facts["reason"] == "visit_not_solved"


async def test_a_visit_long_after_the_closing_still_opens_it(session: AsyncSession, centre: Staff) -> None:
    """The thirty days are the resident's: whoever asks has to hear the answer."""
    code = (await a_case(session, status=S.CLOSED)).code
    late = NOW + timedelta(days=60)
    assert (await review_desk.return_visit(session, centre, code, late, solved=False)).status is S.REOPENED


async def test_nobody_reached_is_no_answer(session: AsyncSession, centre: Staff) -> None:
    code = (await a_case(session, status=S.CLOSED)).code
    case = await review_desk.return_visit(session, centre, code, NOW, solved=None)
    assert (case.status, case.solved, case.visited_at) == (S.CLOSED, None, None)


async def test_who_handled_a_case_does_not_ask_about_it(session: AsyncSession, centre: Staff) -> None:
    code = await own_case_of(session, centre)
    with pytest.raises(NeedsSecondLook):
        await review_desk.return_visit(session, centre, code, NOW, solved=True)
    colleague = await add_staff(session, name="乙", role="centre", unit_code="liuyin-centre", now=NOW)
    assert (await review_desk.return_visit(session, colleague, code, NOW, solved=True)).visited_at == NOW


@pytest.mark.parametrize("status", [S.ROUTED, S.IN_PROGRESS, S.JUDGING, S.WITHDRAWN, S.DECLINED, S.ARCHIVED])
async def test_a_visit_follows_a_closing(session: AsyncSession, centre: Staff, status: CaseStatus) -> None:
    """Asked too early, the answer would pass for the resident's judgement of what comes later."""
    code = (await a_case(session, status=status)).code
    with pytest.raises(MoveNotAllowed):
        await review_desk.return_visit(session, centre, code, NOW, solved=True)


@pytest.mark.parametrize("who", ["grid-guihua", "police-liuyin"])
async def test_only_a_centre_visits(session: AsyncSession, who: str) -> None:
    code = (await a_case(session, status=S.CLOSED, danger=("livelihood",))).code
    person = await staff_by_code(session, who)
    if who == "police-liuyin":
        worker = await staff_by_code(session, "grid-guihua")
        await centre_desk.report_danger(session, worker, code, "stalking", NOW)
    with pytest.raises(NotAllowed):
        await review_desk.return_visit(session, person, code, NOW, solved=True)


async def test_a_case_is_struck_off_with_its_residents_judgement(
    session: AsyncSession, centre: Staff
) -> None:
    resident = await a_resident(session)
    case = await a_case(session, resident=resident, status=S.CLOSED)
    with pytest.raises(MoveNotAllowed, match="not judged"):
        await review_desk.archive(session, centre, case.code, NOW)
    await reopening.judge(session, case, resident, NOW, solved=True)
    assert (await review_desk.archive(session, centre, case.code, NOW)).status is S.ARCHIVED


async def test_or_after_a_visit(session: AsyncSession, centre: Staff) -> None:
    code = (await a_case(session, status=S.CLOSED)).code
    await review_desk.return_visit(session, centre, code, NOW, solved=True)
    assert (await review_desk.archive(session, centre, code, NOW)).status is S.ARCHIVED


@pytest.mark.parametrize("kind", ["unreachable", "unlawful"])
async def test_or_with_the_class_a_second_person_gave_it(
    session: AsyncSession, centre: Staff, kind: review_desk.UnsolvedClass
) -> None:
    code = (await a_case(session, status=S.CLOSED)).code
    case = await review_desk.classify(session, centre, code, kind, "三次电话无人接", NOW)
    assert (case.unsolved_class, case.solved) == (kind, None)
    last = (await timeline.entries(session, case))[-1]
    assert (last.action, last.facts["class"]) == ("classified", kind)
    assert (await review_desk.archive(session, centre, code, NOW)).status is S.ARCHIVED


async def test_a_class_needs_words_and_a_second_person(session: AsyncSession, centre: Staff) -> None:
    code = (await a_case(session, status=S.CLOSED)).code
    with pytest.raises(NothingToSay):
        await review_desk.classify(session, centre, code, "unlawful", " ", NOW)
    own = await own_case_of(session, centre)
    with pytest.raises(NeedsSecondLook):
        await review_desk.classify(session, centre, own, "unreachable", "没人接", NOW)
    worker = await staff_by_code(session, "grid-guihua")
    with pytest.raises(NotAllowed):
        await review_desk.classify(session, worker, code, "unreachable", "没人接", NOW)


async def test_who_handled_a_case_does_not_strike_it_off(session: AsyncSession, centre: Staff) -> None:
    code = await own_case_of(session, centre)
    with pytest.raises(NeedsSecondLook):
        await review_desk.archive(session, centre, code, NOW)
    above = await staff_by_code(session, "centre-hedong")
    assert (await review_desk.archive(session, above, code, NOW)).status is S.ARCHIVED


@pytest.mark.parametrize("way", ["declined", "transferred"])
async def test_who_turned_a_case_away_does_not_strike_it_off(
    session: AsyncSession, centre: Staff, way: str
) -> None:
    code = (await a_case(session)).code
    if way == "declined":
        await centre_desk.decline(session, centre, code, "请向法院起诉", NOW)
    else:
        await centre_desk.transfer(session, centre, code, "court", "已起诉", NOW)
    with pytest.raises(NeedsSecondLook):
        await review_desk.archive(session, centre, code, NOW)
    above = await staff_by_code(session, "centre-hedong")
    assert (await review_desk.archive(session, above, code, NOW)).status is S.ARCHIVED


async def test_a_withdrawn_case_is_put_away(session: AsyncSession, centre: Staff) -> None:
    code = (await a_case(session, status=S.WITHDRAWN)).code
    assert (await review_desk.archive(session, centre, code, NOW)).status is S.ARCHIVED


@pytest.mark.parametrize("status", [S.ROUTED, S.IN_PROGRESS, S.JUDGING, S.REOPENED, S.ARCHIVED])
async def test_what_is_open_is_not_put_away(session: AsyncSession, centre: Staff, status: CaseStatus) -> None:
    code = (await a_case(session, status=status)).code
    with pytest.raises(MoveNotAllowed):
        await review_desk.archive(session, centre, code, NOW)


async def test_a_person_looks_at_the_danger_and_the_level_stays(session: AsyncSession, centre: Staff) -> None:
    code = (await a_case(session, leaf="service", danger=("crowd",))).code
    with pytest.raises(NothingToSay):
        await review_desk.review_danger(session, centre, code, "", NOW)
    case = await review_desk.review_danger(session, centre, code, "已到现场", NOW)
    assert case.danger_level is DangerLevel.ORANGE
    last = (await timeline.entries(session, case))[-1]
    assert (last.action, last.facts["level"]) == ("danger_reviewed", "orange")
    worker = await staff_by_code(session, "grid-guihua")
    mine = (await a_case(session, danger=("livelihood",))).code
    with pytest.raises(NotAllowed):
        await review_desk.review_danger(session, worker, mine, "看过了", NOW)
