"""What is left when a resident asks to be forgotten: the bare timeline, still valid, and nothing personal?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases import drafts, timeline
from cases.actors import Audience, by_resident
from cases.announce import Told, tell_unit
from cases.attachments import erase_files_of
from cases.case_moves import move
from cases.clocks import running
from cases.merging import release_repeats
from cases.papers.keeping import forget_papers_of
from cases.reading import forget_reasons_of
from cases.records import Case, Check, Heard, Notice, NoticeTo, Resident
from cases.statements import erase_words_of
from cases.status import AT_REST, CaseStatus


async def erase(session: AsyncSession, resident: Resident, now: datetime) -> None:
    """Forgets a resident: open cases are withdrawn, every personal field and word is emptied.

    Timelines keep ids and codes and stay valid. Speaking again makes a new resident. Calling it twice changes
    nothing.
    """
    if resident.erased_at is not None:
        return
    cases = await _cases_of(session, resident)
    # From here on nothing is opened again for them, or sent to them.
    resident.channel_index = resident.channel_id = resident.name = resident.phone = None
    resident.erased_at = now
    await session.flush()
    for case in cases:
        await _let_go(session, case, resident, now)
    await erase_words_of(session, [case.id for case in cases], now)
    await erase_files_of(session, resident, now)
    await forget_papers_of(session, [case.id for case in cases])
    await forget_reasons_of(session, [case.id for case in cases])
    await _erase_conversation(session, resident, now)


async def _cases_of(session: AsyncSession, resident: Resident) -> Sequence[Case]:
    query = select(Case).where(Case.resident_id == resident.id).order_by(Case.id)
    query = query.options(selectinload(Case.unit), selectinload(Case.grid)).with_for_update(of=Case)
    return (await session.scalars(query.execution_options(populate_existing=True))).all()


async def _let_go(session: AsyncSession, case: Case, resident: Resident, now: datetime) -> None:
    actor = by_resident(resident.id)
    if case.status not in AT_REST:
        entry = await move(session, case, CaseStatus.WITHDRAWN, actor=actor, reason="erased", now=now)
        await tell_unit(session, case, Told.WITHDRAWN, entry, now)
        await release_repeats(session, case, now)
    await running.forget(session, case, now)
    case.address = case.contact_name = case.contact_phone = case.told = None
    await timeline.append(session, case, "erased", actor=actor, now=now, audience=Audience.RESIDENT)


async def _erase_conversation(session: AsyncSession, resident: Resident, now: datetime) -> None:
    await drafts.forget(session, resident)
    await session.execute(delete(Heard).where(Heard.resident_id == resident.id))
    await session.execute(
        update(Check)
        .where(Check.resident_id == resident.id, Check.erased_at.is_(None))
        .values(text=None, verdict=None, erased_at=now)
    )
    to_them = (Notice.to_kind == NoticeTo.RESIDENT, Notice.to_id == resident.id)
    await session.execute(delete(Notice).where(*to_them))
