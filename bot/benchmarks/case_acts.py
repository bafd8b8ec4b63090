"""How long does each daily act take in a full database, asked of many people and cases in turn?"""

from __future__ import annotations

import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TypeVar

from cases import casework, people
from cases.access import Act, case_for
from cases.database import Database
from cases.many import samples
from cases.many.plan import MONTH, NOW, Plan
from cases.many.sealing import CHANNEL, FIRST_RESIDENT, FIRST_STAFF
from cases.measures.measures import COUNTING, figure
from cases.measures.periods import Period, month
from cases.measures.scope import city_root, scope_of
from cases.queue import overview, queue
from cases.records import Staff, Unit
from cases.staff_side.card import first_screen
from cases.staff_side.steps import Seated
from handlers.door import Door
from handlers.ear import Ear
from handlers.person import Person

TIMES = 400
WARMING = 20
LOCALE = "zh-Hans"
WORDS = (
    "你好",
    "楼上装修漏水，把我家天花板泡坏了，找了物业也不管",
    "老板欠我三个月工资，一共一万二，不肯给",
    "收到短信说我中奖了，要先交手续费，是真的吗",
    "我的事办得怎么样了",
)
Once = Callable[[], Awaitable[object]]
Times = list[float]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Full:
    """A filled database and all that is needed to ask it."""

    database: Database
    plan: Plan
    folder: Path
    rng: Random

    @property
    def door(self) -> Door:
        """The residents' and the staff's door; rules alone understand, as the model is measured elsewhere."""
        return Door(
            self.database,
            Ear(None),
            data_dir=self.folder,
            locale=LOCALE,
            public_base="http://127.0.0.1",
            now=lambda: NOW,
        )


async def timed(each: Sequence[Once]) -> Times:
    """Milliseconds of each, one after the other; the first few are run before and not counted."""
    for once in each[:WARMING]:
        await once()
    times = []
    for once in each[WARMING:]:
        began = time.perf_counter()
        await once()
        times.append((time.perf_counter() - began) * 1000)
    return times


async def measured(full: Full, *, times: int = TIMES) -> dict[str, Times]:
    """Milliseconds of every act by its name, in the order of the table."""
    found = {}
    for name, acts in ACTS.items():
        found[name] = await timed(await acts(full, times + WARMING))
    return found


async def _round_trips(full: Full, number: int) -> list[Once]:
    return [lambda: samples.round_trip(full.database)] * number


async def _commits(full: Full, number: int) -> list[Once]:
    return [lambda: samples.bare_commit(full.database)] * number


async def _queues(full: Full, number: int) -> list[Once]:
    """One's own queue, first page."""
    async with full.database.reading() as session:
        staff = await samples.staff_at_work(session)

    async def once(person: Staff) -> None:
        async with full.database.reading() as session:
            await queue(session, person)

    return [_bound(once, one) for one in full.rng.choices(staff, k=number)]


async def _areas(full: Full, number: int) -> list[Once]:
    """Everything owed in the whole area of a centre or a police post, first page."""
    async with full.database.reading() as session:
        staff = await samples.overseers(session)

    async def once(person: Staff) -> None:
        async with full.database.reading() as session:
            await overview(session, person)

    return [_bound(once, one) for one in full.rng.choices(staff, k=number)]


async def _homes(full: Full, number: int) -> list[Once]:
    """`/staff` on the channel: the first page of what waits and the counts of every list, committed."""
    async with full.database.reading() as session:
        staff = await samples.staff_at_work(session)
    door = full.door

    async def once(person: Staff) -> None:
        await door.staff_arrived(_on_channel(FIRST_STAFF + person.id), None)

    return [_bound(once, one) for one in full.rng.choices(staff, k=number)]


async def _looks(full: Full, number: int) -> list[Once]:
    """One case read: found, its look logged, and its first screen, committed."""
    async with full.database.reading() as session:
        pairs = await samples.looks(session, number, full.plan.cases, full.rng)

    async def once(pair: tuple[Staff, str]) -> None:
        person, code = pair
        async with full.database.transaction() as session:
            case = await case_for(session, person, code, Act.READ, NOW)
            await first_screen(Seated(session, person, NOW, LOCALE), case)

    return [_bound(once, pair) for pair in itertools.islice(itertools.cycle(pairs), number)]


async def _turns(full: Full, number: int) -> list[Once]:
    """One message of a resident: kept, committed, understood, answered, committed."""
    door = full.door

    async def once(place: int) -> None:
        person = _on_channel(FIRST_RESIDENT + full.rng.randint(1, full.plan.residents))
        await door.keep(person, WORDS[place % len(WORDS)], forwarded=False, message_id=place)
        await door.take_waiting(person)

    return [_bound(once, place) for place in range(number)]


async def _openings(full: Full, number: int) -> list[Once]:
    """A case opened: numbered, routed, its clocks started, its unit told, committed."""
    async with full.database.reading() as session:
        grids = await samples.grid_codes(session)

    async def once(grid_code: str) -> None:
        async with full.database.transaction() as session:
            resident = await people.resident_for(
                session,
                channel=CHANNEL,
                channel_id=FIRST_RESIDENT + full.rng.randint(1, full.plan.residents),
                locale=LOCALE,
                now=NOW,
            )
            new = casework.NewCase(
                resident=resident,
                story=(WORDS[1],),
                leaf="dispute:neighbour",
                grid_code=grid_code,
            )
            await casework.open_case(session, new, NOW)

    return [_bound(once, code) for code in full.rng.choices(grids, k=number)]


async def _figures(full: Full, number: int) -> list[Once]:
    """One measure of one area below the city, in one month."""
    async with full.database.reading() as session:
        units = await samples.areas(session)
    asked = zip(full.rng.choices(units, k=number), itertools.cycle(COUNTING), strict=False)

    async def once(pair: tuple[Unit, str]) -> None:
        await _figure(full, *pair)

    return [_bound(once, pair) for pair in asked]


async def _city_figures(full: Full, number: int) -> list[Once]:
    """One measure of the whole city, in one month: all of its thirty thousand cases."""
    async with full.database.reading() as session:
        root = await city_root(session)

    async def once(code: str) -> None:
        if root is not None:
            await _figure(full, root, code)

    return [_bound(once, code) for code in itertools.islice(itertools.cycle(COUNTING), number)]


async def _figure(full: Full, unit: Unit, code: str) -> None:
    async with full.database.reading() as session:
        scope = await scope_of(session, unit)
        await figure(session, code, scope, _month(scope.city.timezone))


def _month(timezone: str) -> Period:
    return month(MONTH, timezone)


def _on_channel(number: int) -> Person:
    return Person(CHANNEL, str(number), number)


def _bound(once: Callable[[T], Awaitable[object]], given: T) -> Once:
    return lambda: once(given)


ACTS: dict[str, Callable[[Full, int], Awaitable[list[Once]]]] = {
    "round_trip": _round_trips,
    "bare_commit": _commits,
    "queue": _queues,
    "area": _areas,
    "home": _homes,
    "look": _looks,
    "turn": _turns,
    "opening": _openings,
    "figure": _figures,
    "city_figure": _city_figures,
}
