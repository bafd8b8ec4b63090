"""When people speak: several messages of one thought, corrections, floods, and danger that does not wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.loopback import LoopbackBotApi, Visitor

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]
Case = Callable[[str], Awaitable[dict[str, Any]]]
AFTER_QUIET = 1.0
"""seconds after which words that were taken for new ones would have been answered"""


async def test_several_quick_messages_are_one_thought_and_get_one_answer(
    somebody: Visitor, case: Case
) -> None:
    await somebody.says("/start g_guihua-01")
    await somebody.hears("门牌码")
    for part in ("我们小区电梯坏了", "都三个月了", "物业一直不修", "还催我们交物业费"):
        await somebody.says(part)
    await somebody.hears("我理解得对吗")
    for label in ("对", "下一步", "同意，登记"):
        await somebody.presses(label)
    opened = await somebody.hears("登记好了")
    assert [one.text.splitlines()[0] for one in somebody.heard if "我理解得对吗" in one.text] == [
        "您说的是房子和物业方面的事，是吗？"
    ]
    row = await case(opened.text.split("编号 ", 1)[1].split("，", 1)[0])
    assert [text["body"] for text in row["statements"]] == [
        "我们小区电梯坏了\n都三个月了\n物业一直不修\n还催我们交物业费"
    ]


async def test_an_edit_before_the_answer_counts_instead_of_the_first_words(somebody: Visitor) -> None:
    sent = await somebody.says("谢谢你们的帮助")
    await somebody.edits(sent, "我们小区电梯坏了三个月，物业一直不修")
    await somebody.hears("我理解得对吗")
    assert [one for one in somebody.heard if "不客气" in one.text] == []


async def test_an_edit_after_the_answer_is_noticed_and_answered_anew(somebody: Visitor) -> None:
    sent = await somebody.says("你好")
    await somebody.hears("一扇门")
    await somebody.edits(sent, "我们小区电梯坏了三个月，物业一直不修")
    await somebody.hears("看到您改了消息")
    await somebody.hears("我理解得对吗")


async def test_a_corrected_caption_counts_like_any_correction(somebody: Visitor, png: bytes) -> None:
    sent = await somebody.sends_photo(png, caption="你好")
    await somebody.hears("一扇门")
    await somebody.edits(sent, "我们小区电梯坏了三个月，物业一直不修")
    await somebody.hears("看到您改了消息")
    await somebody.hears("我理解得对吗")


async def test_words_of_danger_are_answered_at_once_in_the_middle_of_a_flood(somebody: Visitor) -> None:
    for number in range(30):
        await somebody.says(f"这是第{number}句闲话")
    await somebody.hears("消息我都收着")
    said = await somebody.says("我不想活了，现在就在楼顶")
    card = await somebody.hears("您很重要")
    assert card.at - said.at < 3
    assert "12356" in card.text


async def test_a_flood_is_told_of_once_and_then_read_together(somebody: Visitor) -> None:
    for number in range(30):
        await somebody.says(f"楼上漏水第{number}天了，他不肯赔")
    await somebody.hears("消息我都收着")
    await somebody.hears("我理解得对吗", within=20)
    assert len([one for one in somebody.heard if "消息我都收着" in one.text]) == 1
    assert len(somebody.heard) <= 3


async def test_a_flood_of_one_person_does_not_slow_another(somebody: Visitor, api: LoopbackBotApi) -> None:
    other = api.person("李四")
    for number in range(30):
        await somebody.says(f"这是第{number}句闲话")
    said = await other.says("你好")
    assert (await other.hears("一扇门")).at - said.at < 3


async def test_a_redelivered_message_is_answered_once(somebody: Visitor, api: LoopbackBotApi) -> None:
    sent = await somebody.says("你好")
    await somebody.hears("一扇门")
    api.redelivers(sent)
    await api.all_taken()
    await somebody.hears_no_more(for_=AFTER_QUIET)


async def test_a_redelivered_yes_does_not_open_a_second_case(
    somebody: Visitor,
    api: LoopbackBotApi,
    filed: Callable[..., Awaitable[str]],
    cases: Callable[[], Awaitable[list[dict[str, Any]]]],
) -> None:
    before = len(await cases())
    await somebody.says("/start g_guihua-01")
    await somebody.says("我们小区电梯坏了三个月，物业一直不修，还催我们交物业费")
    await somebody.hears("我理解得对吗")
    await somebody.presses("对")
    await somebody.presses("下一步")
    pressed = await somebody.presses("同意，登记")
    await somebody.hears("登记好了")
    api.redelivers(pressed)
    await api.all_taken()
    await somebody.says("/cases")
    await somebody.hears("您的事")
    assert len(await cases()) == before + 1
    assert len([one for one in somebody.heard if "登记好了" in one.text]) == 1


async def test_a_redelivered_picture_is_kept_once(
    somebody: Visitor, api: LoopbackBotApi, case: Case, png: bytes
) -> None:
    sent = await somebody.sends_photo(png)
    await somebody.hears("图片收好了")
    api.redelivers(sent)
    await api.all_taken()
    await somebody.presses("找人工")
    handed = await somebody.hears("已经转给人")
    row = await case(handed.text.split("编号 ", 1)[1].split("，", 1)[0])
    assert len(row["attachments"]) == 1
    assert len([one for one in somebody.heard if "图片收好了" in one.text]) == 1
