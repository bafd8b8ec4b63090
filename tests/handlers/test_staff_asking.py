"""Words go to what was asked and nowhere else; nothing is visible by accident; a restart loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import a_case
from sqlalchemy import select
from staffroom import AtTheDoor, a_door, seated

from cases import staff
from cases.database import Database
from cases.records import Attachment, Statement
from cases.status import CaseStatus
from handlers.door import Door

pytestmark = pytest.mark.unit
S = CaseStatus


@pytest.fixture
def door(database: Database, data_dir: Path) -> Door:
    return a_door(database, data_dir)


@pytest.fixture
async def worker(database: Database, door: Door) -> AtTheDoor:
    return await seated(database, door, "grid-guihua")


async def opened(database: Database, status: CaseStatus = S.IN_PROGRESS) -> str:
    async with database.transaction() as session:
        return (await a_case(session, status=status)).code


async def texts(database: Database) -> dict[str, str]:
    """Every text on any case, and who may read it."""
    async with database.reading() as session:
        return {one.body or "": one.audience.value for one in await session.scalars(select(Statement))}


async def test_words_without_a_question_touch_no_case(database: Database, worker: AtTheDoor) -> None:
    code = await opened(database)
    await worker.sends(f"s:open:{code}")
    await worker.says("明天九点上门维修")
    assert worker.turn.keys == ("staff_nothing_asked",)
    assert "明天九点上门维修" not in await texts(database)


async def test_somebody_at_work_can_still_tell_a_matter_of_their_own_and_danger_is_always_heard(
    database: Database, worker: AtTheDoor
) -> None:
    await worker.arrives()
    await worker.says("我不想活了")
    assert worker.turn.keys[0] == "danger_first"
    await worker.arrives()
    await worker.says("我家楼上漏水，物业不管")
    assert worker.turn.keys == ("staff_nothing_asked",)
    await worker.presses("staff_own")
    assert worker.turn.keys == ("staff_own_matter",)
    await worker.says("我家楼上漏水，物业不管")
    assert not [key for key in worker.turn.keys if key.startswith("staff_")]


async def test_a_button_in_between_puts_the_question_aside_and_says_so(
    database: Database, worker: AtTheDoor
) -> None:
    code, other = await opened(database), await opened(database)
    await worker.sends(f"s:answer:{code}")
    turn = await worker.sends(f"s:open:{other}")
    assert turn.keys == ("staff_put_aside", "staff_case")
    assert turn.replies[0].values["code"] == code
    await worker.says("这是给第一件的答复")
    assert "这是给第一件的答复" not in await texts(database)


async def test_the_last_question_counts(database: Database, worker: AtTheDoor) -> None:
    code = await opened(database)
    await worker.sends(f"s:answer:{code}")
    await worker.sends(f"s:note:{code}")
    await worker.says("内部：住户情绪激动")
    assert (await texts(database))["内部：住户情绪激动"] == "staff"


@pytest.mark.parametrize("deed", ["answer", "note", "tell", "ask", "extend"])
async def test_every_question_can_be_cancelled(database: Database, worker: AtTheDoor, deed: str) -> None:
    code = await opened(database)
    await worker.sends(f"s:{deed}:{code}")
    await worker.presses("staff_cancel")
    assert worker.turn.keys == ("staff_cancelled",)
    await worker.says("不该发出去的话")
    assert "不该发出去的话" not in await texts(database)


async def test_a_preview_that_is_cancelled_is_not_sent(database: Database, worker: AtTheDoor) -> None:
    code = await opened(database)
    await worker.sends(f"s:tell:{code}")
    await worker.says("写错了的话")
    yes = next(one.act for one in worker.buttons if one.key == "staff_yes")
    await worker.presses("staff_cancel")
    assert (await worker.sends(yes)).keys == ("button_stale",)
    assert "写错了的话" not in await texts(database)


async def test_staff_again_puts_the_question_aside(database: Database, worker: AtTheDoor) -> None:
    code = await opened(database)
    await worker.sends(f"s:answer:{code}")
    await worker.arrives()
    await worker.says("迟到的话")
    assert "迟到的话" not in await texts(database)


async def test_a_restart_between_question_and_words_loses_nothing(
    database: Database, data_dir: Path, worker: AtTheDoor
) -> None:
    code = await opened(database)
    await worker.sends(f"s:agree:{code}")
    await worker.presses("form_written")
    await worker.presses("in_days")
    after = AtTheDoor(a_door(database, data_dir), worker.person)
    await after.says("楼上一周内修好")
    again = AtTheDoor(a_door(database, data_dir), worker.person)
    again.turn = after.turn
    await again.presses("staff_yes")
    assert again.turn.keys == ("staff_agreed",)
    assert "楼上一周内修好" in await texts(database)


async def test_a_file_while_words_are_asked_is_not_kept_and_the_question_stands(
    database: Database, door: Door, worker: AtTheDoor
) -> None:
    code = await opened(database)
    await worker.sends(f"s:note:{code}")
    turn = await door.sent(worker.person, "photo", b"\xff\xd8 a picture", message_id=91)
    assert turn is not None
    assert turn.keys == ("staff_words_only",)
    assert (await door.located(worker.person, 34.6, 113.2)).keys == ("staff_words_only",)
    async with database.reading() as session:
        assert (await session.scalars(select(Attachment))).all() == []
    await worker.says("看过现场")
    assert worker.turn.keys == ("staff_noted",)


@pytest.mark.parametrize("typed", ["{code}", " {code} ", "{lower}", "{bare}"])
async def test_a_typed_case_code_opens_the_case(database: Database, worker: AtTheDoor, typed: str) -> None:
    code = await opened(database)
    await worker.says(typed.format(code=code, lower=code.lower(), bare=code.replace("-", "")))
    assert worker.turn.keys == ("staff_case",)
    assert worker.turn.replies[0].values["code"] == code


async def test_a_code_they_may_not_see_tells_nothing(database: Database, door: Door) -> None:
    code = await opened(database)
    stranger = await seated(database, door, "grid-xinghu")
    await stranger.says(code)
    assert stranger.turn.keys == ("error_case_not_found",)
    assert code not in stranger.reads()


async def test_words_that_fail_are_said_to_be_unused_and_what_is_possible_is_named(
    database: Database, door: Door, worker: AtTheDoor
) -> None:
    code = await opened(database)
    centre = await seated(database, door, "centre-liuyin")
    await worker.sends(f"s:answer:{code}")
    await centre.sends(f"s:transfer:{code}.court")
    await centre.says("双方选择诉讼")
    await worker.says("我们的答复")
    assert worker.turn.keys == ("staff_words_unused", "staff_cannot_now")
    assert "已移送" in worker.reads()
    assert "我们的答复" not in await texts(database)
    await worker.says("再说一遍")
    assert "再说一遍" not in await texts(database)


@pytest.mark.parametrize("words", [" ", "长" * 10_001])
async def test_what_cannot_be_kept_can_be_typed_again(
    database: Database, worker: AtTheDoor, words: str
) -> None:
    code = await opened(database)
    await worker.sends(f"s:note:{code}")
    await worker.says(words)
    assert worker.turn.keys[-1] == "staff_type_again"
    await worker.says("短一点的备注")
    assert worker.turn.keys == ("staff_noted",)


async def test_who_is_no_longer_staff_is_not_held_in_a_question(
    database: Database, worker: AtTheDoor
) -> None:
    code = await opened(database)
    await worker.sends(f"s:answer:{code}")
    async with database.transaction() as session:
        await staff.unlink(session, channel="telegram", channel_id=worker.person.channel_id)
    await worker.says("给群众的答复")
    assert worker.turn.keys == ("staff_ask_code",)
    await worker.says("我家楼上漏水")
    assert worker.turn.keys != ("staff_ask_code",)
    assert "给群众的答复" not in await texts(database)


@pytest.mark.parametrize(
    "data",
    [
        "s:",
        "s:take",
        "s:nothing:{code}",
        "s:close:{code}.maybe",
        "s:close:{code}.interim.interim",
        "s:agree:{code}.written.d8",
        "s:accept:{code}.nowhere",
        "s:route:{code}.+x",
        "s:hand:{code}.999999",
        "s:yes:7",
        "s:skip:0",
        "s:yes:x",
        "s:list:nowhere",
        "s:cancel:",
        "s:open:YM-000000-XXXX",
        "s:reply:{code}.5",
        "s:glass:{code}",
    ],
)
async def test_data_no_button_of_ours_carries_is_answered(
    database: Database, worker: AtTheDoor, data: str
) -> None:
    code = await opened(database, S.JUDGING)
    before = await texts(database)
    assert (await worker.sends(data.format(code=code))).replies
    assert worker.reads()
    assert await texts(database) == before
