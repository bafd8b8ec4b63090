"""What does an act at the citizen's door need to know, and how are times and long words put?"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from cases import places
from cases.records import Resident, Unit

STORY_PIECE = 10_000
"""What one statement of a case may hold; a longer telling is kept in pieces."""


class AtDesk(Protocol):
    """What an act needs to know of the desk it is carried out at."""

    session: AsyncSession
    resident: Resident
    now: datetime
    public_base: str


def pieces(text: str) -> list[str]:
    """A telling in as many statements as it needs."""
    return [text[start : start + STORY_PIECE] for start in range(0, len(text), STORY_PIECE)]


async def local_time(session: AsyncSession, unit: Unit, at: datetime) -> str:
    """A due time as people say it, in the city's own clock: `11-26 23:59`."""
    return shown(at, await zone_of(session, unit))


async def zone_of(session: AsyncSession, unit: Unit) -> ZoneInfo:
    """The time zone of a unit's city."""
    return ZoneInfo((await places.city_of(session, unit)).timezone)


def shown(at: datetime, zone: ZoneInfo) -> str:
    """A moment in that zone: `11-26 23:59`."""
    return at.astimezone(zone).strftime("%m-%d %H:%M")
