"""What did a case go through in a period, read from nothing but its timeline?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cases.errors import ChainBroken
from cases.measures.periods import Period
from cases.status import AT_REST, CaseStatus

S = CaseStatus
TO_SORT = "to_be_sorted"
PASSED_UP = "passed_up"
CORRECTED = "corrected"
# Which entries a ledger reads besides the moves.
ALSO_READ = (TO_SORT, PASSED_UP, CORRECTED)
# Entries that say with which unit a case is from then on.
_NAMES_UNIT = frozenset({S.ROUTED, S.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Step:
    """An entry of a timeline, as far as a ledger reads it."""

    at: datetime
    action: str
    start: CaseStatus | None
    to: CaseStatus | None
    facts: Mapping[str, Any]


@dataclass(slots=True)
class Course:
    """A case at the start, in the course, and at the end of a period.

    It is open from its registration, or a reopening, until it comes to rest; an answer that waits for its
    resident's judgement is still open. `carried + opened + reopened = sum(exits) + open_at_end`.
    """

    carried: bool = False
    opened: int = 0
    reopened: int = 0
    """opened again from rest: an answer its resident refuses never left the ledger"""
    exits: Counter[CaseStatus] = field(default_factory=Counter)
    """how often it came to rest, by the status it came to rest in"""
    status: CaseStatus | None = None
    """at the end; None: not yet registered"""
    closing: str | None = None
    closed_at: datetime | None = None
    """the closing in force at the end"""
    settled: int = 0
    """how often it was closed as substantively solved"""
    unit: str | None = None
    """code of the unit that has it at the end"""
    leaf: str | None = None
    routed: list[str] = field(default_factory=list)
    """codes of the units it was given to in the period, in order"""
    unit_before: str | None = None
    """who had it at the start"""

    @property
    def received(self) -> int:
        return self.opened + self.reopened

    @property
    def open_at_end(self) -> bool:
        return self.status is not None and self.status not in AT_REST

    @property
    def concerned(self) -> bool:
        """Whether the ledger of the period has a line for it."""
        return self.carried or self.received > 0


def through(steps: Sequence[Step], period: Period) -> Course:
    """The course of a case whose entries are given oldest first; ChainBroken where a move does not follow."""
    course = Course()
    for at, step in _in_time(steps):
        if at >= period.end:
            break
        inside = at >= period.start
        _note(course, step, inside=inside)
        if step.to is not None:
            _move(course, step, inside=inside)
        if not inside:
            course.carried, course.unit_before = course.open_at_end, course.unit
    return course


def _in_time(steps: Sequence[Step]) -> Iterator[tuple[datetime, Step]]:
    """Two machines' clocks may differ by a blink; what comes later in the chain never came before."""
    latest: datetime | None = None
    for step in steps:
        latest = step.at if latest is None else max(latest, step.at)
        yield latest, step


def _note(course: Course, step: Step, *, inside: bool) -> None:
    if step.to is S.REGISTERED:
        course.leaf = step.facts.get("leaf")
    if step.action == CORRECTED:
        course.leaf = step.facts.get("to")
    if step.to in _NAMES_UNIT or step.action in (TO_SORT, PASSED_UP):
        course.unit = step.facts.get("unit") or course.unit
    if step.to is S.ROUTED and inside and course.unit:
        course.routed.append(course.unit)


def _move(course: Course, step: Step, *, inside: bool) -> None:
    if step.start != course.status or step.to is None:
        raise ChainBroken
    rested = course.status is not None and course.status in AT_REST
    if inside:
        course.opened += step.to is S.REGISTERED
        course.reopened += rested and step.to not in AT_REST
        if step.to in AT_REST and not rested:
            course.exits[step.to] += 1
            course.settled += step.facts.get("closing") == "substantive"
    course.status = step.to
    if step.to is S.CLOSED:
        course.closing, course.closed_at = step.facts.get("closing"), step.at
    elif step.to not in AT_REST:
        course.closing = course.closed_at = None
