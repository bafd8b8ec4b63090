"""What does a step of a ladder do: remind, write, call the next in line, tell the superior, ask, close?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cases import timeline
from cases.actors import BY_CLOCK, Audience
from cases.announce import Told
from cases.case_moves import move
from cases.clocks import running
from cases.clocks.book import ClockBook
from cases.clocks.callers import Callers
from cases.clocks.letters import Letters
from cases.clocks.rules import LadderAct
from cases.papers.at_hand import of_clock
from cases.papers.kinds import PaperKind
from cases.records import Case, CaseClock, TimelineEntry, Unit
from cases.status import IN_HAND, CaseStatus, ClosingKind

LETTER_OF = {
    LadderAct.PROMPT_LETTER: PaperKind.PROMPT_LETTER,
    LadderAct.WARNING_LETTER: PaperKind.WARNING_LETTER,
    LadderAct.SUPERVISION_LETTER: PaperKind.SUPERVISION_LETTER,
}
UNSIGNED = frozenset({CaseStatus.ROUTED, CaseStatus.REOPENED})
ASKED = {
    "judge": Told.PLEASE_JUDGE,
    "return_visit": Told.RETURN_VISIT,
    "agreement_performed_30": Told.KEPT,
    "agreement_performed_90": Told.KEPT,
}


@dataclass(frozen=True, slots=True)
class Due:
    """A clock whose step is due, with its case and what the step is."""

    clock: CaseClock
    case: Case
    book: ClockBook
    rung: int
    act: LadderAct


async def take_step(
    session: AsyncSession, callers: Callers, letters: Letters, due: Due, now: datetime
) -> LadderAct:
    """Carries out one step and returns what was done.

    A letter that lies unanswered is not sent twice; and of a step no resident is asked about, whoever owes it
    is reminded.
    """
    match due.act:
        case LadderAct.PROMPT_LETTER | LadderAct.WARNING_LETTER | LadderAct.SUPERVISION_LETTER:
            return await _letter(session, callers, letters, due, now)
        case LadderAct.NEXT_IN_LINE:
            await _next_in_line(session, callers, due, now)
        case LadderAct.SUPERIOR:
            await _superior(session, callers, due, now)
        case LadderAct.ASK_RESIDENT if due.clock.step in ASKED:
            await _ask_resident(session, callers, due, now)
        case LadderAct.CLOSE:
            await _close(session, callers, due, now)
        case LadderAct.REMIND | LadderAct.ASK_RESIDENT:
            await _remind(session, callers, due, now)
            return LadderAct.REMIND
    return due.act


async def _note(
    session: AsyncSession, due: Due, action: str, now: datetime, *, shown: bool = False, **facts: Any
) -> TimelineEntry:
    """An entry of the clock's own; `shown`: the resident reads it as well."""
    told = {"step": due.clock.step, "clock": due.clock.id, **facts}
    audience = Audience.RESIDENT if shown else Audience.STAFF
    return timeline.add(session, due.case, action, actor=BY_CLOCK, now=now, facts=told, audience=audience)


async def _remind(session: AsyncSession, callers: Callers, due: Due, now: datetime) -> None:
    """Who has it in hand, or everybody of the unit; and the first receiver while nobody has signed."""
    case, clock = due.case, due.clock
    entry = await _note(session, due, "reminded", now)
    unit_id = clock.owed_unit_id or case.unit_id
    to = await callers.members(unit_id)
    if case.status in IN_HAND and case.assignee_id in to:
        to = [case.assignee_id]
    if case.status in UNSIGNED and case.first_receiver_id:
        to = [*to, *([] if case.first_receiver_id in to else [case.first_receiver_id])]
    callers.tell(case, Told.REMINDED, entry, now, staff=to, more=_owed(due))


def _owed(due: Due) -> dict[str, Any]:
    """What is owed until when, for a notice that speaks of one clock among several."""
    return {"step": due.clock.step, "due_at": due.clock.due_at.isoformat()}


async def _letter(
    session: AsyncSession, callers: Callers, letters: Letters, due: Due, now: datetime
) -> LadderAct:
    case, clock = due.case, due.clock
    addressed = await callers.unit(clock.owed_unit_id or case.unit_id)
    sender = await callers.superior(addressed)
    kind = LETTER_OF[due.act]
    if sender is None or letters.stands_open(case, addressed, kind):
        await _remind(session, callers, due, now)
        return LadderAct.REMIND
    letters.add(
        case,
        kind,
        due.book,
        sender=sender,
        addressed=addressed,
        now=now,
        key=f"clock:{clock.id}:{due.rung}:{clock.extensions}:{clock.started_at.timestamp():.0f}",
        fields=of_clock(clock, due.book.timezone),
    )
    return due.act


async def _next_in_line(session: AsyncSession, callers: Callers, due: Due, now: datetime) -> None:
    """Everybody else of the unit who could act, its leader first."""
    case = due.case
    members = await callers.members(due.clock.owed_unit_id or case.unit_id)
    others = [one for one in members if one != case.assignee_id]
    entry = await _note(session, due, "next_in_line", now, staff=others[:20])
    callers.tell(case, Told.NEXT_IN_LINE, entry, now, staff=others, urgent=True, more=_owed(due))


async def _superior(session: AsyncSession, callers: Callers, due: Due, now: datetime) -> None:
    """The centre above is told; what nobody below has signed for goes to it."""
    case = due.case
    below = await callers.unit(due.clock.owed_unit_id or case.unit_id)
    above = await callers.superior(below)
    if above is None:
        await _next_in_line(session, callers, due, now)
        return
    goes_up = due.clock.step == "sign" and case.status in UNSIGNED and case.unit_id == below.id
    action = "passed_up" if goes_up else "superior_told"
    facts = {"from": below.code, "to": above.code, **({"unit": above.code} if goes_up else {})}
    entry = await _note(session, due, action, now, shown=goes_up, **facts)
    if goes_up:
        await _give_to(session, case, above, now)
        callers.tell(case, Told.MOVED_ON, entry, now, resident=True)
    to = await callers.members(above.id)
    key = Told.NEW_CASE if goes_up else Told.SUPERVISE
    callers.tell(case, key, entry, now, staff=to, urgent=True, more={} if goes_up else _owed(due))


async def _give_to(session: AsyncSession, case: Case, above: Unit, now: datetime) -> None:
    """The superior has it now: everything its unit owed is owed by it, and its own time to sign begins."""
    case.unit, case.unit_id = above, above.id
    case.dispatched_at = now
    case.routings += 1
    await session.flush()
    await running.hand_up(session, case, now)


async def _ask_resident(session: AsyncSession, callers: Callers, due: Due, now: datetime) -> None:
    entry = timeline.add(
        session,
        due.case,
        "resident_asked",
        actor=BY_CLOCK,
        now=now,
        facts={"step": due.clock.step, "clock": due.clock.id},
        audience=Audience.RESIDENT,
    )
    callers.tell(due.case, ASKED[due.clock.step], entry, now, resident=True, more=_owed(due))


async def _close(session: AsyncSession, callers: Callers, due: Due, now: datetime) -> None:
    """The time to judge is over: the case closes, not as solved, since only the resident can say that."""
    if due.case.status is CaseStatus.JUDGING:
        kind = ClosingKind.PROCEDURAL
        entry = await move(
            session,
            due.case,
            CaseStatus.CLOSED,
            actor=BY_CLOCK,
            reason="not_judged",
            now=now,
            closing=kind,
        )
        callers.tell(due.case, Told.CLOSED, entry, now, resident=True, more={"closing": kind.value})
