"""Where does a resident's story stand that is still being told?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.errors import StaleDraft
from cases.records import DraftRow, Resident
from cases.rows import insert_unless_there

IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Draft:
    """A story still being told; buttons carry its number, and a button of another number is out of date."""

    number: int = 0
    stage: str = IDLE
    facts: dict[str, Any] = field(default_factory=dict)
    updated_at: datetime | None = None


async def load(session: AsyncSession, resident: Resident) -> Draft:
    """The resident's draft; number 0 and stage `idle` where there never was one."""
    row = await session.get(DraftRow, resident.id, populate_existing=True)
    return Draft() if row is None else Draft(row.number, row.stage, row.facts, row.updated_at)


async def save(session: AsyncSession, resident: Resident, draft: Draft, now: datetime) -> Draft:
    """Keeps stage and facts (JSON values) of `draft` under the next number; StaleDraft if it has moved on."""
    number = draft.number + 1
    row = {"number": number, "stage": draft.stage, "facts": draft.facts, "updated_at": now}
    if draft.number == 0:
        fresh = await insert_unless_there(
            session, DraftRow, {"resident_id": resident.id, **row}, unique=("resident_id",)
        )
    else:
        where = (DraftRow.resident_id == resident.id, DraftRow.number == draft.number)
        changed = update(DraftRow).where(*where).values(row).returning(DraftRow.number)
        fresh = (await session.execute(changed)).scalar() is not None
    if not fresh:
        raise StaleDraft
    return Draft(number, draft.stage, draft.facts, now)


async def amend(session: AsyncSession, resident: Resident, draft: Draft, now: datetime) -> Draft:
    """Keeps more facts under the same number, so that buttons already shown stay live."""
    where = (DraftRow.resident_id == resident.id, DraftRow.number == draft.number)
    row = {"stage": draft.stage, "facts": draft.facts, "updated_at": now}
    changed = update(DraftRow).where(*where).values(row).returning(DraftRow.number)
    if (await session.execute(changed)).scalar() is None:
        return await save(session, resident, draft, now)
    return Draft(draft.number, draft.stage, draft.facts, now)


async def clear(session: AsyncSession, resident: Resident, now: datetime) -> Draft:
    """Forgets what was told and keeps counting, so that old buttons stay out of date."""
    found = await session.scalars(select(DraftRow.number).where(DraftRow.resident_id == resident.id))
    number = found.one_or_none()
    if number is None:
        return Draft()
    return await save(session, resident, Draft(number), now)


async def forget(session: AsyncSession, resident: Resident) -> None:
    """Removes the draft for good, as part of erasing the resident."""
    await session.execute(delete(DraftRow).where(DraftRow.resident_id == resident.id))
