"""Clocks of a case: started, stopped, gone on with, tightened and ended as the case moves."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import NOW, a_case, a_resident
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, centre_desk, handling, places, reopening, review_desk, staff_desk
from cases.actors import by_resident
from cases.clocks import running
from cases.clocks.rules import StartEvent
from cases.records import Case, CaseClock, Staff
from cases.staff import add_staff, staff_by_code
from cases.status import AT_REST, CaseStatus

S = CaseStatus
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
THREE_DAYS = datetime(2026, 11, 26, 15, 59, 59, tzinfo=UTC)
THIRTY_DAYS = datetime(2026, 12, 23, 15, 59, 59, tzinfo=UTC)


@pytest.fixture
async def worker(session: AsyncSession) -> Staff:
    return await staff_by_code(session, "grid-guihua")


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


RUNS = {
    S.REGISTERED: {"accept"},
    S.ROUTED: {"sign", "first_answer", "handle"},
    S.SIGNED: {"first_answer", "handle"},
    S.IN_PROGRESS: {"first_answer", "handle"},
    S.WAITING: {"first_answer", "handle", "waiting"},
    S.ANSWERED: set(),
    S.JUDGING: {"judge"},
    S.CLOSED: {"return_visit"},
    S.REOPENED: {"sign", "first_answer", "handle", "reopen_review"},
}


@pytest.mark.parametrize("status", sorted(set(CaseStatus) - {S.ACCEPTED}))
async def test_each_status_has_its_clocks(session: AsyncSession, status: CaseStatus) -> None:
    case = await a_case(session, status=status)
    assert set(await clocks_of(session, case)) == RUNS.get(status, set())
    assert status in RUNS or status in AT_REST


async def test_a_clock_keeps_its_rule_and_says_who_owes(session: AsyncSession) -> None:
    case = await a_case(session)
    clocks = await clocks_of(session, case)
    assert {step: clock.due_at for step, clock in clocks.items()} == {
        "sign": NOW + 4 * HOUR,
        "first_answer": THREE_DAYS,
        "handle": THIRTY_DAYS,
    }
    assert {clock.owed_unit_id for clock in clocks.values()} == {case.unit_id}
    assert clocks["handle"].rule["step"] == "handle"
    assert clocks["handle"].rule["code"].startswith("handle_mediation")
    assert (case.due_at, case.clock_template) == (THREE_DAYS, True)
    assert all(clock.started_at == NOW and clock.due_at == clock.first_due_at for clock in clocks.values())


async def test_the_centre_owes_the_sorting_and_the_superior_the_review(session: AsyncSession) -> None:
    unsorted = await a_case(session, status=S.REGISTERED)
    assert (await clocks_of(session, unsorted))["accept"].owed_unit_id == await unit_id(
        session, "liuyin-centre"
    )
    reopened = await a_case(session, status=S.REOPENED)
    assert (await clocks_of(session, reopened))["reopen_review"].owed_unit_id == await unit_id(
        session, "liuyin-centre"
    )
    judged = await a_case(session, status=S.JUDGING)
    assert (await clocks_of(session, judged))["judge"].owed_unit_id is None


@pytest.mark.parametrize(("when", "ending"), [(4 * HOUR, "met"), (4 * HOUR + timedelta(seconds=1), "late")])
async def test_a_step_taken_in_time_is_met_and_later_it_is_late(
    session: AsyncSession, worker: Staff, when: timedelta, ending: str
) -> None:
    case = await a_case(session)
    await staff_desk.take(session, worker, case.code, NOW + when)
    assert await ended(session, case) == {("sign", ending)}


async def test_the_answer_ends_first_answer_and_handling_and_starts_the_judging(
    session: AsyncSession, worker: Staff
) -> None:
    case = await a_case(session)
    await staff_desk.take(session, worker, case.code, NOW)
    await staff_desk.answer(session, worker, case.code, "已修好", NOW + 4 * DAY)
    assert await ended(session, case) == {("sign", "met"), ("first_answer", "late"), ("handle", "met")}
    assert set(await clocks_of(session, case)) == {"judge"}


async def test_a_question_is_the_first_answer_and_stops_the_handling(
    session: AsyncSession, worker: Staff
) -> None:
    case = await a_case(session)
    await staff_desk.take(session, worker, case.code, NOW)
    await handling.ask_resident(session, worker, case.code, "哪一层？", NOW + HOUR)
    clocks = await clocks_of(session, case)
    assert case.contacted_at == NOW + HOUR
    assert set(clocks) == {"handle", "waiting"}
    handle = clocks["handle"]
    assert (handle.stopped_at, handle.stopped_for, handle.acts_at) == (NOW + HOUR, "resident", None)
    assert clocks["waiting"].stopped_at is None


async def test_what_was_first_heard_stays_the_first(session: AsyncSession, worker: Staff) -> None:
    case = await a_case(session)
    await staff_desk.take(session, worker, case.code, NOW)
    await handling.visible_note(session, worker, case.code, "明天来", NOW + HOUR)
    await handling.visible_note(session, worker, case.code, "后天来", NOW + DAY)
    assert case.contacted_at == NOW + HOUR
    assert await ended(session, case) == {("sign", "met"), ("first_answer", "met")}
    assert case.due_at == THIRTY_DAYS, "the next thing owed is shown"


async def test_going_on_gives_back_the_days_that_stood_still(session: AsyncSession, worker: Staff) -> None:
    case = await a_case(session)
    await staff_desk.take(session, worker, case.code, NOW)
    await handling.ask_resident(session, worker, case.code, "哪一层？", NOW + DAY)
    actor = by_resident(case.resident_id)
    await casework.add_statement(session, case, "六层", actor=actor, now=NOW + 6 * DAY)
    clocks = await clocks_of(session, case)
    assert set(clocks) == {"handle"}
    handle = clocks["handle"]
    assert (handle.stopped_at, handle.stopped_for) == (None, None)
    assert handle.due_at == THIRTY_DAYS + 5 * DAY
    assert handle.first_due_at == THIRTY_DAYS
    assert handle.acts_at is not None
    assert case.due_at == handle.due_at
    assert ("waiting", "met") in await ended(session, case)


async def test_only_what_the_rule_names_stops_a_clock(session: AsyncSession) -> None:
    """A medical dispute stands still for the appraisal and for nothing the resident owes (条例 38)."""
    doctor = await add_staff(session, name="医", role="handler", unit_code="yt-health", now=NOW)
    code = (await a_case(session, leaf="dispute:medical")).code
    await staff_desk.take(session, doctor, code, NOW)
    case = await handling.ask_resident(session, doctor, code, "病历在哪？", NOW)
    assert (await clocks_of(session, case))["handle"].stopped_at is None
    await handling.go_on(session, doctor, code, NOW)
    case = await handling.wait_for(session, doctor, code, "appraisal", "送鉴定", NOW)
    assert (await clocks_of(session, case))["handle"].stopped_for == "appraisal"


async def test_withdrawn_while_it_stood_still_nothing_runs(session: AsyncSession) -> None:
    resident = await a_resident(session)
    case = await a_case(session, resident=resident, status=S.WAITING)
    await casework.withdraw(session, resident, case.code, NOW + DAY)
    assert await clocks_of(session, case) == {}
    assert ("handle", "dropped") in await ended(session, case)


async def test_sent_back_the_unit_owes_nothing_and_the_centre_a_ruling(
    session: AsyncSession, worker: Staff, centre: Staff
) -> None:
    case = await a_case(session)
    await centre_desk.send_back(session, worker, case.code, "不归我们", NOW)
    clocks = await clocks_of(session, case)
    assert set(clocks) == {"ruling"}
    assert clocks["ruling"].owed_unit_id == await unit_id(session, "liuyin-centre")
    assert case.due_at == clocks["ruling"].due_at
    assert await ended(session, case) == {
        ("sign", "dropped"),
        ("first_answer", "dropped"),
        ("handle", "dropped"),
    }
    later = NOW + DAY
    await centre_desk.route_to(session, centre, case.code, "liuyin-mediation", "归你们", later)
    clocks = await clocks_of(session, case)
    assert set(clocks) == RUNS[S.ROUTED]
    assert clocks["sign"].due_at == later + 4 * HOUR
    assert {clock.owed_unit_id for clock in clocks.values()} == {case.unit_id}


async def test_given_to_another_unit_after_reopening_nothing_is_owed_twice(
    session: AsyncSession, centre: Staff
) -> None:
    case = await a_case(session, status=S.REOPENED)
    later = NOW + DAY
    await centre_desk.route_to(session, centre, case.code, "liuyin-mediation", "换一家", later)
    clocks = await clocks_of(session, case)
    assert set(clocks) == RUNS[S.ROUTED]
    assert {clock.started_at for clock in clocks.values()} == {later}
    assert {clock.owed_unit_id for clock in clocks.values()} == {case.unit_id}
    assert ("reopen_review", "met") in await ended(session, case)


async def test_reopened_again_before_the_review_the_superior_still_owes_the_first(
    session: AsyncSession, worker: Staff
) -> None:
    resident = await a_resident(session)
    case = await a_case(session, resident=resident, status=S.REOPENED)
    review = (await clocks_of(session, case))["reopen_review"]
    await staff_desk.take(session, worker, case.code, NOW)
    await staff_desk.answer(session, worker, case.code, "又修了一次", NOW)
    await reopening.judge(session, case, resident, NOW + DAY, solved=False)
    clocks = await clocks_of(session, case)
    assert clocks["reopen_review"].id == review.id
    assert clocks["handle"].started_at == NOW + DAY


async def test_the_visit_outlives_the_closing_and_the_archive(session: AsyncSession) -> None:
    resident = await a_resident(session)
    case = await a_case(session, resident=resident, status=S.JUDGING)
    await reopening.judge(session, case, resident, NOW, solved=True)
    await review_desk.archive(session, await staff_by_code(session, "centre-hedong"), case.code, NOW)
    assert set(await clocks_of(session, case)) == {"return_visit"}
    above = await staff_by_code(session, "centre-hedong")
    await review_desk.return_visit(session, above, case.code, NOW + DAY, solved=None)
    assert set(await clocks_of(session, case)) == {"return_visit"}, "not reached is no visit"
    await review_desk.return_visit(session, above, case.code, NOW + DAY, solved=True)
    assert await clocks_of(session, case) == {}


async def test_agreements_outlive_everything(session: AsyncSession, centre: Staff) -> None:
    case = await a_case(session, status=S.IN_PROGRESS)
    await running.start(session, case, StartEvent.AGREED, NOW)
    await running.start(session, case, StartEvent.AGREED, NOW + DAY)
    await centre_desk.transfer(session, centre, case.code, "court", "司法确认", NOW)
    left = [clock.step for clock in await running.running(session, case)]
    assert left == ["agreement_performed_30", "agreement_performed_90"] * 2, "each agreement has its own"


async def test_a_ladder_begins_with_its_first_step_and_ends_with_the_clock(
    session: AsyncSession, worker: Staff
) -> None:
    case = await a_case(session)
    sign = (await clocks_of(session, case))["sign"]
    assert (sign.rung, sign.acts_at) == (0, NOW + 0.8 * 4 * HOUR)
    await staff_desk.take(session, worker, case.code, NOW)
    assert (sign.ending, sign.acts_at) == ("met", None)


async def test_what_a_fulfilled_step_leaves_is_shown(session: AsyncSession) -> None:
    case = await a_case(session)
    await running.fulfil(session, case, ("first_answer", "handle"), NOW)
    assert set(await clocks_of(session, case)) == {"sign"}
    assert case.due_at == THREE_DAYS, "nothing the resident waits for runs: the last day stays"
