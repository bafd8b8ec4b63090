"""What may somebody see who holds a case's code and its six digits?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases.citizen_view import Step, View, view_of
from cases.codes import read_case_code
from cases.errors import TooManyAttempts
from cases.records import Case
from cases.secrets import box_of
from cases.status import CaseStatus

TRIES = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class PublicStatus:
    """Where a case stands, who has it and until when; nothing anybody said."""

    code: str
    status: CaseStatus
    leaf: str
    unit_zh: str
    unit_en: str
    opened_at: datetime
    due_at: datetime | None
    """None: nothing is owed right now"""
    view: View
    """the same as its resident sees in the conversation, without anybody's words"""

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.view.steps


async def public_status(session: AsyncSession, code: str, secret: str, now: datetime) -> PublicStatus | None:
    """The status of a case for its code and six digits, or None when they do not fit together.

    Each fifth wrong try closes the page of that case for a while (15 minutes, then twice as long each time,
    up to a day) with TooManyAttempts. Tries are counted in this transaction: commit it, whatever the answer.
    """
    read = read_case_code(code)
    if read is None:
        return None
    attempt = await _count_attempt(session, read, now)
    if attempt is None:
        if (await session.scalars(select(Case.id).where(Case.code == read))).first() is None:
            return None
        raise TooManyAttempts
    case_id, digest, failures = attempt
    fits = box_of(session).matches(f"{read}:{secret.strip()}", digest, "case secret")
    if not fits:
        await _lock(session, case_id, failures, now)
        return None
    await session.execute(
        update(Case).where(Case.id == case_id).values(secret_failures=0, secret_locked_until=None)
    )
    return await _status(session, case_id)


async def _count_attempt(session: AsyncSession, code: str, now: datetime) -> tuple[int, str, int] | None:
    """Counts before comparing, in one statement, so that tries at the same moment cannot share a count."""
    free = or_(Case.secret_locked_until.is_(None), Case.secret_locked_until <= now)
    counted = await session.execute(
        update(Case)
        .where(Case.code == code, free)
        .values(secret_failures=Case.secret_failures + 1)
        .returning(Case.id, Case.secret_hash, Case.secret_failures)
        .execution_options(synchronize_session=False)
    )
    return counted.one_or_none()


async def _lock(session: AsyncSession, case_id: int, failures: int, now: datetime) -> None:
    if failures % TRIES:
        return
    lock = min(FIRST_LOCK * 2 ** min(failures // TRIES - 1, 8), LONGEST_LOCK)
    closed = update(Case).where(Case.id == case_id).values(secret_locked_until=now + lock)
    await session.execute(closed.execution_options(synchronize_session=False))


async def _status(session: AsyncSession, case_id: int) -> PublicStatus:
    query = select(Case).where(Case.id == case_id).options(selectinload(Case.unit))
    case = (await session.scalars(query.execution_options(populate_existing=True))).one()
    return PublicStatus(
        code=case.code,
        status=case.status,
        leaf=case.leaf,
        unit_zh=case.unit.name_zh,
        unit_en=case.unit.name_en,
        opened_at=case.opened_at,
        due_at=case.due_at if case.owed else None,
        view=await view_of(session, case, words=False),
    )
