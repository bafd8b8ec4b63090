"""What is said to the bot itself: greetings, progress, additions, second thoughts, languages, erasure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.loopback import LoopbackBotApi, Visitor

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]
MENU = ("看看是不是诈骗", "我有纠纷", "公共服务", "找人工")
Case = Callable[[str], Awaitable[dict[str, Any]]]
Filed = Callable[..., Awaitable[str]]


async def test_a_greeting_is_answered_with_what_one_can_say(somebody: Visitor) -> None:
    said = await somebody.says("你好")
    greeting = await somebody.hears("一扇门")
    assert greeting.labels == MENU
    assert greeting.at - said.at < 3
    assert len(somebody.heard) == 1


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("/start", "您好，这里是"),
        ("/help", "我能做这些"),
        ("/cases", "您还没有登记过的事"),
        ("/check", "原样转发"),
        ("/delete", "确定删除您的资料吗"),
        ("/language", "请选择语言"),
        ("/staff", "邀请码"),
        ("/nonsense", ""),
    ],
)
async def test_every_command_is_answered(somebody: Visitor, command: str, answer: str) -> None:
    await somebody.says(command)
    assert answer in (await somebody.hears()).text


async def test_progress_is_told_in_plain_words_when_asked_for(somebody: Visitor, filed: Filed) -> None:
    code = await filed(somebody)
    await somebody.says("我的事怎么样了")
    line = (await somebody.hears("您的事")).text.splitlines()[1]
    assert code in line
    assert "已分流" in line
    assert "桂花社区" in line


async def test_more_can_be_said_about_a_case(somebody: Visitor, filed: Filed, case: Case) -> None:
    code = await filed(somebody)
    await somebody.says("补充一下")
    await somebody.hears(code)
    await somebody.says("昨天又有人被困在电梯里半小时")
    await somebody.hears("已经加到")
    row = await case(code)
    assert row["statements"][-1]["body"] == "昨天又有人被困在电梯里半小时"
    assert row["timeline_whole"]


async def test_a_case_is_withdrawn_only_after_a_second_yes(
    somebody: Visitor, filed: Filed, case: Case
) -> None:
    code = await filed(somebody)
    await somebody.says("不办了，我要撤回")
    await somebody.hears("确定撤回", code)
    assert (await case(code))["status"] == "routed"
    await somebody.presses("确定撤回")
    await somebody.hears("已撤回")
    assert (await case(code))["status"] == "withdrawn"


async def test_a_person_is_reached_at_any_point_without_argument(somebody: Visitor, case: Case) -> None:
    await somebody.says("我们小区电梯坏了三个月，物业一直不修")
    await somebody.hears("我理解得对吗")
    await somebody.presses("找人工")
    handed = await somebody.hears("已经转给人")
    row = await case(handed.text.split("编号 ", 1)[1].split("，", 1)[0])
    assert row["needs_person"]
    assert row["statements"][0]["body"] == "我们小区电梯坏了三个月，物业一直不修"


async def test_another_language_is_kept_for_what_follows(somebody: Visitor) -> None:
    await somebody.says("/language")
    await somebody.presses("English")
    await somebody.hears()
    await somebody.hears()
    await somebody.says("/help")
    assert "police" in (await somebody.hears()).text.lower() or "110" in somebody.heard[-1].text
    assert "我能做这些" not in somebody.heard[-1].text


async def test_erasing_takes_the_words_away_and_leaves_the_record(
    somebody: Visitor, filed: Filed, case: Case
) -> None:
    code = await filed(somebody)
    await somebody.says("/delete")
    await somebody.hears("确定删除您的资料吗")
    await somebody.presses("确定删除")
    await somebody.hears("已经删除")
    row = await case(code)
    assert row["timeline_whole"]
    assert {text["body"] for text in row["statements"]} == {None}
    assert row["status"] == "withdrawn"
    await somebody.says("/cases")
    await somebody.hears("您还没有登记过的事")


async def test_a_button_of_a_question_already_answered_is_said_to_be_old(somebody: Visitor) -> None:
    await somebody.says("我们小区电梯坏了三个月，物业一直不修")
    question = await somebody.hears("我理解得对吗")
    await somebody.presses("不对，换一类")
    await somebody.hears("最接近的一类")
    await somebody.presses("对", on=question)
    await somebody.hears("已经过时")
    await somebody.presses("邻里纠纷")
    await somebody.hears("发生在哪里")


async def test_a_yes_to_an_earlier_story_is_no_yes_to_the_present_one(somebody: Visitor) -> None:
    await somebody.says("我们小区电梯坏了三个月，物业一直不修")
    earlier = await somebody.hears("我理解得对吗")
    await somebody.says("再说一件，楼上漏水把我家天花板泡了，邻居不肯赔")
    await somebody.hears("我理解得对吗")
    await somebody.presses("对", on=earlier)
    await somebody.hears("已经过时")
    await somebody.presses("对")
    await somebody.hears("发生在哪里")


@pytest.mark.parametrize(
    "act", ["d:999999:agree", "d::", "k:1:paid", "c:YM-000000-0000:solved", "x", "s:take:1", "字"]
)
async def test_a_forged_button_opens_nothing(somebody: Visitor, act: str) -> None:
    await somebody.says("你好")
    await somebody.presses_forged(await somebody.hears("一扇门"), act)
    answer = (await somebody.hears()).text
    assert "参考号" not in answer
    assert "登记好了" not in answer


async def test_in_a_group_the_bot_is_silent_until_called(api: LoopbackBotApi, somebody: Visitor) -> None:
    family = api.group()
    await somebody.says("有人说把钱转到安全账户", to=family)
    await somebody.says("/help", to=family)
    await family.hears("私")
    assert len(family.heard) == 1
    assert somebody.heard == []


async def test_the_longest_message_is_kept_whole_and_read_in_part(somebody: Visitor, case: Case) -> None:
    story = "物业不修电梯。" * 585 + "完"
    assert len(story) == 4096
    await somebody.says("/start g_guihua-01")
    await somebody.says(story)
    await somebody.hears("我看前 4000 个字")
    await somebody.hears("我理解得对吗")
    for label in ("对", "下一步", "同意，登记"):
        await somebody.presses(label)
    opened = await somebody.hears("登记好了")
    row = await case(opened.text.split("编号 ", 1)[1].split("，", 1)[0])
    assert row["statements"][0]["body"] == story


@pytest.mark.parametrize(
    "text", ["。", "\u200b\u200b", "\ud83d\ude00", "？？？", "a\x00b", "١٢٣", "👍" * 500]
)
async def test_odd_characters_get_an_answer_and_no_failure(somebody: Visitor, text: str) -> None:
    await somebody.says(text.encode("utf-16", "surrogatepass").decode("utf-16"))
    assert "参考号" not in (await somebody.hears()).text
