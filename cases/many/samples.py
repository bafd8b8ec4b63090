"""Whom and what do the measurements ask about: many different staff, cases, units, none chosen by hand?"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.announce import WORKING
from cases.database import Database
from cases.records import AREAS, Case, City, Grid, Role, Staff, Unit, UnitKind


async def staff_at_work(session: AsyncSession) -> Sequence[Staff]:
    """Everybody who works on cases."""
    query = select(Staff).where(Staff.active, Staff.role.in_(WORKING)).order_by(Staff.id)
    return (await session.scalars(query)).all()


async def overseers(session: AsyncSession) -> Sequence[Staff]:
    """Who sees a whole area: the centres of every level, and the police."""
    query = select(Staff).where(Staff.active, Staff.role.in_([Role.CENTRE, Role.POLICE]))
    return (await session.scalars(query.order_by(Staff.id))).all()


async def looks(session: AsyncSession, number: int, cases: int, rng: Random) -> list[tuple[Staff, str]]:
    """Somebody who may read a case, and its code: who has or had it in hand, or its first receiver."""
    ids = sorted({rng.randint(1, cases) for _ in range(number * 2)})
    found = await session.execute(
        select(Case.code, Case.assignee_id, Case.first_receiver_id).where(Case.id.in_(ids))
    )
    people = {one.id: one for one in await staff_at_work(session)}
    pairs = [
        (people[staff_id], code)
        for code, assignee, receiver in found
        if (staff_id := assignee or receiver) in people
    ]
    rng.shuffle(pairs)
    return pairs[:number]


async def areas(session: AsyncSession) -> Sequence[Unit]:
    """Every area below the city: counties, townships, communities."""
    query = select(Unit).where(Unit.active, Unit.kind.in_(AREAS), Unit.kind != UnitKind.CITY)
    return (await session.scalars(query.order_by(Unit.id))).all()


async def round_trip(database: Database) -> None:
    """The least a reading can take: a session, a question without any table, an answer."""
    async with database.reading() as session:
        await session.execute(text("SELECT 1"))


async def bare_commit(database: Database) -> None:
    """The least a writing can take: one row of one small table, committed."""
    async with database.transaction() as session:
        await session.execute(update(City).values(loaded_at=City.loaded_at))


async def grid_codes(session: AsyncSession) -> Sequence[str]:
    """The grids in use, by their codes."""
    return (await session.scalars(select(Grid.code).where(Grid.active).order_by(Grid.id))).all()
