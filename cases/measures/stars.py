"""Which criteria of 三零 and 平安法治星 does each community meet, and which are for people to say?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from cases.measures.areas import Areas
from cases.measures.measures import Figure, by_community
from cases.measures.periods import Period
from cases.measures.scope import Scope
from cases.records import Unit

FILE = Path(__file__).with_name("stars.yml")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing a sheet asks for; `measure` is None where people say it."""

    code: str
    names: Mapping[str, str]
    measure: str | None
    at_least: float | None
    """None with a measure: the figure has to be zero"""

    def met(self, figure: Figure | None) -> bool | None:
        """Whether a community meets it; None: people say. Where nothing happened nothing is missed."""
        if self.measure is None:
            return None
        value = figure.value if figure else None
        if value is None:
            return True
        return value == 0 if self.at_least is None else value >= self.at_least


@dataclass(frozen=True, slots=True)
class Sheet:
    """A score sheet; `template`: not a rule of the city."""

    code: str
    names: Mapping[str, str]
    over: Literal["month", "year"]
    criteria: tuple[Criterion, ...]
    template: bool

    @property
    def measured(self) -> tuple[str, ...]:
        """The codes of the measures it asks for."""
        return tuple(one.measure for one in self.criteria if one.measure is not None)


@dataclass(frozen=True, slots=True)
class StarRow:
    """A community's line: a figure and a judgement for each criterion, in the sheet's order."""

    unit: Unit
    figures: tuple[Figure | None, ...]
    met: tuple[bool | None, ...]

    @property
    def score(self) -> int:
        """How many criteria are met as far as the database knows."""
        return sum(one is True for one in self.met)


@cache
def sheets() -> Mapping[str, Sheet]:
    """The score sheets by code."""
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {code: _sheet(code, one, template=told["template"]) for code, one in told["sheets"].items()}


def _sheet(code: str, told: Mapping[str, Any], *, template: bool) -> Sheet:
    criteria = tuple(
        Criterion(name, {"zh-Hans": one["zh"], "en": one["en"]}, one.get("measure"), one.get("at_least"))
        for name, one in told["criteria"].items()
    )
    return Sheet(code, {"zh-Hans": told["zh"], "en": told["en"]}, told["over"], criteria, template)


async def star_rows(
    session: AsyncSession, sheet: Sheet, scope: Scope, period: Period, areas: Areas
) -> Sequence[StarRow]:
    """A line for each community of the scope, in the city's order, over the period given."""
    known = {code: await by_community(session, code, scope, period) for code in sheet.measured}
    return [_row(sheet, unit, known) for unit in areas.communities]


def _row(sheet: Sheet, unit: Unit, known: Mapping[str, Mapping[int, Figure]]) -> StarRow:
    figures = tuple(
        known[one.measure].get(unit.id) if one.measure is not None else None for one in sheet.criteria
    )
    met = tuple(one.met(figure) for one, figure in zip(sheet.criteria, figures, strict=True))
    return StarRow(unit, figures, met)
