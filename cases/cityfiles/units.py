"""How are a city, its units and its grids described?"""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, field_validator

from cases.cityfiles.parts import Code, Pattern, Titled
from cases.duty import read_duty
from cases.records import AREAS, GridKind, UnitKind


def _is_duty(value: str) -> str:
    read_duty(value)
    return value


class CityHead(Titled):
    """The city itself."""

    code: Code
    timezone: str = "Asia/Shanghai"
    sample: bool = False

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("no such time zone") from error
        return value


class UnitPlan(Titled):
    """What offices and areas have in common.

    `competence`: the leaves it may handle, empty for everything. `duty`: when somebody is there, empty for
    always. `night`: the unit that receives what cannot wait while nobody is there.
    """

    code: Code
    phone: str | None = Field(None, max_length=40)
    competence: tuple[Pattern, ...] = ()
    duty: tuple[Annotated[str, AfterValidator(_is_duty)], ...] = ()
    night: Code | None = None


class OfficePlan(UnitPlan):
    """An office that serves the area it is listed under."""

    kind: UnitKind

    @field_validator("kind")
    @classmethod
    def _no_area(cls, value: UnitKind) -> UnitKind:
        if value in AREAS:
            raise ValueError("an area is listed under `areas`, not under `offices`")
        return value


class GridPlan(Titled):
    """A grid of a community."""

    code: Code
    kind: GridKind = GridKind.HOMES
    covers_zh: str = Field("", max_length=200)
    covers_en: str = Field("", max_length=300)
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class AreaPlan(UnitPlan):
    """A county, township or community, by its depth in the file."""

    offices: tuple[OfficePlan, ...] = ()
    areas: tuple[AreaPlan, ...] = ()
    grids: tuple[GridPlan, ...] = ()
