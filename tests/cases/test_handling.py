"""Work on a case: questions and waiting stop the clocks, contact is kept, notes are seen or not."""

from datetime import timedelta

import pytest
from builders import NOW, a_case, a_resident, linked
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, handling, staff_desk, timeline
from cases.actors import Audience, by_resident
from cases.clocks import running
from cases.errors import (
    CaseNotFound,
    ConflictOfInterest,
    MoveNotAllowed,
    NotAllowed,
    NothingToSay,
    TakenByAnother,
)
from cases.records import Case, CaseClock, Conflict, Notice, NoticeTo, Staff, StatementKind
from cases.staff import staff_by_code
from cases.statements import statements_of
from cases.status import CaseStatus

LATER = NOW + timedelta(days=2)


@pytest.fixture
async def worker(session: AsyncSession) -> Staff:
    return await linked(session, "grid-guihua")


async def begun(session: AsyncSession, worker: Staff, **more: object) -> str:
    code = (await a_case(session, **more)).code
    await staff_desk.take(session, worker, code, NOW)
    await staff_desk.start(session, worker, code, NOW)
    return code


async def clock(session: AsyncSession, case: Case, step: str) -> CaseClock:
    query = select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.step == step)
    return (await session.scalars(query.order_by(CaseClock.id.desc()))).first() or pytest.fail(f"no {step}")


async def to_resident(session: AsyncSession) -> list[Notice]:
    query = select(Notice).where(Notice.to_kind == NoticeTo.RESIDENT).order_by(Notice.id)
    return list((await session.scalars(query)).all())


async def last_entry(session: AsyncSession, case: Case) -> tuple[str, Audience]:
    entry = (await timeline.entries(session, case))[-1]
    return entry.action, entry.audience


async def is_whole(session: AsyncSession, case: Case) -> bool:
    chain = await timeline.entries(session, case)
    return timeline.replay_status(chain) is case.status and (await timeline.verify(session, case)).whole


async def test_a_question_reaches_the_resident_and_the_clock_stands_still_until_they_speak(
    session: AsyncSession, worker: Staff
) -> None:
    resident = await a_resident(session)
    code = await begun(session, worker, resident=resident)
    case = await handling.ask_resident(session, worker, code, "哪一天开始漏的？", NOW)
    assert (case.status, case.waiting_for) == (CaseStatus.WAITING, "resident")
    handle = await clock(session, case, "handle")
    before = handle.due_at
    assert (handle.stopped_at, handle.stopped_for, handle.acts_at) == (NOW, "resident", None)
    asked = (await to_resident(session))[-1]
    assert (asked.key, asked.values["question"]) == ("notice_question", "哪一天开始漏的？")
    shown = await statements_of(session, case, timeline.FOR_RESIDENT)
    assert [one.kind for one in shown] == [StatementKind.STORY, StatementKind.QUESTION]
    await casework.add_statement(session, case, "上周一", actor=by_resident(resident.id), now=LATER)
    assert (case.status, case.waiting_for) == (CaseStatus.IN_PROGRESS, None)
    assert (handle.stopped_at, handle.due_at) == (None, before + timedelta(days=2))
    assert await is_whole(session, case)


async def test_a_question_is_the_first_answer_the_clock_asks_for(
    session: AsyncSession, worker: Staff
) -> None:
    code = await begun(session, worker)
    case = await handling.ask_resident(session, worker, code, "在家吗？", LATER)
    first = await clock(session, case, "first_answer")
    assert (case.contacted_at, first.ended_at, first.ending) == (LATER, LATER, "met")


async def test_a_question_begins_the_work_so_that_no_stage_is_skipped(
    session: AsyncSession, worker: Staff
) -> None:
    code = (await a_case(session)).code
    await staff_desk.take(session, worker, code, NOW)
    case = await handling.ask_resident(session, worker, code, "在家吗？", NOW)
    moves = [entry.to_status for entry in await timeline.entries(session, case) if entry.to_status]
    assert moves[-3:] == [CaseStatus.SIGNED, CaseStatus.IN_PROGRESS, CaseStatus.WAITING]


