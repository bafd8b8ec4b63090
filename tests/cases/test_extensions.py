"""More time is asked for by the handler, decided on by somebody else, once, and the resident is told."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import NOW, a_case, linked
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cases import extensions, handling, staff_desk, timeline
from cases.casework import case_by_code
from cases.clocks import running
from cases.errors import (
    ConflictOfInterest,
    MoveNotAllowed,
    NeedsConsent,
    NeedsSecondLook,
    NoMoreTime,
    NotAllowed,
    NothingToSay,
    TakenByAnother,
)
from cases.records import Case, CaseClock, Conflict, Extension, Notice, Resident, Staff
from cases.staff import add_staff, staff_by_code
from cases.status import CaseStatus


@pytest.fixture
async def worker(session: AsyncSession) -> Staff:
    return await linked(session, "grid-guihua")


@pytest.fixture
async def centre(session: AsyncSession) -> Staff:
    return await linked(session, "centre-liuyin")


async def in_hand(session: AsyncSession, worker: Staff, **more: str) -> str:
    code = (await a_case(session, **more)).code
    await staff_desk.take(session, worker, code, NOW)
    return code


async def handle_clock(session: AsyncSession, case_id: int) -> CaseClock:
    query = select(CaseClock).where(CaseClock.case_id == case_id, CaseClock.step == "handle")
    return (await session.scalars(query)).one()


async def keys_to(session: AsyncSession, to_id: int) -> list[str]:
    return list((await session.scalars(select(Notice.key).where(Notice.to_id == to_id))).all())


async def asked_for(session: AsyncSession, worker: Staff, code: str) -> Extension:
    """More time is asked for a mediation, and the resident agrees."""
    extension = await extensions.ask_extension(session, worker, code, "等配件", NOW)
    await answered(session, code, agrees=True)
    return extension


async def answered(session: AsyncSession, code: str, *, agrees: bool) -> Case:
    case = await case_by_code(session, code)
    assert case is not None
    resident = await session.get_one(Resident, case.resident_id)
    return await extensions.say_about_time(session, case, resident, NOW, agrees=agrees)


async def decided(session: AsyncSession, code: str, person: Staff, *, granted: bool) -> Case:
    return await extensions.decide_extension(session, person, code, NOW, granted=granted)


async def test_what_is_granted_is_counted_from_the_due_time_and_the_resident_is_told(
    session: AsyncSession, worker: Staff, centre: Staff
) -> None:
    code = await in_hand(session, worker)
    asked = await asked_for(session, worker, code)
    assert "notice_extension_asked" in await keys_to(session, centre.id)
    case = await decided(session, code, centre, granted=True)
    clock = await handle_clock(session, case.id)
    assert (clock.extensions, clock.first_due_at, clock.due_at) == (
        1,
        datetime(2026, 12, 23, 15, 59, 59, tzinfo=UTC),
        datetime(2027, 1, 22, 15, 59, 59, tzinfo=UTC),
    )
    assert (asked.granted, asked.decided_by_id, asked.decided_at) == (True, centre.id, NOW)
    assert (await keys_to(session, worker.id))[-1] == "notice_extension_granted"
    shown = await timeline.entries(session, case, timeline.FOR_RESIDENT)
    assert shown[-1].action == "extension_decided"
    more_time = (await session.scalars(select(Notice).where(Notice.key == "notice_more_time"))).one()
    assert more_time.to_id == case.resident_id
    assert (await timeline.verify(session, case)).whole


async def test_what_is_refused_changes_no_clock_and_the_resident_hears_nothing(
    session: AsyncSession, worker: Staff, centre: Staff
) -> None:
    code = await in_hand(session, worker)
    await extensions.ask_extension(session, worker, code, "等配件", NOW)
    case = await decided(session, code, centre, granted=False)
    clock = await handle_clock(session, case.id)
    assert (clock.extensions, clock.due_at) == (0, clock.first_due_at)
    assert (await keys_to(session, worker.id))[-1] == "notice_extension_refused"
    assert "notice_more_time" not in await keys_to(session, case.resident_id)
    shown = await timeline.entries(session, case, timeline.FOR_RESIDENT)
    assert "extension_decided" not in [entry.action for entry in shown]


async def test_more_time_is_granted_once(session: AsyncSession, worker: Staff, centre: Staff) -> None:
    code = await in_hand(session, worker)
    await asked_for(session, worker, code)
    with pytest.raises(NoMoreTime):
        await extensions.ask_extension(session, worker, code, "还在等", NOW)
    await decided(session, code, centre, granted=True)
    with pytest.raises(NoMoreTime):
        await extensions.ask_extension(session, worker, code, "还在等", NOW)
    with pytest.raises(MoveNotAllowed):
        await decided(session, code, centre, granted=True)


async def test_what_was_refused_can_be_asked_for_again(
    session: AsyncSession, worker: Staff, centre: Staff
) -> None:
    code = await in_hand(session, worker)
    await extensions.ask_extension(session, worker, code, "等配件", NOW)
    await decided(session, code, centre, granted=False)
    assert (await extensions.ask_extension(session, worker, code, "厂家缺货", NOW)).granted is None


async def test_a_clock_of_law_without_extension_has_none(session: AsyncSession) -> None:
    labour = await staff_by_code(session, "labour-hedong")
    code = await in_hand(session, labour, leaf="dispute:labour")
    with pytest.raises(NoMoreTime):
        await extensions.ask_extension(session, labour, code, "材料不全", NOW)


async def test_only_who_has_it_in_hand_asks_and_says_why(session: AsyncSession, worker: Staff) -> None:
    code = (await a_case(session)).code
    with pytest.raises(MoveNotAllowed):
        await extensions.ask_extension(session, worker, code, "等配件", NOW)
    await staff_desk.take(session, worker, code, NOW)
    colleague = await add_staff(session, name="乙", role="grid_worker", unit_code="guihua", now=NOW)
    with pytest.raises(TakenByAnother):
        await extensions.ask_extension(session, colleague, code, "等配件", NOW)
    with pytest.raises(NothingToSay):
        await extensions.ask_extension(session, worker, code, " ", NOW)


async def test_nobody_decides_on_what_they_asked_for(session: AsyncSession, centre: Staff) -> None:
    code = (await a_case(session, leaf="service")).code
    await staff_desk.take(session, centre, code, NOW)
    await extensions.ask_extension(session, centre, code, "等回复", NOW)
    with pytest.raises(NeedsSecondLook):
        await decided(session, code, centre, granted=True)
    above = await staff_by_code(session, "centre-hedong")
    case = await decided(session, code, above, granted=True)
    assert (await handle_clock(session, case.id)).extensions == 1


async def test_the_database_itself_refuses_who_decides_on_their_own(
    session: AsyncSession, worker: Staff
) -> None:
    code = await in_hand(session, worker)
    asked = await extensions.ask_extension(session, worker, code, "等配件", NOW)
    asked.decided_by_id, asked.decided_at, asked.granted = worker.id, NOW, True
    with pytest.raises(IntegrityError):
        await session.flush()


async def test_a_handler_grants_nothing_and_a_stake_neither(
    session: AsyncSession, worker: Staff, centre: Staff
) -> None:
    code = await in_hand(session, worker)
    await extensions.ask_extension(session, worker, code, "等配件", NOW)
    colleague = await add_staff(session, name="乙", role="grid_worker", unit_code="guihua", now=NOW)
    with pytest.raises(NotAllowed):
        await decided(session, code, colleague, granted=True)
    session.add(Conflict(staff_id=centre.id, leaf="dispute:*"))
    await session.flush()
    with pytest.raises(ConflictOfInterest):
        await decided(session, code, centre, granted=True)


async def test_a_clock_that_stands_still_is_lengthened_and_stays_still(
    session: AsyncSession, worker: Staff, centre: Staff
) -> None:
    code = await in_hand(session, worker)
    await asked_for(session, worker, code)
    await handling.ask_resident(session, worker, code, "哪一层？", NOW)
    case = await decided(session, code, centre, granted=True)
    clock = await handle_clock(session, case.id)
    assert (clock.stopped_at, clock.acts_at) == (NOW, None)
    before = clock.due_at
    await handling.go_on(session, worker, code, NOW + timedelta(days=2))
    assert clock.due_at == before + timedelta(days=2)


async def test_nothing_is_asked_or_granted_once_it_is_answered(
    session: AsyncSession, worker: Staff, centre: Staff
) -> None:
    code = await in_hand(session, worker)
    await extensions.ask_extension(session, worker, code, "等配件", NOW)
    case = await staff_desk.answer(session, worker, code, "已修好", NOW)
    assert case.status is CaseStatus.JUDGING
    with pytest.raises(NoMoreTime):
        await decided(session, code, centre, granted=True)
    assert (await session.scalars(select(Extension.granted))).one() is None
    assert "handle" not in {clock.step for clock in await running.running(session, case)}


async def test_a_mediation_takes_longer_only_if_the_resident_agrees(
    session: AsyncSession, worker: Staff, centre: Staff
) -> None:
    code = await in_hand(session, worker)
    await extensions.ask_extension(session, worker, code, "等配件", NOW)
    with pytest.raises(NeedsConsent):
        await decided(session, code, centre, granted=True)
    await answered(session, code, agrees=False)
    assert "notice_time_not_agreed" in await keys_to(session, centre.id)
    with pytest.raises(NeedsConsent):
        await decided(session, code, centre, granted=True)
    case = await answered(session, code, agrees=True)
    assert "notice_time_asked" in await keys_to(session, case.resident_id)
    await decided(session, code, centre, granted=True)
    with pytest.raises(MoveNotAllowed):
        await answered(session, code, agrees=True)
