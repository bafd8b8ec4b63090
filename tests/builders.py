"""Residents, staff and cases for tests: keyword defaults, real functions of the product, nothing random."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, people, staff, statements
from cases.actors import Actor, ActorKind, Audience, by_resident, by_staff
from cases.case_moves import move
from cases.records import Case, Resident, Staff, StatementKind
from cases.status import MOVES, CaseStatus, ClosingKind

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""A Monday, 16:00 in the sample city."""
S = CaseStatus
# How a case gets to each status, from `routed` on.
WAYS: dict[CaseStatus, tuple[CaseStatus, ...]] = {
    S.REGISTERED: (),
    S.ACCEPTED: (S.ACCEPTED,),
    S.ROUTED: (),
    S.SIGNED: (S.SIGNED,),
    S.IN_PROGRESS: (S.SIGNED, S.IN_PROGRESS),
    S.WAITING: (S.SIGNED, S.IN_PROGRESS, S.WAITING),
    S.ANSWERED: (S.SIGNED, S.IN_PROGRESS, S.ANSWERED),
    S.JUDGING: (S.SIGNED, S.IN_PROGRESS, S.ANSWERED, S.JUDGING),
    S.CLOSED: (S.SIGNED, S.IN_PROGRESS, S.ANSWERED, S.JUDGING, S.CLOSED),
    S.ARCHIVED: (S.WITHDRAWN, S.ARCHIVED),
    S.REOPENED: (S.SIGNED, S.IN_PROGRESS, S.ANSWERED, S.JUDGING, S.REOPENED),
    S.WITHDRAWN: (S.WITHDRAWN,),
    S.DECLINED: (S.DECLINED,),
    S.TRANSFERRED: (S.TRANSFERRED,),
    S.MERGED: (S.MERGED,),
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
    if status is S.REGISTERED:
        known["leaf"] = "to_sort"
    who = resident or await a_resident(session)
    case = await casework.open_case(session, casework.NewCase(resident=who, **(known | more)), NOW)
    worker = await staff.staff_by_code(session, "grid-guihua")
    for to in WAYS[status]:
        await step(session, case, to, worker)
    return case


async def step(session: AsyncSession, case: Case, to: CaseStatus, worker: Staff) -> None:
    """One allowed move, by whoever may make it, with the reason and the words it needs."""
    allowed = MOVES[case.status][to]
    by_hand = ActorKind.STAFF in allowed.actors
    if to is S.SIGNED:
        case.assignee_id = worker.id
    if to is S.MERGED:
        case.merged_into_id = (await a_case(session)).id
    reason = sorted(allowed.reasons)[0]
    if to is S.TRANSFERRED:
        case.transferred_to = reason
    actor: Actor = by_staff(worker.id) if by_hand else by_resident(case.resident_id)
    words = await said(session, case, actor) if allowed.words else {}
    closing = ClosingKind.PROCEDURAL if to is S.CLOSED else None
    await move(session, case, to, actor=actor, reason=reason, now=NOW, closing=closing, facts=words)


async def said(session: AsyncSession, case: Case, actor: Actor) -> dict[str, Any]:
    """Facts with the words some moves are explained in."""
    kept = await statements.write(
        session, case, StatementKind.REASON, "有道理", actor=actor, audience=Audience.STAFF, now=NOW
    )
    return {"texts": [kept]}


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
