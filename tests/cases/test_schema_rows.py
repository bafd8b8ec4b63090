"""Rows live through the revisions: none is lost, none says something else, and the guards stand again."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from builders import NOW
from raw_rows import (
    LATER,
    NEVER_ROUTED,
    NEW_STATUSES,
    OLD_STATUSES,
    Tables,
    a_clock,
    at,
    everything,
    put_case,
    put_newer_cases,
    put_older_cases,
    put_place,
)
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from cases import schema
from cases.database import Database
from cases.records import Case, City, ClockRule, Grid, Staff, TimelineEntry, Unit
from cases.status import CaseStatus
from cases.timeline import fingerprint


async def refused(database: Database, statement: str) -> bool:
    try:
        async with database.engine.begin() as connection:
            await connection.execute(text(statement))
    except DBAPIError:
        return True
    return False


async def test_rows_of_0003_come_through_up_and_down_unchanged(empty_database: Database) -> None:
    await schema.upgrade(empty_database.engine, "0003")
    await at(empty_database, put_older_cases)
    before = await at(empty_database, everything)
    await schema.upgrade(empty_database.engine)
    after = await at(empty_database, everything)
    for table, rows in before.items():
        old = [{key: row[key] for key in kept} for row, kept in zip(after[table], rows, strict=True)]
        assert old == rows, table
    await schema.downgrade(empty_database.engine, "0003")
    assert await at(empty_database, everything) == before
    await schema.upgrade(empty_database.engine)
    assert await at(empty_database, everything) == after


async def test_rows_of_0003_say_in_the_new_columns_what_they_said_without(empty_database: Database) -> None:
    await schema.upgrade(empty_database.engine, "0003")
    await at(empty_database, put_older_cases)
    await schema.upgrade(empty_database.engine)
    async with empty_database.reading() as session:
        for case in await session.scalars(select(Case)):
            given = case.status.value not in NEVER_ROUTED
            assert case.first_unit_id == case.unit_id == 1
            assert (case.routings, case.dispatched_at) == (
                (1, NOW + timedelta(minutes=2)) if given else (0, None)
            ), case.status
            assert (case.signed_at is not None) == (case.status is CaseStatus.SIGNED)
            assert (case.ruled, case.mediation_refused, case.review_due) == (False, False, False)
            assert (case.satisfied, case.waiting_for, case.first_receiver_id) == (None, None, None)
        clock = (await session.scalars(select(ClockRule))).one()
        assert (clock.code, clock.leaf, clock.start) == ("first_answer-2", "*", "dispatched")
        assert (clock.stops, clock.extension, clock.ladder, clock.owed_by) == ([], None, "ordinary", "unit")
        assert (await session.scalars(select(City.choices))).one() == {}
        assert (await session.execute(select(Unit.competence, Unit.duty))).one() == ([], [])
        assert (await session.scalars(select(Grid.kind))).one() == "homes"
        assert (await session.execute(select(Staff.post, Staff.professions))).one() == (None, [])


async def test_a_case_without_a_timeline_counts_as_given_to_its_unit_when_it_opened(
    empty_database: Database,
) -> None:
    await schema.upgrade(empty_database.engine, "0003")

    def bare(tables: Tables) -> None:
        put_place(tables)
        put_case(tables, 1, "in_progress", (), assignee_id=1)

    await at(empty_database, bare)
    await schema.upgrade(empty_database.engine)
    async with empty_database.reading() as session:
        case = (await session.scalars(select(Case))).one()
        assert (case.routings, case.dispatched_at, case.signed_at) == (1, NOW, None)


async def test_what_0003_cannot_say_becomes_the_nearest_and_comes_back(empty_database: Database) -> None:
    await schema.upgrade(empty_database.engine)
    await at(empty_database, put_newer_cases)
    before = await at(empty_database, everything)
    await schema.downgrade(empty_database.engine, "0003")
    older = await at(empty_database, everything)
    nearest = ["routed", *(status for status, _ in NEW_STATUSES.values())]
    assert [case["status"] for case in older["cases"]] == nearest
    assert {entry["to_status"] for entry in older["timeline_entries"]} <= set(OLD_STATUSES)
    assert all(
        (case["closed_at"] is not None, case["closing_kind"]) == (True, "procedural")
        for case in older["cases"]
        if case["status"] == "closed"
    )
    await schema.upgrade(empty_database.engine)
    after = await at(empty_database, everything)
    assert after["timeline_entries"] == before["timeline_entries"]
    said = ("id", "status", "owed", "waiting_for", "merged_into_id", "transferred_to", "closed_at")
    for case, as_it_was in zip(after["cases"], before["cases"], strict=True):
        assert {key: case[key] for key in said} == {key: as_it_was[key] for key in said}
    async with empty_database.reading() as session:
        for entry in await session.scalars(select(TimelineEntry)):
            assert entry.hash == fingerprint(f"YM-{entry.case_id}", entry)


async def test_a_case_moved_under_0003_stays_where_it_was_moved(empty_database: Database) -> None:
    await schema.upgrade(empty_database.engine)
    await at(empty_database, put_newer_cases)
    await schema.downgrade(empty_database.engine, "0003")

    def answer_again(tables: Tables) -> None:
        case = tables.known.tables["cases"]
        base = {"case_id": 4, "at": LATER, "actor_kind": "staff", "action": "moved", "audience": "staff"}
        for seq, start, to in ((5, "answered", "reopened"), (6, "reopened", "answered")):
            moved = {"seq": seq, "from_status": start, "to_status": to, "facts": {}}
            tables.put("timeline_entries", prev_hash="", hash="", **base, **moved)
            stands = {"status": to, "owed": to == "reopened", "chain_length": seq}
            tables.connection.execute(update(case).where(case.c.id == 4).values(stands))

    await at(empty_database, answer_again)
    await schema.upgrade(empty_database.engine)
    async with empty_database.reading() as session:
        assert (await session.scalars(select(Case.status).where(Case.id == 4))).one() == CaseStatus.ANSWERED


async def test_roles_texts_and_clocks_0003_does_not_know_become_the_nearest(empty_database: Database) -> None:
    await schema.upgrade(empty_database.engine)

    def put(tables: Tables) -> None:
        put_newer_cases(tables)
        for sql in ("UPDATE staff SET role = 'expert'", "UPDATE statements SET kind = 'minutes'"):
            tables.connection.execute(text(sql))
        tables.put("clocks", **a_clock(2, leaf="scam:*", step="visit"))
        tables.put("clocks", **a_clock(3, unit="working_days"))
        tables.put("clocks", **a_clock(4, unit="working_days", step="sign"))

    await at(empty_database, put)
    await schema.downgrade(empty_database.engine, "0003")
    older = await at(empty_database, everything)
    assert {person["role"] for person in older["staff"]} == {"volunteer"}
    assert {words["kind"] for words in older["statements"]} == {"note"}
    assert [(clock["id"], clock["unit"]) for clock in older["clocks"]] == [(1, "days"), (4, "days")]


GUARDED = (
    "UPDATE timeline_entries SET action = 'x'",
    "DELETE FROM timeline_entries",
    "UPDATE cases SET status = 'withdrawn', owed = false WHERE id = 1",
)


async def stay(database: Database) -> None:
    return None


async def step_down(database: Database) -> None:
    await schema.downgrade(database.engine, "0003")


async def step_down_and_up(database: Database) -> None:
    await step_down(database)
    await schema.upgrade(database.engine)


@pytest.mark.parametrize("way", [stay, step_down, step_down_and_up])
async def test_the_guards_stand_after_every_step(
    empty_database: Database, way: Callable[[Database], Awaitable[None]]
) -> None:
    await schema.upgrade(empty_database.engine, "0003")
    await at(empty_database, put_older_cases)
    await schema.upgrade(empty_database.engine)
    await way(empty_database)
    for statement in GUARDED:
        assert await refused(empty_database, statement), statement
    assert not await refused(empty_database, "UPDATE cases SET danger = 1 WHERE id = 1")
    if empty_database.engine.dialect.name == "postgresql":
        assert await refused(empty_database, "TRUNCATE timeline_entries")


async def test_who_looked_at_a_case_stays_written(empty_database: Database) -> None:
    await schema.upgrade(empty_database.engine)

    def look(tables: Tables) -> None:
        put_newer_cases(tables)
        tables.put("read_log", case_id=1, staff_id=1, act="view", at=NOW)

    await at(empty_database, look)
    assert await refused(empty_database, "UPDATE read_log SET act = 'x'")
    assert await refused(empty_database, "DELETE FROM read_log")
    if empty_database.engine.dialect.name == "postgresql":
        assert await refused(empty_database, "TRUNCATE read_log")
    assert len((await at(empty_database, everything))["read_log"]) == 1


async def test_a_step_that_fails_leaves_rows_and_guards_as_they_were(empty_database: Database) -> None:
    await schema.upgrade(empty_database.engine, "0003")
    await at(empty_database, put_older_cases)
    before = await at(empty_database, everything)
    async with empty_database.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE read_log (id INTEGER)"))
    with pytest.raises(DBAPIError):
        await schema.upgrade(empty_database.engine)
    after = await at(empty_database, everything)
    assert {table: after[table] for table in before} == before
    for statement in GUARDED:
        assert await refused(empty_database, statement), statement


@pytest.mark.unit
def test_the_rows_here_are_of_every_status() -> None:
    assert set(OLD_STATUSES) | set(NEW_STATUSES) == {status.value for status in CaseStatus}
    assert set(OLD_STATUSES).isdisjoint(NEW_STATUSES)
