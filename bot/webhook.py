"""How updates arrive by webhook, so that several replicas can share the load."""

from __future__ import annotations

import asyncio

import structlog
from aiogram import Bot
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import ValidationError

from bot.assembly import House
from bot.reaching import reached
from bot.words import CommandFailed

log = structlog.get_logger(__name__)
PATH = "/telegram"


async def serve_webhook(house: House, bot: Bot, stop: asyncio.Event, updates: list[str]) -> None:
    """Listens for updates until told to stop. Telegram's secret is required: anybody can find the address."""
    settings = house.settings
    if settings.webhook_secret is None:
        raise CommandFailed("webhook_needs_secret")
    secret = settings.webhook_secret.get_secret_value()
    application = web.Application(middlewares=[readable])
    # Not in the background: the 200 that settles an update is sent after its turn is committed.
    SimpleRequestHandler(house.dispatcher, bot, handle_in_background=False, secret_token=secret).register(
        application, path=PATH
    )
    setup_application(application, house.dispatcher, bot=bot)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.webhook_host, settings.webhook_port).start()
    except OSError:
        raise CommandFailed("port_taken", port=settings.webhook_port) from None
    url = str(settings.webhook_url)
    try:
        if await reached(lambda: bot.set_webhook(url, secret_token=secret, allowed_updates=updates), stop):
            await stop.wait()
    finally:
        await runner.cleanup()


@web.middleware
async def readable(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Settles an update nobody here can read: refused, it would come again and hold up the person's next."""
    try:
        return await handler(request)
    except ValidationError as error:
        log.warning("an update could not be read", action="webhook", faults=error.error_count())
        return web.json_response({})
    except ValueError:
        raise web.HTTPBadRequest from None
