"""How does one clock turn: its steps, a stop, going on, a shorter or longer time, its end?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from cases.clocks.arithmetic import Due, Stop, ladder_times, pushed
from cases.clocks.book import ClockBook, read_rule, write_rule
from cases.clocks.rules import ClockRule, LadderStep
from cases.danger import DangerLevel
from cases.records import Case, CaseClock

SHORTEST_GAP = timedelta(minutes=1)


def shorten(book: ClockBook, clock: CaseClock, rule: ClockRule, now: datetime) -> None:
    """Where a rule that fits the danger ends earlier than the clock's own, it takes its place from now on."""
    if rule.code == clock.rule["code"]:
        return
    due = book.due(rule, now)
    if due.at < clock.due_at:
        clock.rule, clock.due_at, clock.known_days = write_rule(rule), due.at, due.known
        clock.started_at, clock.rung = now, 0
        wind(book, clock)


def lengthen(book: ClockBook, clock: CaseClock, due: Due) -> None:
    """Gives a running clock a later due time; rungs already taken are not taken again."""
    clock.due_at, clock.known_days = due.at, due.known
    wind(book, clock)


def climb(book: ClockBook, clock: CaseClock, now: datetime, *, past: int) -> None:
    """The step of the ladder at place `past` is taken; the next one keeps its distance from it.

    After an outage a unit is not sent one letter after the other within the same minute.
    """
    times = times_of(book, clock)
    clock.rung = past + 1
    if clock.rung >= len(times):
        clock.acts_at = None
        return
    gap = times[clock.rung][0] - times[past][0]
    clock.acts_at = max(times[clock.rung][0], now + max(gap, SHORTEST_GAP))


def times_of(book: ClockBook, clock: CaseClock) -> tuple[tuple[datetime, LadderStep], ...]:
    """When each step of a clock's ladder is due."""
    ladder = book.ladders.get(str(clock.rule["ladder"]))
    return ladder_times(ladder, clock.started_at, clock.due_at) if ladder else ()


def wind(book: ClockBook, clock: CaseClock) -> None:
    """Sets the moment of the next step, or none while it stands still or has ended."""
    times = times_of(book, clock)
    running_on = clock.stopped_at is None and clock.ended_at is None
    clock.acts_at = times[clock.rung][0] if running_on and clock.rung < len(times) else None


def stop(clocks: Sequence[CaseClock], reason: str, now: datetime) -> None:
    """Lets those stand still whose rule names the reason."""
    for clock in clocks:
        if reason in clock.rule["stops"] and clock.stopped_at is None:
            clock.stopped_at, clock.stopped_for, clock.acts_at = now, reason, None


def resume(book: ClockBook, clocks: Sequence[CaseClock], now: datetime) -> None:
    """Lets those that stood still go on, with the time they lost."""
    for clock in clocks:
        if clock.stopped_at is None:
            continue
        stop = Stop(clock.stopped_at, max(now, clock.stopped_at))
        due = pushed(
            read_rule(clock.rule),
            Due(clock.due_at, clock.known_days),
            stop,
            calendar=book.calendar,
            timezone=book.timezone,
        )
        clock.stopped_at = clock.stopped_for = None
        lengthen(book, clock, due)


def catch_up_with_danger(book: ClockBook, case: Case, clocks: Sequence[CaseClock], now: datetime) -> None:
    """What stood still while the danger rose gets the shorter time as it goes on."""
    for clock in clocks:
        rule = book.rule(clock.step, case.leaf, case.danger_level)
        if rule is not None and clock.ended_at is None and case.danger_level > DangerLevel.NONE:
            shorten(book, clock, rule, now)


def end(clocks: Sequence[CaseClock], steps: Collection[str], now: datetime) -> None:
    """What these steps ask for has happened, in time or late."""
    for clock in clocks:
        if clock.step in steps and clock.ended_at is None:
            _close(clock, "met" if now <= clock.due_at else "late", now)


def drop(clocks: Sequence[CaseClock], outlive: Collection[str], now: datetime) -> None:
    """Ends what is no longer owed; a letter is still to be answered."""
    for clock in clocks:
        if clock.ended_at is None and clock.step not in outlive and clock.paper_id is None:
            _close(clock, "dropped", now)


def drop_steps(clocks: Sequence[CaseClock], rules: Sequence[ClockRule], now: datetime) -> None:
    """A reopened case that is routed anew: its next unit has the time of every other."""
    steps = {rule.step for rule in rules}
    drop([clock for clock in clocks if clock.step in steps], (), now)


def _close(clock: CaseClock, ending: str, now: datetime) -> None:
    clock.ended_at, clock.ending, clock.acts_at = now, ending, None
