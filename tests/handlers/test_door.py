"""What a channel gets from the door, on a real database."""

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.housekeeping import tidy
from cases import listing, places, staff
from cases.database import Database
from cases.errors import CaseNotFound, FileEmpty
from cases.records import Heard
from cases.turn import Turn
from handlers.door import LONGEST_READ, Door, readable
from handlers.ear import Ear
from handlers.person import Person

pytestmark = pytest.mark.unit
ANNA = Person("telegram", "101", 101)
BEN = Person("telegram", "102", 102)
SCAM = "【银行】您的积分即将过期，请立即点击 http://jf-duihuan.top 登录兑换，逾期作废"
numbers = itertools.count(1)


async def say(door: Door, text: str, person: Person = ANNA, *, forwarded: bool = False) -> Turn:
    await door.keep(person, text, forwarded=forwarded, message_id=next(numbers))
    turn = await door.take_waiting(person)
    assert turn is not None
    return turn


def act_of(turn: Turn, key: str) -> str:
    return next(b.act for reply in turn.replies for row in reply.buttons for b in row if b.key == key)


async def ask_for_person(door: Door, person: Person = ANNA) -> None:
    menu = await door.commanded(person, "help")
    assert (await door.pressed(person, act_of(menu, "to_person"))).replies


async def a_case(door: Door, person: Person = ANNA) -> str:
    await ask_for_person(door, person)
    turn = await say(door, "楼道里堆满了杂物，物业一直不管，想请人来看看", person)
    return str(turn.replies[-1].values["code"])


async def test_several_waiting_messages_are_one_turn(door: Door, database: Database) -> None:
    for text in ("有个自称公安局的打电话", "说我涉嫌洗钱", "让我把钱转到安全账户"):
        await door.keep(ANNA, text, forwarded=False, message_id=next(numbers))
    turn = await door.take_waiting(ANNA)
    assert turn is not None
    assert turn.keys == ("check",)
    assert await door.take_waiting(ANNA) is None


async def test_a_message_delivered_twice_is_heard_once(door: Door) -> None:
    assert not (await door.keep(ANNA, SCAM, forwarded=True, message_id=7)).known_already
    assert (await door.keep(ANNA, SCAM, forwarded=True, message_id=7)).known_already
    assert await door.take_waiting(ANNA) is not None
    assert await door.take_waiting(ANNA) is None


async def test_an_edit_before_the_answer_replaces_the_words(door: Door) -> None:
    await door.keep(ANNA, "你好呀", forwarded=False, message_id=8)
    assert await door.replace(ANNA, SCAM, message_id=8)
    turn = await door.take_waiting(ANNA)
    assert turn is not None
    assert turn.keys == ("check",)
    assert not await door.replace(ANNA, "又改了", message_id=8)


async def test_danger_and_money_about_to_leave_do_not_wait(door: Door) -> None:
    calm = await door.keep(ANNA, "你好", forwarded=False, message_id=next(numbers))
    acute = await door.keep(ANNA, "我不想活了", forwarded=False, message_id=next(numbers))
    paid = await door.keep(ANNA, "我刚刚已经给他转账了三万", forwarded=False, message_id=next(numbers))
    assert [calm.urgent, acute.urgent, paid.urgent] == [False, True, True]


async def test_a_restart_in_the_middle_loses_nothing(door: Door, database: Database, data_dir: Path) -> None:
    await door.keep(ANNA, SCAM, forwarded=True, message_id=next(numbers))
    after = Door(database, Ear(None), data_dir=data_dir, locale="zh-Hans", public_base="http://door.example")
    assert await after.left_waiting("telegram") == [ANNA]
    assert await after.left_waiting("terminal") == []
    turn = await after.take_waiting(ANNA)
    assert turn is not None
    assert turn.keys == ("check",)


async def test_two_people_do_not_meet(door: Door) -> None:
    await door.keep(ANNA, SCAM, forwarded=True, message_id=1)
    await door.keep(BEN, "你好", forwarded=False, message_id=1)
    ben = await door.take_waiting(BEN)
    assert ben is not None
    assert "check" not in ben.keys


async def test_an_old_button_is_answered_and_not_obeyed(door: Door) -> None:
    first = await door.commanded(ANNA, "delete")
    old = act_of(first, "erase_yes")
    await door.commanded(ANNA, "check")
    assert (await door.pressed(ANNA, old)).keys == ("button_stale",)


async def test_a_check_button_stays_live_and_belongs_to_its_asker(door: Door) -> None:
    paid = act_of(await say(door, SCAM, forwarded=True), "check_paid")
    await say(door, "你好")
    assert (await door.pressed(BEN, paid)).keys == ("button_stale",)
    assert (await door.pressed(ANNA, paid)).keys == ("check_state",)


@pytest.mark.parametrize(
    "data", ["", "d:", "d:x:y", "k:99:paid", "c:NOPE:maybe", "l:fr", "s:", "s:take", "z" * 64]
)
async def test_button_data_nobody_made_is_answered(door: Door, data: str) -> None:
    assert (await door.pressed(ANNA, data)).replies


