"""What has come in and not been taken up yet, so that no message is ever lost?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.records import Heard, Resident
from cases.rows import insert_unless_there


async def keep(
    session: AsyncSession,
    resident: Resident,
    text: str,
    forwarded: bool,
    channel_message_id: str | int,
    now: datetime,
) -> bool:
    """Keeps a message as it came in; false when the channel has delivered it before."""
    row = {
        "resident_id": resident.id,
        "channel_message_id": str(channel_message_id),
        "text": text,
        "forwarded": forwarded,
        "at": now,
    }
    return await insert_unless_there(session, Heard, row, unique=("resident_id", "channel_message_id"))


async def first_time(
    session: AsyncSession, resident: Resident, channel_message_id: str | int, now: datetime
) -> bool:
    """Notes that something without words came in; false when the channel has delivered it before."""
    row = {
        "resident_id": resident.id,
        "channel_message_id": str(channel_message_id),
        "text": "",
        "forwarded": False,
        "at": now,
        "taken_at": now,
    }
    return await insert_unless_there(session, Heard, row, unique=("resident_id", "channel_message_id"))


async def replace_waiting(
    session: AsyncSession, resident: Resident, text: str, channel_message_id: str | int
) -> bool:
    """New words for an edited message; false when a turn has taken the old ones up, or they never came."""
    mine = (Heard.resident_id == resident.id, Heard.channel_message_id == str(channel_message_id))
    changed = update(Heard).where(*mine, Heard.taken_at.is_(None)).values(text=text).returning(Heard.id)
    return (await session.execute(changed)).scalar() is not None


async def waiting(session: AsyncSession, resident: Resident) -> Sequence[Heard]:
    """The resident's messages no turn has taken up, oldest first."""
    query = select(Heard).where(Heard.resident_id == resident.id, Heard.taken_at.is_(None))
    return (await session.scalars(query.order_by(Heard.id))).all()


async def residents_waiting(session: AsyncSession, before: datetime, limit: int = 100) -> Sequence[Resident]:
    """Residents with messages from before that time which no turn took up (after a crash, say)."""
    unheard = select(Heard.resident_id).where(Heard.taken_at.is_(None), Heard.at < before)
    query = select(Resident).where(Resident.id.in_(unheard), Resident.erased_at.is_(None))
    return (await session.scalars(query.order_by(Resident.id).limit(limit))).all()


async def mark_taken(session: AsyncSession, messages: Iterable[Heard], now: datetime) -> None:
    """A turn has taken these messages up."""
    ids = [message.id for message in messages]
    await session.execute(
        update(Heard).where(Heard.id.in_(ids), Heard.taken_at.is_(None)).values(taken_at=now)
    )


async def forget_before(session: AsyncSession, before: datetime) -> None:
    """Removes messages taken up before that time: what matters of them stands in drafts and cases."""
    await session.execute(delete(Heard).where(Heard.taken_at < before))
