"""What does the service answer over HTTP?  In Rasa's own format, so that a stock server can stand in."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from nlu.serving.archive import Parser
from nlu.serving.batches import Batches

LONGEST_TEXT = 20_000
MOST_TEXTS = 500
LARGEST_BODY = 4 * 1024 * 1024
logger = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BadRequest(ValueError):
    """The request cannot be parsed; the text says why, without quoting it."""


def application(parser: Parser) -> web.Application:
    """The service for one loaded model; its worker thread lives as long as the application."""
    batches = Batches(parser.parse)
    service = _Service(parser, batches)
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_plain_errors])
    app.add_routes(
        [
            web.post("/model/parse", service.parse),
            web.post("/model/parse_many", service.parse_many),
            web.get("/healthz", service.healthz),
            web.get("/version", service.version),
        ]
    )

    async def start(_: web.Application) -> None:
        batches.start()

    async def stop(_: web.Application) -> None:
        batches.stop()

    app.on_startup.append(start)
    app.on_cleanup.append(stop)
    return app


class _Service:
    def __init__(self, parser: Parser, batches: Batches) -> None:
        self._parser = parser
        self._batches = batches

    async def parse(self, request: web.Request) -> web.Response:
        body = await _body(request)
        text = _text(body.get("text"))
        return _json((await self._batches.parse([text]))[0])

    async def parse_many(self, request: web.Request) -> web.Response:
        texts = (await _body(request)).get("texts")
        if not isinstance(texts, list) or len(texts) > MOST_TEXTS:
            raise BadRequest(f'"texts" must be a list of at most {MOST_TEXTS} texts')
        return _json(await self._batches.parse([_text(text) for text in texts]))

    async def healthz(self, _: web.Request) -> web.Response:
        return _json({"status": "ok"})

    async def version(self, _: web.Request) -> web.Response:
        rasa = self._parser.trained_with
        card = self._parser.card
        return _json(
            {
                "version": rasa,
                "minimum_compatible_version": rasa,  # the two keys of Rasa's own answer
                "model": card.get("version"),
                "fingerprint": card.get("fingerprint"),
                "trained_at": card.get("trained_at"),
            }
        )


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise BadRequest("the body is not JSON") from error
    if not isinstance(body, dict):
        raise BadRequest("the body is not a JSON object")
    return body


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise BadRequest('"text" must be a string')
    if len(value) > LONGEST_TEXT:
        raise BadRequest(f"a text may have at most {LONGEST_TEXT} characters")
    return value


def _json(content: object, status: int = 200) -> web.Response:
    # escaped: a lone surrogate in a text has no UTF-8 form, but has a JSON one
    return web.Response(text=json.dumps(content), status=status, content_type="application/json")


@web.middleware
async def _plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors as plain JSON: no trace, no word of the message, neither in the answer nor in the log."""
    try:
        return await handler(request)
    except BadRequest as error:
        return _json({"error": str(error)}, 400)
    except web.HTTPException as error:
        return _json({"error": error.reason}, error.status)
    except Exception as error:
        logger.error("parsing failed: %s", type(error).__name__)  # noqa: TRY400 - a trace may quote the message
        return _json({"error": "the message could not be parsed"}, 500)
