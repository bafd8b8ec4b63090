"""Who stands above a unit: which centres coordinate it, and which one is its superior?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cases.records import Unit, UnitKind


async def centres_over(session: AsyncSession, unit: Unit) -> Sequence[Unit]:
    """The governance centres of the areas a unit lies in, nearest first; a centre begins with itself."""
    return (await centres_over_each(session, [unit]))[unit.id]


async def centres_over_each(session: AsyncSession, units: Collection[Unit]) -> Mapping[int, Sequence[Unit]]:
    """What `centres_over` says of each of these units, by unit id, in one query."""
    codes = {code for unit in units for code in unit.path.split("/") if code}
    area = aliased(Unit)
    query = (
        select(Unit, area.path)
        .join(area, area.id == Unit.parent_id)
        .where(Unit.active, Unit.kind == UnitKind.CENTRE, area.code.in_(codes))
        .order_by(area.path.desc(), Unit.position, Unit.id)
    )
    found = (await session.execute(query)).all()
    return {unit.id: [centre for centre, path in found if unit.path.startswith(path)] for unit in units}


async def centre_of(session: AsyncSession, unit: Unit) -> Unit | None:
    """The centre that coordinates a unit, which may be the unit itself; None where the city has none."""
    return next(iter(await centres_over(session, unit)), None)


async def superior_of(session: AsyncSession, unit: Unit) -> Unit | None:
    """The nearest centre above a unit and other than it; None for the city's own centre."""
    return next((centre for centre in await centres_over(session, unit) if centre.id != unit.id), None)
