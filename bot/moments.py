"""How is a moment read that somebody typed?"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

YEARS = range(2000, 2100)
"""years with calendars and time zones; outside them arithmetic with moments fails"""


def read_moment(text: str) -> datetime | None:
    """An ISO 8601 time, with an offset only if it was typed; None for what is none or far from any case."""
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.year in YEARS:
            return moment
    return None
