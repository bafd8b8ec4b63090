"""Which fraud checks has a resident asked for, and what state did they tell?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.dialogue.checks import STATES as STATES
from cases.records import Check, Resident

if TYPE_CHECKING:
    from cases.understanding import Verdict


async def record_check(
    session: AsyncSession,
    resident: Resident,
    *,
    text: str,
    verdict: Verdict | Mapping[str, Any],
    state: str | None,
    for_other: bool,
    now: datetime,
) -> Check:
    """Keeps a check with its verdict, both sealed; `state` is one of STATES or None."""
    kept = as_json(verdict)
    check = Check(
        resident_id=resident.id,
        text=text,
        verdict=kept,
        risk=str(kept["risk"]),
        scam_type=kept.get("scam_type"),
        state=_known(state),
        state_at=now if state else None,
        for_other=for_other,
        at=now,
    )
    session.add(check)
    await session.flush()
    return check


def as_json(verdict: Verdict | Mapping[str, Any]) -> dict[str, Any]:
    """A verdict as plain JSON values."""
    if isinstance(verdict, Mapping):
        return dict(verdict)
    if not is_dataclass(verdict):
        raise TypeError("a verdict is a Verdict or a mapping")
    return asdict(verdict)


async def check_by_id(session: AsyncSession, check_id: int, resident: Resident) -> Check | None:
    """The resident's own check of that id; somebody else's is not found."""
    query = select(Check).where(Check.id == check_id, Check.resident_id == resident.id)
    return (await session.scalars(query.where(Check.erased_at.is_(None)))).one_or_none()


async def checks_of(session: AsyncSession, resident: Resident, limit: int = 10) -> Sequence[Check]:
    """The resident's newest checks, newest first."""
    query = select(Check).where(Check.resident_id == resident.id, Check.erased_at.is_(None))
    return (await session.scalars(query.order_by(Check.id.desc()).limit(limit))).all()


async def set_state(session: AsyncSession, check: Check, state: str, now: datetime) -> None:
    """The resident has told what happened to the message (one of STATES)."""
    check.state, check.state_at = _known(state), now
    await session.flush()


def _known(state: str | None) -> str | None:
    if state is not None and state not in STATES:
        raise ValueError("an unknown danger state")
    return state
