"""Which running number comes next for a unit, kind and year, so that none is left out or given twice?"""

from __future__ import annotations

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from cases.papers.kinds import PaperKind
from cases.records import PaperNumber

FIRST = 1
_COUNTER = ("unit_id", "kind", "year")


async def next_seq(session: AsyncSession, unit_id: int, kind: PaperKind, year: int) -> int:
    """The next number, from 1 on. The counter is held until the transaction ends, and goes back with it."""
    row = {"unit_id": unit_id, "kind": kind.value, "year": year, "last": FIRST}
    counted = {"last": PaperNumber.last + 1}
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
