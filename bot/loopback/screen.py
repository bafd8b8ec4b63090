"""What a person sees of the bot: its messages, in order, and how one waits for the next."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.loopback.bell import Bell
from bot.loopback.refusals import Json

PATIENCE = 10.0
"""Seconds one waits for an answer unless told otherwise; a slow machine is no wrong answer."""


class NotHeard(AssertionError):
    """What was waited for did not come in time; the message tells what came instead."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One message of the bot as it stands on the screen.

    `text` is the text or the caption, `keyboard` the reply markup as sent, `content` the bytes of a picture
    or document, `at` the event loop's time when the bot sent it, `edits` how often it was changed since.
    """

    message_id: int
    chat: int
    text: str
    at: float
    kind: str = "text"
    keyboard: Json | None = None
    content: bytes | None = None
    edits: int = 0

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the inline buttons, row by row."""
        return tuple(str(button["text"]) for button in self._inline())

    @property
    def choices(self) -> tuple[str, ...]:
        """The labels of the keyboard that replaces the person's own, if the message brought one."""
        rows = (self.keyboard or {}).get("keyboard", [])
        return tuple(one if isinstance(one, str) else str(one["text"]) for row in rows for one in row)

    def act(self, label: str) -> str | None:
        """What pressing the button of this label sends to the bot; None without such a button."""
        return next((one.get("callback_data") for one in self._inline() if one["text"] == label), None)

    def link(self, label: str) -> str | None:
        """Where the button of this label leads; None without such a button."""
        return next((one.get("url") for one in self._inline() if one["text"] == label), None)

    def says(self, *wanted: str | re.Pattern[str]) -> bool:
        """Whether the text holds every one of the wanted words or patterns."""
        return all(
            one in self.text if isinstance(one, str) else one.search(self.text) is not None for one in wanted
        )

    def _inline(self) -> Iterator[Json]:
        for row in (self.keyboard or {}).get("inline_keyboard", []):
            yield from row


class Screen:
    """The bot's messages in one chat. Hearing one marks it, and all before it, as read."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._read = 0
        self.heard: list[Heard] = []

    @property
    def unread(self) -> tuple[Heard, ...]:
        return tuple(self.heard[self._read :])

    def show(self, message: Heard) -> None:
        self.heard.append(message)
        self._bell.ring()

    def change(self, message_id: int, *, text: str, keyboard: Json | None) -> None:
        """The message now reads differently; it stays where it stood."""
        for place, one in enumerate(self.heard):
            if one.message_id == message_id:
                self.heard[place] = replace(one, text=text, keyboard=keyboard, edits=one.edits + 1)
        self._bell.ring()

    async def hears(self, *wanted: str | re.Pattern[str], within: float = PATIENCE) -> Heard:
        """The next unread message that says all of `wanted` (any message when nothing is named).

        What stands before it counts as read too. NotHeard after `within` seconds.
        """
        found = await self._bell.until(lambda: self._next(wanted), within=within)
        if found is None:
            raise NotHeard(f"waited {within:g} s for {wanted!r}; unread: {_quoted(self.unread)}")
        return found

    async def hears_no_more(self, *, for_: float) -> None:
        """NotHeard when anything unread comes within the given seconds.

        The only way to see that nothing follows; where an order is kept, ask for something else instead
        and look at what came before its answer.
        """
        if await self._bell.until(lambda: self.unread or None, within=for_):
            raise NotHeard(f"silence was expected; unread: {_quoted(self.unread)}")

    async def shows(self, message: Heard, *wanted: str | re.Pattern[str], within: float = PATIENCE) -> Heard:
        """The message as it stands once an edit made it say all of `wanted`."""

        def look() -> Heard | None:
            now = self.named(message.message_id)
            return now if now.edits > message.edits and now.says(*wanted) else None

        found = await self._bell.until(look, within=within)
        if found is None:
            raise NotHeard(f"no edit to {wanted!r}; it reads: {_quoted((self.named(message.message_id),))}")
        return found

    async def bearing(self, label: str, *, within: float = PATIENCE) -> Heard:
        """The newest message with a button of this label, read or not; it may still have to come."""
        found = await self._bell.until(lambda: self._bearing(label), within=within)
        if found is None:
            raise NotHeard(f"no button {label!r}; there were: {[one.labels for one in self.heard[-3:]]}")
        return found

    def named(self, message_id: int) -> Heard:
        return next(one for one in self.heard if one.message_id == message_id)

    def _next(self, wanted: tuple[str | re.Pattern[str], ...]) -> Heard | None:
        for place in range(self._read, len(self.heard)):
            if self.heard[place].says(*wanted):
                self._read = place + 1
                return self.heard[place]
        return None

    def _bearing(self, label: str) -> Heard | None:
        return next((one for one in reversed(self.heard) if label in one.labels), None)


def _quoted(messages: tuple[Heard, ...]) -> str:
    return " | ".join(f"{one.text!r}{list(one.labels) or ''}" for one in messages) or "nothing"


def now() -> float:
    """The time on which `Heard.at` and the driver's own times are measured."""
    return asyncio.get_running_loop().time()
