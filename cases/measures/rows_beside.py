"""Which rows do the other measures look at: agreements, letters, danger, fraud, the classifier?"""

from __future__ import annotations

from functools import partial

from sqlalchemy import and_, exists, func, or_, select

from cases.danger import DangerLevel
from cases.measures.families import DISPUTES, FRAUD
from cases.measures.periods import Period
from cases.measures.rows import (
    E,
    Rows,
    S,
    another,
    entries,
    fact,
    first_contact,
    later,
    looked_at,
    minutes,
    moved,
    opened,
    registered,
)
from cases.measures.rows_course import shifted
from cases.measures.scope import Scope
from cases.measures.sql_times import days, days_later, seconds_between
from cases.opening import TO_SORT
from cases.papers.kinds import LETTERS
from cases.records import Agreement, Case, Check, Heard, Paper

PAID = "paid"
AT_ONCE_SECONDS = 60
GRAVE = [level.code for level in DangerLevel if level >= DangerLevel.YELLOW]


def kept(scope: Scope, period: Period, *, after: int) -> Rows:
    """Each agreement that is so many days old in the period, and whether it was known as kept by then."""
    old = shifted(period, after)
    in_time = Agreement.performed_at <= days_later(Agreement.agreed_at, days(after))
    hit = and_(Agreement.performed.is_(True), in_time)
    within = and_(Agreement.agreed_at >= old.start, Agreement.agreed_at < old.end)
    rows = looked_at(Agreement.id, Agreement.case_id, hit).join(Case, Case.id == Agreement.case_id)
    return rows.where(within, scope.holds())


kept_30 = partial(kept, after=30)
kept_90 = partial(kept, after=90)


def letters_answered(scope: Scope, period: Period) -> Rows:
    """Each letter that asked for a reply, once it was answered or due."""
    kinds = sorted(kind.value for kind in LETTERS)
    issued = and_(Paper.kind.in_(kinds), Paper.issued_at >= period.start, Paper.issued_at < period.end)
    settled = or_(Paper.replied_at.is_not(None), Paper.reply_due_at < period.end)
    in_time = func.coalesce(Paper.replied_at <= Paper.reply_due_at, False)
    rows = looked_at(Paper.id, Paper.case_id, in_time).join(Case, Case.id == Paper.case_id)
    return rows.where(issued, Paper.reply_due_at.is_not(None), settled, scope.holds())


def danger_contact(scope: Scope, period: Period) -> Rows:
    """Each rise of a danger level, with the minutes until a person contacted the resident."""
    rose = and_(E.action == "danger_raised", E.to_status.is_(None), fact(E, "from") != fact(E, "to"))
    began = and_(registered(), fact(E, "level").in_(GRAVE))
    contact = first_contact()
    return entries(scope, period, or_(rose, began), contact.is_not(None), minutes(E.at, contact))


def to_police(scope: Scope, period: Period) -> Rows:
    """Each dispute handed to the police."""
    handed = and_(moved(S.TRANSFERRED), fact(E, "reason") == "police")
    return entries(scope, period, handed).where(Case.leaf.startswith(DISPUTES))


def petitioned(scope: Scope, period: Period) -> Rows:
    """Each case handed to the petition office."""
    return entries(scope, period, and_(moved(S.TRANSFERRED), fact(E, "reason") == "petition"))


def fraud_losses(scope: Scope, period: Period) -> Rows:
    """Each fraud case opened whose resident said that money was sent."""
    paid = exists().where(Check.case_id == Case.id, Check.state == PAID)
    return opened(scope, period).where(Case.leaf.startswith(FRAUD), paid.correlate(Case))


def fraud_contact(scope: Scope, period: Period) -> Rows:
    """Each fraud case registered, with the minutes until a person contacted the resident."""
    contact = first_contact()
    rows = entries(scope, period, registered(), contact.is_not(None), minutes(E.at, contact))
    return rows.where(Case.leaf.startswith(FRAUD))


def told_110(scope: Scope, period: Period) -> Rows:
    """Each check whose resident wrote that money was sent; the card with 110 goes out in that same turn."""
    heard = (
        select(func.min(Heard.at))
        .where(
            Heard.resident_id == Check.resident_id,
            Heard.taken_at == Check.state_at,
            Heard.at <= Check.state_at,
        )
        .correlate(Check)
        .scalar_subquery()
    )
    within = and_(Check.at >= period.start, Check.at < period.end)
    whose = or_(Check.case_id.is_(None), scope.holds()) if scope.whole_city else scope.holds()
    hit = seconds_between(heard, Check.state_at) <= AT_ONCE_SECONDS
    rows = looked_at(Check.id, Check.case_id, hit).outerjoin(Case, Case.id == Check.case_id)
    return rows.where(within, Check.state == PAID, heard.is_not(None), whose)


def abstained(scope: Scope, period: Period) -> Rows:
    """Each registration, and whether it was left for a person to sort."""
    return entries(scope, period, registered(), fact(E, "leaf") == TO_SORT)


def corrected(scope: Scope, period: Period) -> Rows:
    """Each registration with a kind, and whether a person has changed it since."""
    other = another()
    changed = later(other.action == "corrected", fact(other, "from") != fact(other, "to"), other=other)
    return entries(scope, period, registered(), changed).where(fact(E, "leaf") != TO_SORT)
