"""Why is something due at just that time, in coded points that others put into words?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cases.clocks.arithmetic import Due
from cases.clocks.calendar import WorkCalendar, days_after, is_weekend
from cases.clocks.rules import ClockRule, StopReason
from cases.records import ClockUnit

Value = str | int | bool | datetime


@dataclass(frozen=True, slots=True)
class Point:
    """One point of an explanation: a wording key and its values, never a sentence."""

    key: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Paused:
    """A stop and why; `until` none: the clock still stands."""

    reason: StopReason
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a clock has been through: its start, its due time now, stops, and how often it was lengthened."""

    start: datetime
    due: Due
    pauses: tuple[Paused, ...] = ()
    extensions: int = 0


def explained(rule: ClockRule, course: Course, *, calendar: WorkCalendar, timezone: str) -> list[Point]:
    """The points of a due time, in the order in which they are told.

    Keys: `start` (event, at) · `length` (length, unit) · `template` (basis: the place it follows, or empty)
    or `basis` (basis, article: or empty) · for working days `skipped` (days: all that did not count from
    start to due; holidays: those of them from Monday to Friday; make_up: weekend days that did count) · per
    pause `paused` (reason, since, until) or `still_paused` (reason, since) · `extended` (times, length, unit,
    who) · `calendar_unknown` (year: the first that is not published) · `due` (at).
    """
    zone = ZoneInfo(timezone)
    days = tuple(days_after(course.start.astimezone(zone).date(), course.due.at.astimezone(zone).date()))
    return [
        Point("start", {"event": rule.start.value, "at": course.start}),
        Point("length", {"length": rule.length, "unit": rule.unit.value}),
        _ground(rule),
        *(_skipped(days, calendar) if rule.unit is ClockUnit.WORKING_DAYS else ()),
        *map(_pause, course.pauses),
        *_extended(rule, course.extensions),
        *(() if course.due.known else _unknown(days, calendar)),
        Point("due", {"at": course.due.at}),
    ]


def _ground(rule: ClockRule) -> Point:
    if rule.template:
        return Point("template", {"basis": rule.basis})
    return Point("basis", {"basis": rule.basis, "article": rule.article})


def _skipped(days: tuple[date, ...], calendar: WorkCalendar) -> Iterator[Point]:
    off = [day for day in days if not calendar.is_working(day)]
    holidays = sum(not is_weekend(day) for day in off)
    make_up = sum(is_weekend(day) and calendar.is_working(day) for day in days)
    if off or make_up:
        yield Point("skipped", {"days": len(off), "holidays": holidays, "make_up": make_up})


def _pause(pause: Paused) -> Point:
    values: dict[str, Value] = {"reason": pause.reason.value, "since": pause.since}
    if pause.until is None:
        return Point("still_paused", values)
    return Point("paused", {**values, "until": pause.until})


def _extended(rule: ClockRule, times: int) -> Iterator[Point]:
    more = rule.extension
    if times and more:
        values: dict[str, Value] = {"times": times, "length": more.length}
        yield Point("extended", {**values, "unit": more.unit.value, "who": more.who.value})


def _unknown(days: tuple[date, ...], calendar: WorkCalendar) -> Iterator[Point]:
    """Nothing where the year has been published since the due time was reckoned."""
    first = next((day for day in days if not calendar.knows(day)), None)
    if first:
        yield Point("calendar_unknown", {"year": first.year})
