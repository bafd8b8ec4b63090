"""How notices owed to people are delivered: claimed, sent, and settled, at least once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramRetryAfter

from cases import notices
from cases.database import Database
from handlers.notices import render_notice
from handlers.speaking import Unreachable, send_once
from kb.library import Library

log = structlog.get_logger(__name__)
PAUSE = 1.0
BATCH = 20


async def deliver_forever(
    database: Database, bot: Bot, library: Library, channel: str, beat: Callable[[], None]
) -> None:
    """Looks for due notices of this channel every second."""
    while True:
        beat()
        if not await deliver_due(database, bot, library, channel):
            await asyncio.sleep(PAUSE)


async def deliver_due(
    database: Database,
    bot: Bot,
    library: Library,
    channel: str,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Delivers one batch of what is due by that clock; how many were claimed."""
    async with database.transaction() as session:
        due = await notices.due(session, [channel], now(), BATCH)
    for notice in due:
        await _deliver(database, bot, library, notice, now)
    return len(due)


async def _deliver(
    database: Database, bot: Bot, library: Library, notice: notices.DueNotice, now: Callable[[], datetime]
) -> None:
    """One notice: the channel's answer decides whether it is settled or tried again later."""
    reason, retry_after, blocked = None, None, False
    try:
        for outgoing in render_notice(library, notice):
            await send_once(bot, int(notice.channel_id), outgoing)
    except Unreachable:
        reason, blocked = "blocked", True
    except TelegramRetryAfter as wait:
        reason, retry_after = "retry_after", float(wait.retry_after)
    except AiogramError as error:
        reason = type(error).__name__
    async with database.transaction() as session:
        if reason is None:
            await notices.delivered(session, notice, now())
        else:
            await notices.failed(
                session, notice, now(), reason=reason, retry_after=retry_after, blocked=blocked
            )
