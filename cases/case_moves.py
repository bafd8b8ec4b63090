"""How does a case change its status: the one function that may do it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cases import timeline
from cases.actors import Actor, Audience
from cases.clocks import running
from cases.errors import MoveNotAllowed
from cases.records import Case, TimelineEntry
from cases.status import AT_REST, MOVES, OWED, CaseStatus, ClosingKind, ways_from


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
    """Moves a case, appends the entry that says so, and lets its clocks follow; or raises MoveNotAllowed.

    `reason` is one of the codes the table of moves lists for this move, and ValueError where it is a code of
    none; where the table wants words, `facts` brings them as `texts`. `closing` is needed for, and only for,
    the move to `closed`. The resident may read every move. The case is loaded with its unit.
    """
    before = case.status
    said = dict(facts or {})
    _check(before, to, actor, reason, said)
    if (to is CaseStatus.CLOSED) != (closing is not None):
        raise ValueError("closing is said at the move to closed, and only there")
    entry = await timeline.append(
        session,
        case,
        "moved",
        actor=actor,
        now=now,
        facts={"reason": reason, **({"closing": closing.value} if closing else {}), **said},
        audience=Audience.RESIDENT,
        moved=(before, to),
    )
    # The entry is written: the database accepts a new status only after it.
    case.status, case.owed = to, to in OWED
    _remember(case, to, reason, now, closing)
    await session.flush()
    await running.follow(session, case, before, to, now)
    return entry


def _check(before: CaseStatus, to: CaseStatus, actor: Actor, reason: str, facts: Mapping[str, Any]) -> None:
    allowed = MOVES[before].get(to)
    if allowed is None or actor.kind not in allowed.actors:
        ways = ways_from(before, actor.kind)
        raise MoveNotAllowed(f"A case that is {before} cannot become {to} by {actor.kind}.", ways)
    if reason not in allowed.reasons:
        # Such as beginning a case that waits: a move there is, but not this one.
        if any(reason in row[to].reasons for row in MOVES.values() if to in row):
            ways = ways_from(before, actor.kind)
            raise MoveNotAllowed(f"A case that is {before} does not become {to} for {reason}.", ways)
        raise ValueError(f"{reason} is no reason for the move from {before} to {to}")
    if allowed.words and not facts.get("texts"):
        raise ValueError(f"the move from {before} to {to} is explained in words")


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


def _remember(case: Case, to: CaseStatus, reason: str, now: datetime, closing: ClosingKind | None) -> None:
    """What the columns beside the status say follows from the move itself."""
    case.waiting_for = reason if to is CaseStatus.WAITING else None
    if to in AT_REST:
        case.review_due = False
    match to:
        case CaseStatus.ACCEPTED:
            case.assignee_id = case.signed_at = None
        case CaseStatus.ROUTED:
            case.assignee_id = case.signed_at = None
            case.dispatched_at = now
            case.routings += 1
        case CaseStatus.SIGNED:
            case.signed_at = now
        case CaseStatus.ANSWERED:
            case.answered_at = now
        case CaseStatus.CLOSED:
            case.closed_at, case.closing_kind = now, closing
        case CaseStatus.REOPENED:
            case.closed_at = case.closing_kind = case.solved = case.satisfied = case.judged_at = None
            case.transferred_to = case.merged_into_id = case.unsolved_class = None
            case.reopenings += 1
