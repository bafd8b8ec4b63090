"""What staff may ask of the house: their lists, their buttons, and words that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import structlog

from cases import heard, staff
from cases.codes import read_case_code
from cases.desk import Desk
from cases.dialogue.values import Stage
from cases.errors import DoorError, NotFound, Refused
from cases.records import Heard
from cases.staff_side.asking import STAGES, put_aside
from cases.staff_turns import StaffDesk
from cases.turn import Reply, Turn
from handlers.person import Person

log = structlog.get_logger(__name__)
OpenDesk = Callable[[Person], AbstractAsyncContextManager[Desk]]


@dataclass(frozen=True, slots=True)
class StaffDoor:
    """The staff side of the door; `desk` opens one transaction and commits it on leaving."""

    desk: OpenDesk

    async def arrived(self, person: Person, code: str | None) -> Turn:
        """`/staff`, with an invitation the first time: what waits, or a volunteer's home."""
        async with self.desk(person) as desk:
            linked_now = False
            if code:
                linked = await staff.link(
                    desk.session,
                    channel=person.channel,
                    channel_id=person.channel_id,
                    code=code,
                    now=desk.now,
                )
                linked_now = linked is not None
            member = await self.member(desk, person)
            if member is None:
                key = "staff_unlinked" if code else "staff_ask_code"
                return Turn((Reply(key),), desk.resident.locale)
            return await member.home(linked_now=linked_now)

    async def member(self, desk: Desk, person: Person) -> StaffDesk | None:
        """The staff side of this person, when they have one."""
        found = await staff.staff_for(desk.session, channel=person.channel, channel_id=person.channel_id)
        return StaffDesk(desk.session, found, desk.resident, desk.now) if found else None

    async def pressed(self, person: Person, act: str) -> Turn:
        """A staff button, `s:act:code.argument`; a refusal is told with what can be done instead."""
        _, name, rest = act.split(":", 2) if act.count(":") >= 2 else ("s", "", "")
        try:
            async with self.desk(person) as desk:
                member = await self.member(desk, person)
                if member is None:
                    return await _not_staff(desk)
                return await member.press(name, rest)
        except (Refused, NotFound) as error:
            return await self._refused(person, error, rest.split(".")[0])

    async def heard(
        self, person: Person, messages: Sequence[Heard], stage: str, *, urgent: bool
    ) -> Turn | None:
        """The turn of words that belong to the staff side: what was asked for, a case code, or stray words.

        None for everything else, and for stray words that must not wait (`urgent`): danger comes first.
        """
        text = "\n".join(message.text for message in messages)
        asked = stage in STAGES
        stray = stage == Stage.STAFF_IDLE and not urgent
        if not (asked or stray) and read_case_code(text) is None:
            return None
        try:
            async with self.desk(person) as desk:
                turn = await self._turn_on(desk, person, text, asked=asked, stray=stray)
                if turn is not None:
                    await heard.mark_taken(desk.session, messages, desk.now)
                return turn
        except (Refused, NotFound) as error:
            return await self._refused(person, error, None if asked else text, messages)

    async def _turn_on(
        self, desk: Desk, person: Person, text: str, *, asked: bool, stray: bool
    ) -> Turn | None:
        member = await self.member(desk, person)
        if member is None:
            return await _not_staff(desk) if asked or stray else None
        if asked:
            return await member.said(text)
        return await member.code_typed(text) or (member.nothing_asked() if stray else None)

    async def words_only(self, desk: Desk, person: Person) -> Turn | None:
        """The answer to a file or place that comes to somebody at work; None for everybody else."""
        if (await desk.scene()).stage not in STAGES | {Stage.STAFF_IDLE}:
            return None
        member = await self.member(desk, person)
        return await member.words_only() if member else None

    async def _refused(
        self, person: Person, error: DoorError, code: str | None, messages: Sequence[Heard] = ()
    ) -> Turn:
        """Why not, in a transaction of its own: what was begun has been undone."""
        log.info("refused", action="refused", reason=type(error).__name__)
        async with self.desk(person) as desk:
            await heard.mark_taken(desk.session, messages, desk.now)
            member = await self.member(desk, person)
            return await member.refused(error, code) if member else await _not_staff(desk)


async def _not_staff(desk: Desk) -> Turn:
    """Somebody who is no member of staff, or no longer: what they may have been asked is put aside."""
    await put_aside(desk.session, desk.resident, desk.now, at_work=False)
    return Turn((Reply("staff_ask_code"),), desk.resident.locale)
