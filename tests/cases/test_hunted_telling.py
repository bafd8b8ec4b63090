"""Nobody to tell nearby, somebody who left, somebody with a stake: who is told, and who may come?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import NOW, a_case, linked
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, centre_desk, conflicts, places, staff, staff_desk
from cases.actors import by_resident
from cases.clocks.rounds import make_round
from cases.database import Database
from cases.errors import ConflictOfInterest, NotMediated
from cases.records import Notice, NoticeTo, Staff, Unit, UnitKind
from cases.status import CaseStatus

S = CaseStatus


async def told(session: AsyncSession, person: Staff) -> list[str]:
    query = select(Notice.key).where(Notice.to_kind == NoticeTo.STAFF, Notice.to_id == person.id)
    return list((await session.scalars(query.order_by(Notice.id))).all())


async def test_where_the_nearest_centre_has_nobody_the_next_one_looks_at_the_danger(
    session: AsyncSession,
) -> None:
    county = await linked(session, "centre-hedong")
    await a_case(session, danger=("weapon",))
    assert "notice_danger_review" in await told(session, county)


async def test_news_of_a_case_whose_handler_has_left_reach_the_unit(session: AsyncSession) -> None:
    worker = await linked(session, "grid-guihua")
    case = await a_case(session, status=S.IN_PROGRESS)
    colleague = Staff(**_colleague_of(worker))
    session.add(colleague)
    await session.flush()
    colleague = await linked(session, colleague.code)
    worker.active = False
    await session.flush()
    await casework.add_statement(session, case, "又漏了", actor=by_resident(case.resident_id), now=NOW)
    assert await told(session, colleague) == ["notice_more_said"]


async def test_a_reminder_for_a_handler_who_has_left_reaches_the_unit(database: Database) -> None:
    async with database.transaction() as session:
        worker = await linked(session, "grid-guihua")
        await a_case(session, status=S.IN_PROGRESS)
        session.add(Staff(**_colleague_of(worker)))
        await session.flush()
        colleague = await linked(session, "grid-new")
        worker.active = False
    for hours in range(0, 80, 4):
        await make_round(database, NOW + timedelta(hours=hours))
    async with database.reading() as session:
        assert "notice_reminded" in await told(session, colleague)


def _colleague_of(worker: Staff) -> dict[str, object]:
    own = {"code": "grid-new", "name": "新人", "active": True}
    return {name: getattr(worker, name) for name in ("unit_id", "role", "locale", "created_at")} | own


async def test_nobody_with_a_stake_is_invited(session: AsyncSession) -> None:
    worker = await linked(session, "grid-guihua")
    case = await a_case(session, status=S.IN_PROGRESS)
    guest = await staff.staff_by_code(session, "centre-liuyin")
    await conflicts.step_back(session, guest, case, NOW)
    with pytest.raises(ConflictOfInterest):
        await staff_desk.invite_to(session, worker, case.code, guest.code, NOW)


async def test_violence_at_home_as_a_second_matter_is_not_given_to_mediators_either(
    session: AsyncSession,
) -> None:
    centre = await linked(session, "centre-yunting")
    case = await a_case(session, secondary=("dispute:domestic_violence",))
    mediators = (await session.scalars(select(Unit).where(Unit.kind == UnitKind.MEDIATION))).first()
    assert mediators is not None
    with pytest.raises(NotMediated):
        await centre_desk.route_to(session, centre, case.code, mediators.code, "请调解", NOW)


async def test_a_ladder_that_asks_about_a_step_nobody_is_asked_about_reminds(database: Database) -> None:
    async with database.transaction() as session:
        await linked(session, "grid-guihua")
        case = await a_case(session)
        city = await places.city_of(session, case.unit)
        city.choices = {**city.choices, "ladders": {"ordinary": [{"share": 1, "act": "ask_resident"}]}}
        city.loaded_at = NOW + timedelta(days=1)
    report = await make_round(database, NOW + timedelta(days=3))
    assert report.clocks
