"""Suspicious messages and calls: the verdict first, then what to do, then a report if it is wanted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.loopback import Heard, LoopbackBotApi, Visitor

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]
PHISHING = "【银行】您的账户异常，已被冻结，请点击 http://a-bank.top/x 验证身份，否则今日注销"
CALL = "刚才有人打电话说是公安局的，说我涉嫌洗钱，让我把钱转到安全账户，还不许我告诉家人"
STATES = {"已转账", "正要转账", "正在通话", "共享了屏幕", "给了验证码"}


def reasons(verdict: Heard) -> list[str]:
    return [line for line in verdict.text.splitlines() if line.startswith("· “")]


async def test_a_forwarded_scam_is_warned_of_in_the_first_short_line(somebody: Visitor) -> None:
    await somebody.forwards(PHISHING)
    verdict = await somebody.hears("96110")
    first, action, *_ = verdict.text.splitlines()
    assert first == "很像诈骗，先别转钱。"
    assert action.startswith("1. ")
    assert "钓鱼链接" in verdict.text
    assert "由模型判断" in verdict.text
    assert STATES | {"帮我报告", "不是诈骗？"} == set(verdict.labels)


async def test_at_most_three_reasons_quote_the_message_itself(somebody: Visitor) -> None:
    await somebody.forwards(PHISHING)
    told = reasons(await somebody.hears("96110"))
    assert 1 <= len(told) <= 3
    for line in told:
        assert line.split("“", 1)[1].split("”", 1)[0] in PHISHING


async def test_a_retold_call_is_recognised_without_being_forwarded(somebody: Visitor) -> None:
    await somebody.says(CALL)
    verdict = await somebody.hears("冒充公检法")
    assert verdict.text.splitlines()[0] in ("很像诈骗，先别转钱。", "先停下，一分钱都别转。")
    assert any("安全账户" in line for line in reasons(verdict))


async def test_who_has_paid_hears_110_before_anything_else(somebody: Visitor) -> None:
    await somebody.forwards(PHISHING)
    await somebody.presses("已转账")
    await somebody.hears("96110")
    card = await somebody.hears("止付")
    assert card.text.splitlines()[0] == "现在打110，请求止付。"


async def test_having_paid_can_be_said_in_words_too(somebody: Visitor) -> None:
    await somebody.forwards(PHISHING)
    await somebody.hears("很像诈骗")
    await somebody.says("我刚才已经把钱转过去了，转了五千")
    assert (await somebody.hears()).text.startswith("现在打110，请求止付。")


async def test_a_reported_scam_becomes_a_case_of_the_police_post_nearby(
    somebody: Visitor, case: Callable[[str], Awaitable[dict[str, Any]]]
) -> None:
    await somebody.forwards(PHISHING)
    await somebody.presses("帮我报告")
    await somebody.hears("发生在哪里")
    await somebody.shares_location(34.609, 113.204)
    for label in ("下一步", "同意，登记"):
        await somebody.presses(label)
    opened = await somebody.hears("登记好了")
    assert "柳荫派出所" in opened.text
    row = await case(opened.text.split("编号 ", 1)[1].split("，", 1)[0])
    assert (row["leaf"], row["unit"], row["grid"]) == ("scam:phishing", "liuyin-police", "guihua-01")
    assert [text["body"] for text in row["statements"]] == [PHISHING]


async def test_who_doubts_the_warning_is_shown_another_way_and_not_contradicted(somebody: Visitor) -> None:
    await somebody.forwards(PHISHING)
    await somebody.presses("不是诈骗？")
    doubted = await somebody.hears("您更了解情况")
    assert "先不转钱" in doubted.text
    assert "找人工" in doubted.labels


async def test_an_old_warnings_buttons_still_work_because_danger_does_not_grow_stale(
    somebody: Visitor,
) -> None:
    await somebody.forwards(PHISHING)
    warning = await somebody.hears("很像诈骗")
    await somebody.says("谢谢")
    await somebody.hears()
    await somebody.says("你好")
    await somebody.hears("一扇门")
    await somebody.presses("给了验证码", on=warning)
    assert (await somebody.hears()).text.startswith("马上打银行电话")


async def test_nobody_can_press_the_buttons_of_somebody_elses_warning(
    somebody: Visitor, api: LoopbackBotApi
) -> None:
    await somebody.forwards(PHISHING)
    act = (await somebody.hears("很像诈骗")).act("帮我报告")
    assert act
    stranger = api.person("外人")
    await stranger.says("你好")
    await stranger.presses_forged(await stranger.hears("一扇门"), act)
    assert "已经过时" in (await stranger.hears()).text


async def test_a_harmless_forwarded_message_is_never_called_safe(somebody: Visitor) -> None:
    await somebody.forwards("妈，我下班去买菜，晚上吃饺子")
    verdict = await somebody.hears("不等于安全")
    assert "很像诈骗" not in verdict.text
    assert set(verdict.labels) == {"已转账", "请人看看"}


async def test_an_english_speaker_is_warned_in_english(api: LoopbackBotApi) -> None:
    guest = api.person("Jane", language="en-GB")
    await guest.forwards(PHISHING)
    assert (await guest.hears("96110")).text.splitlines()[0] == "This looks like fraud. Do not pay."
