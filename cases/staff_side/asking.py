"""What is a member of staff being asked just now: kept with the draft, so that a restart loses nothing?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cases import drafts
from cases.dialogue.values import Stage
from cases.records import Resident
from cases.staff_side.deeds import Deed
from cases.staff_side.steps import Given

STAGES = frozenset({Stage.STAFF_ANSWER, Stage.STAFF_WORDS, Stage.STAFF_CONFIRM})
"""While one of these holds, what a member of staff writes is an answer to what they were asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An act that waits for words, or for a yes when `unsure`; `number` is the draft its buttons carry."""

    deed: Deed
    given: Given
    unsure: bool
    number: int


async def asked_now(session: AsyncSession, resident: Resident) -> Asked | None:
    """What is being asked on this channel, if anything."""
    draft = await drafts.load(session, resident)
    if draft.stage not in STAGES:
        return None
    facts = draft.facts
    deed = str(facts.get("act", Deed.ANSWER))
    if deed not in list(Deed):
        return None
    given = Given(str(facts["code"]), tuple(facts.get("chosen", ())), str(facts.get("words", "")))
    return Asked(Deed(deed), given, draft.stage == Stage.STAFF_CONFIRM, draft.number)


async def ask(
    session: AsyncSession,
    resident: Resident,
    deed: Deed,
    given: Given,
    now: datetime,
    *,
    unsure: bool = False,
) -> int:
    """From now on words, or a yes, go to this act; returns the number its buttons carry."""
    words = Stage.STAFF_ANSWER if deed is Deed.ANSWER else Stage.STAFF_WORDS
    facts: dict[str, object] = {
        "act": deed.value,
        "code": given.code,
        "chosen": list(given.chosen),
        "words": given.words,
    }
    return await _keep(session, resident, Stage.STAFF_CONFIRM if unsure else words, facts, now)


async def put_aside(
    session: AsyncSession, resident: Resident, now: datetime, *, at_work: bool = True
) -> None:
    """Nothing is asked any more; a story that is being told as a resident is left alone.

    `at_work`: what is written next is not taken for a story either, unless they say that it is one.
    """
    draft = await drafts.load(session, resident)
    stage = Stage.STAFF_IDLE if at_work else Stage.IDLE
    if draft.stage in STAGES or (draft.stage in (Stage.STAFF_IDLE, Stage.IDLE) and draft.stage != stage):
        await _keep(session, resident, stage, {}, now)


async def _keep(
    session: AsyncSession, resident: Resident, stage: str, facts: dict[str, object], now: datetime
) -> int:
    draft = await drafts.load(session, resident)
    told = drafts.Draft(draft.number, stage, dict(facts), draft.updated_at)
    return (await drafts.save(session, resident, told, now)).number
