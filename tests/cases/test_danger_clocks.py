"""Danger tightens the clocks that run, and a person owes a look at it, once, in two hours."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import NOW, a_case
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, centre_desk, places, review_desk
from cases.actors import by_resident
from cases.clocks import running
from cases.danger import DangerLevel
from cases.records import Case, CaseClock, Staff
from cases.staff import staff_by_code
from cases.status import CaseStatus

S = CaseStatus
HOUR = timedelta(hours=1)
THREE_DAYS = datetime(2026, 11, 26, 15, 59, 59, tzinfo=UTC)


@pytest.fixture
async def centre(session: AsyncSession) -> Staff:
    return await staff_by_code(session, "centre-liuyin")


async def clocks_of(session: AsyncSession, case: Case) -> dict[str, CaseClock]:
    found = await running.running(session, case)
    assert len(found) == len({clock.step for clock in found}), "one clock a step"
    return {clock.step: clock for clock in found}


async def ended(session: AsyncSession, case: Case) -> set[tuple[str, str | None]]:
    query = select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.ended_at.is_not(None))
    return {(clock.step, clock.ending) for clock in await session.scalars(query)}


async def unit_id(session: AsyncSession, code: str) -> int:
    found = await places.unit_by_code(session, code)
    assert found is not None
    return found.id


async def test_sending_back_does_not_put_off_the_look_at_the_danger(
    session: AsyncSession, centre: Staff
) -> None:
    case = await a_case(session, leaf="dispute:labour", danger=("crowd",))
    review = (await clocks_of(session, case))["danger_review"]
    labour = await staff_by_code(session, "labour-hedong")
    await centre_desk.send_back(session, labour, case.code, "不归我们", NOW)
    assert (await clocks_of(session, case))["danger_review"].id == review.id
    assert review.due_at == NOW + 2 * HOUR
    await review_desk.review_danger(session, centre, case.code, "已到场", NOW + HOUR)
    assert (review.ended_at, review.ending) == (NOW + HOUR, "met")


@pytest.mark.parametrize(("signal", "hours"), [("minor", 48), ("crowd", 24), ("weapon", 2)])
async def test_a_raised_level_tightens_what_runs(session: AsyncSession, signal: str, hours: int) -> None:
    case = await a_case(session)
    later, actor = NOW + HOUR, by_resident(case.resident_id)
    await casework.raise_danger(session, case, [signal], actor=actor, now=later)
    first = (await clocks_of(session, case))["first_answer"]
    assert (first.due_at, first.started_at, first.rung) == (later + hours * HOUR, later, 0)
    assert first.first_due_at == THREE_DAYS
    assert case.due_at == first.due_at


async def test_a_raised_level_never_lengthens(session: AsyncSession) -> None:
    case = await a_case(session)
    actor, late = by_resident(case.resident_id), THREE_DAYS - HOUR
    await casework.raise_danger(session, case, ["minor"], actor=actor, now=late)
    assert (await clocks_of(session, case))["first_answer"].due_at == THREE_DAYS


async def test_from_orange_on_a_person_owes_a_look_once(session: AsyncSession) -> None:
    case = await a_case(session)
    actor = by_resident(case.resident_id)
    await casework.raise_danger(session, case, ["minor"], actor=actor, now=NOW)
    assert "danger_review" not in await clocks_of(session, case)
    await casework.raise_danger(session, case, ["crowd"], actor=actor, now=NOW)
    review = (await clocks_of(session, case))["danger_review"]
    assert (review.due_at, review.owed_unit_id) == (NOW + 2 * HOUR, await unit_id(session, "liuyin-centre"))
    await casework.raise_danger(session, case, ["weapon"], actor=actor, now=NOW + HOUR)
    assert (await clocks_of(session, case))["danger_review"].id == review.id
    assert review.due_at == NOW + 2 * HOUR


async def test_a_threat_on_a_closed_case_is_looked_at(session: AsyncSession, centre: Staff) -> None:
    case = await a_case(session, status=S.CLOSED)
    actor = by_resident(case.resident_id)
    await casework.add_statement(session, case, "同归于尽", actor=actor, now=NOW, danger=["self_harm"])
    assert set(await clocks_of(session, case)) == {"return_visit", "danger_review"}
    await review_desk.review_danger(session, centre, case.code, "已上门", NOW)
    assert set(await clocks_of(session, case)) == {"return_visit"}


async def test_who_lowers_the_level_has_looked(session: AsyncSession, centre: Staff) -> None:
    case = await a_case(session, leaf="service", danger=("crowd",))
    await centre_desk.lower_danger(session, centre, case.code, DangerLevel.BLUE, "人群已散", NOW + HOUR)
    assert "danger_review" not in await clocks_of(session, case)
    assert ("danger_review", "met") in await ended(session, case)
