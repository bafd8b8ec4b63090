"""`./onedoor talk`: a conversation in the terminal through the very same handlers as Telegram."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime

from aiogram import Bot

from bot.assembly import House, assemble
from bot.logs import set_up_logs
from bot.nlu_service import nlu_service
from bot.notices import deliver_due
from bot.opening import opened
from bot.terminal_input import Unusable, read_line, update_from
from bot.terminal_session import Screen, TerminalSession
from bot.words import CommandFailed, tell, words
from cases import staff
from cases.database import Database
from cases.errors import StaffNotFound
from cases.settings import Settings, read_settings

CHANNEL = "terminal"
# A well-formed token nobody has: the terminal never calls Telegram.
TOKEN = "1:" + "A" * 35
RESIDENT_ID = 1
FIRST_STAFF_ID = 1_000_000


def run(as_: str, *, trace: bool) -> None:
    """Talks until the input ends; `as_` is resident, volunteer:CODE or staff:CODE."""
    settings = read_settings().model_copy(update={"gather_seconds": 0.0})
    set_up_logs("INFO" if trace else "ERROR")
    with suppress(KeyboardInterrupt):
        asyncio.run(_talk(settings, as_))


async def _talk(settings: Settings, as_: str) -> None:
    screen = Screen(lambda line: print(line, flush=True), qr_as_picture=sys.stdout.isatty())
    bot = Bot(TOKEN, session=TerminalSession(screen))
    async with opened(settings) as database:
        speaker = await _speaker(database, as_)
        async with nlu_service(settings) as url:
            house = assemble(settings, database, bot, channel=CHANNEL, nlu_url=url)
            try:
                await _conversation(house, bot, screen, speaker)
            finally:
                await house.close()


async def _speaker(database: Database, as_: str) -> int:
    """The channel id of who talks: the resident at this terminal, or a member of staff by code."""
    if as_ == "resident":
        return RESIDENT_ID
    role, _, code = as_.partition(":")
    if role not in ("staff", "volunteer") or not code:
        raise CommandFailed("talk_as_whom")
    now = datetime.now(UTC)
    try:
        async with database.transaction() as session:
            person = await staff.staff_by_code(session, code)
            speaker = FIRST_STAFF_ID + person.id
            # Whoever can read the data folder may speak as anybody; the link is made the ordinary way.
            invitation = await staff.invite(session, person, now)
            await staff.link(session, channel=CHANNEL, channel_id=speaker, code=invitation, now=now)
    except StaffNotFound:
        raise CommandFailed("no_such_staff") from None
    return speaker


async def _conversation(house: House, bot: Bot, screen: Screen, speaker: int) -> None:
    tell("talk_hint" if sys.stdin.isatty() else "talk_piped")
    if speaker >= FIRST_STAFF_ID:
        await house.dispatcher.feed_update(bot, update_from("/staff", screen, speaker))
    while True:
        await _deliver(house, bot)
        line = await asyncio.to_thread(read_line, words("talk_prompt") if sys.stdin.isatty() else "")
        if line is None:
            return
        if not sys.stdin.isatty():
            screen.show(f"> {line}")
        try:
            update = update_from(line, screen, speaker)
        except Unusable as refused:
            screen.show(refused.sentence)
            continue
        screen.buttons.clear()
        await house.dispatcher.feed_update(bot, update)


async def _deliver(house: House, bot: Bot) -> None:
    """Notices owed to people of this terminal are shown before the next line is read."""
    while await deliver_due(house.database, bot, house.library, CHANNEL):
        pass
