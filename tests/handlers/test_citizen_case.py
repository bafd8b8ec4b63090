"""What a resident sees of their own case, and what its buttons do, through the door on a real database."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import NOW, a_case, a_resident, linked
from citizens import (
    ANNA,
    BEN,
    WORKER,
    Clock,
    a_door,
    actions,
    acts,
    case_of,
    draft_act,
    given,
    numbers,
    say,
    spoken,
    told,
    words_of,
)

from cases import casework, handling, staff, staff_desk
from cases.database import Database
from cases.errors import CaseNotFound
from cases.records import Resident
from cases.reopening import judge
from cases.status import CaseStatus
from handlers.door import Door
from handlers.wording import wording

pytestmark = pytest.mark.unit
S = CaseStatus


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(database: Database, data_dir: Path, clock: Clock) -> Door:
    return a_door(database, data_dir, clock)


async def test_the_list_has_a_button_for_each_case_and_each_opens_its_timeline(
    door: Door, database: Database
) -> None:
    codes = [await given(database, S.ROUTED), await given(database, S.SIGNED)]
    turn = await door.commanded(ANNA, "cases")
    assert set(acts(turn)) == {f"c:{code}:view" for code in codes}
    for code in codes:
        turn = await door.pressed(ANNA, f"c:{code}:view")
        assert turn.keys == ("case_timeline",)
        assert code in spoken(turn)


async def test_the_timeline_says_who_has_it_until_when_why_who_answers_and_what_comes_next(
    door: Door, database: Database
) -> None:
    code = await given(database, S.ROUTED)
    text = spoken(await door.pressed(ANNA, f"c:{code}:view"))
    for part in (
        "登记好了",
        "转给了桂花社区",
        "11-26 23:59前给您第一次答复",
        "3天",
        "接下来：单位里有人签收",
    ):
        assert part in text
    assert "由柳荫街道综治中心对您负责到底" in text


async def test_the_timeline_is_told_in_english_as_well(door: Door, database: Database) -> None:
    code = await given(database, S.ROUTED)
    await door.pressed(ANNA, "l:en")
    text = spoken(await door.pressed(ANNA, f"c:{code}:view"))
    assert "Passed to Guihua Community" in text
    assert "Until somebody signs" in text


async def test_what_staff_wrote_to_the_resident_is_shown_and_what_stays_inside_is_not(
    door: Door, database: Database
) -> None:
    code = await given(database, S.IN_PROGRESS)
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, WORKER)
        await staff_desk.note(session, worker, code, "对方脾气大", NOW)
        await handling.visible_note(session, worker, code, "明天下午上门看", NOW)
        name = worker.name
    text = spoken(await door.pressed(ANNA, f"c:{code}:view"))
    assert "明天下午上门看" in text
    assert "对方脾气大" not in text
    assert name not in text


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("locale", ["zh-Hans", "en"])
async def test_every_status_is_shown_with_every_step_in_words(
    door: Door, database: Database, status: CaseStatus, locale: str
) -> None:
    code = await given(database, status)
    await door.pressed(ANNA, f"l:{locale}")
    turn = await door.pressed(ANNA, f"c:{code}:view")
    text = spoken(turn)
    assert wording(locale).status(status.value) in text
    assert "有了新的进展" not in text
    assert "Something new was recorded" not in text
    assert f"c:{code}:copy" in acts(turn)


async def test_every_button_below_every_status_is_answered_twice_without_an_error(
    door: Door, database: Database
) -> None:
    for status in S:
        code = await given(database, status)
        for act in acts(await door.pressed(ANNA, f"c:{code}:view")):
            for _ in range(2):
                turn = await door.pressed(ANNA, act)
                assert turn.replies, (status, act)
                assert spoken(turn)


@pytest.mark.parametrize("act", ["view", "add", "solved", "unsolved", "reopen", "copy", "kept", "other"])
async def test_nobody_sees_or_presses_anything_of_somebody_elses_case(
    door: Door, database: Database, act: str
) -> None:
    code = await given(database, S.JUDGING)
    before = await actions(database, code)
    with pytest.raises(CaseNotFound):
        await door.pressed(BEN, f"c:{code}:{act}")
    assert await actions(database, code) == before


async def test_a_question_is_answered_by_its_button_and_the_next_words(
    door: Door, database: Database
) -> None:
    code = await given(database, S.IN_PROGRESS)
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, WORKER)
        await handling.ask_resident(session, worker, code, "漏水从哪天开始的？", NOW)
    text = spoken(await door.pressed(ANNA, f"c:{code}:view"))
    assert "漏水从哪天开始的？" in text
    assert "这段时间不算" in text
    assert (await door.pressed(ANNA, f"c:{code}:answer")).keys == ("answer_ask",)
    assert (await say(door, "上个月初开始的")).keys == ("answered_question",)
    assert (await case_of(database, code)).status is S.IN_PROGRESS
    assert (await door.pressed(ANNA, f"c:{code}:answer")).keys == ("case_not_now", "case_timeline")


async def test_a_picture_answers_a_question_too(door: Door, database: Database) -> None:
    code = await given(database, S.IN_PROGRESS)
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, WORKER)
        await handling.ask_resident(session, worker, code, "能拍张照片吗？", NOW)
    await door.pressed(ANNA, f"c:{code}:answer")
    turn = await door.sent(ANNA, "photo", b"\xff\xd8 a wet ceiling", message_id=next(numbers))
    assert turn is not None
    assert turn.keys == ("answered_question",)
    assert (await case_of(database, code)).status is S.IN_PROGRESS


async def test_mediation_is_refused_after_being_told_that_it_is_free_and_voluntary(
    door: Door, database: Database
) -> None:
    code = await given(database, S.IN_PROGRESS)
    asked = await door.pressed(ANNA, f"c:{code}:refuse")
    assert "不收钱" in spoken(asked)
    assert not (await case_of(database, code)).mediation_refused
    assert (await door.pressed(ANNA, draft_act(asked, "yes"))).keys == ("refused_mediation",)
    assert (await case_of(database, code)).mediation_refused
    assert f"c:{code}:refuse" not in acts(await door.pressed(ANNA, f"c:{code}:view"))
    assert (await door.pressed(ANNA, f"c:{code}:refuse")).keys == ("case_not_now", "case_timeline")


async def test_somebody_else_is_asked_for_with_a_reason_and_the_centre_is_told(
    door: Door, database: Database
) -> None:
    async with database.transaction() as session:
        await linked(session, "centre-liuyin")
    code = await given(database, S.IN_PROGRESS)
    await door.pressed(ANNA, f"c:{code}:other")
    assert (await say(door, "他跟楼上是亲戚")).keys == ("other_asked",)
    case = await case_of(database, code)
    assert case.needs_person
    assert case.status is S.IN_PROGRESS
    assert "other_wanted" in await actions(database, code)
    assert "他跟楼上是亲戚" in await words_of(database, code)
    assert "notice_person_wanted" in await told(database)


async def test_somebody_else_needs_no_reason_and_is_asked_for_once_a_question(
    door: Door, database: Database
) -> None:
    code = await given(database, S.IN_PROGRESS)
    asked = await door.pressed(ANNA, f"c:{code}:other")
    assert (await door.pressed(ANNA, draft_act(asked, "yes"))).keys == ("other_asked",)
    assert (await door.pressed(ANNA, draft_act(asked, "yes"))).keys == ("button_stale",)
    assert (await actions(database, code)).count("other_wanted") == 1


async def test_a_person_is_called_from_the_timeline_even_after_the_closing(
    door: Door, database: Database
) -> None:
    code = await given(database, S.CLOSED)
    assert (await door.pressed(ANNA, f"c:{code}:person")).keys == ("case_person_told",)
    case = await case_of(database, code)
    assert (case.status, case.needs_person) == (S.REOPENED, True)


async def test_withdrawing_from_the_timeline_asks_first(door: Door, database: Database) -> None:
    code = await given(database, S.SIGNED)
    asked = await door.pressed(ANNA, f"c:{code}:withdraw")
    assert (await case_of(database, code)).status is S.SIGNED
    assert (await door.pressed(ANNA, draft_act(asked, "yes"))).keys == ("withdrawn",)
    assert (await case_of(database, code)).status is S.WITHDRAWN


async def test_a_case_closed_while_the_question_lay_there_is_not_withdrawn(
    door: Door, database: Database
) -> None:
    code = await given(database, S.JUDGING)
    asked = await door.pressed(ANNA, f"c:{code}:withdraw")
    async with database.transaction() as session:
        resident = await a_resident(session, channel_id=101)
        case = await casework.own_case(session, resident, code)
        await judge(session, case, resident, NOW, solved=True)
    assert (await door.pressed(ANNA, draft_act(asked, "yes"))).keys == ("withdrawn_not_needed",)
    assert (await case_of(database, code)).status is S.CLOSED


async def test_words_for_a_case_put_away_meanwhile_are_answered_and_not_asked_for_again(
    door: Door, database: Database
) -> None:
    code = await given(database, S.ROUTED)
    await door.pressed(ANNA, f"c:{code}:add")
    async with database.transaction() as session:
        resident = await a_resident(session, channel_id=101)
        await casework.withdraw(session, resident, code, NOW)
    assert (await say(door, "楼道里也湿了")).keys == ("added_too_late",)
    assert "added_too_late" not in (await say(door, "楼道里也湿了")).keys


async def test_danger_in_added_words_raises_the_level_of_that_very_case(
    door: Door, database: Database
) -> None:
    code = await given(database, S.IN_PROGRESS)
    await door.pressed(ANNA, f"c:{code}:add")
    turn = await say(door, "他拿着刀在楼道里说要砍死我们")
    assert turn.keys[0] == "danger_first"
    assert turn.keys[-1] == "added"
    case = await case_of(database, code)
    assert case.danger_level.code == "red"
    assert "他拿着刀在楼道里说要砍死我们" in await words_of(database, code)


@pytest.mark.parametrize("act", ["add", "other", "reopen", "refuse", "withdraw"])
async def test_words_of_self_harm_come_first_whatever_was_asked(
    door: Door, database: Database, act: str
) -> None:
    code = await given(database, S.CLOSED if act == "reopen" else S.IN_PROGRESS)
    if act == "reopen":
        await door.pressed(ANNA, f"c:{code}:solved")
    await door.pressed(ANNA, f"c:{code}:{act}")
    turn = await say(door, "我不想活了")
    assert turn.keys == ("danger_first", "person_is_told")
    assert turn.replies[0].values["code"] == "self_harm"


async def test_the_copy_holds_what_was_told_and_answered_and_nothing_inner(
    door: Door, database: Database
) -> None:
    code = await given(database, S.IN_PROGRESS)
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, WORKER)
        await staff_desk.note(session, worker, code, "内部备注", NOW)
        await staff_desk.answer(session, worker, code, "已约楼上修水管", NOW)
    text = spoken(await door.pressed(ANNA, f"c:{code}:copy"))
    assert "您说：楼上天天漏水" in text
    assert "单位说：已约楼上修水管" in text
    assert "内部备注" not in text


async def test_a_case_filed_by_staff_is_the_residents_all_the_same(door: Door, database: Database) -> None:
    async with database.transaction() as session:
        filer = await staff.staff_by_code(session, WORKER)
        resident: Resident = await a_resident(session, channel_id=101)
        code = (await a_case(session, resident=resident, filed_by=filer.id)).code
    assert (await door.pressed(ANNA, f"c:{code}:view")).keys == ("case_timeline",)


async def test_a_case_a_person_sorts_first_is_confirmed_as_just_that(door: Door, database: Database) -> None:
    menu = await door.commanded(ANNA, "help")
    await door.pressed(ANNA, draft_act(menu, "person"))
    turn = await say(door, "楼道里堆满了杂物，想请人来看看")
    text = spoken(turn)
    assert "告诉您归谁办" in text
    assert "第一次答复" not in text
