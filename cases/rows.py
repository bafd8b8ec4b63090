"""How do both databases say "insert this row unless it is there"?"""

from __future__ import annotations

from collections.abc import Mapping
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
