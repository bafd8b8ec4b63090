"""A threat that is made again, or beside a first one: does somebody look at it, whatever was said before?"""

from __future__ import annotations

from datetime import timedelta

from builders import NOW, a_case, linked
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import centre_desk, review_desk
from cases.actors import by_resident
from cases.clocks import running
from cases.danger import DangerLevel
from cases.raising import raise_danger
from cases.records import Case, Notice, Staff

LATER = NOW + timedelta(days=9)


async def looks_owed(session: AsyncSession, case: Case) -> int:
    return [clock.step for clock in await running.running(session, case)].count("danger_review")


async def told(session: AsyncSession, person: Staff, key: str) -> int:
    query = select(func.count()).where(Notice.to_id == person.id, Notice.key == key)
    return await session.scalar(query) or 0


async def test_the_same_threat_after_a_lowering_raises_the_level_again(session: AsyncSession) -> None:
    centre = await linked(session, "centre-liuyin")
    case = await a_case(session, danger=("weapon",))
    await centre_desk.lower_danger(session, centre, case.code, DangerLevel.NONE, "已经劝开", NOW)
    actor = by_resident(case.resident_id)
    assert await raise_danger(session, case, ["weapon"], actor=actor, now=LATER) is DangerLevel.RED
    assert await looks_owed(session, case) == 1
    assert await told(session, centre, "notice_danger_review") == 2


async def test_what_was_lowered_stays_low_while_nothing_is_said_anew(session: AsyncSession) -> None:
    centre = await linked(session, "centre-liuyin")
    case = await a_case(session, danger=("weapon", "minor"))
    await centre_desk.lower_danger(session, centre, case.code, DangerLevel.YELLOW, "已经劝开", NOW)
    actor = by_resident(case.resident_id)
    assert await raise_danger(session, case, ["minor"], actor=actor, now=LATER) is DangerLevel.YELLOW
    assert await told(session, centre, "notice_danger_review") == 1


async def test_a_second_grave_threat_is_looked_at_though_the_level_is_the_highest(
    session: AsyncSession,
) -> None:
    centre = await linked(session, "centre-liuyin")
    case = await a_case(session, danger=("weapon",))
    await review_desk.review_danger(session, centre, case.code, "民警已到", NOW)
    actor = by_resident(case.resident_id)
    assert await raise_danger(session, case, ["self_harm"], actor=actor, now=LATER) is DangerLevel.RED
    assert await looks_owed(session, case) == 1
    assert await told(session, centre, "notice_danger_review") == 2
