"""How many cases and notices are there, by status and state, for the instruments?"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.records import Case, Notice, NoticeState
from cases.status import CaseStatus

# What was sent only grows and is of no use to an instrument; what waits, or failed for good, is.
COUNTED = (NoticeState.PENDING, NoticeState.SENDING, NoticeState.BLOCKED, NoticeState.GIVEN_UP)


async def case_counts(session: AsyncSession) -> Mapping[str, int]:
    """How many cases stand at each status; a status without any counts zero."""
    found = await session.execute(select(Case.status, func.count()).group_by(Case.status))
    return {status.value: 0 for status in CaseStatus} | {status.value: count for status, count in found}


async def notice_counts(session: AsyncSession) -> Mapping[str, int]:
    """How many notices wait (`pending`, `sending`), are `blocked` or `given_up`."""
    query = select(Notice.state, func.count()).where(Notice.state.in_(COUNTED)).group_by(Notice.state)
    found = await session.execute(query)
    return {state.value: 0 for state in COUNTED} | {state.value: count for state, count in found}
