"""Until when is something owed: by the city's clocks, or by our defaults where it has set none?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.danger import DangerLevel
from cases.records import City, ClockRule, ClockUnit

FIRST_ANSWER = "first_answer"


@dataclass(frozen=True, slots=True)
class Clock:
    """How long a step may take from a danger level on; `template`: our neutral default, not a city's rule."""

    step: str
    min_danger: DangerLevel
    length: int
    unit: ClockUnit
    template: bool = True


@dataclass(frozen=True, slots=True)
class Due:
    """A due time in UTC, and whether it comes from a template."""

    at: datetime
    template: bool


# Ordinary: three calendar days, after one county's public pledge. Danger: blue watches, yellow 48 h, orange
# 24 h, red is looked at by a person within 2 h. All are templates until a city sets its own.
DEFAULTS = (
    Clock(FIRST_ANSWER, DangerLevel.NONE, 3, ClockUnit.DAYS),
    Clock(FIRST_ANSWER, DangerLevel.YELLOW, 48, ClockUnit.HOURS),
    Clock(FIRST_ANSWER, DangerLevel.ORANGE, 24, ClockUnit.HOURS),
    Clock(FIRST_ANSWER, DangerLevel.RED, 2, ClockUnit.HOURS),
)


def due(clocks: Sequence[Clock], step: str, *, level: DangerLevel, start: datetime, timezone: str) -> Due:
    """When a step that starts now is due: the clock of the highest danger level that fits."""
    fitting = [clock for clock in (*clocks, *DEFAULTS) if clock.step == step and clock.min_danger <= level]
    if not fitting:
        raise ValueError(f"no clock for {step}")
    # max keeps the first of equals, so a city's clock goes before our default of the same level.
    clock = max(fitting, key=lambda one: one.min_danger)
    return Due(end_of(clock, start, timezone), clock.template)


def end_of(clock: Clock, start: datetime, timezone: str) -> datetime:
    """When a clock started at `start` runs out, in UTC; days end with the city's own midnight."""
    if clock.unit is ClockUnit.HOURS:
        return start.astimezone(UTC) + timedelta(hours=clock.length)
    zone = ZoneInfo(timezone)
    last_day = start.astimezone(zone).date() + timedelta(days=clock.length)
    return datetime.combine(last_day + timedelta(days=1), time(), zone).astimezone(UTC) - timedelta(seconds=1)


async def clocks_of(session: AsyncSession, city: City) -> list[Clock]:
    """The clocks a city has set."""
    found = await session.scalars(select(ClockRule).where(ClockRule.city_id == city.id))
    return [Clock(row.step, DangerLevel(row.min_danger), row.length, row.unit, row.template) for row in found]


async def first_answer_due(session: AsyncSession, city: City, level: DangerLevel, now: datetime) -> Due:
    """Until when the unit owes a case its first answer."""
    clocks = await clocks_of(session, city)
    return due(clocks, FIRST_ANSWER, level=level, start=now, timezone=city.timezone)
