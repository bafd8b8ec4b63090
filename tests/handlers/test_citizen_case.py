"""What a resident sees and presses of their own case, through the door, on a real database."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from builders import NOW, a_case, a_resident, linked
from sqlalchemy import select

from cases import agreements, casework, handling, listing, merging, notices, staff, staff_desk
from cases.database import Database
from cases.errors import CaseNotFound
from cases.records import Case, CaseClock, Notice, Resident
from cases.reopening import judge
from cases.review_desk import archive
from cases.status import CaseStatus, ClosingKind
from cases.turn import Turn
from handlers.composing import compose
from handlers.counter import Counter
from handlers.door import Door
from handlers.ear import Ear
from handlers.notices import render_notice
from handlers.person import Person
from handlers.wording import wording
from kb.library import Library, load_library

pytestmark = pytest.mark.unit
S = CaseStatus
ANNA, BEN = Person("telegram", "101", 101), Person("telegram", "102", 102)
WORKER = "grid-guihua"
DAY = timedelta(days=1)
numbers = itertools.count(1)


@dataclass
class Clock:
    """The time the door reads; a test sets it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(database: Database, data_dir: Path, clock: Clock) -> Door:
    return Door(
        database, Ear(None), data_dir=data_dir, locale="zh-Hans", public_base="http://d.example", now=clock
    )


async def given(database: Database, status: CaseStatus, person: Person = ANNA, **more: object) -> str:
    """A case of that person with that status."""
    async with database.transaction() as session:
        resident = await a_resident(session, channel_id=int(person.channel_id))
        return (await a_case(session, resident=resident, status=status, **more)).code


async def case_of(database: Database, code: str) -> Case:
    async with database.reading() as session:
        return (await session.scalars(select(Case).where(Case.code == code))).one()


async def actions(database: Database, code: str) -> list[str]:
    async with database.reading() as session:
        whole = await listing.whole_case(session, code)
    assert whole is not None
    assert whole["timeline_whole"]
    return [str(entry["action"]) for entry in whole["timeline"]]


async def words_of(database: Database, code: str) -> list[str]:
    async with database.reading() as session:
        whole = await listing.whole_case(session, code)
    assert whole is not None
    return [str(text["body"]) for text in whole["statements"]]


async def told(database: Database) -> list[str]:
    async with database.reading() as session:
        return list(await session.scalars(select(Notice.key).order_by(Notice.id)))


async def say(door: Door, text: str, person: Person = ANNA) -> Turn:
    await door.keep(person, text, forwarded=False, message_id=f"c{next(numbers)}")
    turn = await door.take_waiting(person)
    assert turn is not None
    return turn


def acts(turn: Turn) -> list[str]:
    return [button.act for reply in turn.replies for row in reply.buttons for button in row]


def draft_act(turn: Turn, ending: str) -> str:
    return next(act for act in acts(turn) if act.startswith("d:") and act.endswith(ending))


def spoken(library: Library, turn: Turn) -> str:
    counter = Counter(library, wording(turn.locale or "zh-Hans"))
    return "\n".join(compose(counter, reply) for reply in turn.replies)


async def test_the_list_has_a_button_for_each_case_and_each_opens_its_timeline(
    door: Door, database: Database, library: Library
) -> None:
    codes = [await given(database, S.ROUTED), await given(database, S.SIGNED)]
    turn = await door.commanded(ANNA, "cases")
    assert set(acts(turn)) == {f"c:{code}:view" for code in codes}
    for code in codes:
        turn = await door.pressed(ANNA, f"c:{code}:view")
        assert turn.keys == ("case_timeline",)
        assert code in spoken(library, turn)


async def test_the_timeline_says_who_has_it_until_when_why_who_answers_and_what_comes_next(
    door: Door, database: Database, library: Library
) -> None:
    code = await given(database, S.ROUTED)
    text = spoken(library, await door.pressed(ANNA, f"c:{code}:view"))
    for part in (
        "登记好了",
        "转给了桂花社区",
        "11-26 23:59前给您第一次答复",
        "3天",
        "接下来：单位里有人签收",
    ):
        assert part in text
    assert "由柳荫街道综治中心对您负责到底" in text


async def test_the_timeline_is_told_in_english_as_well(
    door: Door, database: Database, library: Library
) -> None:
    code = await given(database, S.ROUTED)
    await door.pressed(ANNA, "l:en")
    text = spoken(library, await door.pressed(ANNA, f"c:{code}:view"))
    assert "Passed to Guihua Community" in text
    assert "Until somebody signs" in text


