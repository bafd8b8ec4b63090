"""How many cases and notices are there, by status and state?"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.records import Case, Notice, NoticeState
from cases.status import CaseStatus


async def case_counts(session: AsyncSession) -> dict[str, int]:
    """Cases by status; a status without cases counts zero."""
    found = await session.execute(select(Case.status, func.count()).group_by(Case.status))
    counted = {status.value: number for status, number in found.tuples()}
    return {status.value: counted.get(status.value, 0) for status in CaseStatus}


async def notice_counts(session: AsyncSession) -> dict[str, int]:
    """Notices by state; a state without notices counts zero."""
    found = await session.execute(select(Notice.state, func.count()).group_by(Notice.state))
    counted = {state.value: number for state, number in found.tuples()}
    return {state.value: counted.get(state.value, 0) for state in NoticeState}
