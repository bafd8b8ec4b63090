"""How does a case of a story stand: its fields, timeline, papers and clocks as plain words?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases import timeline
from cases.records import Case, CaseClock, Notice, NoticeState, Paper

FIELDS: Mapping[str, Callable[[Case], Any]] = {
    "status": lambda case: case.status.value,
    "unit": lambda case: case.unit.code,
    "first_unit": lambda case: case.first_unit.code,
    "assignee": lambda case: case.assignee.code if case.assignee else None,
    "grid": lambda case: case.grid.code if case.grid else None,
    "leaf": lambda case: case.leaf,
    "danger": lambda case: case.danger_level.code,
    "signals": lambda case: sorted(case.danger_codes),
    "solved": lambda case: case.solved,
    "satisfied": lambda case: case.satisfied,
    "closing_kind": lambda case: case.closing_kind.value if case.closing_kind else None,
    "waiting_for": lambda case: case.waiting_for,
    "transferred_to": lambda case: case.transferred_to,
    "mediation_refused": lambda case: case.mediation_refused,
    "review_due": lambda case: case.review_due,
    "needs_person": lambda case: case.needs_person,
    "ruled": lambda case: case.ruled,
    "unsolved_class": lambda case: case.unsolved_class,
    "visited": lambda case: case.visited_at is not None,
    "for_other": lambda case: case.for_other,
    "routings": lambda case: case.routings,
    "reopenings": lambda case: case.reopenings,
}
"""What a story may say about a case."""


async def cases_of(session: AsyncSession) -> Sequence[Case]:
    """Every case of the story, in the order of their opening."""
    wanted = (Case.unit, Case.first_unit, Case.assignee, Case.grid)
    query = select(Case).order_by(Case.id).options(*(selectinload(one) for one in wanted))
    return (await session.scalars(query)).all()


async def actions_of(session: AsyncSession, case: Case) -> list[str]:
    """What happened to a case in order; of a move the status it led to."""
    return [
        entry.to_status.value if entry.to_status and entry.action != "registered" else entry.action
        for entry in await timeline.entries(session, case)
    ]


async def papers_of(session: AsyncSession, case: Case) -> list[str]:
    """The kinds of papers issued for a case, in order."""
    query = select(Paper.kind).where(Paper.case_id == case.id).order_by(Paper.id)
    return list(await session.scalars(query))


async def clocks_of(session: AsyncSession, case: Case) -> dict[str, str]:
    """Each clock by its step, the newest of that step: running, stopped, or how it ended."""
    query = select(CaseClock).where(CaseClock.case_id == case.id).order_by(CaseClock.id)
    return {clock.step: _state(clock) for clock in await session.scalars(query)}


def _state(clock: CaseClock) -> str:
    if clock.ended_at is not None:
        return str(clock.ending)
    return "stopped" if clock.stopped_at is not None else "running"


async def broken(session: AsyncSession) -> list[str]:
    """The codes of cases whose chain does not verify or does not lead to their status."""
    found = []
    for case in await cases_of(session):
        entries = await timeline.entries(session, case)
        whole = (await timeline.verify(session, case)).whole
        if not whole or timeline.replay_status(entries) is not case.status:
            found.append(case.code)
    return found


async def unsaid(session: AsyncSession) -> list[str]:
    """The keys of notices that could not be put into words or delivered."""
    stuck = Notice.state.in_([NoticeState.SENDING, NoticeState.GIVEN_UP]) | Notice.failure.is_not(None)
    return list(await session.scalars(select(Notice.key).where(stuck)))
