"""Every look at a case is kept for good, and an administrator's look needs broken glass."""

from datetime import timedelta

import pytest
from builders import NOW, a_case
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from cases import staff_desk, timeline
from cases.access import case_for, require
from cases.actors import Audience
from cases.database import Database
from cases.errors import CaseNotFound, NotAllowed, NothingToSay
from cases.people import erase
from cases.reading import FORGOTTEN, GLASS_LASTS, break_glass, reads_of
from cases.records import BreakGlass, ReadEntry, Resident, Staff
from cases.roles import Act
from cases.staff import add_staff, retire, staff_by_code

REASON = "居民投诉页面打不开, 工单12"


@pytest.fixture
async def admin(session: AsyncSession) -> Staff:
    return await staff_by_code(session, "admin-yunting")


async def looks(session: AsyncSession) -> list[tuple[int, str]]:
    found = await session.execute(select(ReadEntry.staff_id, ReadEntry.act).order_by(ReadEntry.id))
    return [(staff_id, act) for staff_id, act in found]


async def test_each_look_is_kept_with_who_what_for_and_when(session: AsyncSession) -> None:
    case = await a_case(session)
    worker = await staff_by_code(session, "grid-guihua")
    centre = await staff_by_code(session, "centre-liuyin")
    await case_for(session, worker, case.code, Act.VIEW, NOW)
    await case_for(session, centre, case.code, Act.READ, NOW + timedelta(minutes=1))
    await staff_desk.take(session, worker, case.code, NOW + timedelta(minutes=2))
    newest = await reads_of(session, case)
    assert [(one.staff_id, one.act, one.at - NOW) for one in newest] == [
        (worker.id, "take", timedelta(minutes=2)),
        (centre.id, "read", timedelta(minutes=1)),
        (worker.id, "view", timedelta()),
    ]
    assert [one.act for one in await reads_of(session, case, limit=1)] == ["take"]


async def test_the_look_of_another_case_is_not_among_them(session: AsyncSession) -> None:
    first, second = await a_case(session), await a_case(session)
    worker = await staff_by_code(session, "grid-guihua")
    await case_for(session, worker, first.code, Act.READ, NOW)
    assert await reads_of(session, second) == []


async def test_who_was_refused_saw_nothing_and_is_not_said_to_have_looked(session: AsyncSession) -> None:
    case = await a_case(session)
    for code, act in (("auditor-yunting", Act.READ), ("police-liuyin", Act.READ), ("grid-guihua", Act.ROUTE)):
        with pytest.raises((NotAllowed, CaseNotFound)):
            await case_for(session, await staff_by_code(session, code), case.code, act, NOW)
    assert await looks(session) == []


async def test_asking_whether_somebody_may_is_no_look_of_theirs(session: AsyncSession) -> None:
    case = await a_case(session)
    worker = await staff_by_code(session, "grid-guihua")
    colleague = await add_staff(session, name="乙", role="grid_worker", unit_code="guihua", now=NOW)
    await require(session, colleague, case, Act.TAKE)
    await staff_desk.take(session, worker, case.code, NOW)
    await staff_desk.hand_over(session, worker, case.code, colleague.code, NOW)
    assert {staff_id for staff_id, _ in await looks(session)} == {worker.id}
    with pytest.raises(CaseNotFound):
        await require(session, await staff_by_code(session, "police-liuyin"), case, Act.TAKE)


@pytest.mark.parametrize("change", ["UPDATE read_log SET act = 'view'", "DELETE FROM read_log"])
async def test_the_database_refuses_to_change_who_looked(database: Database, change: str) -> None:
    async with database.transaction() as session:
        case = await a_case(session)
        await case_for(session, await staff_by_code(session, "grid-guihua"), case.code, Act.READ, NOW)
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.transaction() as session:
            await session.execute(text(change))
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(ReadEntry)) == 1


async def test_postgresql_refuses_to_truncate_it(database: Database) -> None:
    if database.engine.dialect.name == "sqlite":
        return  # SQLite has no TRUNCATE: emptying is a DELETE, which is refused above
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.transaction() as session:
            await session.execute(text("TRUNCATE read_log"))


async def test_an_auditor_reads_trails_and_no_text(session: AsyncSession) -> None:
    case = await a_case(session)
    auditor = await staff_by_code(session, "auditor-yunting")
    await case_for(session, auditor, case.code, Act.VIEW, NOW)
    await case_for(session, auditor, case.code, Act.TRAIL, NOW)
    with pytest.raises(NotAllowed):
        await case_for(session, auditor, case.code, Act.READ, NOW)
    assert [act for _, act in await looks(session)] == ["view", "trail"]


