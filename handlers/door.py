"""What a channel may ask of the house: each call is one turn, committed before it is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from cases import attachments, heard, people, places
from cases.database import Database
from cases.desk import Desk
from cases.dialogue.values import Commanded, Input, Located, Said, Scene, Sent, Stage
from cases.records import Heard
from cases.turn import Reply, Turn
from cases.understanding import Verdict
from handlers.ear import Ear
from handlers.person import Person
from handlers.staff_door import StaffDoor

log = structlog.get_logger(__name__)
LONGEST_READ = 4000
"""Characters the model reads; everything is kept."""
# While these wait, new words may complete the story that was told before.
STORY_GOES_ON = frozenset({Stage.ASKED, Stage.CONFIRM, Stage.FAMILY, Stage.SERVICE})
MIME = {
    "photo": "image/jpeg",
    "voice": "audio/ogg",
    "video": "video/mp4",
    "document": "application/octet-stream",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of words that came in."""

    known_already: bool = False
    urgent: bool = False


class Door:
    """The one door: conversations of residents, whatever the channel."""

    def __init__(
        self,
        database: Database,
        ear: Ear,
        *,
        data_dir: Path,
        locale: str,
        public_base: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.database = database
        self.ear = ear
        self._data_dir = data_dir
        self._locale = locale
        self._public_base = public_base
        self._now = now
        self._staff_door = StaffDoor(self._desk)

    async def close(self) -> None:
        """Lets go of the NLU connection; the database belongs to who opened it."""
        await self.ear.close()

    async def keep(self, person: Person, text: str, *, forwarded: bool, message_id: int | str) -> Kept:
        """Puts words on disk before anything is made of them; says whether they must not wait."""
        clean = readable(text)
        async with self._desk(person) as desk:
            fresh = await heard.keep(desk.session, desk.resident, clean, forwarded, message_id, desk.now)
        return Kept(known_already=not fresh, urgent=fresh and self.ear.is_urgent(clean[:LONGEST_READ]))

    async def replace(self, person: Person, text: str, *, message_id: int) -> bool:
        """An edited message: true when its words had not been read yet and now are the new ones."""
        async with self._desk(person) as desk:
            return await heard.replace_waiting(desk.session, desk.resident, readable(text), message_id)

    async def take_waiting(self, person: Person) -> Turn | None:
        """Everything the person has said since the last turn, as one turn; None when that was nothing.

        The model is asked between two short transactions, so that no lock is held while it thinks; the
        caller sees to it that one person's turns follow each other.
        """
        async with self._desk(person) as desk:
            messages = list(await heard.waiting(desk.session, desk.resident))
            scene = await desk.scene()
        if not messages:
            return None
        try:
            return await self._turn_on(person, messages, scene)
        except Exception:
            # What failed once must not stand in the way of everything said later; the words stay on disk.
            async with self._desk(person) as desk:
                await heard.mark_taken(desk.session, messages, desk.now)
            raise

    async def _turn_on(self, person: Person, messages: Sequence[Heard], scene: Scene) -> Turn:
        urgent = any(self.ear.is_urgent(message.text[:LONGEST_READ]) for message in messages)
        staff_turn = await self._staff_door.heard(person, messages, scene.stage, urgent=urgent)
        if staff_turn is not None:
            return staff_turn
        said = await self._understand(messages, scene.stage, scene.facts.get("story", []))
        async with self._desk(person) as desk:
            await heard.mark_taken(desk.session, messages, desk.now)
            turn = (
                await desk.take_turn(said) if said else Turn((Reply("nothing_heard"),), desk.resident.locale)
            )
        if said:
            trace(said, turn)
        if said and len(said.text) > LONGEST_READ:
            cut = Reply("too_long", {"limit": LONGEST_READ})
            turn = Turn((cut, *turn.replies), turn.locale)
        return turn

    async def pressed(self, person: Person, act: str) -> Turn:
        """A button, whichever kind; data that no button of ours carries is answered as out of date."""
        if act.startswith("s:"):
            return await self._staff_door.pressed(person, act)
        async with self._desk(person) as desk:
            return await press(desk, act)

    async def commanded(self, person: Person, name: str) -> Turn:
        """A slash command without its slash."""
        return await self._turn(person, Commanded(name))

    async def staff_arrived(self, person: Person, code: str | None) -> Turn:
        """`/staff`, with an invitation the first time: what waits, or a volunteer's home."""
        return await self._staff_door.arrived(person, code)

    async def arrived(self, person: Person, grid: str) -> Turn:
        """Somebody scanned a building's poster; a code nobody knows is greeted like anybody."""
        async with self._desk(person) as desk:
            found = await places.grid_by_code(desk.session, grid)
            return await desk.take_turn(Located(found.code, poster=True) if found else Commanded("start"))

    async def located(self, person: Person, latitude: float, longitude: float) -> Turn:
        """A shared position becomes the nearest grid."""
        async with self._desk(person) as desk:
            if (turn := await self._staff_door.words_only(desk, person)) is not None:
                return turn
            grid = await places.nearest_grid(desk.session, latitude, longitude)
            return await desk.take_turn(Located(grid.code if grid else None))

    async def sent(self, person: Person, kind: str, content: bytes, *, message_id: int | str) -> Turn | None:
        """A file: sealed and stored, then taken into the conversation; None when it was so before."""
        async with self._desk(person) as desk:
            # Beside the words of the same message, which are a caption and have a row of their own.
            if not await heard.first_time(desk.session, desk.resident, f"{message_id}/file", desk.now):
                return None
            if (turn := await self._staff_door.words_only(desk, person)) is not None:
                return turn
            file = await attachments.keep_file(
                desk.session,
                desk.resident,
                folder=self._data_dir,
                kind=kind,
                mime=MIME[kind],
                content=content,
                now=desk.now,
            )
            return await desk.take_turn(Sent(file.id, kind))

    async def locale_of(self, person: Person) -> str:
        """The language this person is answered in."""
        async with self._desk(person) as desk:
            return desk.resident.locale

    async def left_waiting(self, channel: str) -> list[Person]:
        """Who was heard but not answered before this process began."""
        async with self.database.reading() as session:
            left = await heard.residents_waiting(session, self._now())
            found = [(one.channel, one.channel_id) for one in left]
        return [Person(channel, name, int(name)) for kind, name in found if kind == channel and name]

    async def _turn(self, person: Person, given: Input) -> Turn:
        async with self._desk(person) as desk:
            return await desk.take_turn(given)

    @asynccontextmanager
    async def _desk(self, person: Person) -> AsyncIterator[Desk]:
        now = self._now()
        async with self.database.transaction() as session:
            locale = person.language or self._locale
            resident = await people.resident_for(
                session, channel=person.channel, channel_id=person.channel_id, locale=locale, now=now
            )
            yield Desk(session, resident, now, public_base=self._public_base)

    async def _understand(self, messages: Sequence[Heard], stage: str, story: list[str]) -> Said | None:
        text = "\n".join(message.text for message in messages).strip()
        if not text:
            return None
        forwarded = any(message.forwarded for message in messages)
        verdict = await self.ear.hear(text[:LONGEST_READ], forwarded=forwarded)
        joined: Verdict | None = None
        if stage in STORY_GOES_ON and story and not forwarded:
            joined = await self.ear.hear("\n".join([*story, text])[:LONGEST_READ], forwarded=False)
        return Said(text, verdict, forwarded, joined)


def trace(said: Said, turn: Turn) -> None:
    """One line on what was understood and answered; codes and wording keys only, never the words."""
    verdict = said.verdict
    log.info(
        "turn",
        action="turn",
        kind=verdict.kind.value,
        risk=verdict.risk.value,
        scam=verdict.scam_type,
        family=verdict.family,
        chat=verdict.chat,
        state=verdict.state,
        danger=list(verdict.danger),
        judged_by=verdict.judged_by,
        replies=list(turn.keys),
    )


def readable(text: str) -> str:
    """The text as it can be stored: lone surrogates and NUL, which no database takes, are replaced."""
    return text.encode("utf-8", errors="replace").decode("utf-8").replace("\x00", "\ufffd")


async def press(desk: Desk, act: str) -> Turn:
    """The turn of a button by its data: draft, check, case or language."""
    kind, _, rest = act.partition(":")
    number, _, argument = rest.partition(":")
    match kind:
        case "d" if number.isdecimal():
            return await desk.press(int(number), argument)
        case "k" if number.isdecimal():
            return await desk.press_check(int(number), argument)
        case "c" if argument:
            return await desk.press_case(number, argument)
        case "l" if rest in ("zh-Hans", "en"):
            return await desk.speak(rest)
    return Turn((Reply("button_stale"),), desk.resident.locale)
