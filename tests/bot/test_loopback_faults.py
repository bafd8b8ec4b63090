"""What is scripted to go wrong goes wrong so, that often, and then no more."""

from __future__ import annotations

import asyncio
import io
from typing import Protocol

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from bot.loopback import (
    Dropped,
    Garbled,
    LoopbackBotApi,
    NotHeard,
    Slow,
    Visitor,
    forbidden,
    server_error,
    too_many_requests,
)

pytestmark = pytest.mark.unit


class Connect(Protocol):
    def __call__(self, *, token: str | None = None, timeout: float = 10) -> Bot: ...


@pytest.fixture
async def wang(api: LoopbackBotApi) -> Visitor:
    somebody = api.person("王芳")
    await somebody.says("你好")
    return somebody


async def test_a_flood_limit_names_the_wait_and_ends_after_its_times(
    client: Bot, api: LoopbackBotApi, wang: Visitor
) -> None:
    api.next_calls("sendMessage", too_many_requests(7), times=2)
    for _ in range(2):
        with pytest.raises(TelegramRetryAfter) as refused:
            await client.send_message(wang.id, "您好")
        assert refused.value.retry_after == 7
    await client.send_message(wang.id, "您好")
    assert [one.text for one in wang.heard] == ["您好"]
    assert [call.status for call in api.calls("sendMessage")] == [429, 429, 200]


async def test_plans_are_played_in_the_order_they_were_written(
    client: Bot, api: LoopbackBotApi, wang: Visitor
) -> None:
    api.next_calls("sendMessage", server_error())
    api.next_calls("sendMessage", forbidden())
    with pytest.raises(TelegramServerError):
        await client.send_message(wang.id, "您好")
    with pytest.raises(TelegramForbiddenError, match="deactivated"):
        await client.send_message(wang.id, "您好")
    await client.send_message(wang.id, "您好")


async def test_a_fault_can_be_kept_to_one_chat_and_one_method(
    client: Bot, api: LoopbackBotApi, wang: Visitor
) -> None:
    other = api.person("李四")
    await other.says("你好")
    api.next_calls("sendMessage", server_error(502), chat=wang.id)
    await client.send_message(other.id, "您好")
    await client.send_chat_action(wang.id, "typing")
    with pytest.raises(TelegramServerError, match="Bad Gateway"):
        await client.send_message(wang.id, "您好")


async def test_a_cut_line_is_a_network_error_and_nothing_was_said(
    client: Bot, api: LoopbackBotApi, wang: Visitor
) -> None:
    api.next_calls("sendMessage", Dropped())
    with pytest.raises(TelegramNetworkError):
        await client.send_message(wang.id, "您好")
    assert wang.heard == []
    assert [call.status for call in api.calls("sendMessage")] == [0]


async def test_a_line_can_be_cut_after_the_message_was_shown(
    client: Bot, api: LoopbackBotApi, wang: Visitor
) -> None:
    api.next_calls("sendMessage", Dropped(carried_out=True))
    with pytest.raises(TelegramNetworkError):
        await client.send_message(wang.id, "您好")
    assert [one.text for one in wang.heard] == ["您好"]


async def test_a_gateways_page_is_no_answer_of_the_api(
    client: Bot, api: LoopbackBotApi, wang: Visitor
) -> None:
    api.next_calls("sendMessage", Garbled())
    with pytest.raises(ClientDecodeError):
        await client.send_message(wang.id, "您好")


async def test_a_slow_answer_outlasts_an_impatient_caller_though_the_message_is_there(
    api: LoopbackBotApi, connect: Connect, wang: Visitor
) -> None:
    api.next_calls("sendMessage", Slow(5))
    with pytest.raises(TelegramNetworkError, match="timeout"):
        await connect(timeout=0.1).send_message(wang.id, "您好")
    assert [one.text for one in wang.heard] == ["您好"]
    (call,) = await api.called("sendMessage")
    assert call.status == 0


async def test_a_slow_answer_is_a_right_answer(client: Bot, api: LoopbackBotApi, wang: Visitor) -> None:
    api.next_calls("sendMessage", Slow(0.05))
    began = asyncio.get_running_loop().time()
    assert (await client.send_message(wang.id, "您好")).text == "您好"
    assert asyncio.get_running_loop().time() - began >= 0.05


async def test_everything_can_fail_until_it_is_forgiven(
    client: Bot, api: LoopbackBotApi, wang: Visitor
) -> None:
    api.next_calls("*", Dropped(), times=None)
    for _ in range(3):
        with pytest.raises(TelegramNetworkError):
            await client.get_me()
    api.forgives()
    await client.get_me()


async def test_the_download_of_a_file_can_fail_too(client: Bot, api: LoopbackBotApi, wang: Visitor) -> None:
    await wang.sends_voice(b"OggS")
    (update,) = await client.get_updates(offset=-1)
    assert update.message
    assert update.message.voice
    api.next_calls("file", server_error())
    with pytest.raises(aiohttp.ClientResponseError, match="500"):
        await client.download(update.message.voice, destination=io.BytesIO())
    whole = io.BytesIO()
    await client.download(update.message.voice, destination=whole)
    assert whole.getvalue() == b"OggS"


async def test_expected_calls_that_never_come_are_told_with_their_answers(
    client: Bot, api: LoopbackBotApi, wang: Visitor
) -> None:
    api.next_calls("sendMessage", server_error())
    with pytest.raises(TelegramServerError):
        await client.send_message(wang.id, "您好")
    with pytest.raises(NotHeard, match=r"2 calls of sendMessage.*\[500\]"):
        await api.called("sendMessage", times=2, within=0.02)
