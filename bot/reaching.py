"""How the process waits for a Bot API that cannot be reached yet: a missing network ends nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog
from aiogram.exceptions import AiogramError, TelegramNotFound, TelegramUnauthorizedError

from bot.words import CommandFailed

log = structlog.get_logger(__name__)
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0


async def reached(call: Callable[[], Awaitable[object]], stop: asyncio.Event) -> bool:
    """Makes the call again and again until it is answered; false when told to stop before that.

    CommandFailed when the Bot API refuses the token: no patience helps against that.
    """
    pause = FIRST_PAUSE
    while not stop.is_set():
        try:
            await call()
        except (TelegramUnauthorizedError, TelegramNotFound):
            raise CommandFailed("token_refused") from None
        except AiogramError as error:
            log.warning(
                "the Bot API cannot be reached, will be tried again",
                action="connect",
                error=type(error).__name__,
            )
        else:
            return True
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
        pause = min(pause * 2, LONGEST_PAUSE)
    return False
