"""What do rounds do in odd moments: shorter ladders, clocks ended meanwhile, the erased, late extensions?"""

from __future__ import annotations

from datetime import timedelta

from builders import NOW, a_case, a_resident, linked
from sqlalchemy import func, select

from cases import casework, erasure, extensions, places, staff, staff_desk, timeline
from cases.clocks import running
from cases.clocks.rounds import make_round
from cases.database import Database
from cases.merging import merge
from cases.records import Case, CaseClock, Notice, NoticeTo, TimelineEntry
from cases.status import CaseStatus

S = CaseStatus
DAY = timedelta(days=1)


async def opened(database: Database, status: CaseStatus = S.ROUTED) -> str:
    """A case of that status, committed, with the worker and the centres linked to a channel."""
    async with database.transaction() as session:
        for code in ("grid-guihua", "centre-liuyin", "centre-hedong", "centre-yunting"):
            await linked(session, code)
        return (await a_case(session, status=status)).code


async def test_a_city_that_shortens_its_ladders_does_not_stop_the_rounds(database: Database) -> None:
    code = await opened(database)
    for hours in (4, 5, 29):
        await make_round(database, NOW + timedelta(hours=hours))
    async with database.transaction() as session:
        case = (await session.scalars(select(Case).where(Case.code == code))).one()
        city = await places.city_of(session, await session.get_one(places.Unit, case.unit_id))
        shorter = {"ordinary": [{"share": 1, "act": "remind"}], "urgent": []}
        city.choices = {**city.choices, "ladders": shorter}
        city.loaded_at = NOW + DAY
    report = await make_round(database, NOW + 60 * DAY)
    assert report.clocks
    again = await make_round(database, NOW + 60 * DAY)
    assert not again.clocks


async def test_a_clock_that_another_step_has_just_ended_takes_no_step_of_its_own(database: Database) -> None:
    code = await opened(database, S.REOPENED)
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, "grid-guihua")
        await staff_desk.take(session, worker, code, NOW)
        await staff_desk.answer(session, worker, code, "已经修好", NOW)
    for days in (1, 2, 4):
        await make_round(database, NOW + days * DAY)
    async with database.transaction() as session:
        found = (await session.scalars(select(CaseClock).where(CaseClock.ended_at.is_(None)))).all()
        for clock in found:
            if clock.step in ("judge", "reopen_review"):
                clock.acts_at = NOW + 8 * DAY - timedelta(seconds=1 if clock.step == "judge" else 0)
    await make_round(database, NOW + 8 * DAY)
    async with database.reading() as session:
        case = (await session.scalars(select(Case).where(Case.code == code))).one()
        chain = await timeline.entries(session, case)
        closed = next(entry.seq for entry in reversed(chain) if entry.to_status is S.CLOSED)
        assert [entry.action for entry in chain if entry.seq > closed] == []


async def test_who_was_erased_is_asked_nothing_any_more(database: Database) -> None:
    await opened(database, S.CLOSED)
    async with database.transaction() as session:
        await erasure.erase(session, await a_resident(session), NOW)
    for days in range(1, 100, 3):
        await make_round(database, NOW + days * DAY)
    async with database.reading() as session:
        to_residents = select(func.count()).select_from(Notice).where(Notice.to_kind == NoticeTo.RESIDENT)
        assert await session.scalar(to_residents) == 0
        asked = select(TimelineEntry.action).where(TimelineEntry.action == "resident_asked")
        assert (await session.scalars(asked)).all() == []


async def test_repeats_are_opened_again_when_who_told_the_main_case_is_erased(database: Database) -> None:
    async with database.transaction() as session:
        centre = await linked(session, "centre-liuyin")
        main = await a_case(session, resident=await a_resident(session, 1))
        repeat = await a_case(session, resident=await a_resident(session, 2))
        await merge(session, centre, repeat.code, main.code, NOW)
        await erasure.erase(session, await a_resident(session, 1), NOW)
        assert repeat.status is S.REOPENED


async def test_an_extension_granted_late_is_enforced_anew(database: Database) -> None:
    code = await opened(database, S.IN_PROGRESS)
    for days in range(1, 45):
        await make_round(database, NOW + days * DAY)
    late = NOW + 45 * DAY
    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, "grid-guihua")
        centre = await staff.staff_by_code(session, "centre-liuyin")
        await extensions.ask_extension(session, worker, code, "再等几天", late)
        case = await casework.case_by_code(session, code)
        assert case is not None
        await extensions.say_about_time(session, case, await a_resident(session), late, agrees=True)
        await extensions.decide_extension(session, centre, code, late, granted=True)
        clocks = await running.running(session, case)
        handle = next(clock for clock in clocks if clock.step == "handle")
        assert handle.acts_at is not None
        assert late < handle.acts_at <= handle.due_at


async def test_a_case_the_clock_closes_is_told_to_its_resident(database: Database) -> None:
    await opened(database, S.JUDGING)
    for days in range(1, 9):
        await make_round(database, NOW + days * DAY)
    async with database.reading() as session:
        keys = (await session.scalars(select(Notice.key).where(Notice.to_kind == NoticeTo.RESIDENT))).all()
        assert "notice_closed" in keys


async def test_a_review_goes_up_with_the_case(database: Database) -> None:
    code = await opened(database, S.REOPENED)
    for hours in range(1, 100, 3):
        await make_round(database, NOW + timedelta(hours=hours))
    async with database.reading() as session:
        case = (await session.scalars(select(Case).where(Case.code == code))).one()
        clocks = await running.running(session, case)
        review = next(clock for clock in clocks if clock.step == "reopen_review")
        assert review.owed_unit_id != case.unit_id
