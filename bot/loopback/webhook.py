"""How updates are pushed to a bot that set a webhook: in order within a chat, again until it says yes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.loopback.bell import Bell
from bot.loopback.refusals import Json
from bot.loopback.updates import Update, Updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the header's name
CONNECTIONS = 40
LONGEST_PAUSE = 10.0
ANSWER_WITHIN = 60.0
NEVER_IN_A_REPLY = ("get", "setwebhook", "deletewebhook", "close", "logout")

Start = Callable[[Coroutine[Any, Any, None], str], object]
CarryOut = Callable[[Json], Awaitable[None]]


@dataclass(slots=True)
class Target:
    """Where updates go, and the secret that proves to the bot who sends them."""

    url: str
    secret: str | None = None
    connections: int = CONNECTIONS
    free: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.free = asyncio.Semaphore(self.connections)


@dataclass(frozen=True, slots=True)
class Push:
    """One attempt to hand over an update; `status` 0 when nobody answered."""

    update_id: int
    status: int


class Webhook:
    """Pushes what is pending. Telegram pauses from one second up between attempts; `pause` is ours."""

    def __init__(
        self, updates: Updates, bell: Bell, *, start: Start, carry_out: CarryOut, pause: float
    ) -> None:
        self._updates = updates
        self._bell = bell
        self._start = start
        self._carry_out = carry_out
        self._pause = pause
        self._busy: set[int] = set()
        self._session: aiohttp.ClientSession | None = None
        self.target: Target | None = None
        self.last_error: tuple[int, str] | None = None
        self.pushes: list[Push] = []

    def point(self, target: Target | None) -> None:
        """From now on updates go there; None: nowhere, they wait."""
        self.target = target
        self.last_error = None
        self._bell.ring()
        self.wake()

    def wake(self) -> None:
        """Something may be pending."""
        if self.target is None:
            return
        for lane in self._updates.lanes:
            if lane not in self._busy:
                self._busy.add(lane)
                self._start(self._empty(lane), "pushing updates")

    async def stop(self) -> None:
        self.target = None
        if self._session is not None:
            await self._session.close()

    async def _empty(self, lane: int) -> None:
        """Pushes the updates of one chat until none is left; one that is refused holds up the rest."""
        failures = 0
        try:
            while (target := self.target) and (update := self._updates.first_of(lane)):
                if await self._push(target, update):
                    self._updates.confirm(update)
                    failures = 0
                else:
                    failures += 1
                    await self._rest(target, failures)
                self._bell.ring()
        finally:
            self._busy.discard(lane)

    async def _rest(self, target: Target, failures: int) -> None:
        """Like Telegram: again at once after the first failure, then with growing pauses."""
        seconds = 0.0 if failures == 1 else min(self._pause * 2 ** (failures - 2), LONGEST_PAUSE)
        await self._bell.until(lambda: True if self.target is not target else None, within=seconds)

    async def _push(self, target: Target, update: Update) -> bool:
        headers = {SECRET_HEADER: target.secret} if target.secret else {}
        status, reply = 0, None
        try:
            async with (
                target.free,
                self._client().post(
                    target.url, json=update.as_json(), headers=headers, allow_redirects=False
                ) as response,
            ):
                status = response.status
                reply = await _json(response)
                reason = f"Wrong response from the webhook: {status} {response.reason}"
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            reason = (
                "Connection refused"
                if isinstance(error, aiohttp.ClientConnectorError)
                else "Webhook connection closed"
            )
        self.pushes.append(Push(update.id, status))
        if not 200 <= status <= 299:
            self.last_error = int(time.time()), reason
            return False
        await self._carry_out_reply(reply)
        return True

    async def _carry_out_reply(self, reply: Any) -> None:
        """A webhook may answer with a call of its own, whose result it never learns."""
        method = str(reply.get("method", "")) if isinstance(reply, dict) else ""
        if method and not method.lower().startswith(NEVER_IN_A_REPLY):
            await self._carry_out(reply)

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN))
        return self._session


async def _json(response: aiohttp.ClientResponse) -> Any:
    if response.content_type != "application/json":
        return None
    try:
        return await response.json()
    except ValueError:
        return None
