"""How does a case change its status: the one function that may do it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cases import timeline
from cases.actors import Actor, Audience
from cases.errors import MoveNotAllowed
from cases.records import Case, TimelineEntry
from cases.status import OWED, CaseStatus, ClosingKind, may_move


async def move(
    session: AsyncSession,
    case: Case,
    to: CaseStatus,
    *,
    actor: Actor,
    reason: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    closing: ClosingKind | None = None,
) -> TimelineEntry:
    """Moves a case and appends the entry that says so (`reason` is a code), or raises MoveNotAllowed.

    `closing` is needed for, and only for, the move to `closed`. The resident may read every move.
    """
    before = case.status
    if not may_move(before, to, actor.kind):
        raise MoveNotAllowed(f"A case that is {before} cannot become {to} by {actor.kind}.")
    if (to is CaseStatus.CLOSED) != (closing is not None):
        raise ValueError("closing is said at the move to closed, and only there")
    entry = await timeline.append(
        session,
        case,
        "moved",
        actor=actor,
        now=now,
        facts={"reason": reason, **({"closing": closing.value} if closing else {}), **(facts or {})},
        audience=Audience.RESIDENT,
        moved=(before, to),
    )
    # The entry is written: the database accepts a new status only after it.
    case.status, case.owed = to, to in OWED
    _set_times(case, to, now, closing)
    await session.flush()
    return entry


async def register(
    session: AsyncSession, case: Case, *, actor: Actor, now: datetime, facts: Mapping[str, Any]
) -> TimelineEntry:
    """The first entry of a case just added with the status `registered`."""
    return await timeline.append(
        session,
        case,
        "registered",
        actor=actor,
        now=now,
        facts=facts,
        audience=Audience.RESIDENT,
        moved=(None, CaseStatus.REGISTERED),
    )


def _set_times(case: Case, to: CaseStatus, now: datetime, closing: ClosingKind | None) -> None:
    match to:
        case CaseStatus.ANSWERED:
            case.answered_at = now
        case CaseStatus.CLOSED:
            case.closed_at, case.closing_kind = now, closing
        case CaseStatus.REOPENED:
            case.closed_at = case.closing_kind = case.solved = None
            case.reopenings += 1
        case CaseStatus.REGISTERED:
            case.assignee_id = None
