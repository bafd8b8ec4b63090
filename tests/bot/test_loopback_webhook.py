"""Updates pushed to a webhook: with the secret, in order, again until they are taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiohttp import web

from bot.loopback import LoopbackBotApi, Visitor

pytestmark = pytest.mark.unit


@dataclass
class Listener:
    """A webhook: what it got, and the statuses it answers with (then 200)."""

    url: str = ""
    updates: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    reply: dict[str, Any] | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        self.updates.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.arrived.set()
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        return web.json_response(self.reply or {})

    @property
    def texts(self) -> list[str]:
        return [one["message"]["text"] for one in self.updates]


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    here = Listener()
    app = web.Application()
    app.router.add_post("/hook", here.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    here.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield here
    await runner.cleanup()


@pytest.fixture
def wang(api: LoopbackBotApi) -> Visitor:
    return api.person("王芳")


async def test_updates_are_pushed_with_the_secret_and_confirmed(
    client: Bot, api: LoopbackBotApi, listener: Listener, wang: Visitor
) -> None:
    await wang.says("早先说的")
    await client.set_webhook(listener.url, secret_token="s3cret_-")
    await wang.says("后来说的")
    await api.all_taken()
    assert listener.texts == ["早先说的", "后来说的"]
    assert listener.secrets == ["s3cret_-"] * 2
    assert [push.status for push in api.pushes] == [200, 200]


async def test_without_a_secret_none_is_sent(
    client: Bot, api: LoopbackBotApi, listener: Listener, wang: Visitor
) -> None:
    await client.set_webhook(listener.url)
    await wang.says("你好")
    await api.all_taken()
    assert listener.secrets == [None]


async def test_a_refused_update_comes_again_before_anything_later_of_the_same_chat(
    client: Bot, api: LoopbackBotApi, listener: Listener, wang: Visitor
) -> None:
    listener.statuses = [500, 401]
    await client.set_webhook(listener.url)
    await wang.says("一")
    await wang.says("二")
    await api.all_taken()
    assert listener.texts == ["一", "一", "一", "二"]
    assert [push.status for push in api.pushes] == [500, 401, 200, 200]


async def test_one_persons_trouble_does_not_hold_up_another(
    client: Bot, api: LoopbackBotApi, listener: Listener, wang: Visitor
) -> None:
    li = api.person("李四")
    listener.statuses = [500]
    await client.set_webhook(listener.url)
    await wang.says("王")
    await li.says("李")
    await api.all_taken()
    assert sorted(listener.texts) == sorted(["王", "王", "李"])


async def test_an_unreachable_webhook_is_told_and_updates_wait_for_the_next_one(
    client: Bot, api: LoopbackBotApi, listener: Listener, wang: Visitor
) -> None:
    await client.set_webhook("http://127.0.0.1:9/hook")
    await wang.says("有人吗")
    await api.pushed()
    told = await client.get_webhook_info()
    assert (told.pending_update_count, told.last_error_message) == (1, "Connection refused")
    await client.set_webhook(listener.url, max_connections=5)
    await api.all_taken()
    assert listener.texts == ["有人吗"]
    told = await client.get_webhook_info()
    assert (told.url, told.pending_update_count, told.max_connections) == (listener.url, 0, 5)
    assert told.last_error_message is None


async def test_polling_and_webhook_exclude_each_other(client: Bot, listener: Listener, wang: Visitor) -> None:
    await client.set_webhook(listener.url)
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await client.get_updates()
    await client.delete_webhook()
    assert (await client.get_webhook_info()).url == ""
    await wang.says("你好")
    assert len(await client.get_updates()) == 1
    assert listener.updates == []


async def test_pending_updates_can_be_dropped(client: Bot, wang: Visitor) -> None:
    await wang.says("旧话")
    await client.delete_webhook(drop_pending_updates=True)
    assert await client.get_updates() == []


async def test_only_wanted_kinds_are_pushed(
    client: Bot, api: LoopbackBotApi, listener: Listener, wang: Visitor
) -> None:
    await client.set_webhook(listener.url, allowed_updates=["message"])
    await wang.edits(await wang.says("一"), "二")
    await wang.says("三")
    await api.all_taken()
    assert listener.texts == ["一", "三"]
    assert (await client.get_webhook_info()).allowed_updates == ["message"]


async def test_a_call_in_the_webhooks_answer_is_carried_out(
    client: Bot, api: LoopbackBotApi, listener: Listener, wang: Visitor
) -> None:
    await client.set_webhook(listener.url)
    listener.reply = {"method": "sendMessage", "chat_id": wang.id, "text": "您好"}
    await wang.says("你好")
    await wang.hears("您好")
    assert [call.status for call in await api.called("sendMessage")] == [200]


async def test_a_redelivered_update_is_pushed_once_more(
    client: Bot, api: LoopbackBotApi, listener: Listener, wang: Visitor
) -> None:
    await client.set_webhook(listener.url)
    sent = await wang.says("一")
    await api.all_taken()
    api.redelivers(sent)
    await api.all_taken()
    assert [one["update_id"] for one in listener.updates] == [sent.update_id] * 2


@pytest.mark.parametrize(
    ("url", "secret", "refused"),
    [
        ("ftp://127.0.0.1/hook", None, "HTTPS URL must be provided"),
        ("http://127.0.0.1:9/", "with space", "unallowed characters"),
    ],
)
async def test_a_webhook_telegram_would_not_take_is_refused(
    client: Bot, url: str, secret: str | None, refused: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=refused):
        await client.set_webhook(url, secret_token=secret)
    assert (await client.get_webhook_info()).url == ""