async def test_broken_glass_lets_an_administrator_read_one_case_for_an_hour(
    session: AsyncSession, admin: Staff
) -> None:
    case, other = await a_case(session), await a_case(session)
    with pytest.raises(CaseNotFound):
        await case_for(session, admin, case.code, Act.READ, NOW)
    glass = await break_glass(session, admin, case.code, f" {REASON} ", NOW)
    assert (glass.reason, glass.until - NOW) == (REASON, timedelta(hours=1))
    last_moment = NOW + GLASS_LASTS - timedelta(seconds=1)
    for now in (NOW, last_moment):
        assert (await case_for(session, admin, case.code, Act.READ, now)).id == case.id
    for now in (NOW + GLASS_LASTS, NOW - timedelta(seconds=1)):
        with pytest.raises(CaseNotFound):
            await case_for(session, admin, case.code, Act.READ, now)
    with pytest.raises(CaseNotFound):
        await case_for(session, admin, other.code, Act.READ, NOW)


async def test_broken_glass_allows_reading_and_nothing_more(session: AsyncSession, admin: Staff) -> None:
    case = await a_case(session)
    await break_glass(session, admin, case.code, REASON, NOW)
    for act in set(Act) - {Act.VIEW, Act.READ}:
        with pytest.raises(NotAllowed):
            await case_for(session, admin, case.code, act, NOW)


async def test_broken_glass_is_on_the_timeline_without_its_reason_and_each_look_names_it(
    session: AsyncSession, admin: Staff
) -> None:
    case = await a_case(session)
    glass = await break_glass(session, admin, case.code, REASON, NOW)
    found = await case_for(session, admin, case.code, Act.READ, NOW)
    last = (await timeline.entries(session, found))[-1]
    assert (last.action, last.actor_id, last.facts) == ("glass_broken", admin.id, {"glass": glass.id})
    assert last.audience is Audience.STAFF
    assert [one.break_glass_id for one in await reads_of(session, found)] == [glass.id]
    assert (await timeline.verify(session, found)).whole
    stored = (await session.execute(text("SELECT reason FROM break_glass"))).scalar_one()
    assert "工单" not in str(stored)


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
async def test_glass_is_not_broken_without_a_reason(session: AsyncSession, admin: Staff, reason: str) -> None:
    case = await a_case(session)
    with pytest.raises(NothingToSay):
        await break_glass(session, admin, case.code, reason, NOW)
    assert (await session.scalars(select(BreakGlass))).all() == []


@pytest.mark.parametrize("who", ["centre-yunting", "auditor-yunting", "grid-guihua", "volunteer-guihua"])
async def test_nobody_but_an_administrator_breaks_glass(session: AsyncSession, who: str) -> None:
    case = await a_case(session)
    with pytest.raises(NotAllowed):
        await break_glass(session, await staff_by_code(session, who), case.code, REASON, NOW)


async def test_glass_of_one_administrator_is_not_another_ones(session: AsyncSession, admin: Staff) -> None:
    case = await a_case(session)
    second = await add_staff(session, name="管", role="admin", unit_code="yt-centre", now=NOW)
    await break_glass(session, admin, case.code, REASON, NOW)
    with pytest.raises(CaseNotFound):
        await case_for(session, second, case.code, Act.READ, NOW)


async def test_a_retired_administrator_breaks_no_glass_and_looks_through_none(
    session: AsyncSession, admin: Staff
) -> None:
    case = await a_case(session)
    await break_glass(session, admin, case.code, REASON, NOW)
    await retire(session, admin, NOW)
    with pytest.raises(NotAllowed):
        await break_glass(session, admin, case.code, REASON, NOW)
    with pytest.raises(NotAllowed):
        await case_for(session, admin, case.code, Act.READ, NOW)


@pytest.mark.parametrize("code", ["YM-261123-XXXX", "nonsense"])
async def test_there_is_no_glass_before_no_case(session: AsyncSession, admin: Staff, code: str) -> None:
    with pytest.raises(CaseNotFound):
        await break_glass(session, admin, code, REASON, NOW)


async def test_an_erased_resident_is_not_named_in_the_reason_for_breaking_the_glass(
    session: AsyncSession, admin: Staff
) -> None:
    case = await a_case(session)
    glass = await break_glass(session, admin, case.code, "群众王某来电找不到自己的事", NOW)
    await erase(session, await session.get_one(Resident, case.resident_id), NOW)
    await session.refresh(glass)
    assert glass.reason == FORGOTTEN
    assert (glass.staff_id, glass.opened_at) == (admin.id, NOW)
