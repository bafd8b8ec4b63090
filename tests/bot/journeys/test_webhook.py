"""A bot behind a webhook: only Telegram's secret opens it, and a turn is settled before it says yes."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from bot.loopback import Dropped, LoopbackBotApi, Visitor, server_error
from bot.loopback.process import BotProcess
from nlu.process import NluProcess

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]
# A kind of origin aiogram does not know makes the whole message unreadable to it.
OF_THE_FUTURE = {"text": "转发的", "forward_origin": {"type": "telepathy", "date": 1}}
SECRET = "only-telegram-knows"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hook_api() -> AsyncIterator[LoopbackBotApi]:
    """A Bot API that cannot be reached at first, as when a machine starts before its network."""
    async with LoopbackBotApi(webhook_pause=0.05) as server:
        server.next_calls("getMe", Dropped())
        server.next_calls("setWebhook", server_error(502))
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hook(
    hook_api: LoopbackBotApi, service: NluProcess, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """The address at which a bot in webhook mode listens."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/telegram"
    settings = {
        "webhook_url": url,
        "webhook_secret": SECRET,
        "webhook_port": str(port),
        "nlu_url": service.url,
        "gather_seconds": "0.3",
    }
    async with BotProcess(hook_api, tmp_path_factory.mktemp("webhook"), **settings):
        yield url


@pytest.fixture
def caller(hook: str, hook_api: LoopbackBotApi) -> Visitor:
    """Somebody at the door of the bot in webhook mode."""
    return hook_api.person()


async def test_a_conversation_by_webhook_is_the_same_conversation(
    caller: Visitor, hook_api: LoopbackBotApi
) -> None:
    await caller.says("/start g_guihua-01")
    await caller.hears("门牌码")
    await caller.says("我们小区电梯坏了三个月，物业一直不修")
    await caller.hears("我理解得对吗")
    for label in ("对", "下一步", "同意，登记"):
        await caller.presses(label)
    await caller.hears("登记好了")
    await hook_api.all_taken()
    assert {push.status for push in hook_api.pushes} == {200}


@pytest.mark.parametrize("secret", [None, "", "guessed"])
async def test_without_the_right_secret_nothing_is_heard(
    caller: Visitor, hook_api: LoopbackBotApi, hook: str, secret: str | None
) -> None:
    await caller.says("你好")
    await caller.hears("一扇门")
    forged = {
        "update_id": 1,
        "message": {
            "message_id": 1,
            "date": 1,
            "chat": {"id": caller.id, "type": "private", "first_name": "x"},
            "from": {"id": caller.id, "is_bot": False, "first_name": "x"},
            "text": "/help",
        },
    }
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    async with aiohttp.ClientSession() as session, session.post(hook, json=forged, headers=headers) as answer:
        assert answer.status == 401
    await caller.says("/cases")
    await caller.hears("您还没有登记过的事")
    assert len(caller.heard) == 2


async def test_an_update_pushed_twice_is_answered_once(caller: Visitor, hook_api: LoopbackBotApi) -> None:
    sent = await caller.says("你好")
    await caller.hears("一扇门")
    hook_api.redelivers(sent)
    await hook_api.all_taken()
    await caller.hears_no_more(for_=1.0)


async def test_a_message_of_an_unknown_shape_holds_up_nobody(
    caller: Visitor, hook_api: LoopbackBotApi
) -> None:
    await caller.sends(OF_THE_FUTURE)
    await caller.says("你好")
    await caller.hears("一扇门")
    await hook_api.all_taken()


async def test_rubbish_at_the_webhook_harms_nobody(caller: Visitor, hook: str) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
    async with aiohttp.ClientSession() as session:
        for body in (b"", b"{", b"[]", b'{"update_id": "x"}', b"\xff\xfe"):
            async with session.post(hook, data=body, headers=headers) as answer:
                assert answer.status in (200, 400)
    await caller.says("你好")
    await caller.hears("一扇门")
