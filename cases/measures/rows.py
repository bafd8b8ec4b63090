"""What does a measure look at: which rows, each with its case and whether it counts?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from cases.actors import ActorKind, Audience
from cases.measures.periods import Period
from cases.measures.scope import Scope
from cases.measures.sql_times import seconds_between
from cases.records import Case, TimelineEntry
from cases.status import CaseStatus

# A query of `key` (unique among its rows), `case_id`, `hit` (1: it counts) and `amount`.
Rows = Select[Any]
S = CaseStatus
E = TimelineEntry
# What staff write for the resident to read, though nobody spoke with them.
NO_CONTACT = ("extension_decided", "meeting_called")


def looked_at(
    key: InstrumentedAttribute[int],
    case_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None],
    hit: ColumnElement[bool] | None = None,
    amount: ColumnElement[Any] | None = None,
) -> Rows:
    """The columns of every measure; without `hit` each row counts."""
    counts = literal(1) if hit is None else case((hit, 1), else_=0)
    worth = cast(null() if amount is None else amount, Float)
    return select(
        key.label("key"), case_id.label("case_id"), counts.label("hit"), worth.label("amount")
    ).select_from(key.class_)


def entries(
    scope: Scope,
    period: Period,
    which: ColumnElement[bool],
    hit: ColumnElement[bool] | None = None,
    amount: ColumnElement[Any] | None = None,
) -> Rows:
    """One row for each timeline entry of a kind in the period, on a case of the scope."""
    within = and_(E.at >= period.start, E.at < period.end)
    return (
        looked_at(E.id, E.case_id, hit, amount)
        .join(Case, Case.id == E.case_id)
        .where(which, within, scope.holds_entry(), scope.holds())
    )


def moved(*to: CaseStatus) -> ColumnElement[bool]:
    """The entry is a move to one of these statuses."""
    return and_(E.action == "moved", E.to_status.in_(to))


def registered() -> ColumnElement[bool]:
    """The entry is a registration."""
    return and_(E.action == "registered", E.to_status == S.REGISTERED)


def opened(scope: Scope, period: Period, hit: ColumnElement[bool] | None = None) -> Rows:
    """One row for each case opened in the period."""
    within = and_(Case.opened_at >= period.start, Case.opened_at < period.end)
    return looked_at(Case.id, Case.id, hit).where(within, scope.holds_opened())


def fact(entry: Any, name: str) -> ColumnElement[str]:
    """A code among the facts of an entry."""
    told: ColumnElement[str] = entry.facts[name].as_string()
    return told


def flag(entry: Any, name: str) -> ColumnElement[bool]:
    """A yes or no among the facts of an entry; NULL where it was not said."""
    told: ColumnElement[bool] = entry.facts[name].as_boolean()
    return told


def another() -> Any:
    """Another entry of the same case."""
    return aliased(TimelineEntry)


def of_same_case(other: Any) -> ColumnElement[bool]:
    """The other entry is of the case at hand."""
    same: ColumnElement[bool] = other.case_id == E.case_id
    return same


def later(*conditions: ColumnElement[bool], other: Any) -> ColumnElement[bool]:
    """Whether a later entry of the same case fulfils these conditions."""
    found = exists().where(of_same_case(other), other.seq > E.seq, *conditions)
    return found.correlate_except(other)


def first_contact() -> ColumnElement[Any]:
    """When a person first spoke to the resident after the entry at hand; NULL: not yet."""
    other = another()
    to_resident = and_(
        other.to_status.is_(None), other.audience == Audience.RESIDENT, other.action.not_in(NO_CONTACT)
    )
    spoke = or_(other.to_status.in_([S.WAITING, S.ANSWERED]), to_resident)
    found = select(func.min(other.at)).where(
        of_same_case(other), other.seq > E.seq, other.actor_kind == ActorKind.STAFF, spoke
    )
    return found.correlate(E).scalar_subquery()


def minutes(start: ColumnElement[Any] | Any, end: ColumnElement[Any] | Any) -> ColumnElement[float]:
    """Minutes from one time to another."""
    return seconds_between(start, end) / 60.0
