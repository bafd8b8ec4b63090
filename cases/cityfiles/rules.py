"""How are routing rules, clocks and what a city may choose described?"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from cases.cityfiles.parts import Code, Level, Part, Pattern, Word, level_named
from cases.clocks.rules import ExtendedBy, OwedBy, StartEvent, StopReason
from cases.danger import DangerLevel
from cases.records import ClockUnit, UnitKind


class RulePlan(Part):
    """A routing rule; exactly one of `to_kind` and `to_unit`."""

    code: Code
    leaf: Pattern = "*"
    area: Code | None = None
    danger: str | None = Field(None, max_length=40)
    min_danger: Level = "none"
    to_kind: UnitKind | None = None
    to_level: UnitKind | None = None
    to_unit: Code | None = None

    @property
    def level(self) -> DangerLevel:
        return level_named(self.min_danger)


class ExtensionPlan(Part):
    """By how much, how often and by whom a clock may be extended."""

    length: int = Field(gt=0, le=3650)
    unit: ClockUnit
    times: int = Field(1, ge=1, le=20)
    who: ExtendedBy


class ClockPlan(Part):
    """How long a step may take; what is left out has the meaning of `cases.records.ClockRule`."""

    code: Code | None = None
    step: Word
    leaf: Pattern = "*"
    min_danger: Level = "none"
    length: int = Field(gt=0, le=3650)
    unit: ClockUnit
    start: StartEvent = StartEvent.DISPATCHED
    stops: tuple[StopReason, ...] = ()
    extension: ExtensionPlan | None = None
    ladder: Word = "ordinary"
    owed_by: OwedBy = OwedBy.UNIT
    template: bool = False
    basis: str = Field("", max_length=200)
    article: str = Field("", max_length=60)

    @field_validator("stops")
    @classmethod
    def _each_once(cls, value: tuple[StopReason, ...]) -> tuple[StopReason, ...]:
        return tuple(dict.fromkeys(value))

    @property
    def level(self) -> DangerLevel:
        return level_named(self.min_danger)

    @property
    def known_as(self) -> str:
        """Its code, or one made of step and level."""
        return self.code or f"{self.step}-{self.min_danger}"


def _only_a_day(value: Any) -> Any:
    if not isinstance(value, str | date):
        raise ValueError("a day reads like 2026-10-01")  # noqa: TRY004 - pydantic reads only ValueErrors
    return value


Day = Annotated[date, BeforeValidator(_only_a_day)]


class CalendarPlan(Part):
    """Days off of the city's own, and days worked, on top of the national calendar."""

    holidays: tuple[Day, ...] = ()
    workdays: tuple[Day, ...] = ()

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        both = sorted(set(self.holidays) & set(self.workdays))
        if both:
            raise ValueError(f"{both[0]} is listed as a holiday and as a working day")
        return self
