"""How a turn is said: rendered and sent in order, with the channel's own refusals answered calmly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import BufferedInputFile

from cases.turn import Turn
from handlers.composing import Counter
from handlers.rendering import Outgoing, render
from handlers.wording import wording
from kb.library import Library

log = structlog.get_logger(__name__)
T = TypeVar("T")
ATTEMPTS = 8
"""together about 40 seconds: an outage of seconds costs nobody the answer"""
LONGEST_WAIT = 30.0
LONGEST_PAUSE = 15.0


class Unreachable(Exception):
    """The person has blocked the bot or is gone; nothing more can be sent."""


async def speak(bot: Bot, chat: int, turn: Turn, library: Library) -> None:
    """Sends every reply of a turn; gives up quietly when the person cannot be reached."""
    counter = Counter(library, wording(turn.locale or "zh-Hans"))
    try:
        for reply in turn.replies:
            for outgoing in render(counter, reply):
                await send(bot, chat, outgoing)
    except Unreachable:
        log.info("reply not delivered", action="speak", keys=turn.keys)


async def send(bot: Bot, chat: int, outgoing: Outgoing) -> None:
    """One message, with patience for 429, 5xx, a gateway's page and a broken line; Unreachable on 403."""
    await patiently(lambda: send_once(bot, chat, outgoing))


async def send_once(bot: Bot, chat: int, outgoing: Outgoing) -> None:
    """One message, once; the channel's refusals are raised, a 403 as Unreachable."""
    try:
        if outgoing.picture is None:
            await bot.send_message(chat, outgoing.text, reply_markup=outgoing.keyboard)
        else:
            picture = BufferedInputFile(outgoing.picture, filename="qr.png")
            await bot.send_photo(chat, picture, caption=outgoing.picture_text)
    except TelegramForbiddenError as refused:
        raise Unreachable from refused
    except ClientDecodeError as garbled:
        if not isinstance(garbled.data, dict):
            raise  # a gateway's page: nothing was said
        log.warning("a receipt could not be read", action="speak")  # said it was, and must not be said twice


async def patiently(call: Callable[[], Awaitable[T]]) -> T:
    """The call's result, after up to ATTEMPTS tries."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return await call()
        except TelegramRetryAfter as wait:
            pause = float(wait.retry_after)
            if attempt == ATTEMPTS or pause > LONGEST_WAIT:
                raise
        except (TelegramServerError, TelegramNetworkError, ClientDecodeError):
            pause = min(0.2 * 2**attempt, LONGEST_PAUSE)
            if attempt == ATTEMPTS:
                raise
        await asyncio.sleep(pause)
    raise AssertionError("unreachable")
