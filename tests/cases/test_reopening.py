"""The resident judges; a case opened again is looked at by the superior before its unit closes it."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import NOW, a_case, a_resident, linked
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, centre_desk, reopening, review_desk, staff_desk, timeline
from cases.actors import by_resident
from cases.errors import MoveNotAllowed, NeedsSecondLook, ReviewFirst, TooLateToReopen
from cases.records import Case, Notice, Resident, Staff
from cases.staff import add_staff, staff_by_code
from cases.status import CaseStatus, ClosingKind

S = CaseStatus
LAST_DAY = NOW + reopening.REOPEN_WITHIN


@pytest.fixture
async def resident(session: AsyncSession) -> Resident:
    return await a_resident(session)


@pytest.fixture
async def worker(session: AsyncSession) -> Staff:
    return await staff_by_code(session, "grid-guihua")


@pytest.fixture
async def centre(session: AsyncSession) -> Staff:
    return await linked(session, "centre-liuyin")


async def keys_to(session: AsyncSession, person: Staff) -> list[str]:
    return list((await session.scalars(select(Notice.key).where(Notice.to_id == person.id))).all())


async def put_away(session: AsyncSession, case: Case) -> None:
    await review_desk.archive(session, await staff_by_code(session, "centre-hedong"), case.code, NOW)


async def test_solved_closes_as_substantive(session: AsyncSession, resident: Resident) -> None:
    case = await a_case(session, resident=resident, status=S.JUDGING)
    await reopening.judge(session, case, resident, NOW, solved=True)
    assert (case.status, case.closing_kind, case.solved) == (S.CLOSED, ClosingKind.SUBSTANTIVE, True)
    assert (case.judged_at, case.satisfied) == (NOW, None)


async def test_solved_and_satisfied_are_two_answers(session: AsyncSession, resident: Resident) -> None:
    case = await a_case(session, resident=resident, status=S.JUDGING)
    with pytest.raises(MoveNotAllowed):
        await reopening.say_satisfied(session, case, resident, NOW, satisfied=True)
    await reopening.judge(session, case, resident, NOW, solved=True)
    await reopening.say_satisfied(session, case, resident, NOW, satisfied=False)
    assert (case.status, case.solved, case.satisfied) == (S.CLOSED, True, False)
    judged = [entry.facts for entry in await timeline.entries(session, case) if entry.action == "judged"]
    assert judged == [{"solved": True}, {"solved": True, "satisfied": False}]


@pytest.mark.parametrize("status", [S.CLOSED, S.MERGED])
async def test_a_case_at_rest_can_still_be_judged_solved_and_stays_as_it_was_closed(
    session: AsyncSession, resident: Resident, status: CaseStatus
) -> None:
    case = await a_case(session, resident=resident, status=status)
    closing = case.closing_kind
    await reopening.judge(session, case, resident, NOW + timedelta(days=99), solved=True)
    assert (case.status, case.closing_kind, case.solved) == (status, closing, True)


@pytest.mark.parametrize("status", [S.JUDGING, S.CLOSED])
async def test_not_solved_opens_again_with_a_fresh_clock(
    session: AsyncSession, resident: Resident, status: CaseStatus
) -> None:
    case = await a_case(session, resident=resident, status=status)
    code = case.code
    later = NOW + timedelta(days=9)
    await reopening.judge(session, case, resident, later, solved=False)
    assert (case.status, case.solved, case.reopenings, case.code) == (S.REOPENED, False, 1, code)
    assert case.due_at == datetime(2026, 12, 5, 15, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("status", [S.REGISTERED, S.ROUTED, S.IN_PROGRESS, S.WITHDRAWN, S.REOPENED])
@pytest.mark.parametrize("solved", [True, False])
async def test_a_case_not_answered_cannot_be_judged(
    session: AsyncSession, resident: Resident, status: CaseStatus, solved: bool
) -> None:
    case = await a_case(session, resident=resident, status=status)
    with pytest.raises(MoveNotAllowed):
        await reopening.judge(session, case, resident, NOW, solved=solved)
    assert case.status is status


async def test_what_was_taken_back_and_put_away_is_neither_judged_nor_opened_again(
    session: AsyncSession, resident: Resident
) -> None:
    case = await a_case(session, resident=resident, status=S.ARCHIVED)
    for solved in (True, False):
        with pytest.raises(MoveNotAllowed):
            await reopening.judge(session, case, resident, NOW, solved=solved)
    assert (case.status, case.solved) == (S.ARCHIVED, None)


@pytest.mark.parametrize("status", [S.CLOSED, S.DECLINED, S.TRANSFERRED, S.MERGED])
@pytest.mark.parametrize("archived", [False, True])
async def test_a_resident_opens_a_case_again_within_thirty_days_and_not_later(
    session: AsyncSession, resident: Resident, status: CaseStatus, archived: bool
) -> None:
    case = await a_case(session, resident=resident, status=status)
    case.solved = True
    if archived:
        case.assignee_id = None
        await put_away(session, case)
    actor = by_resident(resident.id)
    late = LAST_DAY + timedelta(seconds=1)
    with pytest.raises(TooLateToReopen):
        await reopening.reopen(session, case, actor=actor, reason="not_solved", now=late)
    assert case.status is (S.ARCHIVED if archived else status)
    await reopening.reopen(session, case, actor=actor, reason="not_solved", now=LAST_DAY)
    assert (case.status, case.review_due) == (S.REOPENED, True)


async def test_an_answer_nobody_closed_can_be_rejected_however_late(
    session: AsyncSession, resident: Resident
) -> None:
    case = await a_case(session, resident=resident, status=S.JUDGING)
    await reopening.judge(session, case, resident, NOW + timedelta(days=99), solved=False)
    assert case.status is S.REOPENED


async def test_a_second_closing_has_thirty_days_of_its_own(session: AsyncSession, worker: Staff) -> None:
    resident = await a_resident(session)
    case = await a_case(session, resident=resident, status=S.CLOSED)
    now = NOW + timedelta(days=29)
    for _ in range(2):
        await reopening.judge(session, case, resident, now, solved=False)
        await staff_desk.take(session, worker, case.code, now)
        await staff_desk.answer(session, worker, case.code, "再修", now)
        await reopening.judge(session, case, resident, now, solved=True)
        now += timedelta(days=29)
    assert (case.status, case.reopenings) == (S.CLOSED, 2)


async def test_the_superior_is_told_and_the_unit_too(
    session: AsyncSession, resident: Resident, centre: Staff
) -> None:
    worker = await linked(session, "grid-guihua")
    case = await a_case(session, resident=resident, status=S.CLOSED)
    await reopening.judge(session, case, resident, NOW, solved=False)
    assert "notice_review" in await keys_to(session, centre)
    assert "notice_reopened" in await keys_to(session, worker)
    assert "notice_review" not in await keys_to(session, worker)


async def reopened_and_answered(session: AsyncSession, worker: Staff) -> Case:
    resident = await a_resident(session)
    case = await a_case(session, resident=resident, status=S.JUDGING)
    await reopening.judge(session, case, resident, NOW, solved=False)
    await staff_desk.take(session, worker, case.code, NOW)
    return await staff_desk.answer(session, worker, case.code, "又修了一次", NOW)


async def test_neither_the_handler_nor_a_colleague_closes_it_before_the_review(
    session: AsyncSession, worker: Staff, centre: Staff
) -> None:
    case = await reopened_and_answered(session, worker)
    colleague = await add_staff(session, name="乙", role="grid_worker", unit_code="guihua", now=NOW)
    for person in (worker, colleague):
        with pytest.raises(ReviewFirst):
            await staff_desk.close(session, person, case.code, NOW)
    await review_desk.review_reopened(session, centre, case.code, "已查看", NOW, uphold=False)
    assert not case.review_due
    assert (await staff_desk.close(session, worker, case.code, NOW)).status is S.CLOSED


async def test_the_superior_closing_it_has_looked_at_it(
    session: AsyncSession, worker: Staff, centre: Staff
) -> None:
    case = await reopened_and_answered(session, worker)
    await staff_desk.close(session, centre, case.code, NOW, kind=ClosingKind.SUBSTANTIVE)
    assert (case.status, case.review_due) == (S.CLOSED, False)


async def test_a_resident_who_is_content_now_needs_no_review(session: AsyncSession, worker: Staff) -> None:
    resident = await a_resident(session)
    case = await reopened_and_answered(session, worker)
    await reopening.judge(session, case, resident, NOW, solved=True)
    assert (case.status, case.review_due) == (S.CLOSED, False)


async def test_sent_to_be_done_again_the_unit_is_told_and_takes_it(
    session: AsyncSession, resident: Resident, centre: Staff
) -> None:
    worker = await linked(session, "grid-guihua")
    case = await a_case(session, resident=resident, status=S.CLOSED)
    await reopening.judge(session, case, resident, NOW, solved=False)
    await review_desk.review_reopened(session, centre, case.code, "请再上门", NOW, uphold=False)
    assert (case.status, case.review_due) == (S.REOPENED, False)
    assert (await keys_to(session, worker))[-1] == "notice_reviewed"
    assert (await staff_desk.take(session, worker, case.code, NOW)).status is S.SIGNED
    with pytest.raises(MoveNotAllowed):
        await review_desk.review_reopened(session, centre, case.code, "再看", NOW, uphold=True)


async def test_upheld_it_is_closed_with_words_the_resident_reads(
    session: AsyncSession, resident: Resident, centre: Staff
) -> None:
    case = await a_case(session, resident=resident, status=S.CLOSED)
    await reopening.judge(session, case, resident, NOW, solved=False)
    await review_desk.review_reopened(session, centre, case.code, "处理无误, 可向法院起诉", NOW, uphold=True)
    assert (case.status, case.closing_kind, case.review_due) == (S.CLOSED, ClosingKind.PROCEDURAL, False)
    told = (await session.scalars(select(Notice).where(Notice.key == "notice_closed"))).one()
    assert told.values["why"] == "处理无误, 可向法院起诉"
    assert case.solved is False, "the resident has said so, and closing does not unsay it"


async def test_what_is_in_work_again_is_not_upheld(
    session: AsyncSession, worker: Staff, centre: Staff
) -> None:
    case = await reopened_and_answered(session, worker)
    with pytest.raises(MoveNotAllowed):
        await review_desk.review_reopened(session, centre, case.code, "无误", NOW, uphold=True)


async def test_given_to_another_unit_the_ruling_is_the_review(
    session: AsyncSession, resident: Resident, centre: Staff
) -> None:
    case = await a_case(session, resident=resident, status=S.CLOSED)
    await reopening.judge(session, case, resident, NOW, solved=False)
    await centre_desk.route_to(session, centre, case.code, "liuyin-mediation", "换一家", NOW)
    assert (case.status, case.review_due, case.ruled) == (S.ROUTED, False, True)


async def test_a_centre_does_not_review_what_it_handled_itself(
    session: AsyncSession, resident: Resident, centre: Staff
) -> None:
    code = (await a_case(session, resident=resident, leaf="service")).code
    await staff_desk.take(session, centre, code, NOW)
    case = await staff_desk.answer(session, centre, code, "已说明", NOW)
    await reopening.judge(session, case, resident, NOW, solved=False)
    colleague = await add_staff(session, name="乙", role="centre", unit_code="liuyin-centre", now=NOW)
    for person in (centre, colleague):
        with pytest.raises(NeedsSecondLook):
            await review_desk.review_reopened(session, person, code, "无误", NOW, uphold=True)
    above = await staff_by_code(session, "centre-hedong")
    await review_desk.review_reopened(session, above, code, "再说明一次", NOW, uphold=False)
    assert not case.review_due


async def test_at_the_top_a_colleague_reviews_because_nobody_is_above(session: AsyncSession) -> None:
    resident = await a_resident(session)
    top = await staff_by_code(session, "centre-yunting")
    code = (await a_case(session, resident=resident, leaf="service", grid_code=None)).code
    await staff_desk.take(session, top, code, NOW)
    case = await staff_desk.answer(session, top, code, "已说明", NOW)
    await reopening.judge(session, case, resident, NOW, solved=False)
    with pytest.raises(NeedsSecondLook):
        await review_desk.review_reopened(session, top, code, "无误", NOW, uphold=True)
    colleague = await add_staff(session, name="乙", role="centre", unit_code="yt-centre", now=NOW)
    await review_desk.review_reopened(session, colleague, code, "再说明一次", NOW, uphold=False)
    assert not case.review_due


async def test_withdrawn_while_a_review_was_due_nothing_is_due(session: AsyncSession) -> None:
    resident = await a_resident(session)
    case = await a_case(session, resident=resident, status=S.JUDGING)
    await reopening.judge(session, case, resident, NOW, solved=False)
    await casework.withdraw(session, resident, case.code, NOW)
    assert (case.status, case.review_due) == (S.WITHDRAWN, False)
