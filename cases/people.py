"""Who stands at the door: how are residents found, remembered and forgotten?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import notices
from cases.erasure import erase
from cases.errors import TooLong
from cases.records import NoticeTo, Resident
from cases.rows import insert_unless_there
from cases.secrets import box_of

LONGEST_NAME = 60
LONGEST_PHONE = 30


async def resident_for(
    session: AsyncSession, *, channel: str, channel_id: str | int, locale: str, now: datetime
) -> Resident:
    """The resident behind a channel's id, made when new (then with `locale`); reachable again from now on."""
    index = box_of(session).index(f"{channel}:{channel_id}", "channel")
    found = await _by_index(session, index)
    if found is None:
        row = {
            "channel": channel,
            "channel_index": index,
            "channel_id": str(channel_id),
            "locale": locale,
            "created_at": now,
        }
        await insert_unless_there(session, Resident, row, unique=("channel_index",))
        found = await _by_index(session, index)
    if found is None:
        raise LookupError("the resident was erased while being looked up")
    if found.unreachable_since is not None:
        found.unreachable_since = None
        await notices.owe_again(session, NoticeTo.RESIDENT, found.id, now)
    return found


async def _by_index(session: AsyncSession, index: str) -> Resident | None:
    return (await session.scalars(select(Resident).where(Resident.channel_index == index))).one_or_none()


async def resident_by_id(session: AsyncSession, resident_id: int) -> Resident | None:
    """The resident of that id, erased or not."""
    return await session.get(Resident, resident_id)


async def set_locale(session: AsyncSession, resident: Resident, locale: str) -> None:
    """From now on the resident is spoken to in `locale`."""
    resident.locale = locale
    await session.flush()


async def remember_contact(
    session: AsyncSession, resident: Resident, *, name: str | None = None, phone: str | None = None
) -> None:
    """Keeps a name or number the resident gave; None leaves what is there."""
    if len(name or "") > LONGEST_NAME or len(phone or "") > LONGEST_PHONE:
        raise TooLong
    resident.name = name or resident.name
    resident.phone = phone or resident.phone
    await session.flush()


__all__ = ["erase", "remember_contact", "resident_by_id", "resident_for", "set_locale"]
