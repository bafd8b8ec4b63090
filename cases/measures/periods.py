"""From when to when does a month or a year of a city run?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
YEARS = range(2000, 9999)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time: `start` belongs to it, `end` no longer does; both in UTC."""

    name: str
    """`2026-11`, `2026`"""
    start: datetime
    end: datetime


def month(text: str, timezone: str) -> Period:
    """The month written as `2026-11`, from midnight to midnight of an IANA zone; ValueError otherwise."""
    found = _MONTH.fullmatch(text)
    if found is None or int(found[1]) not in YEARS:
        raise ValueError("a month is written as 2026-11")
    year, number = int(found[1]), int(found[2])
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    return Period(text, _midnight(year, number, timezone), _midnight(*following, timezone))


def year_of(period: Period, timezone: str) -> Period:
    """The year so far: from New Year of the city to the end of a month in it."""
    year = int(period.name[:4])
    return Period(str(year), _midnight(year, 1, timezone), period.end)


def _midnight(year: int, number: int, timezone: str) -> datetime:
    return datetime(year, number, 1, tzinfo=ZoneInfo(timezone)).astimezone(UTC)
