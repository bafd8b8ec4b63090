"""What does one terminal do: a typed line becomes a turn, and what waits for its speaker is shown?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from aiogram import Bot

from bot.assembly import assemble
from bot.notices import deliver_due
from bot.terminal_input import Unusable, update_from
from bot.terminal_session import Screen, TerminalSession
from cases import staff
from cases.database import Database
from cases.settings import Settings
from kb.library import Library

log = structlog.get_logger(__name__)
CHANNEL = "terminal"
# A well-formed token nobody has: the terminal never calls Telegram.
TOKEN = "1:" + "A" * 35
FIRST_STAFF_ID = 1_000_000


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who talks at a terminal; notices of one speaker's channel are shown to nobody else."""

    channel: str
    id: int
    is_staff: bool = False


def resident_at(number: int) -> Speaker:
    """The resident who sits at the terminal of that number, from 1 on."""
    return Speaker(CHANNEL if number == 1 else f"{CHANNEL}-{number}", number)


async def member_at_desk(database: Database, code: str, now: datetime) -> Speaker:
    """A member of staff by code, linked to a terminal of their own; StaffNotFound for nobody's code."""
    async with database.transaction() as session:
        person = await staff.staff_by_code(session, code)
        speaker = Speaker(f"desk-{person.id}", FIRST_STAFF_ID + person.id, is_staff=True)
        # Whoever can read the data folder may speak as anybody; the link is made the ordinary way.
        invitation = await staff.invite(session, person, now)
        await staff.link(session, channel=speaker.channel, channel_id=speaker.id, code=invitation, now=now)
    return speaker


class Terminal:
    """One speaker's screen and keyboard before the very handlers Telegram has."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        speaker: Speaker,
        *,
        screen: Screen,
        nlu_url: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        library: Library | None = None,
    ) -> None:
        self.speaker = speaker
        self.screen = screen
        self._now = now
        self._bot = Bot(TOKEN, session=TerminalSession(screen))
        self._house = assemble(
            settings,
            database,
            self._bot,
            channel=speaker.channel,
            nlu_url=nlu_url,
            limits_floods=False,
            now=now,
            library=library,
        )

    async def opens(self) -> None:
        """Staff see what waits for them before they type anything."""
        if self.speaker.is_staff:
            await self.types("/staff")

    async def types(self, line: str) -> None:
        """One line: words, the number of a button shown last, or a file; always answered on the screen."""
        try:
            update = update_from(line, self.screen, self.speaker.id)
        except Unusable as refused:
            self.screen.show(refused.sentence)
            return
        self.screen.buttons.clear()
        await self._house.dispatcher.feed_update(self._bot, update)

    async def shows_notices(self) -> None:
        """Whatever is owed to this speaker by now appears on the screen."""
        house = self._house
        try:
            while await deliver_due(
                house.database, self._bot, house.library, self.speaker.channel, now=self._now
            ):
                pass
        except Exception as error:
            # They stay owed; what somebody came to say must not be lost for them.
            log.warning("notices wait", action="notices", error=type(error).__name__)

    async def close(self) -> None:
        """Lets go of everything but the database."""
        await self._house.supervisor.stop()
        await self._house.dispatcher.fsm.close()
        await self._house.door.close()
