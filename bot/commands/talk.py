"""`./onedoor talk`: a conversation in the terminal through the very same handlers as Telegram."""

from __future__ import annotations

import asyncio
import fcntl
import itertools
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.logs import set_up_logs
from bot.nlu_service import nlu_service
from bot.opening import opened
from bot.terminal import Speaker, Terminal, member_at_desk, resident_at
from bot.terminal_input import Lines
from bot.terminal_session import Screen
from bot.visible import visible
from bot.whom import Whom
from bot.words import CommandFailed, tell, words
from cases.database import Database
from cases.errors import StaffNotFound
from cases.settings import Settings, read_settings


def run(as_: Whom, *, trace: bool) -> None:
    """Talks until the input ends."""
    settings = read_settings().model_copy(update={"gather_seconds": 0.0})
    set_up_logs("INFO" if trace else "ERROR")
    with suppress(KeyboardInterrupt):
        asyncio.run(_talk(settings, as_))


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
            yield resident_at(number)
            return


async def _talk(settings: Settings, as_: Whom) -> None:
    async with opened(settings) as database:
        with ExitStack() as seat:
            if as_.code is None:
                speaker = seat.enter_context(_seat(settings.data_dir))
            else:
                speaker = await _member(database, as_.code)
            await _as_speaker(settings, database, speaker)


async def _as_speaker(settings: Settings, database: Database, speaker: Speaker) -> None:
    screen = Screen(lambda line: print(visible(line), flush=True), qr_as_picture=sys.stdout.isatty())
    async with nlu_service(settings) as url:
        terminal = Terminal(settings, database, speaker, screen=screen, nlu_url=url)
        try:
            await _conversation(terminal)
        finally:
            await terminal.close()


async def _member(database: Database, code: str) -> Speaker:
    try:
        return await member_at_desk(database, code, datetime.now(UTC))
    except StaffNotFound:
        raise CommandFailed("no_such_staff") from None


async def _conversation(terminal: Terminal) -> None:
    typed_by_hand = sys.stdin.isatty()
    tell("talk_hint" if typed_by_hand else "talk_piped")
    await terminal.opens()
    lines = Lines()
    while True:
        await terminal.shows_notices()
        line = await lines.next(words("talk_prompt") if typed_by_hand else "")
        if line is None:
            return
        if not typed_by_hand:
            terminal.screen.show(f"> {line}")
        await terminal.types(line)
