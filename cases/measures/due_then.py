"""Until when was something owed at a past moment, whatever was granted or stopped later?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.clocks import arithmetic
from cases.clocks.book import ClockBook, read_rule
from cases.clocks.rules import ClockRule
from cases.clocks.running import DUE_FIRST
from cases.measures.course import Step
from cases.records import CaseClock
from cases.status import CaseStatus

S = CaseStatus
_STARTS = frozenset({S.REGISTERED, S.ACCEPTED, S.ROUTED, S.REOPENED})


@dataclass(frozen=True, slots=True)
class Wait:
    """A time in which a case waited; `until` is None while it still does."""

    reason: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Owed:
    """What a case owed at a moment."""

    due_at: datetime
    overdue: bool


def owed_at(
    moment: datetime,
    steps: Sequence[Step],
    clocks: Sequence[CaseClock],
    granted: Sequence[tuple[int, datetime]],
    *,
    book: ClockBook,
) -> Owed | None:
    """What was due first at `moment`; `granted` are (clock id, when) of extensions. None: nothing ran.

    A clock keeps only its present due time, so the former one is worked out again from its first due time,
    the waits on the timeline and the extensions granted before the moment.
    """
    alive = {clock.step: clock for clock in clocks if _alive(clock, steps, moment)}
    clock = next((alive[step] for step in DUE_FIRST if step in alive), None)
    if clock is None:
        return None
    waits = [wait for wait in waits_of(steps) if wait.since < moment]
    mine = [at for clock_id, at in granted if clock_id == clock.id and at < moment]
    shortened = _tightened(clock, steps) and clock.started_at < moment
    due = _due(clock, waits, mine, moment, book=book, shortened=shortened)
    stopped = next((wait.since for wait in waits if _stands_still(clock, wait, moment)), None)
    return Owed(due, overdue=due < (stopped or moment))


def waits_of(steps: Sequence[Step]) -> list[Wait]:
    """The times a case waited, oldest first."""
    waits: list[Wait] = []
    for step in steps:
        if step.start is S.WAITING and waits:
            waits[-1] = Wait(waits[-1].reason, waits[-1].since, step.at)
        if step.to is S.WAITING:
            waits.append(Wait(str(step.facts.get("reason")), step.at, None))
    return waits


def _alive(clock: CaseClock, steps: Sequence[Step], moment: datetime) -> bool:
    ended = clock.ended_at is not None and clock.ended_at < moment
    return not ended and _began(clock, steps) < moment


def _began(clock: CaseClock, steps: Sequence[Step]) -> datetime:
    """A rise of danger gives a running clock a new start; it had begun with the move before that."""
    moves = [step.at for step in steps if step.to in _STARTS and step.at <= clock.started_at]
    return moves[-1] if moves else clock.started_at


def _due(
    clock: CaseClock,
    waits: Sequence[Wait],
    granted: Sequence[datetime],
    moment: datetime,
    *,
    book: ClockBook,
    shortened: bool,
) -> datetime:
    rule = read_rule(clock.rule)
    first = arithmetic.Due(clock.first_due_at, clock.known_days)
    due = book.due(rule, clock.started_at) if shortened else first
    over = [wait for wait in waits if wait.until is not None and _counts(clock, wait) and wait.until < moment]
    changes: list[tuple[datetime, Wait | None]] = [(wait.until or moment, wait) for wait in over]
    changes += [(at, None) for at in granted]
    for _, wait in sorted(changes, key=lambda change: change[0]):
        due = _changed(rule, due, wait, book)
    return due.at


def _tightened(clock: CaseClock, steps: Sequence[Step]) -> bool:
    """Every other start of these clocks is a move; two at the same moment show in the due time."""
    by_move = any(step.at == clock.started_at and step.to in _STARTS for step in steps)
    return not by_move or clock.due_at < clock.first_due_at


def _changed(rule: ClockRule, due: arithmetic.Due, wait: Wait | None, book: ClockBook) -> arithmetic.Due:
    if wait is None:
        return arithmetic.extended(rule, due, book.calendar, book.timezone)
    stop = arithmetic.Stop(wait.since, max(wait.since, wait.until or wait.since))
    return arithmetic.pushed(rule, due, stop, calendar=book.calendar, timezone=book.timezone)


def _counts(clock: CaseClock, wait: Wait) -> bool:
    return wait.since >= clock.started_at and _stops(clock, wait)


def _stops(clock: CaseClock, wait: Wait) -> bool:
    return wait.reason in clock.rule["stops"]


def _stands_still(clock: CaseClock, wait: Wait, moment: datetime) -> bool:
    return (wait.until is None or wait.until >= moment) and _stops(clock, wait)