async def test_what_staff_wrote_to_the_resident_is_shown_and_what_stays_inside_is_not(
    door: Door, database: Database, library: Library
) -> None:
    code = await given(database, S.IN_PROGRESS)
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, WORKER)
        await staff_desk.note(session, worker, code, "对方脾气大", NOW)
        await handling.visible_note(session, worker, code, "明天下午上门看", NOW)
        name = worker.name
    text = spoken(library, await door.pressed(ANNA, f"c:{code}:view"))
    assert "明天下午上门看" in text
    assert "对方脾气大" not in text
    assert name not in text


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("locale", ["zh-Hans", "en"])
async def test_every_status_is_shown_with_every_step_in_words(
    door: Door, database: Database, library: Library, status: CaseStatus, locale: str
) -> None:
    code = await given(database, status)
    await door.pressed(ANNA, f"l:{locale}")
    turn = await door.pressed(ANNA, f"c:{code}:view")
    text = spoken(library, turn)
    assert wording(locale).status(status.value) in text
    assert "有了新的进展" not in text
    assert "Something new was recorded" not in text
    assert f"c:{code}:copy" in acts(turn)


async def test_every_button_below_every_status_is_answered_twice_without_an_error(
    door: Door, database: Database, library: Library
) -> None:
    for status in S:
        code = await given(database, status)
        for act in acts(await door.pressed(ANNA, f"c:{code}:view")):
            for _ in range(2):
                turn = await door.pressed(ANNA, act)
                assert turn.replies, (status, act)
                assert spoken(library, turn)


@pytest.mark.parametrize("act", ["view", "add", "solved", "unsolved", "reopen", "copy", "kept", "other"])
async def test_nobody_sees_or_presses_anything_of_somebody_elses_case(
    door: Door, database: Database, act: str
) -> None:
    code = await given(database, S.JUDGING)
    before = await actions(database, code)
    with pytest.raises(CaseNotFound):
        await door.pressed(BEN, f"c:{code}:{act}")
    assert await actions(database, code) == before


async def test_solved_then_satisfied_are_two_questions_and_close_the_case(
    door: Door, database: Database
) -> None:
    code = await given(database, S.JUDGING)
    turn = await door.pressed(ANNA, f"c:{code}:solved")
    assert turn.keys == ("rated",)
    assert f"c:{code}:unsatisfied" in acts(turn)
    assert (await door.pressed(ANNA, f"c:{code}:unsatisfied")).keys == ("rated_unsatisfied",)
    case = await case_of(database, code)
    assert (case.status, case.closing_kind) == (S.CLOSED, ClosingKind.SUBSTANTIVE)
    assert (case.solved, case.satisfied) == (True, False)


async def test_judging_twice_is_answered_kindly_and_noted_once(door: Door, database: Database) -> None:
    code = await given(database, S.JUDGING)
    await door.pressed(ANNA, f"c:{code}:solved")
    assert (await door.pressed(ANNA, f"c:{code}:solved")).keys == ("judged_already",)
    await door.pressed(ANNA, f"c:{code}:satisfied")
    assert (await door.pressed(ANNA, f"c:{code}:satisfied")).keys == ("judged_already",)
    assert (await actions(database, code)).count("judged") == 2


async def test_not_solved_opens_it_again_at_the_tap_and_the_next_words_say_why(
    door: Door, database: Database
) -> None:
    code = await given(database, S.JUDGING)
    turn = await door.pressed(ANNA, f"c:{code}:unsolved")
    assert turn.keys == ("rated_unsolved",)
    assert turn.replies[0].values["superior"] == "柳荫街道综治中心"
    assert turn.replies[0].values["due"]
    case = await case_of(database, code)
    assert (case.status, case.review_due, case.solved) == (S.REOPENED, True, False)
    assert (await say(door, "水还是从天花板滴下来")).keys == ("added",)
    assert "水还是从天花板滴下来" in await words_of(database, code)


async def test_not_solved_pressed_twice_opens_it_again_once(door: Door, database: Database) -> None:
    code = await given(database, S.JUDGING)
    await door.pressed(ANNA, f"c:{code}:unsolved")
    assert (await door.pressed(ANNA, f"c:{code}:unsolved")).keys == ("judged_not_now", "case_timeline")
    assert (await case_of(database, code)).reopenings == 1


@pytest.mark.parametrize("reason", ["not_solved", "not_kept", "new_facts"])
async def test_a_closed_case_is_opened_again_by_two_taps_under_its_number(
    door: Door, database: Database, reason: str
) -> None:
    code = await given(database, S.CLOSED)
    await door.pressed(ANNA, f"c:{code}:solved")
    asked = await door.pressed(ANNA, f"c:{code}:reopen")
    assert asked.keys == ("reopen_ask",)
    turn = await door.pressed(ANNA, draft_act(asked, f"why.{reason}"))
    assert turn.keys == ("case_reopened",)
    assert {"superior", "due"} <= turn.replies[0].values.keys()
    async with database.reading() as session:
        whole = await listing.whole_case(session, code)
    assert whole is not None
    moved = [entry for entry in whole["timeline"] if entry["to"] == "reopened"]
    assert moved[-1]["facts"]["reason"] == reason
    assert (await door.pressed(ANNA, draft_act(asked, f"why.{reason}"))).keys == ("button_stale",)


