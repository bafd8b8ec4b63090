"""What waits for a member of staff, list by list and page by page?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, and_, func, literal, or_, select
from sqlalchemy.orm import selectinload

from cases.access import Seat, owed_in_sight, seat_of, seen_from, visible_to, workable_by
from cases.acts import local_time
from cases.among import among
from cases.codes import read_case_code
from cases.places import city_of
from cases.records import Case, CaseClock, Extension, Paper, Role, Task, Unit
from cases.roles import ROLE_MAY, Act
from cases.staff_side.standing import DANGER_REVIEW, to_reply_by
from cases.staff_side.steps import Seated
from cases.status import CaseStatus
from cases.tasks import MOOT

SHOWN = 10
"""Cases on one screen."""
MOST_COUNTED = 99
"""Nobody needs to know how many more there are than this, and counting on would read them all."""
RETURN_VISIT = "return_visit"
Where = Callable[[Seat], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Listed:
    """One list: whose it is, and which cases stand in it."""

    roles: frozenset[Role]
    where: Where
    deed: str = "open"
    """what pressing a line does"""
    by_closing: bool = False
    """the longest closed first; otherwise the gravest and soonest due"""


def _that_may(act: Act) -> frozenset[Role]:
    return frozenset(role for role, acts in ROLE_MAY.items() if act in acts)


def _others(seat: Seat) -> ColumnElement[bool]:
    """Not what is in one's own hands: a second person is needed."""
    return or_(Case.assignee_id.is_(None), Case.assignee_id != seat.staff_id)


# What few cases have is looked up first, and the cases by it: all that can be seen may be a million.
def _clock(step: str) -> ColumnElement[bool]:
    running = select(CaseClock.case_id).where(CaseClock.step == step, CaseClock.ended_at.is_(None))
    return among(Case.id, running)


def _letters(seat: Seat) -> ColumnElement[bool]:
    return among(Case.id, select(Paper.case_id).where(to_reply_by(seat.unit_id)))


def _tasks(seat: Seat) -> ColumnElement[bool]:
    mine = select(Task.case_id).where(Task.unit_id == seat.unit_id, Task.handled_at.is_(None))
    return and_(among(Case.id, mine), Case.status.not_in(MOOT))


def _extensions(seat: Seat) -> ColumnElement[bool]:
    asked = select(Extension.case_id).where(
        Extension.decided_at.is_(None), Extension.asked_by_id != seat.staff_id
    )
    return and_(among(Case.id, asked), seen_from(seat), _others(seat))


def _reviews(seat: Seat) -> ColumnElement[bool]:
    reopened = Case.status == CaseStatus.REOPENED
    return and_(Case.review_due, reopened, seen_from(seat), _others(seat))


def _to_put_away(seat: Seat) -> ColumnElement[bool]:
    """Said as the index says it, value included: otherwise SQLite would not know that it may use that."""
    closed = func.lower(Case.status, type_=String()) == literal(CaseStatus.CLOSED.value, literal_execute=True)
    ready = and_(closed, or_(Case.solved.is_not(None), Case.unsolved_class.is_not(None)))
    if seat.sees_far:
        return and_(ready, seen_from(seat), _others(seat))
    return and_(visible_to(seat, ready), _others(seat))


LISTS: Mapping[str, Listed] = {
    "queue": Listed(
        _that_may(Act.NOTE) | {Role.EXPERT, Role.VOLUNTEER},
        workable_by,
    ),
    "mine": Listed(_that_may(Act.TAKE), lambda seat: and_(Case.assignee_id == seat.staff_id, Case.owed)),
    "danger": Listed(_that_may(Act.REVIEW_DANGER), lambda seat: and_(_clock(DANGER_REVIEW), seen_from(seat))),
    "reviews": Listed(_that_may(Act.REVIEW), _reviews),
    "time": Listed(_that_may(Act.GRANT), _extensions),
    "letters": Listed(_that_may(Act.REPLY), _letters, "reply"),
    "tasks": Listed(_that_may(Act.WORK), _tasks, "strike"),
    "visits": Listed(
        _that_may(Act.VISIT), lambda seat: and_(_clock(RETURN_VISIT), seen_from(seat), _others(seat))
    ),
    "put_away": Listed(_that_may(Act.ARCHIVE), _to_put_away, by_closing=True),
    "area": Listed(frozenset({Role.CENTRE, Role.POLICE, Role.AUDITOR}), owed_in_sight),
}
"""In the order in which they stand on the home screen."""


@dataclass(frozen=True, slots=True)
class Page:
    """Lines of a list, and the code after which the next page begins (None: this was the last)."""

    lines: tuple[dict[str, Any], ...]
    after: str | None


async def counts(at: Seated) -> dict[str, int]:
    """How many cases stand in each list that is this person's; empty lists are left out.

    One more than `MOST_COUNTED` stands for any number above it.
    """
    seat = await seat_of(at.session, at.person)
    found = {}
    for name, listed in LISTS.items():
        if seat.role in listed.roles:
            some = select(Case.id).where(listed.where(seat)).limit(MOST_COUNTED + 1).subquery()
            query = select(func.count()).select_from(some)
            found[name] = int(await at.session.scalar(query) or 0)
    return {name: count for name, count in found.items() if count}


async def page(at: Seated, name: str, after: str = "") -> Page:
    """One page of a list in its own order; empty for a list that is not theirs."""
    seat = await seat_of(at.session, at.person)
    listed = LISTS[name]
    if seat.role not in listed.roles:
        return Page((), None)
    query = select(Case).where(listed.where(seat), await _beyond(at, after, by_closing=listed.by_closing))
    order = (Case.closed_at,) if listed.by_closing else (Case.danger.desc(), Case.due_at)
    query = query.order_by(*order, Case.id).limit(SHOWN + 1)
    found = (await at.session.scalars(query.options(selectinload(Case.unit)))).all()
    shown: Sequence[Case] = found[:SHOWN]
    # Held while the lines are made: a session asks again for what nobody holds.
    _held = [await city_of(at.session, case.unit) for case in shown]
    lines = [await _line(at, case) for case in shown]
    return Page(tuple(lines), shown[-1].code if len(found) > SHOWN else None)


async def _beyond(at: Seated, after: str, *, by_closing: bool) -> ColumnElement[bool]:
    """What comes behind the case of that code; everything where there is none such."""
    code = read_case_code(after)
    last = (await at.session.scalars(select(Case).where(Case.code == code))).one_or_none() if code else None
    if last is None or (by_closing and last.closed_at is None):
        return Case.id.is_not(None)
    if by_closing:
        same = and_(Case.closed_at == last.closed_at, Case.id > last.id)
        return or_(Case.closed_at > last.closed_at, same)
    later = or_(Case.due_at > last.due_at, and_(Case.due_at == last.due_at, Case.id > last.id))
    return or_(Case.danger < last.danger, and_(Case.danger == last.danger, later))


async def _line(at: Seated, case: Case) -> dict[str, Any]:
    return {
        "code": case.code,
        "leaf": case.leaf,
        "status": case.status.value,
        "danger": case.danger_level.code,
        "unit": case.unit.name(at.locale),
        "due": await local_time(at.session, case.unit, case.due_at) if case.owed else None,
        "late": case.owed and case.due_at < at.now,
    }


async def unit_name(at: Seated) -> str:
    """The name of the person's own unit."""
    return (await at.session.get_one(Unit, at.person.unit_id)).name(at.locale)
