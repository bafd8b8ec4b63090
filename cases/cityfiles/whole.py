"""How does a whole city's description hang together: parts, tree, and everything by its code?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field, JsonValue, PrivateAttr

from cases.cityfiles.parts import Part, Word
from cases.cityfiles.people import PostPlan, StaffPlan, TeamPlan
from cases.cityfiles.rules import CalendarPlan, ClockPlan, RulePlan
from cases.cityfiles.units import AreaPlan, CityHead, GridPlan, OfficePlan, UnitPlan
from cases.clocks.defaults import StepPlan
from cases.records import AREAS, GridKind, UnitKind


class StaffingPlan(Part):
    """The posts a grid should have: those of `every_grid`, and more for its kind."""

    every_grid: tuple[Word, ...] = ()
    homes: tuple[Word, ...] = ()
    market: tuple[Word, ...] = ()
    school: tuple[Word, ...] = ()
    estate: tuple[Word, ...] = ()

    def of(self, kind: GridKind) -> tuple[str, ...]:
        """The posts of a grid of that kind, each once."""
        more: tuple[str, ...] = getattr(self, kind.value)
        return tuple(dict.fromkeys((*self.every_grid, *more)))


class CityPlan(Part):
    """A whole city."""

    city: CityHead
    posts: tuple[PostPlan, ...] = ()
    staffing: StaffingPlan | None = None
    calendar: CalendarPlan | None = None
    papers: dict[str, JsonValue] | None = None
    ladders: dict[Word, tuple[StepPlan, ...]] | None = None
    return_visit_days: int | None = Field(None, ge=1, le=365)
    labels: dict[str, JsonValue] | None = None
    offices: tuple[OfficePlan, ...] = ()
    areas: tuple[AreaPlan, ...]
    routing: tuple[RulePlan, ...] = ()
    clocks: tuple[ClockPlan, ...] = ()
    staff: tuple[StaffPlan, ...] = ()
    teams: tuple[TeamPlan, ...] = ()

    _book: Book | None = PrivateAttr(None)

    @property
    def book(self) -> Book:
        """Everything by its code; made once."""
        if self._book is None:
            self._book = Book(self)
        return self._book


@dataclass(frozen=True, slots=True)
class PlacedArea:
    """An area with its place in the tree."""

    plan: AreaPlan
    kind: UnitKind
    parent: str
    position: int


def walk(plan: CityPlan) -> Iterator[PlacedArea]:
    """Every area with kind and parent, parents first; deeper than a community is kept out by `faults`."""
    yield from _below(plan.areas, plan.city.code, 1)


def _below(areas: tuple[AreaPlan, ...], parent: str, depth: int) -> Iterator[PlacedArea]:
    for position, area in enumerate(areas):
        yield PlacedArea(area, AREAS[min(depth, len(AREAS) - 1)], parent, position)
        yield from _below(area.areas, area.code, depth + 1)


def depth_of(areas: tuple[AreaPlan, ...]) -> int:
    """How many levels of areas are nested."""
    return 1 + max((depth_of(area.areas) for area in areas), default=0) if areas else 0


@dataclass(frozen=True, slots=True)
class PlacedUnit:
    """A unit with kind, level, parent and order; `plan` is the city's head for the city itself."""

    code: str
    plan: UnitPlan | CityHead
    kind: UnitKind
    level: UnitKind
    parent: str | None
    position: int

    @property
    def duty(self) -> tuple[str, ...]:
        return self.plan.duty if isinstance(self.plan, UnitPlan) else ()

    @property
    def night(self) -> str | None:
        return self.plan.night if isinstance(self.plan, UnitPlan) else None

    @property
    def competence(self) -> tuple[str, ...]:
        return self.plan.competence if isinstance(self.plan, UnitPlan) else ()


@dataclass(frozen=True, slots=True)
class PlacedGrid:
    """A grid with its community and its order there."""

    plan: GridPlan
    area: PlacedArea
    position: int


def units_in(plan: CityPlan) -> Iterator[PlacedUnit]:
    """Every unit as often as it is described: parents first, the offices of an area after it."""
    city = plan.city
    yield PlacedUnit(city.code, city, UnitKind.CITY, UnitKind.CITY, None, 0)
    yield from _offices(plan.offices, UnitKind.CITY, city.code)
    for area in walk(plan):
        yield PlacedUnit(area.plan.code, area.plan, area.kind, area.kind, area.parent, area.position)
        yield from _offices(area.plan.offices, area.kind, area.plan.code)


def _offices(offices: tuple[OfficePlan, ...], level: UnitKind, parent: str) -> Iterator[PlacedUnit]:
    for position, office in enumerate(offices):
        yield PlacedUnit(office.code, office, office.kind, level, parent, position)


@dataclass(frozen=True)
class Book:
    """Everything of a description by its code; of what is described twice, the last."""

    plan: CityPlan
    units: Mapping[str, PlacedUnit] = field(init=False)
    areas: Mapping[str, PlacedArea] = field(init=False)
    grids: Mapping[str, PlacedGrid] = field(init=False)
    staff: Mapping[str, StaffPlan] = field(init=False)
    posts: Mapping[str, PostPlan] = field(init=False)

    def __post_init__(self) -> None:
        areas = {area.plan.code: area for area in walk(self.plan)}
        made: dict[str, Any] = {
            "units": {unit.code: unit for unit in units_in(self.plan)},
            "areas": areas,
            "grids": {
                grid.code: PlacedGrid(grid, area, number)
                for area in areas.values()
                for number, grid in enumerate(area.plan.grids)
            },
            "staff": {person.code: person for person in self.plan.staff},
            "posts": {post.code: post for post in self.plan.posts},
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)

    def up_from(self, code: str) -> list[AreaPlan]:
        """The areas from the county down to this one; the city goes without saying."""
        found: list[AreaPlan] = []
        area = self.areas.get(code)
        while area is not None:
            found.insert(0, area.plan)
            area = self.areas.get(area.parent)
        return found

    def holders(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """By grid and post, who holds it: said by `posts`, or else by a role whose post this is."""
        of_role: dict[str, list[str]] = {}
        for post in self.plan.posts:
            if post.role is not None:
                of_role.setdefault(post.role, []).append(post.code)
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for person in self.plan.staff:
            said = [(grid, held.post) for held in person.posts for grid in held.on]
            other = {grid for grid, _ in said}
            own = [
                (grid, post)
                for post in of_role.get(person.role, ())
                for grid in person.grids
                if grid not in other
            ]
            for grid, title in dict.fromkeys((*own, *said)):
                posts = found.setdefault(grid, {})
                posts[title] = (*posts.get(title, ()), person.code)
        return found


def place_names(grid: GridPlan, above: list[AreaPlan]) -> dict[str, str]:
    """The whole name of a grid in both languages, from the county's areas down."""
    return {
        "zh": "".join(area.zh for area in above) + grid.zh,
        "en": ", ".join([grid.en, *(area.en for area in reversed(above))]),
    }
