"""Opening, transactions, and plain errors instead of drivers' words."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from builders import NOW, a_case, a_resident, at_once
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.ext.asyncio import create_async_engine

from cases import database as module
from cases.database import Database, open_database
from cases.errors import DatabaseBusy, DatabaseUnreachable, KeyUnusable, SealBroken
from cases.people import remember_contact
from cases.records import Resident
from cases.secrets import SecretBox

BOX = SecretBox(b"k" * 32)


async def test_leaving_without_error_commits(database: Database) -> None:
    async with database.transaction() as session:
        await a_resident(session)
    async with database.reading() as session:
        assert len((await session.scalars(select(Resident))).all()) == 1


async def test_leaving_with_an_error_keeps_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError):
        await _fails(database)
    async with database.reading() as session:
        assert (await session.scalars(select(Resident))).all() == []


async def _fails(database: Database) -> None:
    async with database.transaction() as session:
        await a_resident(session)
        raise RuntimeError


async def test_reading_never_writes(database: Database) -> None:
    async with database.reading() as session:
        statement = text("UPDATE cities SET name_zh = 'x'")
        if database.engine.dialect.name == "postgresql":
            with pytest.raises(DBAPIError):
                await session.execute(statement)
        else:
            await session.execute(statement)
    async with database.reading() as session:
        assert (await session.execute(text("SELECT name_zh FROM cities"))).scalar_one() != "x"


async def test_reading_goes_on_beside_a_writer(database: Database) -> None:
    async with database.transaction() as writer, database.reading() as reader:
        await a_resident(writer)
        assert (await reader.scalars(select(Resident))).all() == []


async def test_personal_fields_are_noise_on_disk(database: Database) -> None:
    async with database.transaction() as session:
        resident = await a_resident(session, channel_id=700700)
        await remember_contact(session, resident, name="王大爷", phone="13812345678")
        row = (await session.execute(text("SELECT * FROM residents"))).one()
    stored = repr(tuple(row))
    for secret in ("王大爷", "13812345678", "700700"):
        assert secret not in stored
        assert secret.encode().hex() not in stored


async def test_another_key_reads_nothing(database: Database, url: str) -> None:
    async with database.transaction() as session:
        await a_resident(session)
    other = open_database(url, SecretBox(b"o" * 32))
    try:
        with pytest.raises(SealBroken):
            await _read_all(other)
    finally:
        await other.close()


async def _read_all(database: Database) -> None:
    async with database.reading() as session:
        (await session.scalars(select(Resident))).all()


async def test_errors_hold_no_values(database: Database) -> None:
    with pytest.raises(IntegrityError) as caught:
        await _insert_twice(database)
    assert "topsecret" not in str(caught.value)


async def _insert_twice(database: Database) -> None:
    async with database.transaction() as session:
        for _ in range(2):
            session.add(
                Resident(
                    channel="topsecret",
                    channel_index="same",
                    channel_id="topsecret",
                    locale="en",
                    created_at=NOW,
                )
            )
            await session.flush()


async def test_times_come_back_in_utc_and_naive_ones_are_refused(database: Database) -> None:
    eastern = timezone(timedelta(hours=8))
    async with database.transaction() as session:
        resident = await a_resident(session, now=datetime(2026, 11, 23, 16, 0, 0, 123456, tzinfo=eastern))
    async with database.reading() as session:
        found = await session.get_one(Resident, resident.id)
        assert found.created_at == datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)
        assert found.created_at.tzinfo is UTC
    with pytest.raises(StatementError, match="aware"):
        await _naive(database)


async def _naive(database: Database) -> None:
    async with database.transaction() as session:
        await a_resident(session, channel_id=8, now=NOW.replace(tzinfo=None))


async def test_check_answers(database: Database) -> None:
    await database.check()


@pytest.mark.unit
async def test_sqlite_is_set_up_to_survive_a_power_cut(tmp_path: Path) -> None:
    database = open_database(f"sqlite+aiosqlite:///{tmp_path}/new/folder/x.sqlite3", BOX)
    await database.prepare()
    async with database.reading() as session:
        told = [
            (await session.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    assert told == ["wal", 2, 1, module.BUSY_MILLISECONDS]
    await database.close()


@pytest.mark.unit
@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://nobody@127.0.0.1:9/none",
        "postgresql+asyncpg://nobody@no-such-host.invalid/none",
    ],
)
async def test_a_database_that_is_not_there_is_said_so(url: str) -> None:
    database = open_database(url, BOX)
    with pytest.raises(DatabaseUnreachable):
        await database.check()
    await database.close()


@pytest.mark.unit
@pytest.mark.parametrize("file", ["/proc/nowhere.sqlite3", "/proc/no/folder.sqlite3", "/proc"])
def test_a_file_that_cannot_be_opened_is_said_so_at_once(file: str) -> None:
    with pytest.raises(DatabaseUnreachable):
        open_database(f"sqlite+aiosqlite:///{file}", BOX)


async def test_a_missing_database_of_a_running_server_is_said_so(database: Database, url: str) -> None:
    if database.engine.dialect.name == "sqlite":
        return  # a missing SQLite file is made
    missing = open_database(url + "_missing", BOX)
    with pytest.raises(DatabaseUnreachable):
        await missing.check()
    await missing.close()


@pytest.mark.unit
@pytest.mark.parametrize(
    "url", ["", "not a url", "ftp:nowhere", "postgresql://h/db", "sqlite:///x", "mysql+aiomysql://h/db"]
)
def test_a_malformed_address_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(DatabaseUnreachable, match="ONEDOOR_DATABASE_URL"):
        open_database(url, BOX)


@pytest.mark.unit
async def test_a_writer_that_waits_too_long_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_MILLISECONDS", 50)
    database = open_database(f"sqlite+aiosqlite:///{tmp_path}/x.sqlite3", BOX)
    async with database.transaction() as first:
        await first.execute(text("SELECT 1"))
        with pytest.raises(DatabaseBusy):
            await _touch(database)
    await database.close()


async def _touch(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(text("SELECT 1"))


async def test_many_writers_at_once_all_get_their_turn(database: Database) -> None:
    async def one(number: int) -> None:
        async with database.transaction() as session:
            await a_resident(session, channel_id=number)

    assert await at_once(*(one(number) for number in range(20))) == [None] * 20
    async with database.reading() as session:
        assert len((await session.scalars(select(Resident))).all()) == 20


async def test_no_lock_is_held_before_the_first_statement(database: Database, url: str) -> None:
    another_process = open_database(url, BOX)
    async with database.transaction(), another_process.transaction() as other:
        await a_resident(other)
    await another_process.close()


@pytest.mark.unit
async def test_a_transaction_inside_another_is_told_so_and_does_not_wait_forever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_MILLISECONDS", 50)
    database = open_database(f"sqlite+aiosqlite:///{tmp_path}/x.sqlite3", BOX)
    async with database.transaction():
        with pytest.raises(DatabaseBusy):
            await _touch(database)
    await _touch(database)
    await database.close()


@pytest.mark.unit
async def test_an_engine_without_a_box_has_no_key(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/x.sqlite3")
    async with engine.connect() as connection:
        with pytest.raises((KeyUnusable, StatementError)):
            await connection.execute(Resident.__table__.insert().values(channel_id="7"))
    await engine.dispose()


async def test_sizes_are_learnt_and_closing_waits_for_no_writer(database: Database) -> None:
    async with database.transaction() as session:
        await a_case(session)
    await database.learn_sizes()
    async with database.reading() as session:
        if session.get_bind().dialect.name == "sqlite":
            known = "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'cases'"
            assert await session.scalar(text(known))
    writer = open_database(database.engine.url.render_as_string(hide_password=False), database.box)
    async with writer.transaction() as session:
        await a_case(session)
        async with asyncio.timeout(2):
            await database.close()
    await writer.close()
