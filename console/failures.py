"""How is a failure told? By one kind page with the numbers to call; the log holds nobody's words."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cases.errors import DoorError, NotFound, PlaceNotFound, Unavailable
from console.rendering import page
from console.wording import wordings

log = structlog.get_logger(__name__)
RETRY_AFTER_SECONDS = "30"
LAST_FRAMES = 6


def problem(request: Request, status: int, kind: str | None = None) -> Response:
    """The page of a failure: `kind` names its wording; else the status does, if it has one of its own."""
    every = next(iter(wordings().values()))
    named = kind or str(status)
    if not every.has(f"problems.{named}.title"):
        named = "other"
    response = page(request, "problem.html", status=status, kind=named)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


async def refused(request: Request, error: Exception) -> Response:
    """What the framework refuses (an HTTPException): no such page, wrong method, form too large …"""
    if not isinstance(error, HTTPException):
        raise error
    response = problem(request, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def told(request: Request, error: Exception) -> Response:
    """What the database side says no to."""
    match error:
        case PlaceNotFound():
            return problem(request, HTTPStatus.NOT_FOUND, "unknown_place")
        case NotFound():
            return problem(request, HTTPStatus.NOT_FOUND)
        case Unavailable():
            log.warning("unavailable", action="http", error=type(error).__name__)
            return problem(request, HTTPStatus.SERVICE_UNAVAILABLE)
        case _:
            log.warning("refused", action="http", error=type(error).__name__)
            return problem(request, HTTPStatus.FORBIDDEN)


class Catching:
    """Answers what nobody foresaw with the same kind page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            _log(error)
            if begun:
                raise
            response = await _answer(Request(scope, receive), error)
            await response(scope, receive, send)


async def _answer(request: Request, error: Exception) -> Response:
    if isinstance(error, DoorError):
        return await told(request, error)
    return problem(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def _log(error: Exception) -> None:
    """Class and places only: a message or a value may hold a person's words."""
    frames: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    log.error("request failed", action="http", error=type(error).__name__, where=frames[-LAST_FRAMES:])
