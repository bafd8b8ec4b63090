"""A round takes what is due, each step once: reminders, letters, the next in line, the superior, closing."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from builders import NOW, a_case, linked
from sqlalchemy import func, select

from cases import timeline
from cases.casework import case_by_code
from cases.clocks import running
from cases.clocks.rounds import due_count, make_round, what_is_due
from cases.database import Database
from cases.records import Case, CaseClock, Notice, Paper, TimelineEntry
from cases.status import CaseStatus, ClosingKind

S = CaseStatus
LATER = NOW + timedelta(days=30)


async def opened(database: Database, status: CaseStatus = S.ROUTED) -> str:
    """A case of that status, committed, with the worker and the centre linked to a channel."""
    async with database.transaction() as session:
        for code in ("grid-guihua", "centre-liuyin", "centre-hedong", "centre-yunting"):
            await linked(session, code)
        return (await a_case(session, status=status)).code


async def actions(database: Database, code: str) -> list[str]:
    async with database.reading() as session:
        case = (await session.scalars(select(Case).where(Case.code == code))).one()
        return [entry.action for entry in await timeline.entries(session, case)]


async def letters(database: Database) -> list[str]:
    async with database.reading() as session:
        return list(await session.scalars(select(Paper.kind).order_by(Paper.id)))


async def count(database: Database, table: type) -> int:
    async with database.reading() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def walk(database: Database, until: datetime, *, hours: float = 6) -> None:
    """Rounds at regular times, as the worker makes them."""
    now = NOW
    while now < until:
        now += timedelta(hours=hours)
        await make_round(database, now)


async def test_nothing_is_due_at_the_start(database: Database) -> None:
    await opened(database)
    report = await make_round(database, NOW)
    assert (report.clocks, dict(report.acts)) == (0, {})


async def test_a_second_round_at_the_same_time_does_nothing(database: Database) -> None:
    code = await opened(database)
    moment = NOW + timedelta(hours=5)
    assert (await make_round(database, moment)).clocks > 0
    before = (await actions(database, code), await count(database, Notice), await letters(database))
    assert (await make_round(database, moment)).clocks == 0
    assert (await actions(database, code), await count(database, Notice), await letters(database)) == before


async def test_a_dry_round_says_the_same_and_writes_nothing(database: Database) -> None:
    code = await opened(database)
    moment = NOW + timedelta(hours=5)
    before = await actions(database, code)
    async with database.reading() as session:
        would = await what_is_due(session, moment)
        assert await due_count(session, moment) == would.clocks
    assert await actions(database, code) == before
    did = await make_round(database, moment)
    assert (would.clocks, would.acts) == (did.clocks, did.acts)


async def test_an_unsigned_case_climbs_to_the_superior(database: Database) -> None:
    code = await opened(database)
    await walk(database, NOW + timedelta(days=4), hours=0.5)
    told = await actions(database, code)
    order = [told.index(action) for action in ("reminded", "paper_issued", "next_in_line", "passed_up")]
    assert order == sorted(order)
    async with database.reading() as session:
        query = select(Case).where(Case.code == code)
        case = (await session.scalars(query)).one()
        unit = await session.get_one(type(case).unit.property.mapper.class_, case.unit_id)
        assert unit.code == "liuyin-centre"
        assert case.status is S.ROUTED
        assert timeline.replay_status(await timeline.entries(session, case)) is S.ROUTED
        assert (await timeline.verify(session, case)).whole


async def test_after_an_outage_letters_keep_their_distance(database: Database) -> None:
    await opened(database)
    moment = NOW + timedelta(days=2, hours=4)
    await make_round(database, moment)
    assert await letters(database) == ["prompt_letter"]
    await make_round(database, moment + timedelta(hours=1))
    assert await letters(database) == ["prompt_letter"]
    await make_round(database, moment + timedelta(hours=25))
    assert "warning_letter" in await letters(database)


async def test_an_unanswered_letter_escalates_by_itself(database: Database) -> None:
    await opened(database, S.SIGNED)
    await walk(database, NOW + timedelta(days=45), hours=12)
    assert "supervision_letter" in await letters(database)


async def test_a_letter_that_lies_open_is_not_sent_twice(database: Database) -> None:
    await opened(database)
    await walk(database, NOW + timedelta(days=12))
    async with database.reading() as session:
        query = select(Paper.case_id, Paper.to_unit_id, Paper.kind, func.count())
        query = query.where(Paper.replied_at.is_(None)).group_by(Paper.case_id, Paper.to_unit_id, Paper.kind)
        assert {row[3] for row in await session.execute(query)} == {1}


async def test_who_signed_in_time_is_left_alone(database: Database) -> None:
    code = await opened(database, S.SIGNED)
    await walk(database, NOW + timedelta(days=2))
    assert not {"paper_issued", "passed_up"}.intersection(await actions(database, code))


async def test_a_case_that_waits_is_not_pressed(database: Database) -> None:
    code = await opened(database, S.WAITING)
    async with database.transaction() as session:
        case = await case_by_code(session, code)
        assert case is not None
        await running.contacted(session, case, NOW)
    async with database.reading() as session:
        standing = await session.scalars(select(CaseClock.step).where(CaseClock.stopped_at.is_not(None)))
        assert "handle" in set(standing)
    await walk(database, NOW + timedelta(days=20), hours=24)
    assert "paper_issued" not in await actions(database, code)


async def test_who_does_not_judge_is_asked_once_and_not_taken_for_content(database: Database) -> None:
    code = await opened(database, S.JUDGING)
    await walk(database, NOW + timedelta(days=9), hours=12)
    told = await actions(database, code)
    assert told.count("resident_asked") >= 1
    async with database.reading() as session:
        case = (await session.scalars(select(Case).where(Case.code == code))).one()
        assert (case.status, case.closing_kind) == (S.CLOSED, ClosingKind.PROCEDURAL)
        assert (case.solved, case.satisfied) == (None, None)


async def test_a_closed_case_is_asked_about(database: Database) -> None:
    code = await opened(database, S.CLOSED)
    await walk(database, NOW + timedelta(days=4), hours=12)
    async with database.reading() as session:
        keys = set(await session.scalars(select(Notice.key)))
    assert "resident_asked" in await actions(database, code)
    assert "notice_return_visit" in keys


@pytest.mark.parametrize("status", [S.WITHDRAWN, S.DECLINED, S.TRANSFERRED])
async def test_a_case_at_rest_is_left_alone(database: Database, status: CaseStatus) -> None:
    code = await opened(database, status)
    before = await actions(database, code)
    await make_round(database, LATER)
    assert await actions(database, code) == before


async def test_two_workers_at_once_take_each_step_once(database: Database) -> None:
    async with database.transaction() as session:
        await linked(session, "grid-guihua")
        codes = [(await a_case(session)).code for _ in range(12)]
    moment = NOW + timedelta(hours=5)
    one, two = await asyncio.gather(
        make_round(database, moment, batch=3), make_round(database, moment, batch=3)
    )
    assert one.clocks + two.clocks == 12
    for code in codes:
        told = await actions(database, code)
        assert told.count("paper_issued") + told.count("reminded") == 1


async def test_a_round_that_breaks_off_leaves_no_half_step(database: Database) -> None:
    code = await opened(database)
    before = (await actions(database, code), await letters(database))
    with pytest.raises(RuntimeError):
        await _broken_round(database)
    assert (await actions(database, code), await letters(database)) == before
    assert (await make_round(database, NOW + timedelta(hours=5))).clocks == 1


async def _broken_round(database: Database) -> None:
    async with database.transaction() as session:
        from cases.clocks import rounds

        report = rounds.RoundReport(NOW + timedelta(hours=5))
        await rounds._take(session, await rounds._claim(session, report.now, 10), report)
        assert report.clocks == 1
        raise RuntimeError("the machine goes off")


async def test_every_step_is_in_the_chain(database: Database) -> None:
    await opened(database)
    await walk(database, NOW + timedelta(days=10))
    async with database.reading() as session:
        for case in await session.scalars(select(Case)):
            assert (await timeline.verify(session, case)).whole
        by_clock = await session.scalar(
            select(func.count()).select_from(TimelineEntry).where(TimelineEntry.actor_kind == "clock")
        )
        assert by_clock
