"""How is a table that has rows, checks and triggers given another shape, on SQLite and on PostgreSQL?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from alembic import op


@dataclass(frozen=True, slots=True)
class Column:
    """A new column; `fill` is the SQL for rows that are there already, without it the column may be empty."""

    name: str
    kind: Any
    fill: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a revision changes about one table; names follow the naming convention of the records."""

    columns: tuple[Column, ...] = ()
    checks: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    """name → the condition before and after; None: there is none"""
    references: Mapping[str, str] = field(default_factory=dict)
    """new column → the table it refers to"""
    indexes: tuple[tuple[str, ...], ...] = ()
    """columns of each new index"""
    unique: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    """columns that were unique before, and those that are after"""


def on_sqlite() -> bool:
    """Whether the running migration changes a SQLite file."""
    return op.get_bind().dialect.name == "sqlite"


def one_of(column: str, *values: str) -> str:
    """The condition that a column has one of these values, which are plain codes."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


@contextmanager
def guards_away(*tables: str) -> Iterator[None]:
    """Takes the triggers of these tables away for a while; an error needs no care, it undoes everything.

    On SQLite those of all tables go: it renames none while a trigger speaks of one that is being rebuilt.
    """
    if not on_sqlite():
        for table in tables:
            op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return
    bind = op.get_bind()
    guards = bind.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in guards:
        bind.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, guard in guards:
        bind.exec_driver_sql(guard)


def grow(table: str, shape: Shape) -> None:
    """Gives a table its new shape and fills the new columns of its rows."""
    for column in shape.columns:
        op.add_column(table, sa.Column(column.name, column.kind, nullable=True))
    filled = [column for column in shape.columns if column.fill is not None]
    if filled:
        rows = sa.table(table, *(sa.column(column.name) for column in filled))
        op.execute(
            rows.update().values({column.name: sa.literal_column(str(column.fill)) for column in filled})
        )
    with _changing(table) as batch:
        for column in filled:
            batch.alter_column(column.name, existing_type=column.kind, nullable=False)
        _swap(batch, table, shape, up=True)
        for name, other in shape.references.items():
            batch.create_foreign_key(op.f(f"fk_{table}_{name}"), other, [name], ["id"])
        for indexed in shape.indexes:
            batch.create_index(op.f(f"ix_{table}_{'_'.join(indexed)}"), list(indexed))


def shrink(table: str, shape: Shape) -> None:
    """Undoes `grow`; whatever the older checks refuse has been said in other words before."""
    with _changing(table) as batch:
        for indexed in shape.indexes:
            batch.drop_index(op.f(f"ix_{table}_{'_'.join(indexed)}"))
        for name in shape.references:
            batch.drop_constraint(op.f(f"fk_{table}_{name}"), type_="foreignkey")
        _swap(batch, table, shape, up=False)
        for column in shape.columns:
            batch.drop_column(column.name)


def _changing(table: str) -> Any:
    """A batch that on SQLite rebuilds the table as it is; not every Alembic keeps checks by itself."""
    if not on_sqlite():
        return op.batch_alter_table(table)
    as_it_is = sa.Table(table, sa.MetaData(), autoload_with=op.get_bind())
    return op.batch_alter_table(table, copy_from=as_it_is, recreate="always")


def _swap(batch: Any, table: str, shape: Shape, *, up: bool) -> None:
    for name, conditions in shape.checks.items():
        old, new = conditions if up else reversed(conditions)
        if old:
            batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        if new:
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), sa.text(new))
    if shape.unique:
        old_key, new_key = shape.unique if up else reversed(shape.unique)
        batch.drop_constraint(op.f(f"uq_{table}_{'_'.join(old_key)}"), type_="unique")
        batch.create_unique_constraint(op.f(f"uq_{table}_{'_'.join(new_key)}"), list(new_key))