async def test_another_reason_is_typed(door: Door, database: Database) -> None:
    code = await given(database, S.CLOSED)
    await door.pressed(ANNA, f"c:{code}:solved")
    asked = await door.pressed(ANNA, f"c:{code}:reopen")
    assert (await door.pressed(ANNA, draft_act(asked, "why.words"))).keys == ("reopen_tell",)
    assert (await say(door, "他们只修了一半，另一半还在漏")).keys == ("case_reopened",)
    assert "他们只修了一半，另一半还在漏" in await words_of(database, code)


async def test_after_thirty_days_the_way_is_a_new_case_and_that_is_said(
    door: Door, database: Database, clock: Clock, library: Library
) -> None:
    code = await given(database, S.CLOSED)
    clock.now = NOW + 30 * DAY
    assert f"c:{code}:unsolved" in acts(await door.pressed(ANNA, f"c:{code}:view"))
    clock.now = NOW + 30 * DAY + timedelta(seconds=1)
    assert f"c:{code}:reopen" not in acts(await door.pressed(ANNA, f"c:{code}:view"))
    turn = await door.pressed(ANNA, f"c:{code}:unsolved")
    assert turn.keys == ("judged_late",)
    assert "另外登记" in spoken(library, turn)
    assert (await door.pressed(ANNA, f"c:{code}:reopen")).keys == ("case_not_now", "case_timeline")
    assert (await case_of(database, code)).status is S.CLOSED


async def test_the_answer_to_the_return_visit_is_kept_and_ends_its_clock(
    door: Door, database: Database, clock: Clock
) -> None:
    code = await given(database, S.CLOSED)
    clock.now = NOW + 3 * DAY
    turn = await door.pressed(ANNA, f"c:{code}:visit_solved")
    assert turn.keys == ("rated",)
    await door.pressed(ANNA, f"c:{code}:satisfied")
    case = await case_of(database, code)
    assert (case.visited_at, case.solved, case.satisfied) == (clock.now, True, True)
    assert "return_visited" in await actions(database, code)
    async with database.reading() as session:
        visit = await session.scalars(
            select(CaseClock.ending).where(CaseClock.case_id == case.id, CaseClock.step == "return_visit")
        )
        assert visit.all() == ["met"]
    assert (await door.pressed(ANNA, f"c:{code}:visit_solved")).keys == ("judged_already",)


async def test_not_solved_at_the_return_visit_opens_it_again(door: Door, database: Database) -> None:
    code = await given(database, S.CLOSED)
    assert (await door.pressed(ANNA, f"c:{code}:visit_unsolved")).keys == ("rated_unsolved",)
    case = await case_of(database, code)
    assert (case.status, case.solved, case.visited_at) == (S.REOPENED, False, NOW)


async def an_agreement(database: Database, code: str) -> None:
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, WORKER)
        await agreements.record_agreement(
            session, worker, code, "十天内修好水管", NOW, oral=True, perform_by=NOW + 10 * DAY
        )
        await staff_desk.answer(session, worker, code, "说好了", NOW)


async def test_an_agreement_that_was_kept_is_noted_once(door: Door, database: Database) -> None:
    code = await given(database, S.IN_PROGRESS)
    await an_agreement(database, code)
    await door.pressed(ANNA, f"c:{code}:solved")
    assert (await door.pressed(ANNA, f"c:{code}:kept")).keys == ("said_kept",)
    assert (await door.pressed(ANNA, f"c:{code}:kept")).keys == ("judged_already",)
    assert (await actions(database, code)).count("kept") == 1


async def test_an_agreement_that_was_not_kept_opens_the_case_again(
    door: Door, database: Database, library: Library
) -> None:
    code = await given(database, S.IN_PROGRESS)
    await an_agreement(database, code)
    assert "十天内修好水管" in spoken(library, await door.pressed(ANNA, f"c:{code}:view"))
    await door.pressed(ANNA, f"c:{code}:solved")
    turn = await door.pressed(ANNA, f"c:{code}:not_kept")
    assert turn.keys == ("said_not_kept",)
    assert (await case_of(database, code)).status is S.REOPENED


async def test_without_an_agreement_the_question_is_answered_with_the_case(
    door: Door, database: Database
) -> None:
    code = await given(database, S.CLOSED)
    assert (await door.pressed(ANNA, f"c:{code}:kept")).keys == ("case_not_now", "case_timeline")


