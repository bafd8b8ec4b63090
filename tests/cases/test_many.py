"""A filled database is one the product could have written: chains, shares, due clocks, the same each time."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select

from cases import timeline
from cases.city import SAMPLE, load_city
from cases.clocks.rounds import make_round
from cases.database import Database, open_database
from cases.many.filling import fill
from cases.many.plan import NOW, TAILS, Plan, code_of
from cases.many.samples import staff_at_work
from cases.queue import queue
from cases.records import Case, CaseClock, Statement, TimelineEntry
from cases.secrets import SecretBox
from cases.status import OWED, CaseStatus

PLAN = Plan(300)
SECRET = b"an all but secret key for the tests"


async def filled(url: str) -> Database:
    database = open_database(url, SecretBox(SECRET))
    await fill(database, SECRET, PLAN)
    return database


async def test_a_filled_database_is_whole_and_goes_on(url: str) -> None:
    told: list[int] = []
    database = open_database(url, SecretBox(SECRET))
    await fill(database, SECRET, PLAN, progress=told.append)
    assert told[-1] == PLAN.cases
    async with database.transaction() as session:
        cases = (await session.scalars(select(Case).order_by(Case.id))).all()
        assert len(cases) == PLAN.cases
        for case in cases:
            check = await timeline.verify(session, case)
            assert check.whole, (case.code, check)
            chain = await timeline.entries(session, case)
            assert timeline.replay_status(chain) is case.status
            assert chain[-1].at <= NOW
            assert case.told == {}
        due = select(func.count()).select_from(CaseClock).where(CaseClock.acts_at <= NOW)
        assert await session.scalar(due) == PLAN.due
        text = (await session.scalars(select(Statement).limit(1))).one()
        assert text.body
    assert (await make_round(database, NOW)).clocks == PLAN.due
    assert (await make_round(database, NOW)).clocks == 0
    await database.close()


async def test_the_shares_are_plausible_and_staff_have_work(url: str) -> None:
    database = await filled(url)
    async with database.transaction() as session:
        found = Counter((await session.scalars(select(Case.status))).all())
        entries = await session.scalar(select(func.count()).select_from(TimelineEntry)) or 0
        pages = [await queue(session, person) for person in await staff_at_work(session)]
    await database.close()
    assert found[CaseStatus.ARCHIVED] > PLAN.cases * 0.8
    assert 0 < sum(found[status] for status in OWED) < PLAN.cases * 0.1
    assert 9 < entries / PLAN.cases < 13
    assert sum(len(page.items) for page in pages) > 0


@pytest.mark.unit
def test_cases_are_opened_in_order_over_three_years_and_no_code_is_given_twice() -> None:
    plan = Plan(10_000)
    times = [plan.opened(place) for place in range(plan.cases)]
    assert times == sorted(times)
    assert times[-1] < NOW.timestamp()
    day = times[0]
    assert len({code_of(place, day) for place in range(TAILS)}) == TAILS


@pytest.mark.unit
async def test_the_same_plan_gives_the_same_cases(tmp_path_factory: pytest.TempPathFactory) -> None:
    heads = []
    for name in ("one", "two"):
        url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp(name)}/cases.sqlite3"
        empty = open_database(url, SecretBox(SECRET))
        await empty.prepare()
        async with empty.transaction() as session:
            await load_city(session, SAMPLE, NOW)
        await empty.close()
        database = await filled(url)
        async with database.reading() as session:
            rows = (await session.execute(select(Case.code, Case.chain_head).order_by(Case.id))).all()
            heads.append([tuple(row) for row in rows])
        await database.close()
    assert heads[0] == heads[1]
