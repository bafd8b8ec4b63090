"""When Telegram, the network, the process or the model fails: nothing is lost and nothing is said twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from bot.loopback import (
    Dropped,
    Fault,
    Garbled,
    LoopbackBotApi,
    Visitor,
    server_error,
    too_many_requests,
)
from bot.loopback.process import BotProcess
from nlu.process import NluProcess

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]
Case = Callable[[str], Awaitable[dict[str, Any]]]
Filed = Callable[..., Awaitable[str]]
LIFT = "我们小区电梯坏了三个月，物业一直不修"


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(too_many_requests(1), id="429"),
        pytest.param(server_error(500), id="500"),
        pytest.param(server_error(502), id="502"),
        pytest.param(Garbled(), id="a gateway's page"),
        pytest.param(Dropped(), id="a cut line"),
    ],
)
async def test_an_answer_that_fails_is_said_again(
    somebody: Visitor, api: LoopbackBotApi, fault: Fault
) -> None:
    api.next_calls("sendMessage", fault, chat=somebody.id)
    await somebody.says("你好")
    await somebody.hears("一扇门")
    tried = api.calls("sendMessage", chat=somebody.id)
    assert [call.status for call in tried][-1] == 200
    assert len(tried) == 2


async def test_an_answer_outlives_an_outage_of_seconds(somebody: Visitor, api: LoopbackBotApi) -> None:
    api.next_calls("sendMessage", Dropped(), times=4, chat=somebody.id)
    await somebody.says("你好")
    await somebody.hears("一扇门", within=20)
    assert len(somebody.heard) == 1


async def test_the_wait_telegram_asks_for_is_kept(somebody: Visitor, api: LoopbackBotApi) -> None:
    api.next_calls("sendMessage", too_many_requests(2), chat=somebody.id)
    await somebody.says("你好")
    await somebody.hears("一扇门")
    first, second = api.calls("sendMessage", chat=somebody.id)
    assert second.at - first.at >= 2


async def test_answers_keep_their_order_when_the_first_one_fails(
    somebody: Visitor, api: LoopbackBotApi
) -> None:
    await somebody.says(LIFT)
    await somebody.hears("我理解得对吗")
    await somebody.presses("对")
    await somebody.hears("发生在哪里")
    api.next_calls("sendMessage", server_error(), times=2, chat=somebody.id)
    await somebody.shares_location(34.609, 113.204)
    await somebody.hears("还有要补充的吗")
    told = [one.text.split("，")[0] for one in somebody.heard[-2:]]
    assert told[0] == "记下了"
    assert told[1].startswith("还有要补充的吗")


async def test_a_press_is_obeyed_although_its_spinner_could_not_be_stopped(
    somebody: Visitor, api: LoopbackBotApi
) -> None:
    await somebody.says(LIFT)
    question = await somebody.hears("我理解得对吗")
    api.next_calls("answerCallbackQuery", server_error(), times=1)
    somebody.presses_unanswered("对", on=question)
    await somebody.hears("发生在哪里")


async def test_who_blocks_the_bot_disturbs_nobody_and_is_answered_after_coming_back(
    somebody: Visitor, api: LoopbackBotApi
) -> None:
    await somebody.says("你好")
    await somebody.blocks()
    await api.called("sendMessage", chat=somebody.id)
    assert [call.status for call in api.calls("sendMessage", chat=somebody.id)] == [403]
    other = api.person("李四")
    await other.says("你好")
    await other.hears("一扇门")
    await somebody.unblocks()
    await somebody.says("你好")
    await somebody.hears("一扇门")


async def test_updates_come_through_after_the_line_was_down(somebody: Visitor, api: LoopbackBotApi) -> None:
    api.next_calls("getUpdates", Dropped(), times=2)
    api.next_calls("getUpdates", server_error(502))
    for words in ("你好", "我们小区电梯坏了三个月", "物业一直不修"):
        await somebody.says(words)
    await somebody.hears(within=20)


async def test_a_message_of_an_unknown_shape_deafens_the_bot_to_nobody(
    somebody: Visitor, api: LoopbackBotApi
) -> None:
    other = api.person("李四")
    await somebody.says("你好")
    await other.sends({"text": "转发的", "forward_origin": {"type": "telepathy", "date": 1}})
    await somebody.hears("一扇门")
    await other.says("你好")
    await other.hears("一扇门")


async def test_a_killed_bot_has_lost_nothing(
    somebody: Visitor, api: LoopbackBotApi, bot: BotProcess, case: Case
) -> None:
    just_before, meanwhile = api.person("刚说完"), api.person("其间说的")
    await somebody.says("/start g_guihua-01")
    await somebody.hears("门牌码")
    await somebody.says(LIFT)
    await somebody.hears("我理解得对吗")
    await just_before.says(LIFT)
    await api.all_taken()
    await bot.kill()
    await meanwhile.says("你好")
    await bot.start()

    await just_before.hears("我理解得对吗")
    await meanwhile.hears("一扇门")
    await somebody.presses("对")
    await somebody.hears("还有要补充的吗")
    await somebody.presses("下一步")
    await somebody.presses("同意，登记")
    opened = await somebody.hears("登记好了")
    row = await case(opened.text.split("编号 ", 1)[1].split("，", 1)[0])
    assert [text["body"] for text in row["statements"]] == [LIFT]
    assert row["grid"] == "guihua-01"
    assert len(just_before.heard) == len(meanwhile.heard) == 1


@pytest_asyncio.fixture(loop_scope="session")
async def no_model(service: NluProcess) -> AsyncIterator[None]:
    """While the NLU service is down."""
    await service.stop()
    yield
    await service.start()


@pytest.mark.usefixtures("no_model")
async def test_without_the_model_rules_still_warn_and_say_that_they_judged(somebody: Visitor) -> None:
    await somebody.forwards("我是公安局的，你涉嫌洗钱，把钱转到安全账户，不许告诉家人")
    warning = await somebody.hears("很像诈骗")
    assert "由规则判断" in warning.text
    assert "96110" in warning.text


@pytest.mark.usefixtures("no_model")
async def test_without_the_model_a_story_is_kept_for_a_person(somebody: Visitor, case: Case) -> None:
    story = "我托人从外地捎回来的那批石头到现在也没个说法，找谁都不认账"
    said = await somebody.says(story)
    kept = await somebody.hears("交给人来看")
    assert kept.at - said.at < 4
    row = await case(kept.text.split("编号 ", 1)[1].split("，", 1)[0])
    assert (row["leaf"], row["needs_person"]) == ("to_sort", True)
    assert row["statements"][0]["body"] == story


@pytest.mark.usefixtures("no_model")
async def test_without_the_model_words_of_despair_are_still_heard(somebody: Visitor) -> None:
    await somebody.says("我不想活了")
    assert "12356" in (await somebody.hears()).text


async def test_the_model_is_used_again_once_it_is_back(api: LoopbackBotApi) -> None:
    """Rules may speak once or twice more: on a busy machine the first answers of a model come too late."""
    told = ""
    for _ in range(3):
        somebody = api.person()
        await somebody.forwards("我是公安局的，你涉嫌洗钱，把钱转到安全账户，不许告诉家人")
        told = (await somebody.hears("很像诈骗")).text
        if "由模型判断" in told:
            break
    assert "由模型判断" in told
