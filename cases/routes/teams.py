"""Which expert is near: of the service team bound to the village (四官服务进村), or of the city's pool?"""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.conflicts import conflicted
from cases.records import Grid, Role, ServiceTeam, Staff, TeamMember, TeamVillage, Unit
from cases.routes.people import wanted_professions
from cases.routes.terms import Matter


async def expert_near(session: AsyncSession, city_id: int, grid: Grid | None, matter: Matter) -> int | None:
    """Somebody of the profession a matter wants, without a stake in it, to be asked to join; None: nobody.

    A member of the village's own team goes before an expert of the pool.
    """
    wanted = wanted_professions(matter.leaf)
    if not wanted:
        return None
    staked = await conflicted(session, matter.leaf, grid.id if grid is not None else None)
    of_team = await _of_the_village(session, grid) if grid is not None else []
    near = [staff_id for staff_id, profession in of_team if profession in wanted and staff_id not in staked]
    if near:
        return near[0]
    pool = await session.execute(
        select(Staff.id, Staff.professions)
        .join(Unit, Unit.id == Staff.unit_id)
        .where(Staff.active, Staff.role == Role.EXPERT, Unit.active, Unit.city_id == city_id)
        .order_by(Staff.id)
    )
    return next(
        (row.id for row in pool if wanted.intersection(row.professions) and row.id not in staked), None
    )


async def _of_the_village(session: AsyncSession, grid: Grid) -> list[tuple[int, str]]:
    bound = exists().where(
        TeamVillage.team_id == TeamMember.team_id,
        TeamVillage.unit_id == grid.unit_id,
        ServiceTeam.id == TeamMember.team_id,
        ServiceTeam.active,
    )
    query = (
        select(TeamMember.staff_id, TeamMember.profession)
        .join(Staff, Staff.id == TeamMember.staff_id)
        .where(Staff.active, bound)
        .order_by(TeamMember.id)
    )
    return [(staff_id, profession) for staff_id, profession in await session.execute(query)]