async def test_a_case_that_waits_is_not_made_to_wait_again(session: AsyncSession, worker: Staff) -> None:
    code = await begun(session, worker)
    await handling.ask_resident(session, worker, code, "在家吗？", NOW)
    with pytest.raises(MoveNotAllowed) as asked:
        await handling.ask_resident(session, worker, code, "哪一层？", NOW)
    assert CaseStatus.IN_PROGRESS in asked.value.ways
    with pytest.raises(MoveNotAllowed):
        await handling.wait_for(session, worker, code, "appraisal", "送检", NOW)


async def test_nobody_asks_about_a_case_they_have_not_taken(session: AsyncSession, worker: Staff) -> None:
    code = (await a_case(session)).code
    with pytest.raises(MoveNotAllowed):
        await handling.ask_resident(session, worker, code, "在家吗？", NOW)
    leader = await staff_by_code(session, "leader-guihua")
    await staff_desk.take(session, worker, code, NOW)
    with pytest.raises(TakenByAnother):
        await handling.ask_resident(session, leader, code, "在家吗？", NOW)
    with pytest.raises(CaseNotFound):
        await handling.ask_resident(session, await linked(session, "grid-shuanggang"), code, "？", NOW)


async def test_a_question_needs_words(session: AsyncSession, worker: Staff) -> None:
    code = await begun(session, worker)
    with pytest.raises(NothingToSay):
        await handling.ask_resident(session, worker, code, "  ", NOW)


@pytest.mark.parametrize(
    ("leaf", "who", "what", "stands", "reason"),
    [
        ("dispute:neighbour", "grid-guihua", "appraisal", True, "appraisal_in"),
        ("dispute:neighbour", "grid-guihua", "hearing", False, "hearing_held"),
        ("dispute:contract", "market-hedong", "hearing", True, "hearing_held"),
    ],
)
async def test_waiting_stops_the_clocks_that_stop_for_it_and_going_on_says_what_came(
    session: AsyncSession, leaf: str, who: str, what: str, stands: bool, reason: str
) -> None:
    person = await linked(session, who)
    code = await begun(session, person, leaf=leaf)
    case = await handling.wait_for(session, person, code, what, "等结果", NOW)  # type: ignore[arg-type]
    handle = await clock(session, case, "handle")
    before = handle.due_at
    assert (handle.stopped_at is not None) is stands
    case = await handling.go_on(session, person, code, LATER)
    assert (case.status, handle.stopped_at) == (CaseStatus.IN_PROGRESS, None)
    assert (handle.due_at > before) is stands
    assert (await timeline.entries(session, case))[-1].facts == {"reason": reason}
    shown = await statements_of(session, case, timeline.FOR_RESIDENT)
    assert "等结果" not in [one.body for one in shown]
    assert await is_whole(session, case)


async def test_staff_may_go_on_without_the_residents_word(session: AsyncSession, worker: Staff) -> None:
    code = await begun(session, worker)
    await handling.ask_resident(session, worker, code, "在家吗？", NOW)
    case = await handling.go_on(session, worker, code, LATER)
    assert (await timeline.entries(session, case))[-1].facts == {"reason": "waited_enough"}


async def test_only_a_case_that_waits_goes_on(session: AsyncSession, worker: Staff) -> None:
    code = await begun(session, worker)
    with pytest.raises(MoveNotAllowed) as refused:
        await handling.go_on(session, worker, code, NOW)
    assert CaseStatus.WAITING in refused.value.ways


async def test_a_visible_note_is_read_by_the_resident_and_an_inner_one_is_not(
    session: AsyncSession, worker: Staff
) -> None:
    code = await begun(session, worker)
    case = await handling.visible_note(session, worker, code, "周三上门看水管", LATER)
    assert await last_entry(session, case) == ("visible_note", Audience.RESIDENT)
    await staff_desk.note(session, worker, code, "家里有老人", LATER)
    shown = await statements_of(session, case, timeline.FOR_RESIDENT)
    assert [one.body for one in shown] == ["楼上天天漏水", "周三上门看水管"]
    assert [notice.key for notice in await to_resident(session)] == ["notice_taken", "notice_visible_note"]
    assert (await to_resident(session))[-1].values["note"] == "周三上门看水管"
    assert case.contacted_at == LATER
    assert case.status is CaseStatus.IN_PROGRESS


