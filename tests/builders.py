"""Residents, staff and cases for tests: keyword defaults, real functions of the product, nothing random."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, people, staff
from cases.actors import Actor, ActorKind, by_resident, by_staff
from cases.case_moves import move
from cases.records import Case, Resident, Staff
from cases.status import CaseStatus, ClosingKind

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""A Monday, 16:00 in the sample city."""
S = CaseStatus
# How a case gets to each status, from `routed` on.
WAYS: dict[CaseStatus, tuple[CaseStatus, ...]] = {
    S.REGISTERED: (S.REGISTERED,),
    S.ROUTED: (),
    S.SIGNED: (S.SIGNED,),
    S.IN_PROGRESS: (S.SIGNED, S.IN_PROGRESS),
    S.ANSWERED: (S.SIGNED, S.IN_PROGRESS, S.ANSWERED),
    S.CLOSED: (S.SIGNED, S.IN_PROGRESS, S.ANSWERED, S.CLOSED),
    S.ARCHIVED: (S.WITHDRAWN, S.ARCHIVED),
    S.REOPENED: (S.SIGNED, S.IN_PROGRESS, S.ANSWERED, S.REOPENED),
    S.WITHDRAWN: (S.WITHDRAWN,),
    S.DECLINED: (S.DECLINED,),
}
_numbers = count(1)


async def a_resident(session: AsyncSession, channel_id: int = 7, **more: Any) -> Resident:
    """A resident on Telegram."""
    known: dict[str, Any] = {"channel": "telegram", "locale": "zh-Hans", "now": NOW} | more
    return await people.resident_for(session, channel_id=channel_id, **known)


async def a_case(
    session: AsyncSession, *, resident: Resident | None = None, status: CaseStatus = S.ROUTED, **more: Any
) -> Case:
    """A neighbour dispute in the sample city's first grid, brought to a status by allowed moves."""
    known: dict[str, Any] = {
        "story": ("楼上天天漏水",),
        "leaf": "dispute:neighbour",
        "grid_code": "guihua-01",
    }
    who = resident or await a_resident(session)
    case = await casework.open_case(session, casework.NewCase(resident=who, **(known | more)), NOW)
    worker = await staff.staff_by_code(session, "grid-guihua")
    for to in WAYS[status]:
        await step(session, case, to, worker)
    return case


async def step(session: AsyncSession, case: Case, to: CaseStatus, worker: Staff) -> None:
    """One allowed move, by whoever may make it."""
    actor: Actor = by_resident(case.resident_id) if to is S.WITHDRAWN else by_staff(worker.id)
    if to is S.SIGNED:
        case.assignee_id = worker.id
    closing = ClosingKind.PROCEDURAL if to is S.CLOSED else None
    await move(session, case, to, actor=actor, reason="test", now=NOW, closing=closing)


async def linked(session: AsyncSession, code: str, channel_id: int | None = None) -> Staff:
    """A member of the sample's staff, linked to a Telegram id of their own."""
    person = await staff.staff_by_code(session, code)
    invitation = await staff.invite(session, person, NOW)
    own = channel_id if channel_id is not None else 9_000_000 + next(_numbers)
    found = await staff.link(session, channel="telegram", channel_id=own, code=invitation, now=NOW)
    if found is None:
        raise AssertionError("a fresh invite links")
    return found


def actor_of(kind: ActorKind, resident_id: int, staff_id: int) -> Actor:
    """An actor of that kind, with an id where the kind has one."""
    ids = {ActorKind.RESIDENT: resident_id, ActorKind.STAFF: staff_id}
    return Actor(kind, ids.get(kind))


async def at_once(*acts: Awaitable[Any]) -> list[Any]:
    """What several acts at the same moment come to: results or errors, after all of them have ended."""
    return list(await asyncio.gather(*acts, return_exceptions=True))
