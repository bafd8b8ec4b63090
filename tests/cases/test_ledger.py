"""The ledger adds up for whatever happens, and a past month stays as it was."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from histories import ANSWERED, JUNE, MAY, ZONE, S, go, on, opened, scope
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from cases import extensions, staff
from cases.actors import ActorKind, by_resident
from cases.centre_desk import correct, send_back
from cases.clocks import running
from cases.errors import ChainBroken
from cases.measures.areas import areas_of
from cases.measures.course import Step, through
from cases.measures.families import families, family_of
from cases.measures.ledger import Line, candidates, lines, steps_of
from cases.measures.periods import Period, month, year_of
from cases.measures.tally import Tally, balanced, sums_of
from cases.raising import raise_danger
from cases.records import Case, Paper, Resident
from cases.staff_desk import take
from cases.status import MOVES, CaseStatus

YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MONTHS = [month(f"2026-{number:02}", ZONE) for number in range(1, 13)]


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """A random walk over the allowed moves, at times that only grow."""
    at = YEAR + timedelta(hours=draw(st.integers(0, 4000)))
    steps = [Step(at, "registered", None, S.REGISTERED, {"leaf": "service"})]
    status: CaseStatus = S.REGISTERED
    for _ in range(draw(st.integers(0, 14))):
        ways = sorted(MOVES[status])
        if not ways:
            break
        to = draw(st.sampled_from(ways))
        at += timedelta(hours=draw(st.sampled_from([0, 1, 30, 400, 900])))
        facts = {"unit": draw(st.sampled_from(["a", "b"]))} if to is S.ROUTED else {}
        steps.append(Step(at, "moved", status, to, facts))
        status = to
    return steps


@pytest.mark.unit
@given(histories())
@settings(max_examples=300, deadline=None)
def test_what_came_in_is_what_left_and_what_is_still_open(steps: list[Step]) -> None:
    for period in MONTHS:
        course = through(steps, period)
        assert balanced(sums_of(course, overdue=False, escalated=0))


@pytest.mark.unit
@given(histories())
@settings(max_examples=200, deadline=None)
def test_what_is_open_at_the_end_of_a_month_is_carried_into_the_next(steps: list[Step]) -> None:
    for period, following in pairwise(MONTHS):
        assert through(steps, period).open_at_end == through(steps, following).carried


@pytest.mark.unit
@given(histories(), st.sampled_from(MONTHS))
@settings(max_examples=200, deadline=None)
def test_a_past_month_reads_the_same_whatever_came_later(steps: list[Step], period: Period) -> None:
    then = [step for step in steps if step.at < period.end]
    assert through(steps, period) == through(then, period)


@pytest.mark.unit
@given(st.lists(histories(), max_size=8), st.sampled_from(MONTHS))
@settings(max_examples=60, deadline=None)
def test_sums_of_many_cases_balance_by_home_and_by_family(many: list[list[Step]], period: Period) -> None:
    tally = Tally()
    for number, steps in enumerate(many):
        course = through(steps, period)
        tally.add(number % 3, "debt" if number % 2 else "family", sums_of(course, overdue=False, escalated=0))
    assert balanced(tally.total())
    assert all(balanced(tally.of_homes([home])) for home in range(3))
    halves = [tally.of_family("debt"), tally.of_family("family")]
    assert halves[0] + halves[1] == +tally.total()


@pytest.mark.unit
def test_a_move_that_does_not_follow_is_a_broken_chain() -> None:
    steps = [
        Step(YEAR, "registered", None, S.REGISTERED, {}),
        Step(YEAR, "moved", S.ROUTED, S.SIGNED, {}),
    ]
    with pytest.raises(ChainBroken):
        through(steps, MONTHS[0])


@pytest.mark.unit
def test_a_month_begins_and_ends_at_midnight_of_the_city() -> None:
    assert JUNE.start == datetime(2026, 5, 31, 16, tzinfo=UTC)
    assert JUNE.end == datetime(2026, 6, 30, 16, tzinfo=UTC)
    assert month("2026-12", ZONE).end == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert year_of(JUNE, ZONE).start == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert MAY.end == JUNE.start


@pytest.mark.unit
@pytest.mark.parametrize("wrong", ["2026-13", "2026-6", "June", "", "0000-01", "2026-06-01", "２０２６-06"])
def test_what_is_no_month_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="2026-11"):
        month(wrong, ZONE)


@pytest.mark.unit
def test_every_leaf_has_one_family_and_six_of_them_are_the_six() -> None:
    assert [family.code for family in families() if family.six] == [
        "emotion",
        "family",
        "neighbour",
        "debt",
        "property",
        "disaster",
    ]
    assert family_of("dispute:domestic_violence") == "family"
    assert family_of("dispute:labour") == "debt"
    assert family_of("dispute:land") == "specialist"
    assert family_of("scam:phishing") == "fraud"
    assert family_of("to_sort") == "unsorted"


async def _lines(session: AsyncSession, period: Period, code: str = "yunting") -> Sequence[Line]:
    return [line async for line in lines(session, await scope(session, code), period)]


async def _many(session: AsyncSession) -> None:
    """Of each sort one: carried or new, at rest or not."""
    old, shut, twice, new, back, waiting = [
        await opened(session, at)
        for at in (on(5, month_=5), on(6, month_=5), on(7, month_=5), on(3), on(4), on(5))
    ]
    await go(session, old, on(20, month_=5), S.SIGNED)
    await go(session, shut, on(10), *ANSWERED, S.CLOSED)
    await go(session, twice, on(20, month_=5), *ANSWERED, S.CLOSED)
    await go(session, twice, on(8), S.REOPENED, S.SIGNED, S.IN_PROGRESS, S.ANSWERED, S.JUDGING, S.CLOSED)
    await go(session, twice, on(12), S.REOPENED)
    await go(session, new, on(9), S.WITHDRAWN)
    await go(session, back, on(9), *ANSWERED)
    await go(session, waiting, on(9), S.SIGNED, S.IN_PROGRESS, S.WAITING, reason="resident")


async def test_carried_and_received_are_closed_left_and_open(session: AsyncSession) -> None:
    await _many(session)
    tally = Tally()
    for line in await _lines(session, JUNE):
        tally.add(line.home_id, line.family, line.sums)
    total = tally.total()
    assert balanced(total)
    assert (total["carried"], total["opened"], total["reopened"]) == (2, 3, 2)
    assert (total["closed"], total["withdrawn"], total["open"]) == (2, 1, 4)


async def test_a_case_that_rested_all_month_has_no_line(session: AsyncSession) -> None:
    case = await opened(session, on(5, month_=5))
    await go(session, case, on(6, month_=5), *ANSWERED, S.CLOSED)
    await go(session, case, on(6), S.ARCHIVED)
    await opened(session, on(2, month_=7))
    assert await _lines(session, JUNE) == []
    assert len(await _lines(session, MAY)) == 1


async def test_the_ledger_of_a_past_month_does_not_change_when_later_things_happen(
    session: AsyncSession,
) -> None:
    await _many(session)
    worker = await staff.staff_by_code(session, "grid-guihua")
    centre = await staff.staff_by_code(session, "centre-yunting")
    more, sent, sorted_later = [await opened(session, on(28)) for _ in range(3)]
    for case in (more, sent):
        case.unit_id = worker.unit_id
        await session.flush()
        await session.refresh(case, ["unit"])
    await take(session, worker, more.code, on(29))
    before = [asdict(line) for line in await _lines(session, JUNE)]
    await correct(session, centre, sorted_later.code, "dispute:property", on(2, month_=7))
    await send_back(session, worker, sent.code, "不归我们管", on(2, month_=7))
    await go(session, more, on(2, month_=7), S.IN_PROGRESS)
    await extensions.ask_extension(session, worker, more.code, "还要鉴定", on(2, month_=7))
    resident = await session.get_one(Resident, more.resident_id)
    await extensions.say_about_time(session, more, resident, on(2, month_=7), agrees=True)
    await extensions.decide_extension(session, centre, more.code, on(3, month_=7), granted=True)
    await go(session, more, on(4, month_=7), S.WAITING, reason="resident")
    await go(session, more, on(20, month_=7), S.IN_PROGRESS)
    await raise_danger(session, more, ["weapon"], actor=by_resident(more.resident_id), now=on(21, month_=7))
    session.add(_letter(more))
    await go(session, more, on(22, month_=7), S.ANSWERED, S.JUDGING, S.CLOSED)
    assert [asdict(line) for line in await _lines(session, JUNE)] == before


def _letter(case: Case) -> Paper:
    return Paper(
        case_id=case.id,
        kind="prompt_letter",
        unit_id=case.unit_id,
        number="1",
        year=2026,
        seq=1,
        by_kind=ActorKind.CLOCK,
        issued_at=on(5, month_=7),
    )


async def test_overdue_is_what_was_due_at_the_end_of_the_month(session: AsyncSession) -> None:
    late = await opened(session, on(1))
    answered = await opened(session, on(1))
    waiting = await opened(session, on(1))
    fresh = await opened(session, on(30))
    await go(session, answered, on(2), *ANSWERED)
    await go(session, waiting, on(2), S.SIGNED, S.IN_PROGRESS)
    await running.contacted(session, waiting, on(2))
    await go(session, waiting, on(3), S.WAITING, reason="resident")
    found = {line.code: line for line in await _lines(session, JUNE)}
    assert {code for code, line in found.items() if line.overdue} == {late.code}
    assert found[answered.code].owed is None
    assert found[fresh.code].owed is not None


async def test_an_area_has_the_cases_of_its_places_wherever_they_are_handled(session: AsyncSession) -> None:
    here = await opened(session, on(2))
    there = await opened(session, on(2), grid_code="wenchang-01")
    nowhere = await opened(session, on(2), grid_code=None)
    assert [line.code for line in await _lines(session, JUNE, "guihua")] == [here.code]
    assert [line.code for line in await _lines(session, JUNE, "wenchang")] == [there.code]
    assert {line.code for line in await _lines(session, JUNE)} == {here.code, there.code, nowhere.code}


async def test_going_up_a_level_is_an_escalation(session: AsyncSession) -> None:
    case = await opened(session, on(2))
    for unit in ("guihua", "yt-police"):
        await go(session, case, on(3), S.ACCEPTED, unit="yt-centre")
        await go(session, case, on(4), S.ROUTED, unit=unit)
    (line,) = await _lines(session, JUNE)
    assert line.course.unit == "yt-police"
    assert line.sums["escalated"] == 1


async def test_areas_come_in_the_order_of_the_city(session: AsyncSession) -> None:
    areas = await areas_of(session, await scope(session))
    assert areas.inside[0].code == "yunting"
    for unit in areas.inside:
        siblings = areas.children(unit)
        assert [one.position for one in siblings] == sorted(one.position for one in siblings)


@pytest.mark.unit
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("area", ["yunting", "guihua"])
async def test_the_cases_of_a_ledger_are_found_by_indexes(session: AsyncSession, area: str) -> None:
    query = candidates(await scope(session, area), JUNE)
    told = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    plan = await session.execute(text(f"EXPLAIN QUERY PLAN {told}".replace(":", r"\:")))
    steps = [row.detail for row in plan]
    assert not [step for step in steps if re.match(r"SCAN (cases|timeline_entries)", step)], steps
    assert not [step for step in steps if "(opened_at<?)" in step], steps


@pytest.mark.parametrize("seed", range(3))
async def test_no_case_is_missing_whatever_was_done_when(session: AsyncSession, seed: int) -> None:
    random = Random(seed)
    cases = [await _at_random(session, random) for _ in range(12)]
    steps = await steps_of(session, [case.id for case in cases])
    for period in MONTHS[:8]:
        expected = {case.code for case in cases if through(steps[case.id], period).concerned}
        found = {line.code: line for line in await _lines(session, period)}
        assert set(found) == expected
        assert all(balanced(line.sums) for line in found.values())


async def _at_random(session: AsyncSession, random: Random) -> Case:
    at = YEAR + timedelta(hours=random.randrange(24 * 150))
    case = await opened(session, at)
    for _ in range(random.randrange(12)):
        ways = sorted(MOVES[case.status])
        if not ways:
            break
        at += timedelta(hours=random.choice([0, 5, 100, 700]))
        await go(session, case, at, random.choice(ways))
    return case
