"""Around every handler: who speaks, then the handler, and only after its commit the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.failures import failure_turn
from cases.turn import Turn
from handlers.person import Person, person_of
from handlers.speaking import speak
from kb.library import Library


class Answering(BaseMiddleware):
    """Gives handlers the `person`, and says the `Turn` they return; a failure becomes one sentence."""

    def __init__(self, channel: str, library: Library, locale: str) -> None:
        self._channel = channel
        self._library = library
        self._locale = locale

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        person = self._person(event)
        if person is None:
            return await handler(event, data)
        data["person"] = person
        try:
            turn = await handler(event, data)
        except Exception as error:
            turn = failure_turn(error)
        if isinstance(turn, Turn):
            await self.say(data["bot"], person, turn, data)
        return turn

    async def say(self, bot: Bot, person: Person, turn: Turn, data: dict[str, Any]) -> None:
        """Says a turn in the person's language, also when the turn does not know it."""
        locale = turn.locale or await self._locale_of(person, data)
        await speak(bot, person.chat, Turn(turn.replies, locale), self._library)

    async def _locale_of(self, person: Person, data: dict[str, Any]) -> str:
        try:
            return str(await data["door"].locale_of(person))
        except Exception:
            return self._locale  # the database may be what failed

    def _person(self, event: TelegramObject) -> Person | None:
        if isinstance(event, Message) and event.from_user:
            return person_of(self._channel, event.from_user, event.chat)
        if isinstance(event, CallbackQuery) and event.message:
            return person_of(self._channel, event.from_user, event.message.chat)
        return None