async def test_a_handed_over_story_is_a_case_with_code_secret_and_place_to_look(
    door: Door, database: Database
) -> None:
    code = await a_case(door)
    async with database.reading() as session:
        case = await listing.whole_case(session, code)
    assert case is not None
    assert case["leaf"] == "to_sort"
    assert case["timeline_whole"]
    assert [text["body"] for text in case["statements"]] == ["楼道里堆满了杂物，物业一直不管，想请人来看看"]


async def test_nobody_can_judge_somebody_elses_case(door: Door) -> None:
    code = await a_case(door)
    with pytest.raises(CaseNotFound):
        await door.pressed(BEN, f"c:{code}:solved")


async def test_a_poster_code_fills_the_place_and_an_unknown_one_is_greeted(
    door: Door, database: Database
) -> None:
    async with database.reading() as session:
        grid = (await places.grids_of(session, "yunting"))[0]
    turn = await door.arrived(ANNA, grid.code)
    assert turn.keys == ("arrived",)
    assert turn.replies[0].values["place"] == grid.place_zh
    assert (await door.arrived(BEN, "nowhere-99")).keys == ("greet",)


async def test_a_position_becomes_the_nearest_grid_and_a_far_one_is_said_so(
    door: Door, database: Database
) -> None:
    async with database.reading() as session:
        grid = (await places.grids_of(session, "yunting"))[3]
    turn = await door.located(ANNA, grid.lat, grid.lon)
    assert turn.replies[0].values["grid"] == grid.code
    assert (await door.located(ANNA, 0.0, 0.0)).keys == ("place_unknown",)


async def test_every_button_fits_into_what_the_channel_carries(door: Door) -> None:
    acts = await all_places(door)
    assert len(acts) > 8
    assert all(len(act.encode()) <= 64 for act in acts)


async def all_places(door: Door) -> list[str]:
    """Walks the whole tree of places by its buttons."""
    check = await say(door, SCAM, forwarded=True)
    turn = await door.pressed(ANNA, act_of(check, "check_report"))
    acts: list[str] = []
    while places := [
        b.act for reply in turn.replies for row in reply.buttons for b in row if b.key == "place"
    ]:
        acts += places
        turn = await door.pressed(ANNA, places[-1])
    assert "ask_details" in turn.keys
    return acts


async def test_a_fraud_is_reported_as_a_case(door: Door, database: Database) -> None:
    check = await say(door, SCAM, forwarded=True)
    turn = await door.pressed(ANNA, act_of(check, "check_report"))
    turn = await door.pressed(ANNA, act_of(turn, "place_skip"))
    turn = await door.pressed(ANNA, act_of(turn, "details_next"))
    turn = await door.pressed(ANNA, act_of(turn, "agree"))
    assert turn.keys == ("case_opened",)
    assert turn.replies[0].qr == f"http://door.example/c/{turn.replies[0].values['code']}"
    async with database.reading() as session:
        case = await listing.whole_case(session, str(turn.replies[0].values["code"]))
    assert case is not None
    assert case["leaf"].startswith("scam:")
    assert case["statements"][0]["body"] == SCAM


async def test_pressing_agree_twice_opens_one_case(door: Door, database: Database) -> None:
    check = await say(door, SCAM, forwarded=True)
    turn = await door.pressed(ANNA, act_of(check, "check_report"))
    turn = await door.pressed(ANNA, act_of(turn, "place_skip"))
    turn = await door.pressed(ANNA, act_of(turn, "details_next"))
    agree = act_of(turn, "agree")
    await door.pressed(ANNA, agree)
    assert (await door.pressed(ANNA, agree)).keys == ("button_stale",)
    async with database.reading() as session:
        assert len(await listing.case_list(session)) == 1


async def test_a_picture_reaches_the_case_and_an_empty_file_is_refused(
    door: Door, database: Database
) -> None:
    await door.sent(ANNA, "photo", b"\xff\xd8 a picture", message_id=7)
    menu = await door.commanded(ANNA, "help")
    turn = await door.pressed(ANNA, act_of(menu, "to_person"))
    async with database.reading() as session:
        case = await listing.whole_case(session, str(turn.replies[-1].values["code"]))
    assert case is not None
    assert [file["kind"] for file in case["attachments"]] == ["photo"]
    with pytest.raises(FileEmpty):
        await door.sent(ANNA, "photo", b"", message_id=8)


async def test_a_picture_delivered_twice_is_kept_once(door: Door, database: Database) -> None:
    assert await door.sent(ANNA, "photo", b"\xff\xd8 a picture", message_id=7) is not None
    assert await door.sent(ANNA, "photo", b"\xff\xd8 a picture", message_id=7) is None
    menu = await door.commanded(ANNA, "help")
    turn = await door.pressed(ANNA, act_of(menu, "to_person"))
    async with database.reading() as session:
        case = await listing.whole_case(session, str(turn.replies[-1].values["code"]))
    assert case is not None
    assert len(case["attachments"]) == 1


