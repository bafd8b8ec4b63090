"""How do repeats become one case while each resident still gets an answer (并单)?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases import timeline
from cases.access import Act, case_for
from cases.actors import BY_RULE, Audience, by_staff
from cases.announce import Told, tell_resident
from cases.case_moves import move
from cases.errors import MoveNotAllowed
from cases.records import Case, Staff
from cases.status import AT_REST, CaseStatus


async def merge(session: AsyncSession, person: Staff, code: str, into: str, now: datetime) -> Case:
    """Lets a repeat be handled in another case that is still open; its resident is told, and answered later."""
    case = await case_for(session, person, code, Act.MERGE, now, lock=True)
    main = await case_for(session, person, into, Act.MERGE, now, lock=True)
    if main.id == case.id or main.status in AT_REST:
        raise MoveNotAllowed("A repeat is merged into another case that is still open.")
    case.merged_into_id = main.id
    facts = {"into": main.code}
    actor = by_staff(person.id)
    entry = await move(session, case, CaseStatus.MERGED, actor=actor, reason="repeat", now=now, facts=facts)
    await timeline.append(session, main, "took_in", actor=actor, now=now, facts={"case": case.code})
    await tell_resident(session, case, Told.MERGED, entry, now)
    return case


async def answer_repeats(session: AsyncSession, main: Case, text: str, now: datetime) -> int:
    """Sends the answer of a case to the residents of its repeats; returns how many there are."""
    query = (
        select(Case)
        .where(Case.merged_into_id == main.id, Case.status == CaseStatus.MERGED)
        .options(selectinload(Case.unit), selectinload(Case.grid))
        .order_by(Case.id)
    )
    repeats = (await session.scalars(query)).all()
    for case in repeats:
        facts = {"case": main.code}
        entry = await timeline.append(
            session,
            case,
            "answered_in_other",
            actor=BY_RULE,
            now=now,
            facts=facts,
            audience=Audience.RESIDENT,
        )
        await tell_resident(session, case, Told.ANSWERED, entry, now, answer=text)
    return len(repeats)
