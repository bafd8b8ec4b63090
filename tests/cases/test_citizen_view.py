"""What a resident sees of a case: steps, times and who answers, from real rows on both databases."""

from datetime import timedelta

import pytest
from builders import NOW, a_case, a_resident
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, centre_desk, extensions, handling, merging, staff, staff_desk
from cases.actors import by_resident
from cases.citizen_view import view_of
from cases.clocks import running
from cases.errors import CaseNotFound, MoveNotAllowed, TooLateToReopen
from cases.records import Case
from cases.status import CaseStatus

S = CaseStatus
WORKER = "grid-guihua"


async def fresh(session: AsyncSession, case: Case) -> Case:
    found = await casework.case_by_code(session, case.code)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (S.REGISTERED, "accept"),
        (S.ROUTED, "first_answer"),
        (S.SIGNED, "first_answer"),
        (S.JUDGING, "judge"),
        (S.CLOSED, "return_visit"),
        (S.REOPENED, "first_answer"),
        (S.WITHDRAWN, None),
        (S.DECLINED, None),
    ],
)
async def test_a_resident_is_told_the_time_that_counts_now(
    session: AsyncSession, status: CaseStatus, step: str | None
) -> None:
    case = await a_case(session, status=status)
    view = await view_of(session, case, words=False)
    assert (view.owed.step if view.owed else None) == step


async def test_the_first_receiver_answers_until_somebody_has_signed(session: AsyncSession) -> None:
    routed, signed = await a_case(session), await a_case(session, status=S.SIGNED)
    first = (await view_of(session, routed, words=False)).first
    assert first is not None
    assert first("zh-Hans") == "柳荫街道综治中心"
    assert (await view_of(session, signed, words=False)).first is None


async def test_while_the_resident_is_asked_the_time_stands_still(session: AsyncSession) -> None:
    case = await a_case(session, status=S.IN_PROGRESS)
    worker = await staff.staff_by_code(session, WORKER)
    await handling.ask_resident(session, worker, case.code, "哪一天？", NOW)
    view = await view_of(session, await fresh(session, case), words=True)
    assert view.owed is not None
    assert (view.owed.step, view.owed.stopped_for) == ("handle", "resident")
    assert view.steps[-1].keys[0] == "moved.waiting.resident"
    assert view.steps[-1].words == ("哪一天？",)


async def test_words_are_left_out_where_only_steps_are_wanted(session: AsyncSession) -> None:
    case = await a_case(session, status=S.IN_PROGRESS)
    worker = await staff.staff_by_code(session, WORKER)
    await handling.visible_note(session, worker, case.code, "明天上门", NOW)
    assert "明天上门" not in repr(await view_of(session, case, words=False))
    assert "明天上门" in repr(await view_of(session, case, words=True))


async def test_more_time_is_seen_with_its_new_end(session: AsyncSession) -> None:
    case = await a_case(session, status=S.IN_PROGRESS)
    worker = await staff.staff_by_code(session, WORKER)
    centre = await staff.staff_by_code(session, "centre-liuyin")
    await running.contacted(session, case, NOW)
    before = (await view_of(session, case, words=False)).owed
    await extensions.ask_extension(session, worker, case.code, "等配件", NOW)
    resident = await a_resident(session)
    await extensions.say_about_time(session, case, resident, NOW, agrees=True)
    await extensions.decide_extension(session, centre, case.code, NOW, granted=True)
    after = (await view_of(session, await fresh(session, case), words=False)).owed
    assert before is not None
    assert after is not None
    assert after.at > before.at
    assert (before.extensions, after.extensions) == (0, 1)


async def test_a_repeat_shows_who_has_the_case_it_is_handled_in(session: AsyncSession) -> None:
    main = await a_case(session, status=S.IN_PROGRESS)
    repeat = await a_case(session, resident=await a_resident(session, channel_id=8))
    centre = await staff.staff_by_code(session, "centre-liuyin")
    await merging.merge(session, centre, repeat.code, main.code, NOW)
    view = await view_of(session, await fresh(session, repeat), words=True)
    assert view.code == repeat.code
    assert view.owed is not None
    assert view.owed.step == "first_answer"
    assert main.code not in repr(view)


async def test_a_transfer_is_told_with_its_way_and_its_reason(session: AsyncSession) -> None:
    case = await a_case(session)
    centre = await staff.staff_by_code(session, "centre-liuyin")
    await centre_desk.transfer(session, centre, case.code, "court", "已经起诉，归法院", NOW)
    last = (await view_of(session, await fresh(session, case), words=True)).steps[-1]
    assert last.keys == ("moved.transferred.court", "moved.transferred", "moved")
    assert last.words == ("已经起诉，归法院",)


async def test_somebody_else_is_asked_for_only_by_the_resident_and_only_of_a_case_in_hand(
    session: AsyncSession,
) -> None:
    mine = await a_case(session, status=S.SIGNED)
    resident, other = await a_resident(session), await a_resident(session, channel_id=8)
    with pytest.raises(CaseNotFound):
        await casework.ask_other(session, other, mine.code, NOW)
    await casework.ask_other(session, resident, mine.code, NOW, "他不回电话")
    await casework.ask_other(session, resident, mine.code, NOW)
    routed = await a_case(session, resident=resident)
    with pytest.raises(MoveNotAllowed):
        await casework.ask_other(session, resident, routed.code, NOW)


async def test_a_return_visit_is_answered_after_the_closing_and_in_time(session: AsyncSession) -> None:
    resident = await a_resident(session)
    open_one = await a_case(session, resident=resident, status=S.IN_PROGRESS)
    with pytest.raises(MoveNotAllowed):
        await casework.visited(session, resident, open_one.code, NOW, solved=True)
    closed = await a_case(session, resident=resident, status=S.CLOSED)
    with pytest.raises(TooLateToReopen):
        await casework.visited(session, resident, closed.code, NOW + timedelta(days=31), solved=False)


async def test_the_return_visit_keeps_both_answers(session: AsyncSession) -> None:
    resident = await a_resident(session)
    case = await a_case(session, resident=resident, status=S.CLOSED)
    await casework.visited(session, resident, case.code, NOW, solved=True, satisfied=False)
    assert (case.solved, case.satisfied, case.visited_at) == (True, False, NOW)
    last = (await view_of(session, case, words=False)).steps[-1]
    assert last.keys[0] == "return_visited.solved.unsatisfied"


async def test_an_answer_by_a_colleague_is_one_step_and_not_two(session: AsyncSession) -> None:
    case = await a_case(session, status=S.IN_PROGRESS)
    worker = await staff.staff_by_code(session, WORKER)
    await staff_desk.answer(session, worker, case.code, "已约楼上修水管", NOW)
    told = [step.status for step in (await view_of(session, case, words=True)).steps]
    assert told[-1] is S.ANSWERED
    assert S.JUDGING not in told


async def test_whoever_asks_for_a_person_is_seen_to_have_asked(session: AsyncSession) -> None:
    case = await a_case(session)
    await casework.hand_to_person(session, case, actor=by_resident(case.resident_id), now=NOW)
    assert (await view_of(session, case, words=False)).steps[-1].keys == ("person_wanted",)