async def test_a_question_is_answered_by_its_button_and_the_next_words(
    door: Door, database: Database, library: Library
) -> None:
    code = await given(database, S.IN_PROGRESS)
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, WORKER)
        await handling.ask_resident(session, worker, code, "漏水从哪天开始的？", NOW)
    text = spoken(library, await door.pressed(ANNA, f"c:{code}:view"))
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
    door: Door, database: Database, library: Library
) -> None:
    code = await given(database, S.IN_PROGRESS)
    asked = await door.pressed(ANNA, f"c:{code}:refuse")
    assert "不收钱" in spoken(library, asked)
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
    door: Door, database: Database, library: Library
) -> None:
    code = await given(database, S.IN_PROGRESS)
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, WORKER)
        await staff_desk.note(session, worker, code, "内部备注", NOW)
        await staff_desk.answer(session, worker, code, "已约楼上修水管", NOW)
    text = spoken(library, await door.pressed(ANNA, f"c:{code}:copy"))
    assert "您说：楼上天天漏水" in text
    assert "单位说：已约楼上修水管" in text
    assert "内部备注" not in text


async def test_two_residents_merged_are_both_answered_and_judge_for_themselves(
    door: Door, database: Database, library: Library
) -> None:
    main, repeat = await given(database, S.IN_PROGRESS, ANNA), await given(database, S.ROUTED, BEN)
    async with database.transaction() as session:
        centre = await staff.staff_by_code(session, "centre-liuyin")
        await merging.merge(session, centre, repeat, main, NOW)
    turn = await door.pressed(BEN, f"c:{repeat}:view")
    assert "合在一起办" in spoken(library, turn)
    assert main not in spoken(library, turn)
    assert f"c:{repeat}:solved" not in acts(turn)
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, WORKER)
        await staff_desk.answer(session, worker, main, "已约楼上修水管", NOW)
    assert (await door.pressed(ANNA, f"c:{main}:solved")).keys == ("rated",)
    assert (await door.pressed(BEN, f"c:{repeat}:unsolved")).keys == ("rated_unsolved",)
    assert (await case_of(database, main)).status is S.CLOSED
    assert (await case_of(database, repeat)).status is S.REOPENED


async def owed_to(database: Database, keys: Iterable[str], library: Library) -> list[list[str]]:
    """The button data of the notices of these keys that are due."""
    async with database.transaction() as session:
        due = await notices.due(session, ["telegram"], NOW + DAY, 50)
    rendered = [render_notice(library, one)[-1].keyboard for one in due if one.key in keys]
    return [
        [button.callback_data for row in keyboard.inline_keyboard for button in row]  # type: ignore[union-attr]
        for keyboard in rendered
    ]


async def test_the_buttons_of_notices_do_what_they_say(
    door: Door, database: Database, library: Library
) -> None:
    code = await given(database, S.IN_PROGRESS)
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, WORKER)
        await handling.ask_resident(session, worker, code, "哪一天？", NOW)
    (question,) = await owed_to(database, ["notice_question"], library)
    assert question == [f"c:{code}:answer", f"c:{code}:view"]
    await door.pressed(ANNA, question[0])
    await say(door, "上个月初开始的")
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, WORKER)
        await staff_desk.answer(session, worker, code, "已约楼上修水管", NOW)
    (answered,) = await owed_to(database, ["notice_answered"], library)
    assert answered == [f"c:{code}:solved", f"c:{code}:unsolved", f"c:{code}:view"]
    assert (await door.pressed(ANNA, answered[1])).keys == ("rated_unsolved",)


async def test_a_case_filed_by_staff_is_the_residents_all_the_same(door: Door, database: Database) -> None:
    async with database.transaction() as session:
        filer = await staff.staff_by_code(session, WORKER)
        resident: Resident = await a_resident(session, channel_id=101)
        code = (await a_case(session, resident=resident, filed_by=filer.id)).code
    assert (await door.pressed(ANNA, f"c:{code}:view")).keys == ("case_timeline",)


async def test_an_archived_case_can_still_be_looked_at_and_opened_again_in_time(
    door: Door, database: Database
) -> None:
    code = await given(database, S.CLOSED)
    await door.pressed(ANNA, f"c:{code}:solved")
    async with database.transaction() as session:
        centre = await staff.staff_by_code(session, "centre-liuyin")
        await archive(session, centre, code, NOW)
    assert f"c:{code}:reopen" in acts(await door.pressed(ANNA, f"c:{code}:view"))


async def test_a_case_a_person_sorts_first_is_confirmed_as_just_that(
    door: Door, database: Database, library: Library
) -> None:
    menu = await door.commanded(ANNA, "help")
    await door.pressed(ANNA, draft_act(menu, "person"))
    turn = await say(door, "楼道里堆满了杂物，想请人来看看")
    text = spoken(library, turn)
    assert "告诉您归谁办" in text
    assert "第一次答复" not in text
