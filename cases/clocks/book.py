"""Which clocks, ladders and days off hold in a city: its own rules first, ours where it says nothing?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.clocks.arithmetic import Due, due_at
from cases.clocks.calendar import WorkCalendar
from cases.clocks.defaults import defaults
from cases.clocks.rules import (
    ClockRule,
    ExtendedBy,
    Extension,
    Ladder,
    LadderAct,
    LadderStep,
    OwedBy,
    StartEvent,
    StopReason,
    fitting,
    steps_starting,
)
from cases.danger import DangerLevel
from cases.places import city_of
from cases.records import City, ClockUnit, Unit
from cases.records import ClockRule as ClockRow

FIRST_ANSWER = "first_answer"


@dataclass(frozen=True, slots=True)
class ClockBook:
    """Everything that decides about a city's times."""

    rules: tuple[ClockRule, ...]
    ladders: Mapping[str, Ladder]
    calendar: WorkCalendar
    timezone: str

    def starting(self, event: StartEvent, leaf: str, level: DangerLevel) -> list[ClockRule]:
        """The rules whose clocks an event sets going on a case of that leaf and danger."""
        found = (
            fitting(self.rules, step=step, leaf=leaf, level=level)
            for step in steps_starting(self.rules, event)
        )
        return [rule for rule in found if rule is not None and rule.start is event]

    def rule(self, step: str, leaf: str, level: DangerLevel) -> ClockRule | None:
        """The rule of a step for a case of that leaf and danger."""
        return fitting(self.rules, step=step, leaf=leaf, level=level)

    def due(self, rule: ClockRule, start: datetime) -> Due:
        """When a clock started at `start` runs out."""
        return due_at(rule, start, self.calendar, self.timezone)

    def first_answer(self, leaf: str, level: DangerLevel, now: datetime) -> tuple[datetime, bool]:
        """Until when a case given to a unit now is owed its first answer, and whether a template says so."""
        rule = self.rule(FIRST_ANSWER, leaf, level)
        if rule is None:
            raise LookupError("the defaults hold a first answer for every case")
        return self.due(rule, now).at, rule.template


async def book_of(session: AsyncSession, unit: Unit) -> ClockBook:
    """The book of the city a unit belongs to."""
    city = await city_of(session, unit)
    key = (city.id, city.fingerprint, city.loaded_at)
    known = _BOOKS.get(key)
    if known is None:
        rows = await session.scalars(
            select(ClockRow).where(ClockRow.city_id == city.id).order_by(ClockRow.position, ClockRow.id)
        )
        known = book([_from_row(row) for row in rows], city)
        if len(_BOOKS) >= MOST_BOOKS:
            _BOOKS.clear()
        _BOOKS[key] = known
    return known


MOST_BOOKS = 32
# Reading a city anew gives it a new loading time, so a book never outlives what it was made from.
_BOOKS: dict[tuple[int, str, datetime], ClockBook] = {}


def book(own: list[ClockRule], city: City) -> ClockBook:
    """A book of a city's own rules, with ours behind them."""
    days = city.choices.get("calendar") or {}
    calendar = WorkCalendar(_days(days.get("holidays")), _days(days.get("workdays")))
    ours = defaults()
    ladders = {**ours.ladders, **_ladders(city.choices.get("ladders") or {})}
    return ClockBook((*own, *ours.rules), ladders, calendar, city.timezone)


def _days(told: list[str] | None) -> frozenset[date]:
    return frozenset(date.fromisoformat(str(day)) for day in told or ())


def _ladders(told: Mapping[str, list[Mapping[str, Any]]]) -> dict[str, Ladder]:
    return {name: Ladder(name, tuple(_step(step) for step in steps)) for name, steps in told.items()}


def _step(told: Mapping[str, Any]) -> LadderStep:
    return LadderStep(
        act=LadderAct(told["act"]),
        share=told.get("share"),
        before=timedelta(hours=told["before_hours"]) if "before_hours" in told else None,
        after=timedelta(hours=told["after_hours"]) if "after_hours" in told else None,
    )


def _from_row(row: ClockRow) -> ClockRule:
    return read_rule(
        {
            "code": row.code,
            "step": row.step,
            "leaf": row.leaf,
            "min_danger": row.min_danger,
            "length": row.length,
            "unit": row.unit.value,
            "start": row.start,
            "basis": row.basis,
            "article": row.article,
            "template": row.template,
            "stops": row.stops,
            "extension": row.extension,
            "ladder": row.ladder,
            "owed_by": row.owed_by,
        }
    )


def read_rule(told: Mapping[str, Any]) -> ClockRule:
    """A rule from the JSON values a clock keeps it as."""
    return _read(_frozen(told))


@lru_cache(maxsize=512)
def _read(told: tuple[tuple[str, Any], ...]) -> ClockRule:
    given = dict(told)
    more = dict(given["extension"]) if given["extension"] else None
    return ClockRule(
        **{
            **given,
            "min_danger": DangerLevel(given["min_danger"]),
            "unit": ClockUnit(given["unit"]),
            "start": StartEvent(given["start"]),
            "stops": frozenset(StopReason(reason) for reason in given["stops"]),
            "extension": _extension(more) if more else None,
            "owed_by": OwedBy(given["owed_by"]),
        }
    )


def _frozen(told: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    parts = {
        name: tuple(value)
        if isinstance(value, list)
        else _frozen(value)
        if isinstance(value, dict)
        else value
        for name, value in told.items()
    }
    return tuple(sorted(parts.items()))


def _extension(told: Mapping[str, Any]) -> Extension:
    return Extension(told["length"], ClockUnit(told["unit"]), told["times"], ExtendedBy(told["who"]))


def write_rule(rule: ClockRule) -> dict[str, Any]:
    """A rule as the JSON values a clock keeps it as, so that a city's later change rewrites nothing."""
    more = rule.extension
    return {
        "code": rule.code,
        "step": rule.step,
        "leaf": rule.leaf,
        "min_danger": int(rule.min_danger),
        "length": rule.length,
        "unit": rule.unit.value,
        "start": rule.start.value,
        "basis": rule.basis,
        "article": rule.article,
        "template": rule.template,
        "stops": sorted(reason.value for reason in rule.stops),
        "extension": {
            "length": more.length,
            "unit": more.unit.value,
            "times": more.times,
            "who": more.who.value,
        }
        if more
        else None,
        "ladder": rule.ladder,
        "owed_by": rule.owed_by.value,
    }
