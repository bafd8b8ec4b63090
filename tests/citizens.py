"""A resident at the door, for tests: what they say and press, and what came of it in the database."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from builders import NOW, a_case, a_resident
from sqlalchemy import select

from cases import agreements, listing, notices, staff, staff_desk
from cases.database import Database
from cases.records import Case, Notice
from cases.status import CaseStatus
from cases.turn import Turn
from handlers.composing import compose
from handlers.counter import Counter
from handlers.door import Door
from handlers.ear import Ear
from handlers.notices import render_notice
from handlers.person import Person
from handlers.wording import wording
from kb.library import Library, load_library

ANNA, BEN = Person("telegram", "101", 101), Person("telegram", "102", 102)
WORKER = "grid-guihua"
DAY = timedelta(days=1)
numbers = itertools.count(1)


@dataclass
class Clock:
    """The time the door reads; a test sets it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@cache
def library() -> Library:
    """The knowledge base, read once."""
    return load_library()


def a_door(database: Database, data_dir: Path, clock: Clock) -> Door:
    """A door where rules alone understand, at a time a test sets."""
    return Door(
        database, Ear(None), data_dir=data_dir, locale="zh-Hans", public_base="http://d.example", now=clock
    )


async def given(database: Database, status: CaseStatus, person: Person = ANNA, **more: object) -> str:
    """A case of that person with that status."""
    async with database.transaction() as session:
        resident = await a_resident(session, channel_id=int(person.channel_id))
        return (await a_case(session, resident=resident, status=status, **more)).code


async def case_of(database: Database, code: str) -> Case:
    async with database.reading() as session:
        return (await session.scalars(select(Case).where(Case.code == code))).one()


async def actions(database: Database, code: str) -> list[str]:
    async with database.reading() as session:
        whole = await listing.whole_case(session, code)
    assert whole is not None
    assert whole["timeline_whole"]
    return [str(entry["action"]) for entry in whole["timeline"]]


async def words_of(database: Database, code: str) -> list[str]:
    async with database.reading() as session:
        whole = await listing.whole_case(session, code)
    assert whole is not None
    return [str(text["body"]) for text in whole["statements"]]


async def told(database: Database) -> list[str]:
    async with database.reading() as session:
        return list(await session.scalars(select(Notice.key).order_by(Notice.id)))


async def say(door: Door, text: str, person: Person = ANNA) -> Turn:
    await door.keep(person, text, forwarded=False, message_id=f"c{next(numbers)}")
    turn = await door.take_waiting(person)
    assert turn is not None
    return turn


def acts(turn: Turn) -> list[str]:
    return [button.act for reply in turn.replies for row in reply.buttons for button in row]


def draft_act(turn: Turn, ending: str) -> str:
    return next(act for act in acts(turn) if act.startswith("d:") and act.endswith(ending))


def spoken(turn: Turn) -> str:
    counter = Counter(library(), wording(turn.locale or "zh-Hans"))
    return "\n".join(compose(counter, reply) for reply in turn.replies)


async def an_agreement(database: Database, code: str) -> None:
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, WORKER)
        await agreements.record_agreement(
            session, worker, code, "十天内修好水管", NOW, oral=True, perform_by=NOW + 10 * DAY
        )
        await staff_desk.answer(session, worker, code, "说好了", NOW)


async def owed_to(database: Database, keys: Collection[str]) -> list[list[str]]:
    """The button data of the notices of these keys that are due."""
    async with database.transaction() as session:
        due = await notices.due(session, ["telegram"], NOW + DAY, 50)
    rendered = [render_notice(library(), one)[-1].keyboard for one in due if one.key in keys]
    return [
        [button.callback_data for row in keyboard.inline_keyboard for button in row]  # type: ignore[union-attr]
        for keyboard in rendered
    ]
