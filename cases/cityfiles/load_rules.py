"""How do routing rules and clocks of a description become rows?"""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from cases.cityfiles.rules import ClockPlan
from cases.cityfiles.whole import CityPlan
from cases.records import City, ClockRule, RoutingRule, Unit


async def load_rules(session: AsyncSession, plan: CityPlan, city: City, units: dict[str, Unit]) -> None:
    """Puts the described routing rules in the place of the earlier ones."""
    await session.execute(delete(RoutingRule).where(RoutingRule.city_id == city.id))
    session.add_all(
        RoutingRule(
            city_id=city.id,
            code=rule.code,
            position=position,
            leaf=rule.leaf,
            area_id=units[rule.area].id if rule.area else None,
            danger_code=rule.danger,
            min_danger=int(rule.level),
            to_kind=rule.to_kind,
            to_level=rule.to_level,
            to_unit_id=units[rule.to_unit].id if rule.to_unit else None,
        )
        for position, rule in enumerate(plan.routing)
    )


async def load_clocks(session: AsyncSession, plan: CityPlan, city: City) -> None:
    """Puts the described clocks in the place of the earlier ones; a running clock keeps its own copy."""
    await session.execute(delete(ClockRule).where(ClockRule.city_id == city.id))
    session.add_all(_clock(clock, city, position) for position, clock in enumerate(plan.clocks))


def _clock(clock: ClockPlan, city: City, position: int) -> ClockRule:
    more = clock.extension
    return ClockRule(
        city_id=city.id,
        code=clock.known_as,
        position=position,
        step=clock.step,
        leaf=clock.leaf,
        min_danger=int(clock.level),
        length=clock.length,
        unit=clock.unit,
        start=clock.start.value,
        stops=[reason.value for reason in clock.stops],
        extension=more.model_dump(mode="json") if more is not None else None,
        ladder=clock.ladder,
        owed_by=clock.owed_by.value,
        template=clock.template,
        basis=clock.basis,
        article=clock.article,
    )
