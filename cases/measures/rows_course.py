"""Which rows do the measures of a case's course look at: from dispatch to closing and after?"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from cases.measures.course import PASSED_UP
from cases.measures.families import DISPUTES
from cases.measures.periods import Period
from cases.measures.rows import (
    E,
    Rows,
    S,
    another,
    entries,
    fact,
    flag,
    later,
    minutes,
    moved,
    of_same_case,
    opened,
)
from cases.measures.scope import Scope
from cases.measures.sql_times import days, days_later
from cases.records import Case, CaseClock, Unit, UnitKind
from cases.routing import VIOLENCE_AT_HOME
from cases.status import ClosingKind

WITHIN_DAYS = 30
_KEPT = ("met", "late")


def response(scope: Scope, period: Period) -> Rows:
    """Each dispatch and the first-answer clock it set going."""
    clock = aliased(CaseClock)
    started = select(func.min(clock.id)).where(
        clock.case_id == E.case_id, clock.step == "first_answer", clock.started_at >= E.at
    )
    settled = or_(
        CaseClock.ending.in_(_KEPT), and_(CaseClock.ended_at.is_(None), CaseClock.due_at < period.end)
    )
    rows = entries(scope, period, moved(S.ROUTED), func.coalesce(CaseClock.ending, "") == "met")
    return rows.join(CaseClock, CaseClock.id == started.correlate(E).scalar_subquery()).where(settled)


def _last_word(scope: Scope, period: Period, about: str) -> Rows:
    other = another()
    said = and_(
        E.action.in_(["judged", "return_visited"]), E.to_status.is_(None), flag(E, about).is_not(None)
    )
    newer = later(
        other.action.in_(["judged", "return_visited"]),
        other.at < period.end,
        flag(other, about).is_not(None),
        other=other,
    )
    return entries(scope, period, said, flag(E, about)).where(~newer)


def solved(scope: Scope, period: Period) -> Rows:
    """Each case's last word in the period on whether it is solved."""
    return _last_word(scope, period, "solved")


def satisfied(scope: Scope, period: Period) -> Rows:
    """Each case's last word in the period on whether its resident is satisfied."""
    return _last_word(scope, period, "satisfied")


def on_time(scope: Scope, period: Period) -> Rows:
    """Each closing and the last handling clock that was met or missed before it."""
    clock = aliased(CaseClock)
    last = select(func.max(clock.id)).where(
        clock.case_id == E.case_id,
        clock.step == "handle",
        clock.ending.in_(_KEPT),
        clock.started_at <= E.at,
    )
    rows = entries(scope, period, moved(S.CLOSED), CaseClock.ending == "met")
    return rows.join(CaseClock, CaseClock.id == last.correlate(E).scalar_subquery())


def substantive(scope: Scope, period: Period) -> Rows:
    """Each closing."""
    return entries(scope, period, moved(S.CLOSED), fact(E, "closing") == ClosingKind.SUBSTANTIVE.value)


def settled_in_community(scope: Scope, period: Period) -> Rows:
    """Each closing or handing on of a dispute, and whether a community had settled it."""
    other = another()
    had_it = (
        select(fact(other, "unit"))
        .where(
            of_same_case(other),
            other.seq < E.seq,
            or_(other.to_status == S.ROUTED, other.action == PASSED_UP),
        )
        .order_by(other.seq.desc())
        .limit(1)
        .correlate(E)
        .scalar_subquery()
    )
    in_community = had_it.in_(select(Unit.code).where(Unit.level == UnitKind.COMMUNITY))
    settled = and_(fact(E, "closing") == ClosingKind.SUBSTANTIVE.value, in_community)
    disputes = and_(Case.leaf.startswith(DISPUTES), Case.leaf != VIOLENCE_AT_HOME)
    return entries(scope, period, moved(S.CLOSED, S.TRANSFERRED), settled).where(disputes)


def first_to_sign(scope: Scope, period: Period) -> Rows:
    """Each first signature, with the minutes since the registration."""
    other = another()
    signed_before = exists().where(of_same_case(other), other.seq < E.seq, other.to_status == S.SIGNED)
    rows = entries(scope, period, moved(S.SIGNED), amount=minutes(Case.opened_at, E.at))
    return rows.where(~signed_before.correlate_except(other))


def sent_back(scope: Scope, period: Period) -> Rows:
    """Each dispatch, and whether the unit sent it back."""
    other, between = another(), another()
    given_again = exists().where(
        of_same_case(between),
        between.seq > E.seq,
        between.seq < other.seq,
        between.to_status == S.ROUTED,
    )
    returned = later(
        other.to_status == S.ACCEPTED,
        fact(other, "reason") == "not_ours",
        ~given_again.correlate(E, other),
        other=other,
    )
    return entries(scope, period, moved(S.ROUTED), returned)


def routings(scope: Scope, period: Period) -> Rows:
    """Each closing, with how often the case had been given to a unit."""
    other = another()
    times = select(func.count()).where(of_same_case(other), other.seq < E.seq, other.to_status == S.ROUTED)
    return entries(scope, period, moved(S.CLOSED), amount=times.correlate(E).scalar_subquery())


def repeated(scope: Scope, period: Period) -> Rows:
    """Each case opened, and whether its resident had opened one of the same leaf shortly before."""
    other = aliased(Case)
    before = exists().where(
        other.resident_id == Case.resident_id,
        other.id < Case.id,
        other.leaf == Case.leaf,
        days_later(other.opened_at, days(WITHIN_DAYS)) > Case.opened_at,
    )
    return opened(scope, period, before.correlate(Case))


def reopened(scope: Scope, period: Period) -> Rows:
    """Each answer put to its resident, and whether the case was opened again after it."""
    other = another()
    again = later(other.to_status == S.REOPENED, other.at < days_later(E.at, days(WITHIN_DAYS)), other=other)
    return entries(scope, period, moved(S.JUDGING), again)


def shifted(period: Period, by: int) -> Period:
    """The period so many days earlier: what began then is as old as that now."""
    back = timedelta(days=by)
    return Period(period.name, period.start - back, period.end - back)


__all__ = [
    "first_to_sign",
    "on_time",
    "reopened",
    "repeated",
    "response",
    "routings",
    "satisfied",
    "sent_back",
    "settled_in_community",
    "shifted",
    "solved",
    "substantive",
]
