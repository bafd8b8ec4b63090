"""Troubles with neighbours, landlords, employers: understood, placed, agreed to, and a case with a code."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.loopback import LoopbackBotApi, Visitor
from handlers.rendering import qr_png

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]
LIFT = "我们小区电梯坏了三个月，物业一直不修，还催我们交物业费"
LEAK = "楼上漏水把我家天花板泡了，他不肯赔"
CODE = re.compile(r"YM-\d{6}-[0-9A-Z]{4}")
Case = Callable[[str], Awaitable[dict[str, Any]]]


async def test_a_property_complaint_becomes_a_case_with_code_and_qr(
    somebody: Visitor, command: Callable[..., Awaitable[str]]
) -> None:
    await somebody.says(LIFT)
    understood = await somebody.hears("我理解得对吗")
    assert "物业" in understood.text
    await somebody.presses("对")
    for place in ("河东区", "柳荫街道", "桂花社区", "第一网格"):
        await somebody.presses(place)
    await somebody.hears("记下了，地点：河东区柳荫街道桂花社区第一网格")
    await somebody.says("还有两个老人下不了楼")
    await somebody.hears("还有就接着说")
    await somebody.presses("下一步")
    consent = await somebody.hears("同意登记吗")
    assert "加密保存" in consent.text
    await somebody.presses("同意，登记")

    opened = await somebody.hears("登记好了", CODE, re.compile(r"查询码 \d{6}"))
    code = CODE.findall(opened.text)[0]
    assert "由桂花社区接手" in opened.text
    assert re.search(r"\d\d-\d\d \d\d:\d\d前会给您第一次答复", opened.text)
    picture = await somebody.hears(f"/c/{code}")
    assert picture.kind == "photo"
    assert picture.content == qr_png(picture.text)

    row = json.loads(await command("cases", code, "--json"))
    assert (row["leaf"], row["status"], row["unit"]) == ("dispute:property", "routed", "guihua")
    assert (row["grid"], row["owed"], row["timeline_whole"]) == ("guihua-01", True, True)
    assert [text["body"] for text in row["statements"]] == [LIFT, "还有两个老人下不了楼"]
    assert [(entry["from"], entry["to"]) for entry in row["timeline"] if entry["to"]] == [
        (None, "registered"),
        ("registered", "accepted"),
        ("accepted", "routed"),
    ]


async def test_a_posters_place_is_filled_in_and_not_asked_for_again(somebody: Visitor, case: Case) -> None:
    await somebody.says("/start g_shuanggang-02")
    arrived = await somebody.hears("门牌码")
    assert "双港社区第二网格" in arrived.text
    await somebody.says(LEAK)
    await somebody.hears("我理解得对吗")
    await somebody.presses("对")
    await somebody.hears("还有要补充的吗")
    await somebody.presses("下一步")
    await somebody.presses("同意，登记")
    row = await case(CODE.findall((await somebody.hears("登记好了")).text)[0])
    assert (row["leaf"], row["grid"]) == ("dispute:neighbour", "shuanggang-02")


async def test_a_poster_of_another_town_is_greeted_like_anybody(somebody: Visitor) -> None:
    await somebody.says("/start g_nowhere-99")
    assert "一扇门" in (await somebody.hears()).text


async def test_a_shared_location_finds_the_nearest_grid(somebody: Visitor) -> None:
    await somebody.says(LIFT)
    await somebody.hears("我理解得对吗")
    await somebody.presses("对")
    await somebody.hears("发生在哪里")
    assert "发送我的位置" in (await somebody.hears()).choices
    await somebody.shares_location(34.6241, 113.2161)
    await somebody.hears("双港社区第三网格")
    assert "下一步" in (await somebody.hears("还有要补充的吗")).labels


async def test_a_location_far_from_every_grid_is_said_to_be_so(somebody: Visitor) -> None:
    await somebody.says(LIFT)
    await somebody.hears("我理解得对吗")
    await somebody.presses("对")
    await somebody.hears("发生在哪里")
    await somebody.shares_location(48.8584, 2.2945)
    await somebody.hears("附近没有我们的网格")
    await somebody.presses("河东区")
    await somebody.hears("在河东区的哪里")


async def test_an_address_in_words_is_as_good_as_a_button(somebody: Visitor, case: Case) -> None:
    await somebody.says(LIFT)
    await somebody.hears("我理解得对吗")
    await somebody.presses("对")
    await somebody.hears("发生在哪里")
    await somebody.says("桂花苑3号楼2单元")
    await somebody.hears("记下了这个地址")
    await somebody.presses("下一步")
    await somebody.presses("同意，登记")
    row = await case(CODE.findall((await somebody.hears("登记好了")).text)[0])
    assert (row["address"], row["grid"]) == ("桂花苑3号楼2单元", None)


async def test_a_wrong_guess_is_corrected_by_the_resident(somebody: Visitor, case: Case) -> None:
    await somebody.says("/start g_guihua-01")
    await somebody.says(LIFT)
    await somebody.hears("我理解得对吗")
    await somebody.presses("不对，换一类")
    families = (await somebody.hears("最接近的一类")).labels
    assert "邻里纠纷" in families
    await somebody.presses("邻里纠纷")
    await somebody.presses("下一步")
    await somebody.presses("同意，登记")
    row = await case(CODE.findall((await somebody.hears("登记好了")).text)[0])
    assert row["leaf"] == "dispute:neighbour"


async def test_without_consent_nothing_is_filed(
    somebody: Visitor, cases: Callable[[], Awaitable[list[dict[str, Any]]]]
) -> None:
    before = await cases()
    await somebody.says("/start g_guihua-01")
    await somebody.says(LIFT)
    await somebody.hears("我理解得对吗")
    await somebody.presses("对")
    await somebody.presses("下一步")
    await somebody.presses("先不登记")
    await somebody.hears("什么也没登记")
    assert await cases() == before


async def test_a_picture_of_the_trouble_goes_into_the_case(somebody: Visitor, case: Case, png: bytes) -> None:
    await somebody.says("/start g_guihua-01")
    await somebody.says(LIFT)
    await somebody.hears("我理解得对吗")
    await somebody.presses("对")
    await somebody.hears("还有要补充的吗")
    await somebody.sends_photo(png)
    await somebody.hears("和您说的事放在一起了")
    await somebody.presses("下一步")
    await somebody.presses("同意，登记")
    row = await case(CODE.findall((await somebody.hears("登记好了")).text)[0])
    assert [(one["kind"], one["size"]) for one in row["attachments"]] == [("photo", len(png))]


async def test_words_of_despair_get_help_and_a_person_but_no_form(somebody: Visitor, case: Case) -> None:
    said = await somebody.says("我不想活了，活着没意思")
    first = await somebody.hears()
    assert first.text.startswith("您很重要")
    assert "12356" in first.text
    assert "120" in first.text
    assert first.at - said.at < 3
    told = await somebody.hears("转给值班的人")
    assert "不用填任何东西" in told.text
    row = await case(CODE.findall(told.text)[0])
    assert (row["danger"], row["needs_person"]) == ("red", True)
    assert not any("同意" in label for one in somebody.heard for label in one.labels)


async def test_violence_at_home_is_protected_first_and_not_confirmed(somebody: Visitor) -> None:
    await somebody.says("我老公又喝酒打我了，孩子也吓哭了")
    first = await somebody.hears()
    assert "打110" in first.text.splitlines()[0]
    assert "我理解得对吗" not in "".join(one.text for one in somebody.heard)


async def test_a_question_about_a_service_names_the_hotline_and_offers_a_case(
    somebody: Visitor, case: Case
) -> None:
    await somebody.says("/start g_guihua-01")
    await somebody.hears("门牌码")
    await somebody.says("怎么办理居住证，要带什么材料")
    answer = await somebody.hears("要我替您登记")
    assert "电话：" in answer.text
    await somebody.presses("帮我登记")
    await somebody.presses("下一步")
    await somebody.presses("同意，登记")
    row = await case(CODE.findall((await somebody.hears("登记好了")).text)[0])
    assert row["leaf"] == "service"


async def test_two_residents_at_once_each_get_their_own_case(
    api: LoopbackBotApi, somebody: Visitor, filed: Callable[..., Awaitable[str]], case: Case
) -> None:
    other = api.person("李四")
    first, second = await filed(somebody), await filed(other)
    assert first != second
    await other.says("我的事怎么样了")
    status = await other.hears("您的事")
    assert second in status.text
    assert first not in status.text
