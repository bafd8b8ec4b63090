"""How do both databases say "insert this row unless it is there"?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from cases.records import Record


async def insert_unless_there(
    session: AsyncSession, table: type[Record], row: Mapping[str, Any], *, unique: tuple[str, ...]
) -> bool:
    """Inserts a row; false when another row already has these unique columns (no error, nothing changed)."""
    first = inspect(table).primary_key[0]
    if session.get_bind().dialect.name == "sqlite":
        statement = sqlite.insert(table).values(**row).on_conflict_do_nothing(index_elements=unique)
        result = await session.execute(statement.returning(first))
    else:
        on_postgres = postgresql.insert(table).values(**row).on_conflict_do_nothing(index_elements=unique)
        result = await session.execute(on_postgres.returning(first))
    return result.scalar() is not None


async def insert_many_unless_there(
    session: AsyncSession,
    table: type[Record],
    rows: Sequence[Mapping[str, Any]],
    *,
    unique: tuple[str, ...],
) -> None:
    """Inserts many rows in one go; those whose unique columns are there already are left out."""
    if not rows:
        return
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(table) if on_sqlite else postgresql.insert(table)
    await session.execute(insert.on_conflict_do_nothing(index_elements=unique), [dict(row) for row in rows])
