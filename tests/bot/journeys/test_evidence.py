"""Pictures, voices, files, stickers and things nobody knows: kept or answered honestly, never dropped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.loopback import LoopbackBotApi, Visitor, server_error

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]
Case = Callable[[str], Awaitable[dict[str, Any]]]


async def test_a_lone_picture_is_kept_and_one_asks_what_it_is(somebody: Visitor, png: bytes) -> None:
    await somebody.sends_photo(png)
    answer = await somebody.hears("图片收好了")
    assert "找人工" in answer.labels


async def test_a_lone_picture_can_go_to_a_person(somebody: Visitor, case: Case, png: bytes) -> None:
    await somebody.sends_photo(png)
    await somebody.presses("找人工")
    handed = await somebody.hears("已经转给人")
    row = await case(handed.text.split("编号 ", 1)[1].split("，", 1)[0])
    assert [one["kind"] for one in row["attachments"]] == ["photo"]


async def test_a_caption_is_the_story_and_the_picture_belongs_to_it(
    somebody: Visitor, case: Case, png: bytes
) -> None:
    await somebody.says("/start g_guihua-01")
    await somebody.hears("门牌码")
    await somebody.sends_photo(png, caption="楼上漏水把我家天花板泡了，他不肯赔")
    await somebody.hears("我理解得对吗")
    for label in ("对", "下一步", "同意，登记"):
        await somebody.presses(label)
    opened = await somebody.hears("登记好了")
    row = await case(opened.text.split("编号 ", 1)[1].split("，", 1)[0])
    assert row["statements"][0]["body"] == "楼上漏水把我家天花板泡了，他不肯赔"
    assert [one["size"] for one in row["attachments"]] == [len(png)]


async def test_an_album_gets_one_answer(somebody: Visitor, png: bytes) -> None:
    await somebody.sends_album([png, png, png])
    await somebody.hears("图片收好了")
    await somebody.says("/help")
    await somebody.hears("我能做这些")
    assert len(somebody.heard) == 2


@pytest.mark.parametrize(
    ("kind", "answer"), [("voice", "语音收好了"), ("document", "文件收好了"), ("video", "视频收好了")]
)
async def test_other_files_are_kept_and_not_pretended_to_be_understood(
    somebody: Visitor, kind: str, answer: str
) -> None:
    await getattr(somebody, f"sends_{kind}")(b"bytes of a " + kind.encode())
    await somebody.hears(answer)


async def test_a_file_too_large_is_refused_with_its_limit(somebody: Visitor, api: LoopbackBotApi) -> None:
    asked_before = len(api.calls("getFile"))
    await somebody.sends_document(b"", name="监控录像.mkv", claimed=300 << 20)
    assert "20 MB" in (await somebody.hears("太大")).text
    assert len(api.calls("getFile")) == asked_before


async def test_a_file_that_cannot_be_fetched_is_asked_for_again(
    somebody: Visitor, api: LoopbackBotApi, png: bytes
) -> None:
    api.next_calls("file", server_error(), times=None)
    await somebody.sends_photo(png)
    await somebody.hears("请再发一次")
    api.forgives()
    await somebody.sends_photo(png)
    await somebody.hears("图片收好了")


async def test_a_sticker_a_card_and_things_unheard_of_each_get_a_sentence(somebody: Visitor) -> None:
    await somebody.sends_sticker()
    await somebody.hears("表情收到")
    await somebody.shares_contact("13800000000", "李四")
    await somebody.hears("不保存名片")
    await somebody.sends({"hologram": {"colours": 3}})
    await somebody.hears("这种消息我还看不了")
    await somebody.sends({"dice": {"emoji": "🎲", "value": 6}})
    await somebody.hears("这种消息我还看不了")


async def test_an_update_of_an_unknown_kind_disturbs_nobody(somebody: Visitor, api: LoopbackBotApi) -> None:
    api.posts("mind_reading", {"thought": "?"})
    await somebody.says("你好")
    await somebody.hears("一扇门")
    await api.all_taken()


async def test_a_place_sent_out_of_the_blue_is_remembered_for_the_story(somebody: Visitor) -> None:
    await somebody.shares_location(34.609, 113.204)
    await somebody.hears("桂花社区第一网格")
    await somebody.says("楼上漏水把我家天花板泡了，他不肯赔")
    await somebody.hears("我理解得对吗")
    await somebody.presses("对")
    await somebody.hears("还有要补充的吗")
