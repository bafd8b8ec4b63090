"""The loopback server and aiogram's own client before it, for the tests of this folder."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Protocol

import pytest
import segno
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.loopback import LoopbackBotApi


class PlainSession(AiohttpSession):
    """aiogram's session without its nap after closing, which is for TLS connections only."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


class Connect(Protocol):
    def __call__(self, *, token: str | None = None, timeout: float = 10) -> Bot: ...


@pytest.fixture
async def api() -> AsyncIterator[LoopbackBotApi]:
    async with LoopbackBotApi(webhook_pause=0.02) as server:
        yield server


@pytest.fixture
async def connect(api: LoopbackBotApi) -> AsyncIterator[Connect]:
    """Clients of aiogram's, closed at the end."""
    clients: list[Bot] = []

    def connected(*, token: str | None = None, timeout: float = 10) -> Bot:
        session = PlainSession(api=TelegramAPIServer.from_base(api.url), timeout=timeout)
        clients.append(Bot(token or api.token, session=session))
        return clients[-1]

    yield connected
    for client in clients:
        await client.session.close()


@pytest.fixture
def client(connect: Connect) -> Bot:
    """aiogram's client, as the bot uses it."""
    return connect()


@pytest.fixture(scope="session")
def png() -> bytes:
    """A small real picture."""
    picture = io.BytesIO()
    segno.make("一扇门").save(picture, kind="png", scale=2)
    return picture.getvalue()
