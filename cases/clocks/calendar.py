"""Which days are working days in mainland China, make-up days (调休) and a city's own days included?

Source of the national days: the package `chinesecalendar`, which carries the State Council's yearly notice
and is released anew each November. It reads nothing from the network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from chinese_calendar import is_workday  # type: ignore[import-untyped]  # it ships no types

ONE_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The national calendar with a city's own days off (`holidays`) and on (`workdays`) on top.

    Raises ValueError where a day is said to be both.
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    _years: frozenset[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        both = sorted(self.holidays & self.workdays)
        if both:
            raise ValueError(f"{both[0]} is listed as a holiday and as a working day")
        own_years = frozenset(day.year for day in self.holidays | self.workdays)
        object.__setattr__(self, "_years", own_years)

    def is_working(self, day: date) -> bool:
        """Whether offices work on that day; Monday to Friday where nobody has published the year yet."""
        if day in self.workdays:
            return True
        if day in self.holidays:
            return False
        national = _national(day)
        return not is_weekend(day) if national is None else national

    def knows(self, day: date) -> bool:
        """Whether the day's year is published, or described by the city itself."""
        return _national(day) is not None or day.year in self._years

    def add_working_days(self, start: date, count: int) -> tuple[date, bool]:
        """The `count`-th working day after `start` (0: `start` itself), and whether every day was known."""
        if count < 0:
            raise ValueError("working days are counted forwards")
        day, known, left = start, True, count
        while left:
            day += ONE_DAY
            known = known and self.knows(day)
            left -= self.is_working(day)
        return day, known

    def count_working(self, after: date, through: date) -> int:
        """How many working days lie after `after`, up to and with `through`."""
        return sum(self.is_working(day) for day in days_after(after, through))


def is_weekend(day: date) -> bool:
    """Saturday or Sunday, whether or not it is worked on."""
    return day.weekday() >= _SATURDAY


def days_after(after: date, through: date) -> Iterator[date]:
    """Each day after `after`, up to and with `through`; none where `through` is not later."""
    return (after + number * ONE_DAY for number in range(1, (through - after).days + 1))


# Years of days: a check of all due dates asks for the same few hundred again and again.
@lru_cache(maxsize=8192)
def _national(day: date) -> bool | None:
    """Whether the nation works on that day; none: the year is not published."""
    try:
        return bool(is_workday(day))
    except NotImplementedError:
        return None
