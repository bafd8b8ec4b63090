"""What staff do with a case by pressing and writing: each act, allowed and refused, on a real database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from builders import a_case
from sqlalchemy import select
from staffroom import AtTheDoor, a_door, seated

from cases.casework import case_by_code
from cases.database import Database
from cases.records import Agreement, Case, Meeting, Paper, Recusal, Statement, Task
from cases.status import CaseStatus, ClosingKind
from handlers.door import Door

pytestmark = pytest.mark.unit
S = CaseStatus
WORDS = "已和双方约好明天上午到现场看"
Seat = Callable[[str], Awaitable[AtTheDoor]]
New = Callable[..., Awaitable[str]]


@pytest.fixture
def door(database: Database, data_dir: Path) -> Door:
    return a_door(database, data_dir)


@pytest.fixture
def seat(database: Database, door: Door) -> Seat:
    async def sat(code: str) -> AtTheDoor:
        return await seated(database, door, code)

    return sat


@pytest.fixture
def new(database: Database) -> New:
    """The code of a case in the first grid, brought to a status."""

    async def opened(status: CaseStatus = S.ROUTED, **more: Any) -> str:
        async with database.transaction() as session:
            return (await a_case(session, status=status, **more)).code

    return opened


async def row(database: Database, code: str) -> Case:
    async with database.reading() as session:
        found = await case_by_code(session, code)
        assert found is not None
        return found


async def rows(database: Database, kind: type[Any]) -> list[Any]:
    async with database.reading() as session:
        return list((await session.scalars(select(kind).order_by(kind.id))).all())


async def act(person: AtTheDoor, code: str, deed: str, *choices: str, words: str | None = None) -> None:
    """Opens a case, presses an act (behind "more acts" if need be), then choices, then writes."""
    await person.sends(f"s:open:{code}")
    if f"staff_{deed}" not in person.keys:
        await person.presses("staff_all")
    await person.presses(f"staff_{deed}")
    for choice in choices:
        await person.presses(choice)
    if words is not None:
        await person.says(words)


async def test_a_worker_signs_begins_and_answers(seat: Seat, new: New, database: Database) -> None:
    worker, code = await seat("grid-guihua"), await new()
    await act(worker, code, "take")
    assert worker.turn.keys == ("staff_taken",)
    await act(worker, code, "begin")
    assert (await row(database, code)).status is S.IN_PROGRESS
    await act(worker, code, "answer", words=WORDS)
    assert worker.turn.keys == ("staff_answered",)
    assert (await row(database, code)).status is S.JUDGING
    assert WORDS in [one.body for one in await rows(database, Statement)]


async def test_signing_twice_is_no_error(seat: Seat, new: New) -> None:
    worker, code = await seat("grid-guihua"), await new()
    await worker.sends(f"s:take:{code}")
    assert (await worker.sends(f"s:take:{code}")).keys == ("staff_taken",)


async def test_the_question_to_a_resident_lets_the_case_wait_and_go_on(
    seat: Seat, new: New, database: Database
) -> None:
    worker, code = await seat("grid-guihua"), await new(S.IN_PROGRESS)
    await act(worker, code, "ask", words="请问漏水是从哪天开始的？")
    assert (await row(database, code)).waiting_for == "resident"
    await act(worker, code, "go_on")
    assert (await row(database, code)).status is S.IN_PROGRESS


async def test_waiting_for_an_appraisal_says_for_what(seat: Seat, new: New, database: Database) -> None:
    worker, code = await seat("grid-guihua"), await new(S.IN_PROGRESS)
    await act(worker, code, "wait", "wait_appraisal", words="等房屋鉴定，约两周")
    assert (await row(database, code)).waiting_for == "appraisal"
    assert "鉴定" in worker.reads() or worker.turn.keys == ("staff_waits",)


async def test_what_the_resident_will_read_is_shown_once_more_and_sent_after_a_yes(
    seat: Seat, new: New, database: Database
) -> None:
    worker, code = await seat("grid-guihua"), await new(S.IN_PROGRESS)
    await act(worker, code, "tell", words="明天九点上门")
    assert worker.turn.keys == ("staff_preview",)
    assert "群众会看到" in worker.reads()
    assert "明天九点上门" in worker.reads()
    assert "明天九点上门" not in [one.body for one in await rows(database, Statement)]
    await worker.says("改成后天九点上门")
    assert worker.turn.keys == ("staff_preview",)
    await worker.presses("staff_yes")
    assert worker.turn.keys == ("staff_told",)
    told = [one.body for one in await rows(database, Statement)]
    assert "改成后天九点上门" in told
    assert "明天九点上门" not in told


async def test_a_yes_to_an_older_preview_is_out_of_date(seat: Seat, new: New, database: Database) -> None:
    worker, code = await seat("grid-guihua"), await new(S.IN_PROGRESS)
    await act(worker, code, "tell", words="第一稿")
    old = next(one.act for one in worker.buttons if one.key == "staff_yes")
    await worker.says("第二稿")
    assert (await worker.sends(old)).keys == ("button_stale",)
    assert not {"第一稿", "第二稿"} & {one.body for one in await rows(database, Statement)}


async def test_an_inner_note_stays_inside(seat: Seat, new: New, database: Database) -> None:
    worker, code = await seat("grid-guihua"), await new()
    await act(worker, code, "note", words="物业经理姓李")
    (kept,) = [one for one in await rows(database, Statement) if one.body == "物业经理姓李"]
    assert kept.audience.value == "staff"
    assert "群众看不到" in worker.reads()


async def test_a_call_a_visit_a_mediation_and_an_agreement_are_kept(
    seat: Seat, new: New, database: Database
) -> None:
    worker, code = await seat("grid-guihua"), await new(S.IN_PROGRESS)
    await act(worker, code, "contact", words="电话里说好了时间")
    await act(worker, code, "callon", words="去了现场")
    await act(worker, code, "mediate", "outcome_agreed", words="双方到场，谈成")
    assert [(one.kind.value, one.outcome) for one in await rows(database, Meeting)] == [
        ("visit", "done"),
        ("mediation", "agreed"),
    ]
    await act(worker, code, "agree", "form_oral", "in_days", words="楼上一周内修好防水")
    assert worker.turn.keys == ("staff_preview",)
    await worker.presses("staff_yes")
    (agreed,) = await rows(database, Agreement)
    assert (agreed.oral, agreed.perform_by.date().isoformat()) == (True, "2026-11-30")


async def test_an_agreement_may_be_without_a_day(seat: Seat, new: New, database: Database) -> None:
    worker, code = await seat("grid-guihua"), await new(S.IN_PROGRESS)
    await act(worker, code, "agree", "form_written", "no_day", words="各自保持安静")
    await worker.presses("staff_yes")
    (agreed,) = await rows(database, Agreement)
    assert (agreed.oral, agreed.perform_by) == (False, None)


async def test_after_a_refusal_mediation_is_not_offered_and_can_be_ended(
    seat: Seat, new: New, database: Database
) -> None:
    worker, code = await seat("grid-guihua"), await new(S.IN_PROGRESS)
    await act(worker, code, "mediate", "outcome_refused", words="一方不来")
    await worker.sends(f"s:acts:{code}")
    assert "staff_mediate" not in worker.keys
    await act(worker, code, "endmed", words="可以申请仲裁，或到法院起诉")
    await worker.presses("staff_yes")
    assert worker.turn.keys == ("staff_mediation_ended",)


async def test_more_time_is_asked_for_and_decided_by_the_centre(
    seat: Seat, new: New, database: Database
) -> None:
    worker, centre, code = await seat("grid-guihua"), await seat("centre-liuyin"), await new(S.IN_PROGRESS)
    await act(worker, code, "extend", words="等配件到货")
    before = (await row(database, code)).due_at
    await centre.arrives()
    await centre.presses("staff_list_time")
    await centre.presses("staff_open")
    await centre.presses("staff_grant")
    assert centre.turn.keys == ("staff_granted",)
    assert (await row(database, code)).due_at >= before
    await centre.sends(f"s:grant:{code}")
    assert "staff_cannot_now" in centre.turn.keys


async def test_a_unit_sends_back_once_and_the_centre_rules(seat: Seat, new: New, database: Database) -> None:
    worker, centre, code = await seat("grid-guihua"), await seat("centre-liuyin"), await new()
    await act(worker, code, "sendback", words="不在本社区，属于物业公司合同")
    assert worker.turn.keys == ("staff_sent_back",)
    assert worker.keys == {"staff_back"}, "what went away is not offered any more"
    await act(centre, code, "rule")
    mediation = next(one for one in centre.buttons if one.values.get("name") == "柳荫街道人民调解委员会")
    await centre.sends(mediation.act)
    await centre.says("由调委会先调解")
    assert centre.turn.keys == ("staff_ruled",)
    found = await row(database, code)
    assert (found.status, found.unit.code, found.ruled) == (S.ROUTED, "liuyin-mediation", True)
    mediator = await seat("mediator-liuyin")
    await mediator.sends(f"s:open:{code}")
    await mediator.sends(f"s:acts:{code}")
    assert "staff_sendback" not in mediator.keys
    await mediator.sends(f"s:sendback:{code}")
    assert mediator.turn.keys == ("staff_cannot_now",)


async def test_the_centre_accepts_with_family_and_leaf(seat: Seat, new: New, database: Database) -> None:
    centre, code = await seat("centre-liuyin"), await new(S.REGISTERED)
    await act(centre, code, "accept", "family_debt", "leaf")
    assert centre.turn.keys == ("staff_accepted",)
    found = await row(database, code)
    assert (found.status, found.leaf) == (S.ROUTED, "dispute:loan")


async def test_a_family_of_one_leaf_is_one_press(seat: Seat, new: New, database: Database) -> None:
    centre, code = await seat("centre-liuyin"), await new(S.REGISTERED)
    await act(centre, code, "accept", "family_neighbour")
    assert (await row(database, code)).leaf == "dispute:neighbour"


async def test_fraud_has_more_leaves_than_a_screen(seat: Seat, new: New, database: Database) -> None:
    centre, code = await seat("centre-liuyin"), await new(S.REGISTERED)
    await act(centre, code, "accept", "family_scam", "staff_more", "staff_more")
    assert any(one.values.get("leaf") == "scam:other" for one in centre.buttons)
    last = next(one for one in centre.buttons if one.values.get("leaf") == "scam:other")
    await centre.sends(last.act)
    assert (await row(database, code)).leaf == "scam:other"


async def test_not_accepting_names_ground_and_lawful_way(seat: Seat, new: New, database: Database) -> None:
    centre, code = await seat("centre-liuyin"), await new(S.REGISTERED)
    await act(centre, code, "decline", "ground_already_in_procedure")
    assert "合法途径" in centre.reads()
    await centre.says("这件事已在法院审理，请等判决，可咨询 12368")
    assert (await row(database, code)).status is S.DECLINED


async def test_a_case_is_handed_on_with_words(seat: Seat, new: New, database: Database) -> None:
    centre, code = await seat("centre-liuyin"), await new()
    await act(centre, code, "transfer", "way_court", words="双方要求诉讼解决")
    assert (await row(database, code)).transferred_to == "court"


async def test_a_repeat_is_merged_by_typing_the_other_code(seat: Seat, new: New, database: Database) -> None:
    centre, code, main = await seat("centre-liuyin"), await new(), await new()
    await act(centre, code, "merge", words="不是编号")
    assert centre.turn.keys == ("error_case_not_found", "staff_type_again")
    await centre.says(main)
    assert centre.turn.keys == ("staff_merged",)
    assert (await row(database, code)).status is S.MERGED


async def test_the_centre_recalls_and_routes_work_in_progress(
    seat: Seat, new: New, database: Database
) -> None:
    centre, code = await seat("centre-liuyin"), await new(S.IN_PROGRESS)
    await act(centre, code, "route", "staff_name", words="改由调委会")
    found = await row(database, code)
    assert found.status is S.ROUTED
    assert found.unit.code != "guihua"


async def test_a_letter_is_sent_and_only_its_reply_closes_it(
    seat: Seat, new: New, database: Database
) -> None:
    centre, worker, code = await seat("centre-liuyin"), await seat("grid-guihua"), await new()
    await act(centre, code, "letter", "letter_prompt_letter", words="请尽快签收")
    assert centre.turn.keys == ("staff_letter_sent",)
    await worker.arrives()
    await worker.presses("staff_list_letters")
    await worker.presses("staff_open", holding=code)
    assert worker.turn.keys == ("staff_reply_ask",)
    await worker.says("今天下午签收")
    assert worker.turn.keys == ("staff_replied",)
    (letter,) = await rows(database, Paper)
    assert letter.replied_at is not None
    await worker.sends(f"s:reply:{code}")
    assert "staff_cannot_now" in worker.turn.keys


async def test_a_joint_meeting_is_called_with_guests_and_held_with_minutes(
    seat: Seat, new: New, database: Database
) -> None:
    worker, code = await seat("grid-guihua"), await new(S.IN_PROGRESS)
    await act(worker, code, "meet", "meet_joint", "tomorrow", words="lawyer-2，nobody-at-all")
    assert worker.turn.keys == ("error_staff_not_found", "staff_type_again")
    await worker.says("lawyer-2，psychologist-1")
    assert worker.turn.keys == ("staff_meeting_called",)
    await act(worker, code, "hold", "outcome_done", words="律师建议先修后算")
    (meeting,) = await rows(database, Meeting)
    assert (meeting.kind.value, meeting.outcome) == ("joint", "done")


async def test_a_meeting_needs_no_guests(seat: Seat, new: New, database: Database) -> None:
    worker, code = await seat("grid-guihua"), await new(S.IN_PROGRESS)
    await act(worker, code, "meet", "meet_joint", "tomorrow", "staff_skip")
    assert worker.turn.keys == ("staff_meeting_called",)
    assert len(await rows(database, Meeting)) == 1


async def test_a_task_is_set_and_struck_off_by_its_unit(seat: Seat, new: New, database: Database) -> None:
    centre, worker, code = await seat("centre-liuyin"), await seat("grid-guihua"), await new(S.IN_PROGRESS)
    await act(centre, code, "task", "staff_name", "in_days", words="三天内量好漏水点")
    assert centre.turn.keys == ("staff_task_set",)
    await worker.arrives()
    await worker.presses("staff_list_tasks")
    await worker.presses("staff_open", holding=code)
    await worker.says("量好了，两处")
    assert worker.turn.keys == ("staff_task_struck",)
    (task,) = await rows(database, Task)
    assert task.handled_at is not None


async def test_a_colleague_gets_it_by_name(seat: Seat, new: New, database: Database) -> None:
    worker, code = await seat("grid-guihua"), await new(S.IN_PROGRESS)
    await act(worker, code, "hand", "staff_name")
    assert worker.turn.keys == ("staff_handed_over",)
    await worker.sends(f"s:answer:{code}")
    assert worker.turn.keys == ("staff_taken_first",)
    assert "桂花社区网格长" in worker.reads()


async def test_an_expert_is_invited_by_code_and_gives_an_opinion(
    seat: Seat, new: New, database: Database
) -> None:
    worker, expert, code = await seat("grid-guihua"), await seat("lawyer-2"), await new(S.IN_PROGRESS)
    await expert.sends(f"s:open:{code}")
    assert code not in expert.reads()
    await act(worker, code, "invite", words="lawyer-2")
    await expert.arrives()
    await expert.presses("staff_open", holding=code)
    await expert.presses("staff_advise")
    await expert.says("可以主张赔偿")
    assert expert.turn.keys == ("staff_advised",)


async def test_keeping_out_is_asked_twice_and_then_nothing_of_substance_is_offered(
    seat: Seat, new: New, database: Database
) -> None:
    worker, code = await seat("grid-guihua"), await new(S.IN_PROGRESS)
    await act(worker, code, "recuse")
    assert await rows(database, Recusal) == []
    await worker.presses("staff_yes")
    assert len(await rows(database, Recusal)) == 1
    await worker.sends(f"s:acts:{code}")
    assert not {"staff_answer", "staff_mediate"} & worker.keys
    assert "staff_hand" in worker.keys
    await worker.sends(f"s:answer:{code}")
    assert worker.turn.keys == ("error_conflict_of_interest",)


async def test_danger_is_raised_reviewed_and_lowered(seat: Seat, new: New, database: Database) -> None:
    worker, centre, code = await seat("grid-guihua"), await seat("centre-liuyin"), await new()
    await act(worker, code, "raise", "signal_weapon")
    assert (await row(database, code)).danger_level.code == "red"
    await centre.arrives()
    await centre.presses("staff_list_danger")
    await centre.presses("staff_open", holding=code)
    await centre.presses("staff_check")
    await centre.says("民警已到场，两人分开")
    assert centre.turn.keys == ("staff_danger_checked",)
    await act(centre, code, "lower", "level_blue", words="凶器已收缴")
    assert (await row(database, code)).danger_level.code == "blue"


@pytest.mark.parametrize("verdict", ["redo", "uphold"])
async def test_a_reopened_case_is_reviewed(seat: Seat, new: New, database: Database, verdict: str) -> None:
    centre, worker, code = await seat("centre-liuyin"), await seat("grid-guihua"), await new(S.JUDGING)
    await worker.sends(f"s:close:{code}.interim")
    async with database.transaction() as session:
        from cases.records import Resident
        from cases.reopening import judge

        case = await case_by_code(session, code)
        assert case is not None
        resident = await session.get_one(Resident, case.resident_id)
        await judge(session, case, resident, worker.door._now(), solved=False)
    await centre.arrives()
    await centre.presses("staff_list_reviews")
    await centre.presses("staff_open", holding=code)
    await centre.presses(f"staff_{verdict}")
    await centre.says("看过材料，意见如下")
    if verdict == "uphold":
        await centre.presses("staff_yes")
    status = (await row(database, code)).status
    assert status is (S.CLOSED if verdict == "uphold" else S.REOPENED)


async def test_a_handler_never_calls_their_own_work_settled_in_substance(
    seat: Seat, new: New, database: Database
) -> None:
    worker, centre, code = await seat("grid-guihua"), await seat("centre-liuyin"), await new(S.JUDGING)
    await act(worker, code, "close")
    assert "close_substantive" not in worker.keys
    assert (await worker.sends(f"s:close:{code}.substantive")).keys == ("button_stale",)
    await act(centre, code, "close", "close_substantive")
    assert (await row(database, code)).closing_kind is ClosingKind.SUBSTANTIVE


async def test_return_visit_class_and_striking_off(seat: Seat, new: New, database: Database) -> None:
    centre, worker, code = await seat("centre-liuyin"), await seat("grid-guihua"), await new(S.CLOSED)
    await worker.sends(f"s:visited:{code}")
    assert worker.turn.keys == ("error_not_allowed",)
    await centre.sends(f"s:archive:{code}")
    assert centre.turn.keys == ("staff_cannot_now",)
    await act(centre, code, "visited", "visit_unreached")
    await act(centre, code, "class", "class_unreachable", words="三天内打了五次，无人接")
    assert (await row(database, code)).unsolved_class == "unreachable"
    await act(centre, code, "archive")
    await centre.presses("staff_yes")
    assert (await row(database, code)).status is S.ARCHIVED


async def test_a_return_visit_that_finds_it_unsolved_opens_it_again(
    seat: Seat, new: New, database: Database
) -> None:
    centre, code = await seat("centre-liuyin"), await new(S.CLOSED)
    await act(centre, code, "visited", "visit_unsolved")
    assert (await row(database, code)).status is S.REOPENED


async def test_the_matter_is_sorted_anew(seat: Seat, new: New, database: Database) -> None:
    worker, code = await seat("grid-guihua"), await new(S.IN_PROGRESS)
    await act(worker, code, "sort", "family_property")
    assert (await row(database, code)).leaf == "dispute:property"


async def test_an_administrator_breaks_the_glass_with_a_reason_and_reads_without_acting(
    seat: Seat, new: New
) -> None:
    admin, code = await seat("admin-yunting"), await new()
    assert (await admin.arrives()).keys == ("staff_home_admin",)
    await admin.says(code)
    assert admin.turn.keys == ("staff_glass_ask",)
    assert "漏水" not in admin.reads()
    await admin.says("群众投诉处理不公，纪检要求核对")
    assert admin.turn.keys == ("staff_glass_broken",)
    await admin.presses("staff_look")
    assert "漏水" in admin.reads()
    assert not [key for key in admin.keys if key in ("staff_take", "staff_note", "staff_answer")]
    await admin.sends(f"s:take:{code}")
    assert admin.turn.keys == ("error_not_allowed",)


async def test_an_auditor_sees_trail_letters_and_looks_but_no_words(seat: Seat, new: New) -> None:
    auditor, worker, code = await seat("auditor-yunting"), await seat("grid-guihua"), await new()
    await act(worker, code, "note", words="物业经理姓李")
    await auditor.arrives()
    await auditor.sends(f"s:open:{code}")
    assert auditor.turn.keys == ("staff_trail",)
    screen = auditor.reads()
    assert "查看记录" in screen
    assert "grid-guihua" in screen
    assert "漏水" not in screen
    assert "物业经理" not in screen
    for what in ("more", "why", "acts"):
        await auditor.sends(f"s:{what}:{code}")
        assert "漏水" not in auditor.reads()