async def test_a_call_is_kept_and_the_resident_sees_that_it_is_said_to_have_been_made(
    session: AsyncSession, worker: Staff
) -> None:
    code = await begun(session, worker)
    case = await handling.record_contact(session, worker, code, "电话里说好周三上门", LATER)
    assert await last_entry(session, case) == ("contacted", Audience.RESIDENT)
    first = await clock(session, case, "first_answer")
    assert (case.contacted_at, first.ending) == (LATER, "met")
    shown = await statements_of(session, case, timeline.FOR_RESIDENT)
    assert [one.body for one in shown] == ["楼上天天漏水"]
    assert [notice.key for notice in await to_resident(session)] == ["notice_taken"]
    assert await is_whole(session, case)


async def test_a_late_call_ends_the_clock_late(session: AsyncSession, worker: Staff) -> None:
    code = await begun(session, worker)
    case = await handling.record_contact(session, worker, code, "才打通", NOW + timedelta(days=9))
    assert (await clock(session, case, "first_answer")).ending == "late"
    assert not [one for one in await running.running(session, case) if one.step == "first_answer"]


async def test_a_second_contact_does_not_move_the_first(session: AsyncSession, worker: Staff) -> None:
    code = await begun(session, worker)
    await handling.record_contact(session, worker, code, "打通了", NOW)
    case = await handling.visible_note(session, worker, code, "周三上门", LATER)
    assert case.contacted_at == NOW


@pytest.mark.parametrize("status", [CaseStatus.ROUTED, CaseStatus.JUDGING, CaseStatus.CLOSED])
async def test_nothing_is_said_to_the_resident_on_a_case_that_is_not_in_hand(
    session: AsyncSession, worker: Staff, status: CaseStatus
) -> None:
    code = (await a_case(session, status=status)).code
    for act in (handling.visible_note, handling.record_contact):
        with pytest.raises(MoveNotAllowed):
            await act(session, worker, code, "您好", NOW)


async def test_an_invited_expert_gives_an_opinion_that_stays_inside(
    session: AsyncSession, worker: Staff
) -> None:
    judge = await staff_by_code(session, "judge-hedong")
    code = await begun(session, worker)
    with pytest.raises(CaseNotFound):
        await handling.opinion(session, judge, code, "可以先鉴定", NOW)
    await staff_desk.invite_to(session, worker, code, judge.code, NOW)
    case = await handling.opinion(session, judge, code, "可以先鉴定", NOW)
    assert await last_entry(session, case) == ("advised", Audience.STAFF)
    inner = await statements_of(session, case, frozenset({Audience.STAFF}))
    assert [(one.kind, one.body) for one in inner] == [(StatementKind.NOTE, "可以先鉴定")]
    assert case.contacted_at is None


async def test_an_opinion_is_an_experts_without_a_stake_on_an_open_case(
    session: AsyncSession, worker: Staff
) -> None:
    judge = await staff_by_code(session, "judge-hedong")
    code = await begun(session, worker)
    await staff_desk.invite_to(session, worker, code, judge.code, NOW)
    with pytest.raises(NotAllowed):
        await handling.opinion(session, worker, code, "我看可以", NOW)
    session.add(Conflict(staff_id=judge.id, leaf="dispute:neighbour"))
    await session.flush()
    with pytest.raises(ConflictOfInterest):
        await handling.opinion(session, judge, code, "可以先鉴定", NOW)
    closed = (await a_case(session, status=CaseStatus.CLOSED, leaf="dispute:property")).code
    await staff_desk.invite_to(session, worker, closed, judge.code, NOW)
    with pytest.raises(MoveNotAllowed):
        await handling.opinion(session, judge, closed, "可以先鉴定", NOW)
