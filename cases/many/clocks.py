"""Which clocks run, stand still or have ended on a made case, and which of them are due?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

from cases.clocks.arithmetic import Due, ladder_times
from cases.clocks.book import write_rule
from cases.clocks.rules import ClockRule, OwedBy
from cases.clocks.running import DUE_FIRST
from cases.danger import DangerLevel, level_of
from cases.many.plan import NOW
from cases.many.sealing import iso
from cases.many.world import UnitFact, World
from cases.records import ClockUnit
from cases.status import CaseStatus

if TYPE_CHECKING:
    from cases.many.making import Made

S = CaseStatus
DUE_SHARE = 0.75
"""Of the running clocks whose ladder has begun: those whose step is still to be taken."""
JUST_NOW = 3600
"""Seconds within which what is due became so."""
LOOKS_BACK = 10 * 86400.0
# Which clocks run at a status, and since which entry.
RUNNING: dict[CaseStatus, tuple[tuple[str, str], ...]] = {
    S.REGISTERED: (("accept", "registered"),),
    S.ACCEPTED: (("ruling", "accepted"),),
    S.ROUTED: (("sign", "routed"), ("first_answer", "routed"), ("handle", "routed")),
    S.SIGNED: (("first_answer", "routed"), ("handle", "routed")),
    S.IN_PROGRESS: (("first_answer", "routed"), ("handle", "routed")),
    S.WAITING: (("waiting", "waiting"), ("handle", "routed")),
    S.JUDGING: (("judge", "judging"),),
    S.REOPENED: (
        ("reopen_review", "reopened"),
        ("sign", "reopened"),
        ("first_answer", "reopened"),
        ("handle", "reopened"),
    ),
    S.CLOSED: (("return_visit", "closed"),),
}
# What is kept of those that have ended: what the measures read.
ENDED = ("first_answer", "handle")


@dataclass(slots=True)
class Clock:
    """A clock of a made case; times are seconds since 1970."""

    case_id: int
    step: str
    rule: str
    owed_by: str
    owed_unit_id: int | None
    started: float
    due: float
    known: bool
    stopped: float | None = None
    rung: int = 0
    acts: float | None = None
    ended: float | None = None

    def row(self) -> tuple[object, ...]:
        """In the order of `cases.many.columns`."""
        ending = None if self.ended is None else "met" if self.ended <= self.due else "late"
        return (
            self.case_id,
            self.step,
            self.rule,
            self.owed_by,
            self.owed_unit_id,
            iso(self.started),
            iso(self.due),
            iso(self.due),
            self.known,
            None if self.stopped is None else iso(self.stopped),
            None if self.stopped is None else "resident",
            0,
            self.rung,
            None if self.acts is None else iso(self.acts),
            None if self.ended is None else iso(self.ended),
            ending,
        )


class ClockMaker:
    """Starts clocks by the rules of the city, as the product would."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rules: dict[tuple[str, str, DangerLevel], tuple[ClockRule, str] | None] = {}
        self._dues: dict[tuple[str, int], Due] = {}

    def clocks_of(self, rng: Random, made: Made) -> list[Clock]:
        """What runs, and what of the ended ones is kept."""
        found = []
        for step, since in self._running(made):
            clock = self._start(made, step, made.at[since])
            if clock is not None:
                self._go_on(rng, made, clock)
                found.append(clock)
        return [*found, *self._ended(made)]

    def _running(self, made: Made) -> Sequence[tuple[str, str]]:
        """A contact is a first answer; a visit is owed for a while after the closing."""
        told = RUNNING.get(made.status, ())
        if made.status is S.CLOSED:
            lately = made.at["closed"] > NOW.timestamp() - LOOKS_BACK
            return told if lately and "return_visited" not in made.at else ()
        contacted = "contacted" in made.at and made.status is not S.REOPENED
        return [one for one in told if not (contacted and one[0] == "first_answer")]

    def _start(self, made: Made, step: str, at: float) -> Clock | None:
        found = self._rule(step, made.leaf, level_of(made.danger))
        if found is None:
            return None
        rule, told = found
        due, unit = self._due(rule, at), self._world.units[made.unit_id]
        return Clock(
            case_id=made.number,
            step=step,
            rule=told,
            owed_by=rule.owed_by.value,
            owed_unit_id=_owing(rule.owed_by, unit),
            started=float(int(at)),
            due=due.at.timestamp(),
            known=due.known,
        )

    def _rule(self, step: str, leaf: str, level: DangerLevel) -> tuple[ClockRule, str] | None:
        key = (step, leaf, level)
        if key not in self._rules:
            rule = self._world.book.rule(step, leaf, level)
            self._rules[key] = None if rule is None else (rule, json.dumps(write_rule(rule)))
        return self._rules[key]

    def _due(self, rule: ClockRule, at: float) -> Due:
        """Rules that count days come to the same for a whole day of the city's."""
        start = datetime.fromtimestamp(int(at), UTC)
        if rule.unit is ClockUnit.HOURS:
            return self._world.book.due(rule, start)
        # The city of the sample lies eight hours ahead, without summer time.
        key = (rule.code, int(at + 8 * 3600) // 86400)
        if key not in self._dues:
            self._dues[key] = self._world.book.due(rule, start)
        return self._dues[key]

    def _go_on(self, rng: Random, made: Made, clock: Clock) -> None:
        """Where on its ladder a running clock stands: what is due became so within the hour."""
        told = json.loads(clock.rule)
        if made.status is S.WAITING and "resident" in told["stops"]:
            clock.stopped = made.at["waiting"]
            return
        ladder, now = self._world.book.ladders[told["ladder"]], NOW.timestamp()
        start, due = (datetime.fromtimestamp(one, UTC) for one in (clock.started, clock.due))
        times = [at.timestamp() for at, _ in ladder_times(ladder, start, due)]
        passed = sum(at <= now for at in times)
        if passed and rng.random() < DUE_SHARE:
            clock.rung = int(rng.random() * passed)
            clock.acts = now - rng.random() * JUST_NOW
            return
        clock.rung = passed
        clock.acts = times[passed] if passed < len(times) else None

    def _ended(self, made: Made) -> list[Clock]:
        """Ended by the answer, or by the contact before it."""
        answered = made.at.get("answered")
        if (
            answered is None
            or "routed" not in made.at
            or (made.status in RUNNING and made.is_open and made.status is not S.JUDGING)
        ):
            return []
        found = []
        for step in ENDED:
            clock = self._start(made, step, made.at["routed"])
            if clock is not None:
                by_contact = step == "first_answer" and "contacted" in made.at
                clock.ended = made.at["contacted"] if by_contact else answered
                found.append(clock)
        return found


def _owing(by: OwedBy, unit: UnitFact) -> int | None:
    match by:
        case OwedBy.UNIT:
            return unit.id
        case OwedBy.CENTRE | OwedBy.FIRST_RECEIVER:
            return unit.centre_id
        case OwedBy.SUPERIOR:
            return unit.superior_id
    return None


def owed_first(clocks: Sequence[Clock]) -> Clock | None:
    """The running clock whose due time the case shows."""
    alive = {clock.step: clock for clock in clocks if clock.ended is None}
    return next((alive[step] for step in DUE_FIRST if step in alive), None)
