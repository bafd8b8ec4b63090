"""What does an auditor see of a case: who did what, which letters went out, who looked at it; no words?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from cases.acts import local_time
from cases.reading import reads_of
from cases.records import BreakGlass, Case, Staff
from cases.staff_side.card import heading, letter_lines
from cases.staff_side.entries import entry_lines
from cases.staff_side.steps import Seated

ENTRIES_SHOWN = 20
LOOKS_SHOWN = 15


async def trail(at: Seated, case: Case) -> dict[str, Any]:
    """Heading, timeline, letters and view log as values; nothing anybody said on the case."""
    return {
        **await heading(at, case),
        "entries": await entry_lines(at.session, case, ENTRIES_SHOWN),
        "letters": await letter_lines(at, case),
        "looks": await _looks(at, case),
    }


async def _looks(at: Seated, case: Case) -> list[dict[str, Any]]:
    found = await reads_of(at.session, case, limit=LOOKS_SHOWN)
    people = await at.session.scalars(select(Staff).where(Staff.id.in_({one.staff_id for one in found})))
    codes = {one.id: one.code for one in people}
    reasons = await _reasons(at, {one.break_glass_id for one in found if one.break_glass_id})
    return [
        {
            "code": codes.get(one.staff_id, ""),
            "act": one.act,
            "at": await local_time(at.session, case.unit, one.at),
            "glass": one.break_glass_id is not None,
            "glass_reason": reasons.get(one.break_glass_id or 0),
        }
        for one in found
    ]


async def _reasons(at: Seated, ids: set[int]) -> dict[int, str]:
    """Why the glass was broken: an administrator's own words, which auditors are meant to read."""
    if not ids:
        return {}
    found = await at.session.scalars(select(BreakGlass).where(BreakGlass.id.in_(ids)))
    return {one.id: one.reason for one in found}
