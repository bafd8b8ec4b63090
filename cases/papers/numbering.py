"""Which running number comes next for a unit, kind and year, so that none is left out or given twice?"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from cases.papers.kinds import PaperKind
from cases.records import PaperNumber

FIRST = 1
_COUNTER = ("unit_id", "kind", "year")


async def next_seq(session: AsyncSession, unit_id: int, kind: PaperKind, year: int) -> int:
    """The next number, from 1 on. The counter is held until the transaction ends, and goes back with it."""
    return next(await next_seqs(session, unit_id, kind, year, 1))


async def next_seqs(
    session: AsyncSession, unit_id: int, kind: PaperKind, year: int, number: int
) -> Iterator[int]:
    """So many numbers in a row, as `next_seq` would give them one after the other."""
    last = await _counted_on(session, unit_id, kind, year, number)
    return iter(range(last - number + FIRST, last + 1))


async def _counted_on(session: AsyncSession, unit_id: int, kind: PaperKind, year: int, number: int) -> int:
    row = {"unit_id": unit_id, "kind": kind.value, "year": year, "last": number}
    counted = {"last": PaperNumber.last + number}
    if session.get_bind().dialect.name == "sqlite":
        statement = sqlite.insert(PaperNumber).values(**row)
        found = await session.execute(
            statement.on_conflict_do_update(index_elements=_COUNTER, set_=counted).returning(PaperNumber.last)
        )
        return int(found.scalar_one())
    on_postgres = postgresql.insert(PaperNumber).values(**row)
    found = await session.execute(
        on_postgres.on_conflict_do_update(index_elements=_COUNTER, set_=counted).returning(PaperNumber.last)
    )
    return int(found.scalar_one())
