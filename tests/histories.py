"""Cases with a course at given times, by the real moves of the product, for ledgers and measures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from builders import a_resident, said
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, places, staff
from cases.actors import Actor, ActorKind, by_resident, by_staff
from cases.case_moves import move
from cases.measures.periods import Period, month
from cases.measures.scope import Scope, scope_of
from cases.records import Case, Resident
from cases.status import MOVES, CaseStatus, ClosingKind

S = CaseStatus
ZONE = "Asia/Shanghai"
MAY = month("2026-05", ZONE)
JUNE = month("2026-06", ZONE)
ANSWERED = (S.SIGNED, S.IN_PROGRESS, S.ANSWERED, S.JUDGING)
HOUR = timedelta(hours=1)
_channels = count(500_000)


def on(day: int, hour: int = 0, month_: int = 6) -> datetime:
    """A moment of 2026 in UTC; June where nothing else is said."""
    return datetime(2026, month_, day, hour, tzinfo=UTC)


async def scope(session: AsyncSession, code: str = "yunting") -> Scope:
    """The scope of a unit of the sample city."""
    unit = await places.unit_by_code(session, code)
    assert unit is not None
    return await scope_of(session, unit)


async def opened(session: AsyncSession, at: datetime, who: Resident | None = None, **more: Any) -> Case:
    """A neighbour dispute in the sample's first grid, opened at a time by a resident of its own."""
    resident = who or await a_resident(session, channel_id=next(_channels))
    known: dict[str, Any] = {"story": ("楼上天天漏水",), "leaf": "dispute:neighbour"} | more
    known.setdefault("grid_code", "guihua-01")
    return await casework.open_case(session, casework.NewCase(resident=resident, **known), at)


async def go(
    session: AsyncSession,
    case: Case,
    at: datetime,
    *way: CaseStatus,
    closing: ClosingKind = ClosingKind.SUBSTANTIVE,
    **facts: Any,
) -> Case:
    """Takes a case along allowed moves, all at one time, by whoever may make them."""
    wanted = facts.pop("reason", None)
    worker = await staff.staff_by_code(session, "grid-guihua")
    for to in way:
        allowed = MOVES[case.status][to]
        by_hand = ActorKind.STAFF in allowed.actors
        actor: Actor = by_staff(worker.id) if by_hand else by_resident(case.resident_id)
        reason = wanted if wanted in allowed.reasons else sorted(allowed.reasons)[0]
        case.assignee_id = worker.id if to is S.SIGNED else case.assignee_id
        case.transferred_to = reason if to is S.TRANSFERRED else case.transferred_to
        case.merged_into_id = case.id if to is S.MERGED else case.merged_into_id
        words = await said(session, case, actor) if allowed.words else {}
        kind = closing if to is S.CLOSED else None
        await move(session, case, to, actor=actor, reason=reason, now=at, closing=kind, facts=words | facts)
    return case


__all__ = ["ANSWERED", "HOUR", "JUNE", "MAY", "ZONE", "Period", "S", "go", "on", "opened", "scope"]