async def test_erasing_withdraws_and_forgets(door: Door, database: Database) -> None:
    code = await a_case(door)
    asked = await door.commanded(ANNA, "delete")
    assert (await door.pressed(ANNA, act_of(asked, "erase_yes"))).keys == ("erased",)
    async with database.reading() as session:
        case = await listing.whole_case(session, code)
    assert case is not None
    assert case["status"] == "withdrawn"
    assert case["timeline_whole"]
    assert all(text["body"] is None for text in case["statements"])
    assert (await door.commanded(ANNA, "cases")).keys == ("status_none",)


async def test_a_language_once_chosen_stays(door: Door) -> None:
    assert (await door.pressed(ANNA, "l:en")).locale == "en"
    assert (await door.commanded(ANNA, "help")).locale == "en"


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
async def test_empty_words_are_answered(door: Door, text: str) -> None:
    assert (await say(door, text)).keys == ("nothing_heard",)


@pytest.mark.parametrize("text", ["\ud800坏了", "nul\x00里面", "🤔" * 50, "a", "\u202e反过来", "http://x.y"])
async def test_odd_words_are_kept_and_answered(door: Door, text: str) -> None:
    assert (await say(door, text)).replies
    assert "\x00" not in readable(text)


async def test_a_giant_message_is_answered_and_kept_whole(door: Door, database: Database) -> None:
    await ask_for_person(door)
    story = "物业不管电梯。" * 5000
    turn = await say(door, story)
    assert turn.keys[0] == "too_long"
    async with database.reading() as session:
        case = await listing.whole_case(session, str(turn.replies[-1].values["code"]))
    assert case is not None
    assert "".join(text["body"] for text in case["statements"]) == story
    assert len(story) > LONGEST_READ


async def test_a_turn_that_failed_does_not_block_what_is_said_next(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(text: str, *, forwarded: bool) -> None:
        raise RuntimeError("model fell over")

    with monkeypatch.context() as patched:
        patched.setattr(door.ear, "hear", broken)
        await door.keep(ANNA, "第一句", forwarded=False, message_id=next(numbers))
        with pytest.raises(RuntimeError):
            await door.take_waiting(ANNA)
    assert await door.take_waiting(ANNA) is None
    assert (await say(door, SCAM, forwarded=True)).keys == ("check",)


async def test_staff_take_answer_and_close_and_volunteers_check_for_others(
    door: Door, database: Database
) -> None:
    code = await a_case(door)
    now = datetime.now(UTC)
    async with database.transaction() as session:
        clerk = await staff.invite(session, await staff.staff_by_code(session, "centre-yunting"), now)
        helper = await staff.invite(session, await staff.staff_by_code(session, "volunteer-guihua"), now)
    carl, dora = Person("telegram", "201", 201), Person("telegram", "202", 202)
    assert (await door.staff_arrived(carl, "WRONG-CODE")).keys == ("staff_unlinked",)
    turn = await door.staff_arrived(carl, clerk)
    assert turn.keys == ("staff_linked", "staff_queue")
    turn = await door.pressed(carl, act_of(turn, "staff_open"))
    assert "楼道里堆满了杂物" in turn.replies[0].values["story"]
    assert act_of(turn, "staff_decline")
    turn = await door.pressed(carl, act_of(turn, "staff_accept"))
    assert turn.keys == ("staff_which_family",), "nobody takes what nobody has sorted"
    turn = await door.pressed(carl, act_of(turn, "family_neighbour"))
    assert turn.keys == ("staff_accepted",)
    turn = await door.pressed(carl, act_of(turn, "staff_take"))
    assert (await door.pressed(carl, act_of(turn, "staff_answer"))).keys == ("staff_answer_ask",)
    turn = await say(door, "已约物业明天上午清理，社区派人到场。", carl)
    assert turn.keys == ("staff_answered",)
    turn = await door.pressed(carl, act_of(turn, "staff_close"))
    assert (await door.pressed(carl, act_of(turn, "close_procedural"))).keys == ("staff_closed",)
    assert (await door.pressed(ANNA, f"c:{code}:unsolved")).keys == ("rated_unsolved",)
    assert (await door.staff_arrived(dora, clerk)).keys == ("staff_unlinked",), "an invitation works once"
    assert (await door.staff_arrived(dora, helper)).keys == (
        "staff_linked",
        "volunteer_home",
        "check_send_other",
    )
    checked = await say(door, SCAM, dora)
    assert checked.replies[0].values["for_other"]


async def test_raw_words_and_orphaned_files_are_tidied_away_and_the_rest_stays(
    door: Door, database: Database, data_dir: Path
) -> None:
    code = await a_case(door)
    await door.sent(BEN, "photo", b"\xff\xd8 kept", message_id=next(numbers))
    orphan = data_dir / "attachments" / "zz" / "nobody"
    orphan.parent.mkdir(parents=True)
    orphan.write_bytes(b"noise")
    later = datetime.now(UTC) + timedelta(days=30)
    assert await tidy(database, data_dir, later) == 1
    assert not orphan.exists()
    async with database.reading() as session:
        case = await listing.whole_case(session, code)
        left = (await session.scalars(select(Heard))).all()
    assert case is not None
    assert case["statements"][0]["body"]
    assert left == []
