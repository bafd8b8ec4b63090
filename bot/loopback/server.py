"""A Bot API server for one bot, on the loopback only: the people who write to it, and what goes wrong."""

from __future__ import annotations

import itertools
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.loopback.calls import Call
from bot.loopback.faults import ANY, Fault
from bot.loopback.refusals import Json
from bot.loopback.screen import PATIENCE, NotHeard
from bot.loopback.switchboard import Query, Switchboard
from bot.loopback.visitor import Group, Sent, Visitor
from bot.loopback.webhook import Push, Webhook
from bot.loopback.wire import Wire
from bot.supervisor import Supervisor

HOST = "127.0.0.1"
TOKEN = "700000000:loopback-token-of-no-value-anywhere"  # noqa: S105  # opens nothing but this server
FIRST_PERSON = 500_000_001
FIRST_GROUP = -1_000_000_001
CLOSE_WITHIN = 1.0


class LoopbackBotApi:
    """`async with LoopbackBotApi() as api:` runs the server; `api.url` is what ONEDOOR_BOT_API wants.

    People write to the bot through `api.person()`; what goes wrong is scripted by `api.next_calls`.
    Everything runs in one event loop and is not meant for a second.
    """

    def __init__(self, *, token: str = TOKEN, port: int = 0, webhook_pause: float = 0.2) -> None:
        self.token = token
        self._port = port
        self._supervisor = Supervisor()
        self._board = Switchboard(token)
        self._wire = Wire(self._board)
        self._board.webhook = Webhook(
            self._board.updates,
            self._board.bell,
            start=self._supervisor.start,
            carry_out=self._wire.carry_out_reply,
            pause=webhook_pause,
        )
        self._people = itertools.count(FIRST_PERSON)
        self._groups = itertools.count(FIRST_GROUP, -1)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        # A caller who hangs up ends its call: a poll of a dead bot must not pass for one that listens.
        self._runner = web.AppRunner(
            self._wire.application(),
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=CLOSE_WITHIN,
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._board.closing = True
        self._board.bell.ring()
        await self._supervisor.stop()
        await self._board.webhook.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The server's address, without a slash at the end."""
        return f"http://{HOST}:{self._port}"

    def person(self, name: str = "群众", *, language: str = "zh-hans") -> Visitor:
        """Somebody new with a phone in hand; the bot may write to them once they have written to it."""
        return Visitor(self._board, next(self._people), name, language)

    def group(self, title: str = "家人群") -> Group:
        """A group that the bot was added to."""
        return Group(self._board, next(self._groups), title)

    def next_calls(
        self, method: str, fault: Fault, *, times: int | None = 1, chat: int | None = None
    ) -> None:
        """The next `times` calls of `method` go wrong so; None: all of them, until `forgives`.

        `*` means any method, `file` the download of a file; `chat` limits it to calls about one chat.
        """
        self._board.script.plan(method, fault, times=times, chat=chat)

    def forgives(self) -> None:
        """Nothing goes wrong any more."""
        self._board.script.forget()

    def redelivers(self, sent: Sent | Query) -> None:
        """The update of something said or pressed is given to the bot once more, under its old number."""
        self._board.updates.add_again(sent.update_id)
        self._board.wake()

    def posts(self, kind: str, body: Json) -> int:
        """An update of any kind, also of one nobody has heard of; its number."""
        return self._board.post(kind, body, lane=0, asked_for=True)

    @property
    def words_said(self) -> list[str]:
        """Everything people have written so far, for asking whether some place kept it that must not."""
        mine = self._board.bot
        said = [one for one in self._board.messages.values() if one["from"] != mine]
        return [
            str(one.get("text") or one.get("caption")) for one in said if "text" in one or "caption" in one
        ]

    def calls(self, method: str = ANY, *, chat: int | None = None) -> list[Call]:
        """The calls so far, oldest first; those still being answered are among them."""
        return [
            call
            for call in self._board.calls
            if method in (ANY, call.method) and (chat is None or call.chat == chat)
        ]

    async def called(
        self, method: str, *, times: int = 1, chat: int | None = None, within: float = PATIENCE
    ) -> list[Call]:
        """The answered calls of a method once there are `times` of them; NotHeard when they do not come."""

        def look() -> list[Call] | None:
            answered = [call for call in self.calls(method, chat=chat) if call.status is not None]
            return answered if len(answered) >= times else None

        found = await self._board.bell.until(look, within=within)
        if found is None:
            statuses = [call.status for call in self.calls(method, chat=chat)]
            raise NotHeard(f"{times} calls of {method} were expected; answered with: {statuses}")
        return found

    async def listened_to(self, *, within: float = PATIENCE) -> None:
        """Returns once a bot waits for updates, by a long poll or a webhook."""
        if await self._board.bell.until(lambda: self._listener() or None, within=within) is None:
            raise NotHeard("no bot waits for updates")

    async def all_taken(self, *, within: float = PATIENCE) -> None:
        """Returns once the bot has confirmed every update."""
        pending = self._board.updates.pending
        if (
            await self._board.bell.until(lambda: not self._board.updates.pending or None, within=within)
            is None
        ):
            raise NotHeard(f"{len(pending)} updates were not taken")

    async def pushed(self, *, times: int = 1, within: float = PATIENCE) -> list[Push]:
        """The attempts to hand updates to the webhook once there are `times`; NotHeard if there are not."""

        def look() -> list[Push] | None:
            return self.pushes if len(self.pushes) >= times else None

        found = await self._board.bell.until(look, within=within)
        if found is None:
            raise NotHeard(
                f"{times} pushes were expected; answered with: {[one.status for one in self.pushes]}"
            )
        return found

    @property
    def pushes(self) -> list[Push]:
        """The attempts to hand updates to the webhook, oldest first."""
        return list(self._board.webhook.pushes)

    @property
    def commands(self) -> dict[tuple[str, str], list[Json]]:
        """The commands the bot offers, by scope and language."""
        return dict(self._board.commands)

    def _listener(self) -> bool:
        polling = any(call.status is None for call in self._board.calls if call.method == "getUpdates")
        return polling or self._board.webhook.target is not None
