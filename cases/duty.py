"""When is somebody there: what do duty hours such as `mon-fri 08:30-18:00` mean at a given moment?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKING_WEEK = frozenset(range(5))
DAY = 24 * 60
"""minutes"""
_FORM = re.compile(r"(?P<days>[a-z,-]+) (?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)")
_READS_LIKE = "duty reads like `mon-fri 08:30-18:00`, `sat,sun 09:00-12:00` or `daily 00:00-24:00`"


@dataclass(frozen=True, slots=True)
class Duty:
    """Hours of some days, in minutes from midnight; an end beyond 1440 lies on the following day."""

    weekdays: frozenset[int]
    """0 is Monday"""
    daily: bool
    """every day, holidays too"""
    start: int
    end: int

    def begins_on(self, day: date, is_working_day: Callable[[date], bool]) -> bool:
        """Whether these hours begin on that day.

        Named days from Monday to Friday hold while they are working days. A working day at the weekend
        counts for hours that name the whole working week. A named Saturday or Sunday always holds.
        """
        if self.daily:
            return True
        weekday = day.weekday()
        if weekday in WORKING_WEEK:
            return weekday in self.weekdays and is_working_day(day)
        return weekday in self.weekdays or (self.weekdays >= WORKING_WEEK and is_working_day(day))


def on_duty(duty: Sequence[str], at: datetime, timezone: str, is_working_day: Callable[[date], bool]) -> bool:
    """Whether somebody is there at that moment (aware), by the clock of that IANA zone.

    Without hours somebody always is. The last minute of a span is the one before its end. Raises ValueError
    for hours that cannot be read.
    """
    if at.tzinfo is None:
        raise ValueError("times are aware")
    if not duty:
        return True
    local = at.astimezone(ZoneInfo(timezone))
    today, minute = local.date(), local.hour * 60 + local.minute
    yesterday = today - timedelta(days=1)
    return any(
        (hours.start <= minute < hours.end and hours.begins_on(today, is_working_day))
        or (minute + DAY < hours.end and hours.begins_on(yesterday, is_working_day))
        for hours in map(read_duty, duty)
    )


def always_somebody(duty: Sequence[str]) -> bool:
    """Whether these hours leave no minute of any week open, not even one full of holidays."""
    monday = date(2024, 1, 1)
    hours = [read_duty(text) for text in duty]
    edges = sorted({0, *(one.end % DAY for one in hours)})
    moments = [
        datetime(monday.year, monday.month, 1 + day, edge // 60, edge % 60, tzinfo=ZoneInfo("UTC"))
        for day in range(7)
        for edge in edges
    ]
    return all(on_duty(duty, moment, "UTC", _no_working_day) for moment in moments)


def _no_working_day(_day: date) -> bool:
    return False


@lru_cache(maxsize=512)
def read_duty(text: str) -> Duty:
    """The hours written as text; ValueError with a plain sentence where they cannot be read."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(_READS_LIKE)
    daily = found["days"] == "daily"
    weekdays = frozenset(range(7)) if daily else _weekdays(found["days"])
    start, end = _minutes(found["start"]), _minutes(found["end"])
    if start in (end, DAY):
        raise ValueError("duty begins and ends at different times of a day; all day is 00:00-24:00")
    return Duty(weekdays, daily, start, end if end > start else end + DAY)


def _weekdays(text: str) -> frozenset[int]:
    """`mon-fri`, `sat,sun`, also round the weekend: `fri-mon`."""
    days: set[int] = set()
    for span in text.split(","):
        first, dash, last = span.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise ValueError(_READS_LIKE)
        begin = DAYS.index(first)
        length = (DAYS.index(last) - begin) % 7 if dash else 0
        days |= {(begin + more) % 7 for more in range(length + 1)}
    return frozenset(days)


def _minutes(text: str) -> int:
    hour, minute = int(text[:2]), int(text[3:])
    if minute > 59 or hour * 60 + minute > DAY:
        raise ValueError(f"{text} is no time of day")
    return hour * 60 + minute
