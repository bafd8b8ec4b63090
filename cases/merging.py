"""How do repeats become one case while each resident still gets an answer (并单)?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases import timeline
from cases.access import Act, case_for
from cases.actors import BY_RULE, Actor, Audience, by_staff
from cases.announce import Told, tell_left, tell_resident, tell_unit
from cases.case_moves import move
from cases.codes import read_case_code
from cases.errors import MoveNotAllowed
from cases.raising import raise_danger
from cases.records import Case, Resident, Staff
from cases.reopening import reopen
from cases.status import AT_REST, CaseStatus

ANSWERED = "answered_in_other"


async def merge(session: AsyncSession, person: Staff, code: str, into: str, now: datetime) -> Case:
    """Lets a repeat be handled in another open case; its resident is told, and answered with that one."""
    # Always in the same order: two who merge the same cases at once would wait for each other for ever.
    held = {
        one: await case_for(session, person, one, Act.MERGE, now, lock=True)
        for one in sorted({code, into}, key=lambda one: read_case_code(one) or "")
    }
    case, main = held[code], held[into]
    if main.id == case.id or main.status in AT_REST:
        raise MoveNotAllowed("A repeat is merged into another case that is still open.")
    case.merged_into_id = main.id
    facts = {"into": main.code}
    actor = by_staff(person.id)
    await tell_left(session, case, now)
    entry = await move(session, case, CaseStatus.MERGED, actor=actor, reason="repeat", now=now, facts=facts)
    await timeline.append(session, main, "took_in", actor=actor, now=now, facts={"case": case.code})
    await tell_resident(session, case, Told.MERGED, entry, now)
    return case


async def pass_on(
    session: AsyncSession, repeat: Case, danger: Sequence[str], *, actor: Actor, now: datetime
) -> None:
    """The resident of a repeat says more: who has the main case is told, and danger rises there too."""
    main = await _main_of(session, repeat)
    if main is None:
        return
    facts = {"case": repeat.code}
    entry = await timeline.append(session, main, "repeat_said_more", actor=actor, now=now, facts=facts)
    await tell_unit(session, main, Told.MORE_SAID, entry, now)
    await raise_danger(session, main, danger, actor=actor, now=now)


async def _main_of(session: AsyncSession, repeat: Case) -> Case | None:
    """The case a repeat is handled in at last, held."""
    number = repeat.merged_into_id
    main = None
    while number is not None:
        query = (
            select(Case).where(Case.id == number).options(selectinload(Case.unit), selectinload(Case.grid))
        )
        main = (await session.scalars(query.with_for_update(of=Case))).one()
        number = main.merged_into_id
    return main


async def answer_repeats(session: AsyncSession, main: Case, text: str, now: datetime) -> int:
    """Sends the answer of a case to the residents of its repeats; returns how many there are."""
    return await tell_repeats(session, main, Told.ANSWERED, now, answer=text)


async def tell_repeats(session: AsyncSession, main: Case, key: Told, now: datetime, **more: Any) -> int:
    """Tells the residents of a case's repeats how it ended, as its own resident is told; returns how many."""
    repeats = await repeats_of(session, main)
    for case in repeats:
        entry = await timeline.append(
            session,
            case,
            ANSWERED,
            actor=BY_RULE,
            now=now,
            facts={"case": main.code},
            audience=Audience.RESIDENT,
        )
        await tell_resident(session, case, key, entry, now, **more)
    return len(repeats)


async def repeats_of(session: AsyncSession, main: Case) -> list[Case]:
    """The cases merged into a case, and into those before, with unit and grid; not of who was erased."""
    found: list[Case] = []
    mains = [main.id]
    while mains:
        query = select(Case, Resident.erased_at).join(Resident, Resident.id == Case.resident_id)
        query = query.where(Case.merged_into_id.in_(mains), Case.status == CaseStatus.MERGED)
        query = query.options(selectinload(Case.unit), selectinload(Case.grid)).order_by(Case.id)
        repeats = (await session.execute(query)).all()
        found += [case for case, erased_at in repeats if erased_at is None]
        mains = [case.id for case, _ in repeats]
    return found


async def release_repeats(session: AsyncSession, main: Case, now: datetime) -> None:
    """Opens again what was merged into a case that ends without an answer to these residents."""
    for case in await repeats_of(session, main):
        if not await _is_answered(session, case):
            await reopen(session, case, actor=BY_RULE, reason="main_withdrawn", now=now)


async def _is_answered(session: AsyncSession, case: Case) -> bool:
    since = [entry.action for entry in await timeline.entries(session, case)]
    return ANSWERED in since[len(since) - since[::-1].index("moved") :]
