"""Until when is something owed on a case, and why just then?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cases import timeline
from cases.acts import local_time
from cases.clocks import running
from cases.clocks.arithmetic import Due
from cases.clocks.book import book_of, read_rule
from cases.clocks.explain import Course, Paused, explained
from cases.clocks.rules import ClockRule, StopReason
from cases.records import Case, CaseClock, TimelineEntry
from cases.status import CaseStatus


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
    book, rule = await book_of(session, case.unit), read_rule(clock.rule)
    entries = await timeline.entries(session, case)
    course = Course(
        start=clock.started_at,
        due=Due(clock.due_at, clock.known_days),
        pauses=tuple(pause for pause in _waits(entries) if _stopped(pause, clock, rule)),
        extensions=clock.extensions,
    )
    points = explained(rule, course, calendar=book.calendar, timezone=book.timezone)
    return clock.step, [(point.key, await _shown(session, case, dict(point.values))) for point in points]


def _waits(entries: Sequence[TimelineEntry]) -> list[Paused]:
    """Every wait of a case and for what, oldest first; the last one may go on."""
    waits: list[Paused] = []
    for entry in entries:
        if entry.from_status is CaseStatus.WAITING and waits:
            waits[-1] = replace(waits[-1], until=entry.at)
        if entry.to_status is CaseStatus.WAITING:
            waits.append(Paused(StopReason(str(entry.facts["reason"])), entry.at))
    return waits


def _stopped(pause: Paused, clock: CaseClock, rule: ClockRule) -> bool:
    """Whether a wait stopped this clock: not one before its start, or for what its rule does not stop."""
    over = pause.until is not None and pause.until <= clock.started_at
    return pause.reason in rule.stops and not over


async def _shown(session: AsyncSession, case: Case, values: dict[str, Any]) -> dict[str, Any]:
    """The values with every moment as people of the city say it."""
    return {
        name: await local_time(session, case.unit, value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }
