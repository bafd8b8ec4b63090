"""How updates arrive by long polling: an update is confirmed to Telegram only once it has been taken."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramRetryAfter
from aiogram.types import Update
from pydantic import ValidationError

from bot.supervisor import Supervisor

log = structlog.get_logger(__name__)
LONG_POLL = 20
PATIENCE = 2.0
"""Seconds a batch may hold up the next one; a handler that waits longer (on a 429, say) goes on beside it."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0


class Polling:
    """Asks for updates until told to stop.

    aiogram's own polling confirms updates when it asks for the next ones, while handlers may still be at
    work: a crash then loses them. Here the next question waits for the handlers of the batch, which have
    stored the words by then; what is delivered twice after a crash is recognised.
    """

    def __init__(self, dispatcher: Dispatcher, bot: Bot, supervisor: Supervisor, updates: list[str]) -> None:
        self._dispatcher = dispatcher
        self._bot = bot
        self._supervisor = supervisor
        self._updates = updates
        self._offset: int | None = None
        self._refused: TelegramAPIError | ClientDecodeError | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Until the stop: batch after batch, with growing pauses while the Bot API cannot be reached."""
        stopping = self._supervisor.start(_until(stop), "stop")
        pause = FIRST_PAUSE
        while not stop.is_set():
            asked = self._supervisor.start(self._one_batch(), "polling")
            await asyncio.wait({asked, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                asked.cancel()
                return
            pause = await self._after(stop, pause)

    async def _after(self, stop: asyncio.Event, pause: float) -> float:
        """The next pause; waits out this one when the batch failed."""
        error, self._refused = self._refused, None
        if error is None:
            return FIRST_PAUSE
        if isinstance(error, TelegramRetryAfter):
            pause = float(error.retry_after)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
        return min(pause * 2, LONGEST_PAUSE)

    async def _one_batch(self) -> None:
        """Takes one batch, or remembers why there was none."""
        try:
            batch = await self._bot.get_updates(
                offset=self._offset,
                timeout=LONG_POLL,
                allowed_updates=self._updates,
                request_timeout=LONG_POLL + 10,
            )
        except ClientDecodeError as error:
            await self._take(*self._readable(error))
        except TelegramAPIError as error:
            log.warning("the Bot API cannot be reached", action="poll", error=type(error).__name__)
            self._refused = error
        else:
            await self._take(batch, max((update.update_id for update in batch), default=None))

    async def _take(self, batch: list[Update], last: int | None) -> None:
        if batch:
            await self._handle(batch)
        if last is not None:
            self._offset = last + 1

    def _readable(self, error: ClientDecodeError) -> tuple[list[Update], int | None]:
        """The updates of an answer that can be read, and the last number of all.

        One update of a shape unknown here spoils aiogram's reading of the whole batch; asked for again it
        would come again, and nobody would be heard any more. An answer that holds no updates is an error.
        """
        given = error.data.get("result") if isinstance(error.data, dict) else None
        if not isinstance(given, list) or not given:
            log.warning("the Bot API gave no answer that can be read", action="poll")
            self._refused = error
            return [], None
        batch: list[Update] = []
        for one in given:
            try:
                batch.append(Update.model_validate(one, context={"bot": self._bot}))
            except ValidationError as fault:
                log.warning("an update could not be read", action="poll", faults=fault.error_count())
        return batch, max(int(one["update_id"]) for one in given)

    async def _handle(self, batch: list[Update]) -> None:
        """All at once; one person's updates keep their order under the dispatcher's event isolation."""
        handling = [
            self._supervisor.start(self._feed(update), f"update {update.update_id}") for update in batch
        ]
        await asyncio.wait(handling, timeout=PATIENCE)

    async def _feed(self, update: Update) -> None:
        await self._dispatcher.feed_update(self._bot, update)


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()
