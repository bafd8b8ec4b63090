"""Each measure over a small history whose result is counted by hand."""

from __future__ import annotations

import re

import pytest
from histories import ANSWERED, JUNE, S, go, on, opened, scope
from measured import BUILT, several
from sqlalchemy import text
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from cases import staff
from cases.errors import NotAllowed
from cases.measures.measures import COUNTING, by_community, cases_behind, figure, measures, rows_of
from cases.measures.scope import scope_for

BY_MONTH = re.compile(r"(action=.*at>|opened_at>|agreed_at>|issued_at>|checks.*at>)")
TOO_MUCH = re.compile(r"SCAN (timeline_entries|cases|case_clocks|checks|heard|papers|agreements)")


@pytest.mark.unit
def test_every_measure_has_a_history_and_words_in_both_languages() -> None:
    people = {code for code, one in measures().items() if one.kind == "people"}
    assert set(BUILT) == set(COUNTING) == set(measures()) - people
    for measure in measures().values():
        assert all(measure.names.values())
        assert all(measure.formulas.values())


@pytest.mark.parametrize("code", sorted(BUILT))
async def test_a_measure_is_what_a_hand_would_count(session: AsyncSession, code: str) -> None:
    # The months before and after, and what happens in them, are none of June's business.
    await go(session, await opened(session, on(1, month_=3)), on(2, month_=3), *ANSWERED, S.CLOSED)
    await go(session, await opened(session, on(1, month_=8)), on(2, month_=8), *ANSWERED, S.CLOSED)
    expected = await BUILT[code](session)
    city = await scope(session)
    assert await figure(session, code, city, JUNE) == expected
    behind = await cases_behind(session, code, city, JUNE)
    looked_at = expected.denominator if expected.denominator is not None else expected.numerator
    assert len(behind) == looked_at
    if measures()[code].kind == "share":
        assert sum(row.counted for row in behind) == expected.numerator


async def test_a_figure_without_anything_to_look_at_is_none_and_never_zero_percent(
    session: AsyncSession,
) -> None:
    city = await scope(session)
    for code, measure in measures().items():
        found = await figure(session, code, city, JUNE)
        assert found.value == (0 if measure.kind == "count" else None), code


async def test_the_rows_behind_a_figure_come_in_pages_and_each_once(session: AsyncSession) -> None:
    cases = await several(session, 5)
    city, seen, after = await scope(session), [], 0
    while page := await cases_behind(session, "abstained", city, JUNE, after=after, limit=2):
        seen += [row.case for row in page]
        after = page[-1].key
    assert seen == [case.code for case in cases]


async def test_an_area_counts_its_own_places_and_an_office_what_is_with_it(session: AsyncSession) -> None:
    case = await opened(session, on(2))
    other = await opened(session, on(2), grid_code="wenchang-01")
    expected = {"guihua": 1, "wenchang": 1, "yunting": 2}
    for code, number in expected.items():
        assert (await figure(session, "abstained", await scope(session, code), JUNE)).denominator == number
    unit = await session.get_one(type(case.unit), other.unit_id)
    assert (await figure(session, "abstained", await scope(session, unit.code), JUNE)).denominator >= 1


async def test_figures_by_community_add_up_to_the_whole(session: AsyncSession) -> None:
    for grid in ("guihua-01", "guihua-01", "wenchang-01", None):
        await opened(session, on(2), grid_code=grid)
    city = await scope(session)
    parts = await by_community(session, "abstained", city, JUNE)
    assert sorted(part.denominator or 0 for part in parts.values()) == [1, 1, 2]


@pytest.mark.parametrize(("code", "area"), [("centre-yunting", "yunting"), ("auditor-yunting", "yunting")])
async def test_centre_and_auditor_see_the_figures_of_their_area(
    session: AsyncSession, code: str, area: str
) -> None:
    assert (await scope_for(session, await staff.staff_by_code(session, code))).unit.code == area


@pytest.mark.parametrize("code", ["grid-guihua", "police-yunting", "admin-yunting", "lawyer-1"])
async def test_nobody_else_sees_figures(session: AsyncSession, code: str) -> None:
    with pytest.raises(NotAllowed):
        await scope_for(session, await staff.staff_by_code(session, code))


@pytest.mark.unit
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("area", ["yunting", "guihua"])
async def test_a_figure_starts_from_an_index_on_its_month_and_never_reads_everything(
    session: AsyncSession, area: str
) -> None:
    within = await scope(session, area)
    for code in COUNTING:
        rows = rows_of(code, within, JUNE)
        assert rows is not None
        told = str(rows.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
        plan = f"EXPLAIN QUERY PLAN {told}".replace(":", r"\:")
        steps = [row.detail for row in await session.execute(text(plan))]
        assert any(BY_MONTH.search(step) for step in steps[:3]), (code, steps)
        assert not [step for step in steps if TOO_MUCH.match(step)], (code, steps)
