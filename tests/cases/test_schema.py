"""Each migration goes up, down and up again, with rows; the head is what the records say."""

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from builders import NOW, a_case, at_once, linked
from sqlalchemy import Connection, inspect, text

from cases import casework, schema, timeline
from cases.city import SAMPLE, load_city
from cases.database import Database, open_database
from cases.heard import keep
from cases.people import resident_by_id
from cases.records import Record
from cases.secrets import SecretBox
from cases.status import CaseStatus

ROOT = Path(__file__).parents[2]
OLDEST_FIRST = schema.revisions()


async def filled(database: Database) -> str:
    """A prepared database with rows in the tables of every revision; returns a case code."""
    await database.prepare()
    async with database.transaction() as session:
        await load_city(session, SAMPLE, NOW)
        await linked(session, "grid-guihua")
        case = await a_case(session, status=CaseStatus.ANSWERED)
        resident = await resident_by_id(session, case.resident_id)
        assert resident is not None
        await keep(session, resident, "漏水", False, "1", NOW)
    return case.code


async def counted(database: Database) -> dict[str, int]:
    def count(connection: Connection) -> dict[str, int]:
        tables = inspect(connection).get_table_names()
        return {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in tables
            if table != "alembic_version"
        }

    async with database.engine.connect() as connection:
        return await connection.run_sync(count)


@pytest.mark.unit
def test_the_revisions_stand_in_one_line() -> None:
    assert sorted(OLDEST_FIRST) == OLDEST_FIRST
    assert len(OLDEST_FIRST) == len(set(OLDEST_FIRST))


@pytest.mark.parametrize("back_to", ["base", *OLDEST_FIRST[:-1]])
async def test_a_step_down_and_up_keeps_the_rows_of_the_tables_that_stay(
    empty_database: Database, back_to: str
) -> None:
    await filled(empty_database)
    before = await counted(empty_database)
    await schema.downgrade(empty_database.engine, back_to)
    left = await counted(empty_database)
    # A clock for one kind of matter cannot be said before 0004: there it would count for every matter.
    assert left.get("clocks", 0) <= before["clocks"]
    assert left | {"clocks": 0} == {table: before[table] for table in left} | {"clocks": 0}
    await schema.upgrade(empty_database.engine)
    after = await counted(empty_database)
    assert set(after) == set(before)
    assert {table: after[table] for table in left} == left


async def test_a_case_lives_through_a_step_down_and_up(empty_database: Database) -> None:
    code = await filled(empty_database)
    await schema.downgrade(empty_database.engine, "0002")
    await schema.upgrade(empty_database.engine)
    async with empty_database.reading() as session:
        case = await casework.case_by_code(session, code)
        assert case is not None
        assert case.status is CaseStatus.ANSWERED
        assert (await timeline.verify(session, case)).whole


async def test_nothing_is_left_after_the_last_step_down(empty_database: Database) -> None:
    await filled(empty_database)
    await schema.downgrade(empty_database.engine, "base")
    assert await counted(empty_database) == {}
    if empty_database.engine.dialect.name == "postgresql":
        async with empty_database.engine.connect() as connection:
            ours = "SELECT count(*) FROM pg_proc WHERE proname LIKE 'onedoor%'"
            assert (await connection.execute(text(ours))).scalar_one() == 0


async def test_the_head_is_what_the_records_say(empty_database: Database) -> None:
    await empty_database.prepare()

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Record.metadata))

    async with empty_database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_the_head_has_every_constraint_of_the_records(empty_database: Database) -> None:
    await empty_database.prepare()

    def named(connection: Connection) -> dict[str, set[str | None]]:
        found = inspect(connection)
        return {
            table: {one["name"] for one in found.get_check_constraints(table)}
            for table in Record.metadata.tables
        }

    async with empty_database.engine.connect() as connection:
        in_database = await connection.run_sync(named)
    for name, table in Record.metadata.tables.items():
        wanted = {one.name for one in table.constraints if type(one).__name__ == "CheckConstraint"}
        assert in_database[name] == wanted, name


async def test_the_head_is_built_like_the_tables_the_records_make(empty_database: Database) -> None:
    """Alembic's own comparison overlooks conditions, defaults and what a partial index leaves out."""
    await empty_database.prepare()
    async with empty_database.engine.connect() as connection:
        migrated = await connection.run_sync(built)
    await schema.downgrade(empty_database.engine, "base")
    async with empty_database.engine.begin() as connection:
        await connection.run_sync(Record.metadata.create_all)
        made = await connection.run_sync(built)
    assert set(migrated) == set(made)
    for table, parts in made.items():
        assert migrated[table] == parts, table


def built(connection: Connection) -> dict[str, dict[str, Any]]:
    """Every part of every table by its name; of a condition only the words count, in any order."""
    found = inspect(connection)

    def parts(table: str) -> dict[str, Any]:
        return {
            "columns": {
                one["name"]: (str(one["type"]), one["nullable"], one.get("default"))
                for one in found.get_columns(table)
            },
            "checks": {
                one["name"]: sorted(re.findall(r"\w+", one["sqltext"]))
                for one in found.get_check_constraints(table)
            },
            "references": {
                one["name"]: (one["constrained_columns"], one["referred_table"], one["referred_columns"])
                for one in found.get_foreign_keys(table)
            },
            "unique": {one["name"]: one["column_names"] for one in found.get_unique_constraints(table)},
            "indexes": {
                one["name"]: (
                    one["column_names"],
                    one["unique"],
                    {option: str(value) for option, value in one.get("dialect_options", {}).items()},
                )
                for one in found.get_indexes(table)
            },
            "key": found.get_pk_constraint(table),
        }

    return {table: parts(table) for table in found.get_table_names() if table != "alembic_version"}


async def test_preparing_twice_changes_nothing(empty_database: Database) -> None:
    code = await filled(empty_database)
    before = await counted(empty_database)
    await empty_database.prepare()
    assert await counted(empty_database) == before
    assert code


async def test_databases_opened_together_are_prepared_once(empty_url: str) -> None:
    opened = [open_database(empty_url, SecretBox(b"k" * 32)) for _ in range(3)]
    try:
        assert await at_once(*(one.prepare() for one in opened)) == [None] * 3
        assert await counted(opened[0])
    finally:
        for one in opened:
            await one.close()


PREPARE = """
import asyncio, sys
from cases.database import open_database
from cases.secrets import SecretBox

async def prepare():
    database = open_database(sys.argv[1], SecretBox(b"k" * 32))
    await database.prepare()
    await database.close()

asyncio.run(prepare())
"""


async def test_processes_that_start_together_prepare_once(empty_url: str) -> None:
    """The bot and the console may both find a new database."""
    running = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", PREPARE, empty_url, cwd=ROOT)
        for _ in range(3)
    ]
    assert await at_once(*(one.wait() for one in running)) == [0, 0, 0]


async def test_foreign_keys_are_minded_again_after_a_migration(empty_database: Database) -> None:
    await empty_database.prepare()
    async with empty_database.engine.connect() as connection:
        if empty_database.engine.dialect.name == "sqlite":
            assert (await connection.execute(text("PRAGMA foreign_keys"))).scalar_one() == 1
