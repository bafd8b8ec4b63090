"""What time is it in a story: as it says, and never back?"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from handlers.times import ZONE

LENGTH = re.compile(r"(\d+) (minute|hour|day)s?")
WHEN = "%Y-%m-%d %H:%M"


class StoryClock:
    """The clock of one story, in the city's own time."""

    def __init__(self, begins: str) -> None:
        self._at = datetime.strptime(begins, WHEN).replace(tzinfo=ZONE)

    def now(self) -> datetime:
        return self._at.astimezone(UTC)

    @property
    def shown(self) -> str:
        return self._at.strftime("%m-%d %H:%M")

    def goes_to(self, moment: str) -> None:
        """`16:00`, the next time it is that late, or `2026-11-30 09:00`."""
        if " " in moment:
            to = datetime.strptime(moment, WHEN).replace(tzinfo=ZONE)
        else:
            hour, minute = (int(part) for part in moment.split(":"))
            to = self._at.replace(hour=hour, minute=minute)
            to += timedelta(days=1) if to < self._at else timedelta()
        assert to >= self._at, f"{moment} is before {self.shown}"
        self._at = to

    def goes_on(self, length: str) -> None:
        """`45 minutes`, `3 hours`, `8 days`."""
        read = LENGTH.fullmatch(length)
        assert read, f"{length}: so many minutes, hours or days"
        self._at += timedelta(**{f"{read[2]}s": int(read[1])})
