"""When does a clock run out, and what do a stop, an extension or a ladder make of that time?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cases.clocks.calendar import ONE_DAY, WorkCalendar
from cases.clocks.rules import ClockRule, Ladder, LadderStep
from cases.records import ClockUnit


@dataclass(frozen=True, slots=True)
class Due:
    """A due time in UTC; `known` is false where it counts working days of a year not yet published."""

    at: datetime
    known: bool


def due_at(rule: ClockRule, start: datetime, calendar: WorkCalendar, timezone: str) -> Due:
    """When a clock that starts at `start` runs out.

    Hours run from the minute of the start. Days and working days run from the day after; the last one ends a
    second before the midnight of `timezone` (an IANA name).
    """
    return _later(start, rule.length, rule.unit, calendar=calendar, timezone=timezone)


@dataclass(frozen=True, slots=True)
class Stop:
    """A time in which a clock stood still. Raises ValueError where it ends before it begins."""

    stopped_from: datetime
    resumed_at: datetime

    def __post_init__(self) -> None:
        if self.resumed_at < self.stopped_from:
            raise ValueError("a clock goes on after it stopped, not before")

    @property
    def length(self) -> timedelta:
        """How long the clock stood still, by the sun and not by a wall clock that was put forward."""
        return self.resumed_at.astimezone(UTC) - self.stopped_from.astimezone(UTC)


def pushed(rule: ClockRule, due: Due, stop: Stop, *, calendar: WorkCalendar, timezone: str) -> Due:
    """The due time after a stop; never earlier than before it.

    Hours: the time that stood still is added. Days and working days: as many as lay after the day of the
    stop, up to the last one, are left after the day of going on; at least one, so that a clock stopped on its
    last day leaves a whole day. A stop that ends on the day it began changes nothing, as no day was lost, nor
    does one that begins when the clock has already run out. So two stops that touch weigh as much as one.
    """
    if stop.stopped_from >= due.at:
        return due
    if rule.unit is ClockUnit.HOURS:
        return Due(due.at + stop.length, due.known)
    zone = ZoneInfo(timezone)
    stopped, resumed, last = (
        moment.astimezone(zone).date() for moment in (stop.stopped_from, stop.resumed_at, due.at)
    )
    if stopped == resumed:
        return due
    working = rule.unit is ClockUnit.WORKING_DAYS
    left = calendar.count_working(stopped, last) if working else (last - stopped).days
    new = _later(stop.resumed_at, max(left, 1), rule.unit, calendar=calendar, timezone=timezone)
    return Due(max(due.at, new.at), due.known and new.known)


def extended(rule: ClockRule, due: Due, calendar: WorkCalendar, timezone: str) -> Due:
    """The due time after one extension, counted from the due time before it.

    Whether one more is allowed, and by whom, is for the caller to look up in `rule.extension`; a rule without
    one raises ValueError.
    """
    if rule.extension is None:
        raise ValueError(f"the clock {rule.code} knows no extension")
    more = rule.extension
    new = _later(due.at, more.length, more.unit, calendar=calendar, timezone=timezone)
    return Due(new.at, due.known and new.known)


def ladder_times(ladder: Ladder, start: datetime, due: datetime) -> tuple[tuple[datetime, LadderStep], ...]:
    """When each step of a ladder is taken, in UTC and in time order; none before the start."""
    began, ends = start.astimezone(UTC), due.astimezone(UTC)
    times = ((max(_moment(step, began, ends), began), step) for step in ladder.steps)
    return tuple(sorted(times, key=lambda one: one[0]))


def _moment(step: LadderStep, start: datetime, due: datetime) -> datetime:
    if step.share is not None:
        return start + (due - start) * step.share
    return due - (step.before or timedelta()) + (step.after or timedelta())


def _later(start: datetime, length: int, unit: ClockUnit, *, calendar: WorkCalendar, timezone: str) -> Due:
    if unit is ClockUnit.HOURS:
        return Due(start.astimezone(UTC) + timedelta(hours=length), known=True)
    zone = ZoneInfo(timezone)
    first = start.astimezone(zone).date()
    if unit is ClockUnit.WORKING_DAYS:
        last, known = calendar.add_working_days(first, length)
    else:
        last, known = first + timedelta(days=length), True
    return Due(_end_of(last, zone), known)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + ONE_DAY, time(), zone).astimezone(UTC) - timedelta(seconds=1)
