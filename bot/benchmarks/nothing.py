"""A service that understands nothing: how fast the load generator itself could be. Run with a port."""

from __future__ import annotations

import json
import sys

from aiohttp import web

HOST = "127.0.0.1"
ANSWER = json.dumps({"intent": {"name": None, "confidence": 0.0}, "entities": [], "text": "…"})


async def parse(request: web.Request) -> web.Response:
    """The body is read, as a service must, and answered without a thought."""
    await request.read()
    return web.Response(text=ANSWER, content_type="application/json")


def main() -> None:
    app = web.Application()
    app.router.add_post("/model/parse", parse)
    web.run_app(app, host=HOST, port=int(sys.argv[1]), access_log=None, print=None)


if __name__ == "__main__":
    main()
