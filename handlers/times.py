"""How a moment is shown to people."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
"""One time zone for the whole country."""


def shown_time(moment: str) -> str:
    """An ISO time as people say it: `11-26 23:59`."""
    return datetime.fromisoformat(moment).astimezone(ZONE).strftime("%m-%d %H:%M")
