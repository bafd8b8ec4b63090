"""The bot process: Telegram by long polling or webhook, and the worker that delivers notices."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress

import structlog
from aiogram import Bot

from bot.assembly import House, assemble
from bot.housekeeping import tidy_forever
from bot.logs import set_up_logs
from bot.notices import deliver_forever
from bot.opening import opened
from bot.polling import Polling
from bot.reaching import reached
from bot.rounds import rounds_forever
from bot.telegram import open_bot
from bot.words import CommandFailed
from cases.errors import DoorError
from cases.settings import Settings, SettingsError, read_settings

log = structlog.get_logger(__name__)
CHANNEL = "telegram"
UPDATES = ["message", "edited_message", "callback_query"]


async def run(settings: Settings) -> None:
    """Runs until a signal; without a token there is nothing to run and the process waits for it."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    if settings.bot_token is None:
        log.info("no bot token: the Telegram channel is off", action="start")
        await stop.wait()
        return
    async with opened(settings) as database:
        bot = open_bot(settings)
        house = assemble(settings, database, bot, channel=CHANNEL, nlu_url=settings.nlu_url)
        try:
            await _serve(house, bot, stop)
        finally:
            await house.close()
            await bot.session.close()


async def _serve(house: House, bot: Bot, stop: asyncio.Event) -> None:
    heartbeat = house.settings.data_dir / "heartbeat-bot"
    if not await reached(bot.me, stop):
        return
    # The public pages link to the chat by this name.
    (house.settings.data_dir / "bot-name").write_text((await bot.me()).username or "", encoding="utf-8")
    await house.gatherer.resume(await house.door.left_waiting(CHANNEL))
    house.supervisor.keep(
        lambda: deliver_forever(house.database, bot, house.library, CHANNEL, heartbeat.touch), "notices"
    )
    house.supervisor.keep(lambda: rounds_forever(house.database), "rounds")
    house.supervisor.keep(lambda: tidy_forever(house.database, house.settings.data_dir), "tidying")
    if house.settings.webhook_url:
        from bot.webhook import serve_webhook

        await serve_webhook(house, bot, stop, UPDATES)
    else:
        await reached(bot.delete_webhook, stop)
        await Polling(house.dispatcher, bot, house.supervisor, UPDATES).run(stop)
    with suppress(OSError):
        heartbeat.unlink(missing_ok=True)


def main() -> None:
    """Starts the process; what went wrong is one plain sentence and exit status 1."""
    try:
        settings = read_settings()
        set_up_logs(settings.log_level)
        asyncio.run(run(settings))
    except CommandFailed as failed:
        sys.exit(failed.sentence)
    except (DoorError, SettingsError) as failed:
        sys.exit(str(failed))


if __name__ == "__main__":
    main()
