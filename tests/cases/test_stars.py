"""A score sheet: every figure can be recomputed, and settling a reported dispute never costs anything."""

from __future__ import annotations

import pytest
from builders import a_resident
from histories import ANSWERED, JUNE, ZONE, S, go, on, opened, scope
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from cases import checks
from cases.measures.areas import areas_of
from cases.measures.campaign import campaign
from cases.measures.ledger import lines
from cases.measures.measures import Figure
from cases.measures.periods import year_of
from cases.measures.stars import StarRow, sheets, star_rows
from cases.measures.tally import Tally
from cases.status import ClosingKind

CODES = sorted(sheets())


async def _rows(session: AsyncSession, code: str) -> dict[str, StarRow]:
    city = await scope(session)
    sheet = sheets()[code]
    over = JUNE if sheet.over == "month" else year_of(JUNE, ZONE)
    rows = await star_rows(session, sheet, city, over, await areas_of(session, city))
    return {row.unit.code: row for row in rows}


async def _settled(session: AsyncSession, **more: object) -> None:
    case = await opened(session, on(2), **more)
    await go(session, case, on(3), S.ACCEPTED, unit="yt-centre")
    await go(session, case, on(3), S.ROUTED, unit="guihua")
    await go(session, case, on(4), *ANSWERED, S.CLOSED)


async def _unsolved(session: AsyncSession) -> None:
    await go(session, await opened(session, on(2)), on(4), *ANSWERED, S.CLOSED, closing=ClosingKind.SUSPENDED)


async def _escalated(session: AsyncSession) -> None:
    await go(session, await opened(session, on(2)), on(4), S.TRANSFERRED, reason="petition")


async def _still_open(session: AsyncSession) -> None:
    await opened(session, on(2))


async def _nothing(session: AsyncSession) -> None:
    return None


@pytest.mark.unit
@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 50))
def test_more_settled_disputes_never_turn_met_into_missed(settled: int, unsettled: int, more: int) -> None:
    criterion = next(one for one in sheets()["peace_star"].criteria if one.at_least is not None)

    def met(number: int) -> bool:
        total = number + unsettled
        share = number / total if total else None
        return bool(criterion.met(Figure(criterion.code, share, number, total)))

    assert met(settled + more) >= met(settled)


@pytest.mark.parametrize("before", [_nothing, _unsolved, _escalated, _still_open, _settled])
async def test_a_settled_dispute_never_lowers_a_score(session: AsyncSession, before) -> None:  # type: ignore[no-untyped-def]
    await before(session)
    then = {code: (await _rows(session, code))["guihua"].score for code in CODES}
    for leaf in ("dispute:neighbour", "dispute:loan", "dispute:family"):
        await _settled(session, leaf=leaf)
        now = {code: (await _rows(session, code))["guihua"].score for code in CODES}
        assert all(now[code] >= then[code] for code in CODES)
        then = now


async def test_an_open_dispute_that_was_only_reported_lowers_nothing(session: AsyncSession) -> None:
    then = {code: (await _rows(session, code))["guihua"].met for code in CODES}
    await _still_open(session)
    assert {code: (await _rows(session, code))["guihua"].met for code in CODES} == then


async def test_a_petition_a_police_matter_and_a_loss_are_told_from_nothing(session: AsyncSession) -> None:
    await _escalated(session)
    await go(session, await opened(session, on(2)), on(3), S.TRANSFERRED, reason="police")
    who = await a_resident(session, channel_id=31)
    verdict = {"risk": "danger", "scam_type": "romance"}
    paid = await checks.record_check(
        session, who, text="x", verdict=verdict, state="paid", for_other=False, now=on(2)
    )
    await opened(session, on(2), who=who, leaf="scam:romance", check_id=paid.id)
    zeros, stars = (await _rows(session, "three_zeros")), (await _rows(session, "peace_star"))
    assert zeros["guihua"].met == (False, None, False)
    assert zeros["wenchang"].met == (True, None, True)
    assert stars["guihua"].met == (False, None, None, None, None, False)
    assert stars["wenchang"].met == (True, None, None, None, None, True)
    assert stars["guihua"].figures[-1] == Figure("settled_in_community", 0.0, 0, 2)


async def test_the_year_begins_at_new_year_and_the_month_at_its_first(session: AsyncSession) -> None:
    case = await opened(session, on(2, month_=2))
    await go(session, case, on(3, month_=2), S.TRANSFERRED, reason="petition")
    assert (await _rows(session, "three_zeros"))["guihua"].met[0] is True
    assert (await _rows(session, "peace_star"))["guihua"].figures[-1] == Figure(
        "settled_in_community", 0.0, 0, 1
    )


async def test_every_community_has_a_line_in_the_order_of_the_city(session: AsyncSession) -> None:
    await _settled(session)
    areas = await areas_of(session, await scope(session))
    for code in CODES:
        assert list(await _rows(session, code)) == [unit.code for unit in areas.communities]


@pytest.mark.unit
def test_what_the_database_cannot_know_is_left_to_people_and_all_is_a_template() -> None:
    people = {one.code for sheet in sheets().values() for one in sheet.criteria if one.measure is None}
    assert {"zero_accident", "no_gambling", "no_accident"} <= people
    assert all(sheet.template for sheet in sheets().values())


async def test_the_campaign_counts_the_six_families_for_every_area_below(session: AsyncSession) -> None:
    await _settled(session)
    await _settled(session, leaf="dispute:labour")
    await opened(session, on(2), leaf="scam:romance")
    await _escalated(session)
    city = await scope(session)
    areas, tally = await areas_of(session, city), Tally()
    async for line in lines(session, city, JUNE):
        tally.add(line.home_id, line.family, line.sums)
    rows = campaign(tally, areas, city.unit)
    whole = {row.family.code: row for row in rows if row.unit.code == "yunting"}
    assert list(whole) == ["emotion", "family", "neighbour", "debt", "property", "disaster"]
    neighbour = whole["neighbour"]
    assert (neighbour.received, neighbour.settled, neighbour.open, neighbour.escalated) == (2, 1, 0, 1)
    assert whole["debt"].received == 1
    below = [row for row in rows if row.unit.code != "yunting"]
    assert sum(row.received for row in below) == 3
