"""What was a unit asked to do on a case by when, and what came of it (清单, 销号)?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases import statements, timeline
from cases.access import Act, seat_of
from cases.actors import ActorKind, Audience, by_staff
from cases.announce import Told, tell_members
from cases.conflicts import has_conflict
from cases.errors import ConflictOfInterest, MoveNotAllowed, NotAllowed, NotFound, PlaceNotFound
from cases.meetings import case_to_coordinate
from cases.places import unit_by_code
from cases.reading import log_read
from cases.records import Case, Meeting, Staff, Statement, StatementKind, Task, Unit
from cases.roles import ROLE_MAY
from cases.status import AT_REST, CaseStatus, ways_from

# Of a case that ended any other way nothing is left to be done; a closed one may still be looked after.
MOOT = AT_REST - {CaseStatus.CLOSED}


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A line of a unit's list: what is to be done, on which case, by when."""

    id: int
    case_code: str
    text: str | None
    """None: erased"""
    due_at: datetime

    def overdue(self, now: datetime) -> bool:
        return self.due_at < now


async def set_task(
    session: AsyncSession,
    person: Staff,
    code: str,
    text: str,
    now: datetime,
    *,
    unit_code: str,
    due_at: datetime,
    meeting_id: int | None = None,
) -> Task:
    """Asks a unit to do something by a time; its members are told, and read the task but not the case.

    `meeting_id` names the meeting that decided it (NotFound when it is none of this case). PlaceNotFound for
    a unit of another city, MoveNotAllowed for a time that has passed or a case at rest.
    """
    case = await case_to_coordinate(session, person, code, now)
    if case.status in AT_REST or due_at <= now:
        raise MoveNotAllowed("A task is set on an open case, for a time to come.", _ways(case))
    unit = await _unit(session, case, unit_code)
    await _check_meeting(session, case, meeting_id)
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.TASK, text, actor=actor, audience=Audience.STAFF, now=now
    )
    task = Task(
        case_id=case.id,
        meeting_id=meeting_id,
        unit_id=unit.id,
        statement_id=int(kept[0]),
        set_by_id=person.id,
        set_at=now,
        due_at=due_at,
    )
    session.add(task)
    await session.flush()
    facts = {"task": task.id, "unit": unit.code, "due": due_at.isoformat(), "texts": [kept]}
    if meeting_id is not None:
        facts["meeting"] = meeting_id
    entry = await timeline.append(session, case, "task_set", actor=actor, now=now, facts=facts)
    await tell_members(session, case, Told.TASK, entry, now, unit=unit, due_at=due_at.isoformat())
    return task


async def strike_task(session: AsyncSession, person: Staff, task_id: int, words: str, now: datetime) -> Task:
    """Strikes a task off: somebody of its unit says in words what was done.

    NotAllowed for other units and for who does not work on cases; MoveNotAllowed when it was struck already.
    """
    task = await session.get(Task, task_id)
    if task is None:
        raise NotFound
    seat = await seat_of(session, person)
    if seat.unit_id != task.unit_id or Act.WORK not in ROLE_MAY[person.role]:
        raise NotAllowed
    case = await _held(session, task.case_id)
    # Only with the case held is it certain that no colleague has just struck it.
    await session.refresh(task)
    if task.handled_at is not None or case.status in MOOT:
        raise MoveNotAllowed("Only an open task of a case still looked after is struck off.", _ways(case))
    if await has_conflict(session, person.id, case):
        raise ConflictOfInterest
    await log_read(session, person, case, Act.NOTE.value, now)
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.NOTE, words, actor=actor, audience=Audience.STAFF, now=now
    )
    task.handled_at, task.handled_by_id = now, person.id
    facts = {"task": task.id, "texts": [kept]}
    await timeline.append(session, case, "task_struck", actor=actor, now=now, facts=facts)
    return task


async def open_tasks(
    session: AsyncSession, person: Staff, now: datetime, limit: int = 50
) -> Sequence[OpenTask]:
    """What the person's unit was asked to do and has not done, soonest due first; the look is logged."""
    seat = await seat_of(session, person)
    if Act.WORK not in ROLE_MAY[person.role]:
        raise NotAllowed
    query = (
        select(Task, Case, Statement)
        .join(Case, Case.id == Task.case_id)
        .join(Statement, Statement.id == Task.statement_id)
        .where(Task.unit_id == seat.unit_id, Task.handled_at.is_(None), Case.status.not_in(MOOT))
        .order_by(Task.due_at, Task.id)
        .limit(limit)
    )
    rows = (await session.execute(query)).all()
    for case in {case.id: case for _, case, _ in rows}.values():
        await log_read(session, person, case, Act.READ.value, now)
    return [OpenTask(task.id, case.code, said.body, task.due_at) for task, case, said in rows]


async def tasks_of(session: AsyncSession, case: Case, *, only_open: bool = False) -> Sequence[Task]:
    """The tasks of a case in the order they were set."""
    query = select(Task).where(Task.case_id == case.id).order_by(Task.id)
    if only_open:
        query = query.where(Task.handled_at.is_(None))
    return (await session.scalars(query)).all()


async def _unit(session: AsyncSession, case: Case, code: str) -> Unit:
    unit = await unit_by_code(session, code)
    if unit is None or unit.city_id != case.unit.city_id:
        raise PlaceNotFound
    return unit


async def _check_meeting(session: AsyncSession, case: Case, meeting_id: int | None) -> None:
    if meeting_id is None:
        return
    meeting = await session.get(Meeting, meeting_id)
    if meeting is None or meeting.case_id != case.id:
        raise NotFound


async def _held(session: AsyncSession, case_id: int) -> Case:
    """A unit strikes off its task without seeing the case, so this does not go through `cases.access`."""
    query = select(Case).where(Case.id == case_id).options(selectinload(Case.unit), selectinload(Case.grid))
    query = query.with_for_update(of=Case)
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


def _ways(case: Case) -> tuple[CaseStatus, ...]:
    return ways_from(case.status, ActorKind.STAFF)
