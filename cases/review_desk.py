"""What does a second pair of eyes decide: reopened cases, danger, classes, the return visit, striking off?"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from cases import statements, timeline
from cases.access import Act, case_for
from cases.actors import Audience, by_staff
from cases.announce import Told, tell_resident, tell_unit
from cases.case_moves import move
from cases.clocks import running
from cases.errors import MoveNotAllowed, NeedsSecondLook
from cases.lines import superior_of
from cases.records import Case, Staff, StatementKind
from cases.reopening import reopen, was_closed
from cases.status import CaseStatus, ClosingKind
from cases.tasks import tasks_of

UnsolvedClass = Literal["unreachable", "unlawful"]


async def review_reopened(
    session: AsyncSession, person: Staff, code: str, words: str, now: datetime, *, uphold: bool
) -> Case:
    """The superior has looked at a reopened case: it is handled again, or the former closing stands.

    NeedsSecondLook for who handled it, and for everybody of its unit where a superior is above that. To give
    it to another unit is a ruling: `centre_desk.route_to`.
    """
    case = await case_for(session, person, code, Act.REVIEW, now, lock=True)
    if not case.review_due:
        raise MoveNotAllowed("No review of this case is due.")
    own_unit = person.unit_id == case.unit_id and await superior_of(session, case.unit) is not None
    if case.assignee_id == person.id or own_unit:
        raise NeedsSecondLook
    actor = by_staff(person.id)
    audience = Audience.RESIDENT if uphold else Audience.STAFF
    kept = await statements.write(
        session, case, StatementKind.REASON, words, actor=actor, audience=audience, now=now
    )
    facts = {"texts": [kept]}
    case.review_due = False
    if not uphold:
        entry = await timeline.append(session, case, "reviewed", actor=actor, now=now, facts=facts)
        await running.fulfil(session, case, ("reopen_review",), now)
        await tell_unit(session, case, Told.REVIEWED, entry, now)
        return case
    kind = ClosingKind.PROCEDURAL
    entry = await move(
        session, case, CaseStatus.CLOSED, actor=actor, reason="upheld", now=now, facts=facts, closing=kind
    )
    await tell_resident(session, case, Told.CLOSED, entry, now, closing=kind.value, why=words)
    return case


async def review_danger(session: AsyncSession, person: Staff, code: str, words: str, now: datetime) -> Case:
    """A person has looked at the danger of a case and says what is being done; the level stays.

    To lower it is an act of its own: `centre_desk.lower_danger`.
    """
    case = await case_for(session, person, code, Act.REVIEW_DANGER, now, lock=True)
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.NOTE, words, actor=actor, audience=Audience.STAFF, now=now
    )
    facts = {"level": case.danger_level.code, "texts": [kept]}
    await timeline.append(session, case, "danger_reviewed", actor=actor, now=now, facts=facts)
    await running.fulfil(session, case, ("danger_review",), now)
    return case


async def classify(
    session: AsyncSession, person: Staff, code: str, to: UnsolvedClass, words: str, now: datetime
) -> Case:
    """A second person says that the resident cannot be reached, or that the demand is not lawful."""
    case = await case_for(session, person, code, Act.REVIEW, now, lock=True)
    if case.assignee_id == person.id:
        raise NeedsSecondLook
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.REASON, words, actor=actor, audience=Audience.STAFF, now=now
    )
    case.unsolved_class = to
    facts = {"class": to, "texts": [kept]}
    await timeline.append(session, case, "classified", actor=actor, now=now, facts=facts)
    return case


async def return_visit(
    session: AsyncSession,
    person: Staff,
    code: str,
    now: datetime,
    *,
    solved: bool | None,
    satisfied: bool | None = None,
) -> Case:
    """回访: what the resident said when asked after the closing; None for `solved`: not reached.

    Not solved opens the case again. NeedsSecondLook: who handled it does not ask about it. MoveNotAllowed
    before the closing: then the answer is with the resident, who judges it.
    """
    case = await case_for(session, person, code, Act.VISIT, now, lock=True)
    if case.assignee_id == person.id:
        raise NeedsSecondLook
    if not was_closed(case):
        raise MoveNotAllowed("A return visit follows the closing.")
    actor = by_staff(person.id)
    reached = solved is not None
    facts = {"reached": reached, "solved": solved, "satisfied": satisfied}
    await timeline.append(
        session, case, "return_visited", actor=actor, now=now, facts=facts, audience=Audience.RESIDENT
    )
    if not reached:
        return case
    await running.fulfil(session, case, ("return_visit",), now)
    if solved is False:
        await reopen(session, case, actor=actor, reason="visit_not_solved", now=now)
    # Opening again forgets the former judgement; this one is newer.
    case.visited_at = case.judged_at = now
    case.solved, case.satisfied = solved, satisfied
    await session.flush()
    return case


async def archive(session: AsyncSession, person: Staff, code: str, now: datetime) -> Case:
    """销号归档: strikes a case off its ledger.

    NeedsSecondLook: a person other than the handler, or than who declined or transferred it, has looked at
    result and evidence. MoveNotAllowed: a closed case is put away only with its resident's judgement, or with
    the class a second person gave it.
    """
    case = await case_for(session, person, code, Act.ARCHIVE, now, lock=True)
    if case.assignee_id == person.id or await _turned_away_by(session, case) == person.id:
        raise NeedsSecondLook
    if await tasks_of(session, case, only_open=True):
        raise MoveNotAllowed("A task of this case is still open: strike it off first.")
    if case.status is CaseStatus.CLOSED and case.solved is None and case.unsolved_class is None:
        raise MoveNotAllowed("The resident has not judged it yet: visit first, or class it as unreachable.")
    await move(session, case, CaseStatus.ARCHIVED, actor=by_staff(person.id), reason="put_away", now=now)
    return case


async def _turned_away_by(session: AsyncSession, case: Case) -> int | None:
    """Who declined or transferred a case that was never answered."""
    if case.status not in (CaseStatus.DECLINED, CaseStatus.TRANSFERRED):
        return None
    chain = await timeline.entries(session, case)
    return next(entry.actor_id for entry in reversed(chain) if entry.to_status is case.status)
