"""`./onedoor talk`: a conversation in the terminal through the very same handlers as Telegram."""

from __future__ import annotations

import asyncio
import fcntl
import itertools
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from aiogram import Bot

from bot.assembly import House, assemble
from bot.logs import set_up_logs
from bot.nlu_service import nlu_service
from bot.notices import deliver_due
from bot.opening import opened
from bot.terminal_input import Lines, Unusable, update_from
from bot.terminal_session import Screen, TerminalSession
from bot.visible import visible
from bot.whom import Whom
from bot.words import CommandFailed, tell, words
from cases import staff
from cases.database import Database
from cases.errors import StaffNotFound
from cases.settings import Settings, read_settings

log = structlog.get_logger(__name__)
CHANNEL = "terminal"
# A well-formed token nobody has: the terminal never calls Telegram.
TOKEN = "1:" + "A" * 35
FIRST_STAFF_ID = 1_000_000


def run(as_: Whom, *, trace: bool) -> None:
    """Talks until the input ends."""
    settings = read_settings().model_copy(update={"gather_seconds": 0.0})
    set_up_logs("INFO" if trace else "ERROR")
    with suppress(KeyboardInterrupt):
        asyncio.run(_talk(settings, as_))


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who talks at this terminal; notices of one speaker's channel are shown to nobody else."""

    channel: str
    id: int
    is_staff: bool = False


@contextmanager
def _seat(folder: Path) -> Iterator[Speaker]:
    """The first terminal nobody sits at: two conversations at once are two residents, never one mixed up."""
    for number in itertools.count(1):
        with (folder / f"terminal-{number}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            if number > 1:
                tell("talk_seat", number=number)
            yield Speaker(CHANNEL if number == 1 else f"{CHANNEL}-{number}", number)
            return


async def _talk(settings: Settings, as_: Whom) -> None:
    screen = Screen(lambda line: print(visible(line), flush=True), qr_as_picture=sys.stdout.isatty())
    bot = Bot(TOKEN, session=TerminalSession(screen))
    async with opened(settings) as database:
        with ExitStack() as seat:
            if as_.code is None:
                speaker = seat.enter_context(_seat(settings.data_dir))
            else:
                speaker = await _member(database, as_.code)
            await _as_speaker(settings, database, bot, screen, speaker)


async def _as_speaker(
    settings: Settings, database: Database, bot: Bot, screen: Screen, speaker: Speaker
) -> None:
    async with nlu_service(settings) as url:
        house = assemble(settings, database, bot, channel=speaker.channel, nlu_url=url, limits_floods=False)
        try:
            await _conversation(house, bot, screen, speaker)
        finally:
            await house.supervisor.stop()
            await house.dispatcher.fsm.close()
            await house.door.close()


async def _member(database: Database, code: str) -> Speaker:
    """A member of staff by code, linked to a terminal of their own."""
    now = datetime.now(UTC)
    try:
        async with database.transaction() as session:
            person = await staff.staff_by_code(session, code)
            speaker = Speaker(f"desk-{person.id}", FIRST_STAFF_ID + person.id, is_staff=True)
            # Whoever can read the data folder may speak as anybody; the link is made the ordinary way.
            invitation = await staff.invite(session, person, now)
            await staff.link(
                session, channel=speaker.channel, channel_id=speaker.id, code=invitation, now=now
            )
    except StaffNotFound:
        raise CommandFailed("no_such_staff") from None
    return speaker


async def _conversation(house: House, bot: Bot, screen: Screen, speaker: Speaker) -> None:
    typed_by_hand = sys.stdin.isatty()
    tell("talk_hint" if typed_by_hand else "talk_piped")
    if speaker.is_staff:
        await house.dispatcher.feed_update(bot, update_from("/staff", screen, speaker.id))
    lines = Lines()
    while True:
        await _deliver(house, bot, speaker)
        line = await lines.next(words("talk_prompt") if typed_by_hand else "")
        if line is None:
            return
        if not typed_by_hand:
            screen.show(f"> {line}")
        try:
            update = update_from(line, screen, speaker.id)
        except Unusable as refused:
            screen.show(refused.sentence)
            continue
        screen.buttons.clear()
        await house.dispatcher.feed_update(bot, update)


async def _deliver(house: House, bot: Bot, speaker: Speaker) -> None:
    """Notices owed to whoever talks here are shown before the next line is read."""
    try:
        while await deliver_due(house.database, bot, house.library, speaker.channel):
            pass
    except Exception as error:
        # They stay owed; what somebody came to say must not be lost for them.
        log.warning("notices wait", action="notices", error=type(error).__name__)
