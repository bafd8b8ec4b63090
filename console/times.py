"""How is a moment written for a person, in the city's own time?"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from console.wording import Wording

# A clock that counts days ends with the last second of a day; nobody promises 23:59:59 aloud.
LAST_MINUTE = (23, 59)


def day(moment: datetime, zone: str, words: Wording) -> str:
    """The day with its weekday: `11月26日（周四）`, `Thu 26 November`."""
    local = moment.astimezone(ZoneInfo(zone))
    return words(
        "times.day",
        month=words(f"times.months.{local.month}"),
        day=local.day,
        weekday=words(f"times.weekdays.{local.isoweekday()}"),
    )


def moment_of(moment: datetime, zone: str, words: Wording) -> str:
    """Day and minute."""
    local = moment.astimezone(ZoneInfo(zone))
    return words("times.moment", day=day(moment, zone, words), time=f"{local:%H:%M}")


def deadline(moment: datetime, zone: str, words: Wording) -> str:
    """Until when: the day alone where the clock runs to the day's end, day and minute otherwise."""
    local = moment.astimezone(ZoneInfo(zone))
    if (local.hour, local.minute) == LAST_MINUTE:
        return day(moment, zone, words)
    return moment_of(moment, zone, words)
