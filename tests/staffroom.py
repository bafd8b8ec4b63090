"""Members of staff at a door: they press what they are shown, write, and their presses are counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from builders import NOW, linked
from sqlalchemy import select

from cases.casework import case_by_code
from cases.database import Database
from cases.records import Case
from cases.turn import Button, Turn
from handlers.composing import compose
from handlers.counter import Counter
from handlers.door import Door
from handlers.ear import Ear
from handlers.person import Person
from handlers.wording import wording
from kb.library import load_library

_messages = count(1)
_channels = count(7_000_000)


def a_door(database: Database, data_dir: Path, now: Callable[[], datetime] = lambda: NOW) -> Door:
    """A door on this database whose clock stands where the tests' cases were opened."""
    return Door(
        database, Ear(None), data_dir=data_dir, locale="zh-Hans", public_base="http://door.example", now=now
    )


class AtTheDoor:
    """One person on a channel; `turn` is what they see."""

    def __init__(self, door: Door, person: Person) -> None:
        self.door = door
        self.person = person
        self.turn = Turn()
        self.taps = 0

    async def arrives(self) -> Turn:
        """`/staff`."""
        self.turn = await self.door.staff_arrived(self.person, None)
        return self.turn

    async def presses(self, key: str, *, holding: str = "") -> Turn:
        """The button of that key, whose data holds that text, among those that are shown."""
        found = [one for one in self.buttons if one.key == key and holding in one.act]
        assert found, f"no {key} {holding} among {[(one.key, one.act) for one in self.buttons]}"
        return await self.sends(found[0].act)

    async def sends(self, act: str) -> Turn:
        """A press with this data, shown or not."""
        self.taps += 1
        self.turn = await self.door.pressed(self.person, act)
        return self.turn

    async def says(self, text: str) -> Turn:
        """Words; always answered."""
        await self.door.keep(self.person, text, forwarded=False, message_id=next(_messages))
        turn = await self.door.take_waiting(self.person)
        assert turn is not None
        self.turn = turn
        return turn

    @property
    def buttons(self) -> list[Button]:
        return [one for reply in self.turn.replies for row in reply.buttons for one in row]

    @property
    def keys(self) -> set[str]:
        """The keys of the buttons that are shown."""
        return {one.key for one in self.buttons}

    def reads(self, locale: str = "zh-Hans") -> str:
        """What stands on their screen."""
        counter = Counter(load_library(), wording(locale))
        return "\n".join(compose(counter, reply) for reply in self.turn.replies)


async def seated(database: Database, door: Door, code: str) -> AtTheDoor:
    """A member of staff of the sample, linked to a channel of their own."""
    channel_id = next(_channels)
    async with database.transaction() as session:
        await linked(session, code, channel_id)
    return AtTheDoor(door, Person("telegram", str(channel_id), channel_id))


async def row(database: Database, code: str) -> Case:
    async with database.reading() as session:
        found = await case_by_code(session, code)
        assert found is not None
        return found


async def rows(database: Database, kind: type[Any]) -> list[Any]:
    async with database.reading() as session:
        return list((await session.scalars(select(kind).order_by(kind.id))).all())


async def act(person: AtTheDoor, code: str, deed: str, *choices: str, words: str | None = None) -> None:
    """Opens a case, presses an act (behind "more acts" if need be), then choices, then writes."""
    await person.sends(f"s:open:{code}")
    if f"staff_{deed}" not in person.keys:
        await person.presses("staff_all")
    await person.presses(f"staff_{deed}")
    for choice in choices:
        await person.presses(choice)
    if words is not None:
        await person.says(words)
