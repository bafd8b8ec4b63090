"""How a resident judges, reopens and is asked again, through the door on a real database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOW
from citizens import (
    ANNA,
    BEN,
    DAY,
    WORKER,
    Clock,
    a_door,
    actions,
    acts,
    an_agreement,
    case_of,
    draft_act,
    given,
    owed_to,
    say,
    spoken,
    words_of,
)
from sqlalchemy import select

from cases import extensions, handling, listing, merging, staff, staff_desk
from cases.database import Database
from cases.records import CaseClock
from cases.review_desk import archive
from cases.status import CaseStatus, ClosingKind
from handlers.door import Door

pytestmark = pytest.mark.unit
S = CaseStatus


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def door(database: Database, data_dir: Path, clock: Clock) -> Door:
    return a_door(database, data_dir, clock)


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
    door: Door, database: Database, clock: Clock
) -> None:
    code = await given(database, S.CLOSED)
    clock.now = NOW + 30 * DAY
    assert f"c:{code}:unsolved" in acts(await door.pressed(ANNA, f"c:{code}:view"))
    clock.now = NOW + 30 * DAY + timedelta(seconds=1)
    assert f"c:{code}:reopen" not in acts(await door.pressed(ANNA, f"c:{code}:view"))
    turn = await door.pressed(ANNA, f"c:{code}:unsolved")
    assert turn.keys == ("judged_late",)
    assert "另外登记" in spoken(turn)
    assert (await door.pressed(ANNA, f"c:{code}:reopen")).keys == ("case_not_now", "case_timeline")
    assert (await case_of(database, code)).status is S.CLOSED


async def test_a_case_that_was_taken_back_is_not_judged(door: Door, database: Database) -> None:
    code = await given(database, S.WITHDRAWN)
    assert (await door.pressed(ANNA, f"c:{code}:solved")).keys == ("case_not_now", "case_timeline")


async def test_a_person_is_one_tap_away_even_below_a_case_that_was_put_away(
    door: Door, database: Database
) -> None:
    code = await given(database, S.WITHDRAWN)
    view = await door.pressed(ANNA, f"c:{code}:view")
    assert (await door.pressed(ANNA, draft_act(view, "person"))).keys == ("person_ask",)


async def test_the_answer_to_the_return_visit_is_kept_and_ends_its_clock(
    door: Door, database: Database, clock: Clock
) -> None:
    code = await given(database, S.CLOSED)
    clock.now = NOW + 3 * DAY
    await door.pressed(ANNA, f"c:{code}:solved")
    await door.pressed(ANNA, f"c:{code}:unsatisfied")
    turn = await door.pressed(ANNA, f"c:{code}:visit_solved")
    assert turn.keys == ("rated",)
    assert await door.pressed(ANNA, next(act for act in acts(turn) if act.endswith(":satisfied")))
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


async def test_an_agreement_that_was_kept_is_noted_once(door: Door, database: Database) -> None:
    code = await given(database, S.IN_PROGRESS)
    await an_agreement(database, code)
    await door.pressed(ANNA, f"c:{code}:solved")
    assert (await door.pressed(ANNA, f"c:{code}:kept")).keys == ("said_kept",)
    assert (await door.pressed(ANNA, f"c:{code}:kept")).keys == ("judged_already",)
    assert (await actions(database, code)).count("kept") == 1


async def test_an_agreement_that_was_not_kept_opens_the_case_again(door: Door, database: Database) -> None:
    code = await given(database, S.IN_PROGRESS)
    await an_agreement(database, code)
    assert "十天内修好水管" in spoken(await door.pressed(ANNA, f"c:{code}:view"))
    await door.pressed(ANNA, f"c:{code}:solved")
    turn = await door.pressed(ANNA, f"c:{code}:not_kept")
    assert turn.keys == ("said_not_kept",)
    assert (await case_of(database, code)).status is S.REOPENED


async def test_without_an_agreement_the_question_is_answered_with_the_case(
    door: Door, database: Database
) -> None:
    code = await given(database, S.CLOSED)
    assert (await door.pressed(ANNA, f"c:{code}:kept")).keys == ("case_not_now", "case_timeline")


async def test_two_residents_merged_are_both_answered_and_judge_for_themselves(
    door: Door, database: Database
) -> None:
    main, repeat = await given(database, S.IN_PROGRESS, ANNA), await given(database, S.ROUTED, BEN)
    async with database.transaction() as session:
        centre = await staff.staff_by_code(session, "centre-liuyin")
        await merging.merge(session, centre, repeat, main, NOW)
    turn = await door.pressed(BEN, f"c:{repeat}:view")
    assert "合在一起办" in spoken(turn)
    assert main not in spoken(turn)
    assert f"c:{repeat}:solved" not in acts(turn)
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, WORKER)
        await staff_desk.answer(session, worker, main, "已约楼上修水管", NOW)
    assert (await door.pressed(ANNA, f"c:{main}:solved")).keys == ("rated",)
    assert (await door.pressed(BEN, f"c:{repeat}:unsolved")).keys == ("rated_unsolved",)
    assert (await case_of(database, main)).status is S.CLOSED
    assert (await case_of(database, repeat)).status is S.REOPENED


async def test_the_buttons_of_notices_do_what_they_say(door: Door, database: Database) -> None:
    code = await given(database, S.IN_PROGRESS)
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, WORKER)
        await handling.ask_resident(session, worker, code, "哪一天？", NOW)
    (question,) = await owed_to(database, ["notice_question"])
    assert question == [f"c:{code}:answer", f"c:{code}:view"]
    await door.pressed(ANNA, question[0])
    await say(door, "上个月初开始的")
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, WORKER)
        await staff_desk.answer(session, worker, code, "已约楼上修水管", NOW)
    (answered,) = await owed_to(database, ["notice_answered"])
    assert answered == [f"c:{code}:solved", f"c:{code}:unsolved", f"c:{code}:view"]
    assert (await door.pressed(ANNA, answered[1])).keys == ("rated_unsolved",)


async def test_an_archived_case_can_still_be_looked_at_and_opened_again_in_time(
    door: Door, database: Database
) -> None:
    code = await given(database, S.CLOSED)
    await door.pressed(ANNA, f"c:{code}:solved")
    async with database.transaction() as session:
        centre = await staff.staff_by_code(session, "centre-liuyin")
        await archive(session, centre, code, NOW)
    assert f"c:{code}:reopen" in acts(await door.pressed(ANNA, f"c:{code}:view"))


async def test_more_time_for_a_mediation_is_agreed_to_by_a_button(door: Door, database: Database) -> None:
    code = await given(database, S.IN_PROGRESS)
    assert "time_agreed" not in (await door.pressed(ANNA, f"c:{code}:time_yes")).keys
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, WORKER)
        await extensions.ask_extension(session, worker, code, "还要再谈一次", NOW)
    assert (await door.pressed(ANNA, f"c:{code}:time_yes")).keys == ("time_agreed",)
    assert "time_answered" in await actions(database, code)
