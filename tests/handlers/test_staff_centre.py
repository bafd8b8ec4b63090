"""What a centre, an administrator and an auditor do by pressing and writing, on a real database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from builders import NOW, a_case
from staffroom import AtTheDoor, a_door, act, row, rows, seated

from cases.casework import case_by_code
from cases.database import Database
from cases.extensions import say_about_time
from cases.records import Paper, Resident
from cases.reopening import judge
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


async def test_more_time_is_asked_for_and_decided_by_the_centre(
    seat: Seat, new: New, database: Database
) -> None:
    worker, centre, code = await seat("grid-guihua"), await seat("centre-liuyin"), await new(S.IN_PROGRESS)
    await act(worker, code, "extend", words="等配件到货")
    before = (await row(database, code)).due_at
    await centre.arrives()
    await centre.presses("staff_list_time")
    await centre.presses("staff_open")
    assert "staff_grant" not in centre.keys, "both parties have to agree first"
    await centre.sends(f"s:grant:{code}")
    assert centre.turn.keys == ("error_needs_consent",)
    async with database.transaction() as session:
        case = await case_by_code(session, code)
        assert case is not None
        resident = await session.get_one(Resident, case.resident_id)
        await say_about_time(session, case, resident, NOW, agrees=True)
    await centre.sends(f"s:open:{code}")
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
