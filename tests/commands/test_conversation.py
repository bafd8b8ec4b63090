"""`./onedoor talk`: a resident's day at the door, from a greeting to the erasure of everything."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import segno
from commands.desktop import Desktop, Ran, Talk, label, reply

pytestmark = pytest.mark.model
SMS = "【工商银行】您的账户存在异常，请立即点击 http://icbc-safe.top 验证身份，否则将冻结"
CALL = "刚才有人打电话自称是公安局的，说我涉嫌洗钱，要我把钱转到安全账户"
COMPLAINT = "楼顶漏水把我家天花板泡坏了，物业一直不管，已经一个月了"
MORE = "今天漏得更厉害了，墙皮都掉了"
CODE = re.compile(r"[A-Z]{2}-\d{6}-[0-9A-Z]{4}")


@pytest.fixture(scope="module")
def home(new_desktop: Callable[[], Desktop], service: str) -> Desktop:
    return Desktop(new_desktop().folder, {"ONEDOOR_NLU_URL": service})


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pictures") / "天花板 1.png"
    segno.make("一扇门").save(str(file), kind="png", scale=2)
    return file


@pytest.fixture(scope="module")
def ended() -> dict[str, Ran]:
    """How the conversation ended, once it has."""
    return {}


@pytest.fixture(scope="module")
def day(home: Desktop, picture: Path, ended: dict[str, Ran]) -> Iterator[dict[str, str]]:
    """What was answered to each thing said, in one conversation."""
    talk = home.talk("--trace")
    try:
        told = dict(_morning(talk, picture))
        told["list"] = home.run("cases", "--json").out
        told["case"] = home.run("cases", CODE.search(told["agreed"])[0], "--json").out
        told |= dict(_evening(talk))
        ended["talk"] = talk.ends()
        yield told
    finally:
        talk.kill()


def _morning(talk: Talk, picture: Path) -> Iterator[tuple[str, str]]:
    yield "greeting", talk.says("您好")
    yield "sms", talk.says(SMS)
    yield "call", talk.says(CALL)
    yield "forward", talk.says(f"!forward {SMS}")
    yield "poster", talk.says("/start g_guihua-01")
    yield "complaint", talk.says(COMPLAINT)
    yield "confirmed", talk.presses("confirm_yes")
    yield "photo", talk.says(f"!photo {picture}")
    yield "next", talk.presses("details_next")
    yield "agreed", talk.presses("agree")
    yield "status", talk.says("我的事怎么样了")
    yield "adding", talk.says("我想补充一下")
    yield "added", talk.says(MORE)


def _evening(talk: Talk) -> Iterator[tuple[str, str]]:
    yield "language", talk.says("/language")
    yield "english", talk.presses("language_en")
    yield "help", talk.says("/help")
    yield "chinese", talk.says("/language") and talk.presses("language_zh")
    yield "person", talk.says("我要找人工")
    yield "to person", talk.says("孩子上学报名的事没人管")
    yield "withdraw", talk.says("/start") and talk.says("撤回，不办了")
    yield "which", talk.says("1")
    yield "withdrawn", talk.presses("withdraw_yes")
    yield "erase", talk.says("/delete")
    yield "erased", talk.presses("erase_yes")
    yield "after", talk.says("/cases")


def test_a_greeting_is_answered_with_what_one_can_say(day: dict[str, str]) -> None:
    assert reply("greet") in day["greeting"]
    assert label("menu_check") in day["greeting"]


@pytest.mark.parametrize("told", ["sms", "call", "forward"])
def test_a_fraud_is_warned_of_first_and_then_explained(day: dict[str, str], told: str) -> None:
    lines = day[told].splitlines()
    assert "别转钱" in lines[0] or "诈骗" in lines[0]
    assert "96110" in day[told]
    assert label("check_paid") in day[told]


def test_the_reasons_quote_the_message_itself(day: dict[str, str]) -> None:
    quotes = re.findall(r"^· “(.+?)”：", day["sms"], re.MULTILINE)
    assert quotes
    assert all(quote in SMS for quote in quotes)


def test_a_complaint_becomes_a_case_with_code_and_secret(day: dict[str, str]) -> None:
    assert reply("case_opened") in day["agreed"]
    assert CODE.search(day["agreed"])
    assert re.search(r"查询码 \d{6}", day["agreed"])
    assert re.search(r"^▣ \S+/c/", day["agreed"], re.MULTILINE)


def test_the_place_of_the_poster_is_not_asked_for_again(day: dict[str, str]) -> None:
    assert "桂花社区" in day["poster"]
    assert reply("ask_place") not in day["confirmed"]
    assert json.loads(day["case"])["grid"] == "guihua-01"


def test_a_picture_joins_the_case(day: dict[str, str], picture: Path) -> None:
    (kept,) = json.loads(day["case"])["attachments"]
    assert (kept["kind"], kept["size"]) == ("photo", picture.stat().st_size)


def test_the_list_shows_the_case(day: dict[str, str]) -> None:
    (case,) = json.loads(day["list"])
    assert case["code"] == CODE.search(day["agreed"])[0]
    assert (case["leaf"], case["owed"]) == ("dispute:property", True)


def test_whoever_asks_hears_where_the_case_is(day: dict[str, str]) -> None:
    assert CODE.search(day["agreed"])[0] in day["status"]
    assert "桂花社区" in day["status"]


def test_what_is_added_stands_in_the_case(day: dict[str, str]) -> None:
    assert reply("added") in day["added"]
    assert [told["body"] for told in json.loads(day["case"])["statements"]] == [COMPLAINT, MORE]


def test_the_language_changes_at_once_and_back(day: dict[str, str]) -> None:
    assert reply("language_set", "en") in day["english"]
    assert reply("help", "en") in day["help"]
    assert reply("language_set") in day["chinese"]


def test_whoever_wants_a_person_gets_one(day: dict[str, str]) -> None:
    assert reply("person_ask") in day["person"]
    assert reply("handed_to_person") in day["to person"]


def test_a_case_is_withdrawn_only_after_a_second_yes(day: dict[str, str]) -> None:
    assert reply("withdraw_which") in day["withdraw"]
    assert reply("withdraw_ask") in day["which"]
    assert "已撤回" in day["withdrawn"]


def test_erasure_leaves_no_case_to_ask_about(day: dict[str, str]) -> None:
    assert reply("erase_ask") in day["erase"]
    assert reply("erased") in day["erased"]
    assert reply("status_none") in day["after"]


def test_after_the_erasure_the_cases_hold_no_words(home: Desktop, day: dict[str, str]) -> None:
    shown = home.run("cases", CODE.search(day["agreed"])[0])
    assert shown.status == 0
    assert COMPLAINT not in shown.out
    assert "记录链完整" in shown.out


def test_no_log_holds_a_word_of_it(home: Desktop, day: dict[str, str], ended: dict[str, Ran]) -> None:
    logs = ended["talk"].err + "".join(file.read_text() for file in home.folder.glob("*.log"))
    for words in ("icbc-safe", "洗钱", "漏水", "墙皮", "报名", "天花板 1"):
        assert words not in logs


def test_the_conversation_ends_with_the_input(ended: dict[str, Ran], day: dict[str, str]) -> None:
    assert ended["talk"].status == 0
