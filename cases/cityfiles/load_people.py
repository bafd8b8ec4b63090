"""How do staff, the posts of grids, teams and conflicts of interest of a description become rows?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.cityfiles.people import StaffPlan, TeamPlan
from cases.cityfiles.whole import CityPlan
from cases.records import (
    City,
    Conflict,
    Grid,
    GridPost,
    Record,
    ServiceTeam,
    Staff,
    StaffGrid,
    TeamMember,
    TeamVillage,
    Unit,
)

AT_A_TIME = 5000
"""ids in one statement: SQLite and PostgreSQL take some 32,000"""


async def load_staff(
    session: AsyncSession, plan: CityPlan, city: City, units: dict[str, Unit], now: datetime
) -> dict[str, Staff]:
    """Makes or updates everybody; who is no longer described stays: accounts are closed by a person."""
    of_city = select(Unit.id).where(Unit.city_id == city.id)
    found = await session.scalars(select(Staff).where(Staff.unit_id.in_(of_city)))
    known = {person.code: person for person in found}
    people: dict[str, Staff] = {}
    for told in plan.staff:
        person = known.get(told.code) or Staff(code=told.code, active=True, created_at=now)
        _fill(person, told, units[told.unit])
        people[told.code] = person
    session.add_all(people.values())
    await session.flush()
    return people


def _fill(person: Staff, told: StaffPlan, unit: Unit) -> None:
    person.name, person.role, person.locale = told.name, told.role, told.locale
    person.unit_id, person.post = unit.id, told.post
    person.professions = list(dict.fromkeys(told.professions))


async def load_posts(
    session: AsyncSession, plan: CityPlan, people: dict[str, Staff], grids: dict[str, Grid]
) -> None:
    """From now on the described people have these grids, posts and conflicts of interest, and no others."""
    ids = [person.id for person in people.values()]
    for table in (StaffGrid, GridPost, Conflict):
        await _clear(session, table, table.staff_id, ids)
    await _put(session, StaffGrid, (
        {"staff_id": people[told.code].id, "grid_id": grids[code].id}
        for told in plan.staff for code in dict.fromkeys(told.grids)
    ))  # fmt: skip
    await _put(session, GridPost, (
        {"grid_id": grids[grid].id, "post": post, "staff_id": people[code].id}
        for grid, posts in plan.book.holders().items() for post, codes in posts.items() for code in codes
    ))  # fmt: skip
    await _put(session, Conflict, (
        {
            "staff_id": people[told.code].id,
            "grid_id": grids[conflict.grid].id if conflict.grid is not None else None,
            "leaf": conflict.leaf,
        }
        for told in plan.staff for conflict in told.conflicts
    ))  # fmt: skip


async def load_teams(
    session: AsyncSession, plan: CityPlan, city: City, units: dict[str, Unit], people: dict[str, Staff]
) -> None:
    """Makes or updates the teams, with these villages and members and no others."""
    found = await session.scalars(select(ServiceTeam).where(ServiceTeam.city_id == city.id))
    known = {team.code: team for team in found}
    teams: list[tuple[ServiceTeam, TeamPlan]] = []
    for told in plan.teams:
        team = known.get(told.code) or ServiceTeam(code=told.code, city_id=city.id)
        team.name_zh, team.name_en, team.active = told.zh, told.en, True
        teams.append((team, told))
    session.add_all(team for team, _ in teams)
    await session.flush()
    for table in (TeamVillage, TeamMember):
        await _clear(session, table, table.team_id, [team.id for team, _ in teams])
    await _put(session, TeamVillage, (
        {"team_id": team.id, "unit_id": units[code].id}
        for team, told in teams for code in dict.fromkeys(told.villages)
    ))  # fmt: skip
    await _put(session, TeamMember, (
        {"team_id": team.id, "staff_id": people[member.staff].id, "profession": member.profession}
        for team, told in teams for member in told.members
    ))  # fmt: skip


async def _clear(
    session: AsyncSession, table: type[Record], column: ColumnElement[int] | Any, ids: Sequence[int]
) -> None:
    for start in range(0, len(ids), AT_A_TIME):
        await session.execute(delete(table).where(column.in_(ids[start : start + AT_A_TIME])))


async def _put(session: AsyncSession, table: type[Record], rows: Iterable[dict[str, Any]]) -> None:
    told = list(rows)
    if told:
        await session.execute(insert(table), told)
