"""What has happened to a case, line by line, with who did it and whether the resident reads it?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.actors import ActorKind, Audience
from cases.acts import local_time
from cases.records import Case, Staff, TimelineEntry


async def names_of(session: AsyncSession, ids: Iterable[int | None]) -> dict[int, str]:
    """Names of members of staff by id, for their colleagues."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    found = await session.scalars(select(Staff).where(Staff.id.in_(wanted)))
    return {one.id: one.name for one in found}


async def last_entries(session: AsyncSession, case: Case, count: int) -> Sequence[TimelineEntry]:
    """The newest entries of a case, oldest of them first."""
    query = select(TimelineEntry).where(TimelineEntry.case_id == case.id)
    newest = await session.scalars(query.order_by(TimelineEntry.seq.desc()).limit(count))
    return list(reversed(newest.all()))


async def entry_lines(session: AsyncSession, case: Case, count: int) -> list[dict[str, Any]]:
    """The newest entries as values: when, who, what, where to, why, and who may read it; no words."""
    found = await last_entries(session, case, count)
    names = await names_of(session, (one.actor_id for one in found if one.actor_kind is ActorKind.STAFF))
    return [
        {
            "at": await local_time(session, case.unit, one.at),
            "kind": one.actor_kind.value,
            "name": names.get(one.actor_id or 0),
            "action": one.action,
            "to": one.to_status.value if one.to_status else None,
            "reason": one.facts.get("reason"),
            "visible": one.audience is Audience.RESIDENT,
        }
        for one in found
    ]


async def why_there(session: AsyncSession, case: Case) -> tuple[list[str], list[str]]:
    """The codes that say why the case is with its unit, and why not with others; both empty where unsaid."""
    query = select(TimelineEntry).where(
        TimelineEntry.case_id == case.id, TimelineEntry.facts["unit"].as_string() == case.unit.code
    )
    found = (await session.scalars(query.order_by(TimelineEntry.seq.desc()).limit(1))).first()
    if found is None:
        return [], []
    return list(found.facts.get("why", [])), list(found.facts.get("not_there", []))
