"""How calls arrive over HTTP and answers go back, or fail to, as the script wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.loopback.calls import LARGEST_REQUEST, Call, fields_of, read_call
from bot.loopback.faults import Dropped, Garbled, Refused, Slow
from bot.loopback.methods import carry_out
from bot.loopback.refusals import Json, Refusal
from bot.loopback.screen import now
from bot.loopback.switchboard import Switchboard

CUT = 0
"""The status of a call whose caller never got an answer."""
FILE = "file"
"""The name under which the download of a file stands among the calls."""

Work = Callable[[], Awaitable[web.Response]]


class Wire:
    """The HTTP side of one switchboard."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    def application(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST_REQUEST)
        app.router.add_route("*", "/bot{token}/{method}", self.called)
        app.router.add_get("/file/bot{token}/{path:.+}", self.fetched)
        return app

    async def called(self, request: web.Request) -> web.Response:
        """One call of the Bot API."""
        try:
            self._check_token(request)
            call = await read_call(request, at=now())
        except Refusal as refusal:
            return _refused(refusal)
        return await self._serve(request, call, lambda: self._carried_out(call))

    async def fetched(self, request: web.Request) -> web.Response:
        """A file whose path getFile gave out."""
        try:
            self._check_token(request)
        except Refusal as refusal:
            return _refused(refusal)
        path = request.match_info["path"]
        return await self._serve(request, Call(FILE, {"path": path}, at=now()), lambda: self._file(path))

    async def carry_out_reply(self, reply: Json) -> None:
        """A call that came as the answer of a webhook; its caller learns nothing of its result."""
        call = Call(str(reply["method"]), fields_of({**reply, "method": None}), at=now())
        self._board.calls.append(call)
        self._board.answered(call, (await self._carried_out(call)).status)

    async def _serve(self, request: web.Request, call: Call, work: Work) -> web.Response:
        self._board.calls.append(call)
        self._board.bell.ring()
        status = CUT
        try:
            response = await self._play(call, work)
            status = response.status if response else CUT
        finally:
            self._board.answered(call, status)  # also when the caller hung up meanwhile
        return response or _cut(request)

    async def _play(self, call: Call, work: Work) -> web.Response | None:
        """The answer the script wants; None where the line is cut instead."""
        match self._board.script.take(call):
            case None:
                return await work()
            case Refused() as fault:
                return _refused(fault.refusal())
            case Garbled() as fault:
                return web.Response(status=fault.status, text=fault.body, content_type="text/html")
            case Slow() as fault:
                response = await work()
                await asyncio.sleep(fault.seconds)
                return response
            case Dropped(carried_out=True):
                await work()
        return None

    async def _carried_out(self, call: Call) -> web.Response:
        try:
            result = await carry_out(self._board, call)
        except Refusal as refusal:
            return _refused(refusal)
        return web.json_response({"ok": True, "result": result})

    async def _file(self, path: str) -> web.Response:
        stored = self._board.shelf.at_path(path)
        if stored is None:
            return _refused(Refusal(404, "Not Found"))
        return web.Response(body=stored.content, content_type=stored.mime)

    def _check_token(self, request: web.Request) -> None:
        token = request.match_info["token"]
        if ":" not in token:
            raise Refusal(404, "Not Found")
        if token != self._board.token:
            raise Refusal(401, "Unauthorized")


def _refused(refusal: Refusal) -> web.Response:
    headers = {} if refusal.retry_after is None else {"Retry-After": str(refusal.retry_after)}
    return web.json_response(refusal.body(), status=refusal.status, headers=headers)


def _cut(request: web.Request) -> web.Response:
    """Ends the connection; what is returned goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
