"""How is a case judged by its resident, and how is it opened again?"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cases import statements, timeline
from cases.actors import Actor, ActorKind, Audience, by_resident
from cases.announce import Told, tell_members, tell_unit
from cases.case_moves import move
from cases.errors import MoveNotAllowed, TooLateToReopen
from cases.lines import superior_of
from cases.records import Case, Resident, StatementKind, TimelineEntry
from cases.status import AT_REST, CaseStatus, ClosingKind

REOPEN_WITHIN = timedelta(days=30)
# Of these the resident may still say whether it is solved: see `was_closed`.
JUDGED_AFTER = frozenset({CaseStatus.CLOSED, CaseStatus.ARCHIVED, CaseStatus.MERGED})


async def judge(
    session: AsyncSession,
    case: Case,
    resident: Resident,
    now: datetime,
    *,
    solved: bool,
    satisfied: bool | None = None,
) -> Case:
    """The resident says whether the answer solved it: yes closes the case as substantive, no reopens it.

    `satisfied` is another question and changes nothing else. Of a case already closed only the judgement is
    kept, or it is opened again within thirty days of the closing.
    """
    actor = by_resident(resident.id)
    if not solved:
        await reopen(session, case, actor=actor, reason="not_solved", now=now)
    elif not was_closed(case):
        kind = ClosingKind.SUBSTANTIVE
        await move(session, case, CaseStatus.CLOSED, actor=actor, reason="solved", now=now, closing=kind)
    await _keep_judgement(session, case, actor, now, solved=solved, satisfied=satisfied)
    return case


def was_closed(case: Case) -> bool:
    """Whether a case is at rest after an answer, its own or that of the case it was merged into."""
    if case.status is CaseStatus.ARCHIVED:
        return case.closed_at is not None or case.merged_into_id is not None
    return case.status in JUDGED_AFTER


async def say_satisfied(
    session: AsyncSession, case: Case, resident: Resident, now: datetime, *, satisfied: bool
) -> Case:
    """The resident says whether they are satisfied: handled, solved and satisfied are three things."""
    if case.solved is None:
        raise MoveNotAllowed("First the question whether it is solved, then whether one is satisfied.")
    actor = by_resident(resident.id)
    await _keep_judgement(session, case, actor, now, solved=case.solved, satisfied=satisfied)
    return case


async def _keep_judgement(
    session: AsyncSession, case: Case, actor: Actor, now: datetime, *, solved: bool, satisfied: bool | None
) -> None:
    case.solved, case.judged_at = solved, now
    facts: dict[str, bool] = {"solved": solved}
    if satisfied is not None:
        case.satisfied = facts["satisfied"] = satisfied
    await timeline.append(
        session, case, "judged", actor=actor, now=now, facts=facts, audience=Audience.RESIDENT
    )


async def reopen(
    session: AsyncSession, case: Case, *, actor: Actor, reason: str, now: datetime, words: str | None = None
) -> TimelineEntry:
    """Opens a case again: same number, fresh clocks, and the handler's superior looks at it.

    TooLateToReopen for a resident more than thirty days after it was closed, declined, transferred or merged:
    then a new case is the way. MoveNotAllowed for a case its resident had taken back, archived or not.
    """
    if case.status in AT_REST:
        rested = await _came_to_rest(session, case)
        if rested.to_status is CaseStatus.WITHDRAWN:
            raise MoveNotAllowed("A case that was taken back is not opened again.")
        if actor.kind is ActorKind.RESIDENT and now > rested.at + REOPEN_WITHIN:
            raise TooLateToReopen
    facts = {}
    if words and words.strip():
        kept = await statements.write(
            session, case, StatementKind.REASON, words, actor=actor, audience=Audience.RESIDENT, now=now
        )
        facts = {"texts": [kept]}
    entry = await move(session, case, CaseStatus.REOPENED, actor=actor, reason=reason, now=now, facts=facts)
    case.review_due = True
    await session.flush()
    await tell_unit(session, case, Told.REOPENED, entry, now)
    superior = await superior_of(session, case.unit)
    if superior is not None:
        await tell_members(session, case, Told.REVIEW, entry, now, unit=superior)
    return entry


async def _came_to_rest(session: AsyncSession, case: Case) -> TimelineEntry:
    """The move after which nothing was owed any more; putting it away later does not count."""
    moves = [entry for entry in await timeline.entries(session, case) if entry.to_status is not None]
    return next(entry for entry in reversed(moves) if entry.to_status is not CaseStatus.ARCHIVED)
