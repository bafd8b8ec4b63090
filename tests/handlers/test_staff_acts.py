"""What who works on a case does with it by pressing and writing, on a real database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from builders import a_case
from staffroom import AtTheDoor, a_door, act, row, rows, seated

from cases.database import Database
from cases.records import Agreement, Meeting, Recusal, Statement, Task
from cases.status import CaseStatus
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


async def test_the_matter_is_sorted_anew(seat: Seat, new: New, database: Database) -> None:
    worker, code = await seat("grid-guihua"), await new(S.IN_PROGRESS)
    await act(worker, code, "sort", "family_property")
    assert (await row(database, code)).leaf == "dispute:property"
