"""When a thought is complete: several messages within seconds become one turn."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any

from cases.turn import Reply, Turn
from handlers.door import Door
from handlers.person import Person

Speak = Callable[[Person, Turn], Awaitable[None]]
Start = Callable[[Coroutine[Any, Any, None], str], object]
Failed = Callable[[Exception], Turn]
Lock = Callable[[Person], AbstractAsyncContextManager[None]]

LONGEST_GATHERING = 3
"""A thought is waited for at most this many quiet times, however fast more comes in."""
FLOOD_MESSAGES = 20
"""More messages than this within FLOOD_SECONDS are kept and read together."""
FLOOD_SECONDS = 30.0
FLOOD_QUIET = 5.0
"""The quiet time once a flood was seen; danger words do not wait for it."""
REMEMBERED_GROUPS = 500


class Gatherer:
    """Waits until a person has been quiet for a moment, then takes everything they said as one turn.

    The words are already stored when they get here, so a restart loses nothing: `resume` takes up what an
    earlier process left. `seconds` 0 answers every message at once. `limits_floods` off: whoever sends much
    in a short time, such as a script, is answered line by line all the same.
    """

    def __init__(
        self,
        door: Door,
        *,
        seconds: float,
        speak: Speak,
        start: Start,
        lock: Lock,
        failed: Failed,
        limits_floods: bool = True,
    ) -> None:
        self._door = door
        self._limits_floods = limits_floods
        self._seconds = seconds
        self._speak = speak
        self._start = start
        self._lock = lock
        self._failed = failed
        self._last_heard: dict[Person, float] = {}
        self._recent: dict[Person, list[float]] = {}
        self._told: set[Person] = set()
        self._groups: OrderedDict[str, None] = OrderedDict()

    async def turn_or_wait(self, person: Person, *, urgent: bool) -> Turn | None:
        """The turn at once when it must not wait; else None, and the turn is said after the quiet time."""
        flooding = self._flooding(person)
        if urgent or (self._seconds == 0 and not flooding):
            return await self._door.take_waiting(person)
        waits_already = person in self._last_heard
        self._last_heard[person] = time.monotonic()
        if not waits_already:
            self._start(self._wait_and_take(person), "gathering")
        if flooding and person not in self._told:
            self._told.add(person)
            return Turn((Reply("flood"),), await self._door.locale_of(person))
        return None

    def first_of(self, media_group: str | None) -> bool:
        """Whether this is the first picture of an album: an album gets one answer."""
        if media_group is None:
            return True
        first = media_group not in self._groups
        self._groups[media_group] = None
        while len(self._groups) > REMEMBERED_GROUPS:
            self._groups.popitem(last=False)
        return first

    async def resume(self, people: list[Person]) -> None:
        """Takes up words that were stored but not answered before a restart."""
        for person in people:
            self._last_heard[person] = time.monotonic()
            self._start(self._wait_and_take(person), "gathering")

    def _flooding(self, person: Person) -> bool:
        now = time.monotonic()
        recent = [at for at in self._recent.get(person, []) if now - at < FLOOD_SECONDS]
        recent.append(now)
        self._recent[person] = recent[-FLOOD_MESSAGES - 1 :]
        return self._limits_floods and len(recent) > FLOOD_MESSAGES

    async def _wait_and_take(self, person: Person) -> None:
        began = time.monotonic()
        try:
            while (pause := self._pause(person, began)) > 0:  # noqa: ASYNC110  # a quiet time is only over by waiting
                await asyncio.sleep(pause)
        finally:
            self._last_heard.pop(person, None)
        turn = await self._take(person)
        self._told.discard(person)
        if turn:
            await self._speak(person, turn)
        self._forget_quiet_people()

    async def _take(self, person: Person) -> Turn | None:
        """The turn under the person's own lock; a failure becomes its sentence, for nothing is silent."""
        async with self._lock(person):
            try:
                return await self._door.take_waiting(person)
            except Exception as error:
                return self._failed(error)

    def _pause(self, person: Person, began: float) -> float:
        quiet = FLOOD_QUIET if person in self._told else self._seconds
        now = time.monotonic()
        until = min(self._last_heard[person] + quiet, began + quiet * LONGEST_GATHERING)
        return until - now

    def _forget_quiet_people(self) -> None:
        now = time.monotonic()
        for person in [one for one, times in self._recent.items() if now - times[-1] > FLOOD_SECONDS]:
            del self._recent[person]
