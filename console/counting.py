"""Which requests came, how were they answered, how long did it take? Outermost of all."""

from __future__ import annotations

from time import perf_counter

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.measures import NO_ROUTE, Measures

log = structlog.get_logger(__name__)
# The reader went away before there was an answer (nginx counts it so, too).
GONE = 499
# Asked for by machines every few seconds.
QUIET = frozenset({"/healthz", "/readyz", "/metrics", "/static"})


class Counting:
    """Counts and logs each request by its route's template; no address, query, code or client is noted."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self._app = app
        self._measures = measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = GONE
        started = perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            seconds = perf_counter() - started
            # A mounted folder has no route; its own place is enough.
            route = getattr(scope.get("route"), "path", None) or scope.get("root_path")
            self._measures.served(scope["method"], route, status, seconds)
            tell = log.debug if route in QUIET else log.info
            tell(
                "answered",
                action="http",
                method=scope["method"][:10],
                route=route or NO_ROUTE,
                status=status,
                ms=round(seconds * 1000, 1),
            )
