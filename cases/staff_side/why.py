"""Until when is something owed on a case, and why just then?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cases.acts import local_time
from cases.clocks import running
from cases.clocks.arithmetic import Due
from cases.clocks.book import book_of, read_rule
from cases.clocks.explain import Course, Paused, explained
from cases.clocks.rules import StopReason
from cases.records import Case, CaseClock


async def clock_of(session: AsyncSession, case: Case) -> CaseClock | None:
    """The clock whose time the case shows; None where nothing runs."""
    alive = {clock.step: clock for clock in await running.running(session, case)}
    return next((alive[step] for step in running.DUE_FIRST if step in alive), None)


async def due_values(session: AsyncSession, case: Case) -> dict[str, Any]:
    """When the next step is due, which step that is, and the rule it follows; empty where nothing is owed."""
    clock = await clock_of(session, case)
    if clock is None:
        return {}
    rule = read_rule(clock.rule)
    return {
        "due": await local_time(session, case.unit, clock.due_at),
        "step": clock.step,
        "length": rule.length,
        "unit_of_time": rule.unit.value,
        "template": rule.template,
        "basis": rule.basis,
        "article": rule.article,
        "stands": clock.stopped_for,
    }


async def due_points(
    session: AsyncSession, case: Case
) -> tuple[str | None, list[tuple[str, dict[str, Any]]]]:
    """The step that is owed, and the points of its due time in the order they are told."""
    clock = await clock_of(session, case)
    if clock is None:
        return None, []
    book = await book_of(session, case.unit)
    course = Course(
        start=clock.started_at,
        due=Due(clock.due_at, clock.known_days),
        pauses=_pauses(clock),
        extensions=clock.extensions,
    )
    points = explained(read_rule(clock.rule), course, calendar=book.calendar, timezone=book.timezone)
    return clock.step, [(point.key, await _shown(session, case, dict(point.values))) for point in points]


def _pauses(clock: CaseClock) -> tuple[Paused, ...]:
    if clock.stopped_at is None or clock.stopped_for is None:
        return ()
    return (Paused(StopReason(clock.stopped_for), clock.stopped_at),)


async def _shown(session: AsyncSession, case: Case, values: dict[str, Any]) -> dict[str, Any]:
    """The values with every moment as people of the city say it."""
    return {
        name: await local_time(session, case.unit, value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }
