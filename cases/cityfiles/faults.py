"""What is wrong with a city's description, so that it cannot be loaded?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from cases.cityfiles.parts import Part
from cases.cityfiles.people import StaffPlan, TeamPlan
from cases.cityfiles.rules import RulePlan
from cases.cityfiles.whole import CityPlan, depth_of, place_names, units_in, walk
from cases.clocks.defaults import defaults
from cases.danger import DANGER_CODES, NOT_TO_BE_MEDIATED
from cases.records import AREAS, UnitKind
from cases.routes.terms import VIOLENCE_AT_HOME

LONGEST_PLACE = {"zh": 200, "en": 300}
"""characters of a grid's whole name, `cases.records.Grid`"""


class Fault(NamedTuple):
    """A sentence about a part, which may know its line."""

    part: Part
    sentence: str

    def __str__(self) -> str:
        return f"{self.part.at}: {self.sentence}" if self.part.at is not None else self.sentence


def faults(plan: CityPlan, unreadable: frozenset[str] = frozenset()) -> list[str]:
    """Why the description cannot be loaded, one sentence each, with file and line where it was read.

    `unreadable` are codes of parts that were left out because of faults of their own: they are there.
    """
    checks: tuple[Callable[[CityPlan], Iterator[Fault]], ...] = (
        _twice, _misplaced, _in_units, _in_rules, _in_clocks, _in_posts,
    )  # fmt: skip
    found = [fault for check in checks for fault in check(plan)]
    known = _Known(plan, unreadable)
    found += [fault for person in plan.staff for fault in known.in_person(person)]
    found += [fault for team in plan.teams for fault in known.in_team(team)]
    found += known.in_references()
    return [str(fault) for fault in found]


def _twice(plan: CityPlan) -> Iterator[Fault]:
    for what, parts in _coded(plan).items():
        counted: dict[str, list[Part]] = {}
        for code, part in parts:
            counted.setdefault(code, []).append(part)
        for code, same in counted.items():
            if len(same) > 1:
                yield Fault(same[-1], f"The {what} {code} is described {len(same)} times.")


def _coded(plan: CityPlan) -> dict[str, list[tuple[str, Part]]]:
    return {
        "unit": [(unit.code, unit.plan) for unit in units_in(plan)],
        "grid": [(grid.code, grid) for area in walk(plan) for grid in area.plan.grids],
        "post": [(post.code, post) for post in plan.posts],
        "routing rule": [(rule.code, rule) for rule in plan.routing],
        "clock": [(clock.known_as, clock) for clock in plan.clocks],
        "member of staff": [(person.code, person) for person in plan.staff],
        "team": [(team.code, team) for team in plan.teams],
    }


def _misplaced(plan: CityPlan) -> Iterator[Fault]:
    if depth_of(plan.areas) > len(AREAS) - 1:
        yield Fault(plan.city, "Areas are nested deeper than county, township, community.")
    for area in walk(plan):
        if area.plan.grids and area.kind is not UnitKind.COMMUNITY:
            yield Fault(area.plan, f"{area.plan.code} is a {area.kind}; grids belong to communities.")
        for grid in area.plan.grids:
            for locale, name in place_names(grid, plan.book.up_from(area.plan.code)).items():
                if len(name) > LONGEST_PLACE[locale]:
                    yield Fault(grid, f"The whole name of the grid {grid.code} is too long: {name}")


def _in_units(plan: CityPlan) -> Iterator[Fault]:
    for unit in units_in(plan):
        if unit.night == unit.code:
            yield Fault(unit.plan, f"{unit.code}: at night somebody else receives; it names itself.")


def _in_rules(plan: CityPlan) -> Iterator[Fault]:
    for rule in plan.routing:
        if (rule.to_kind is None) == (rule.to_unit is None):
            yield Fault(rule, f"The rule {rule.code} needs either to_kind or to_unit.")
        if rule.to_level is not None and rule.to_level not in AREAS:
            yield Fault(rule, f"The rule {rule.code}: {rule.to_level} is not a level.")
        if rule.danger is not None and rule.danger not in DANGER_CODES:
            yield Fault(rule, f"The rule {rule.code}: {rule.danger} is not a danger signal.")
        if _mediates(plan, rule):
            what = rule.danger or rule.leaf
            yield Fault(rule, f"The rule {rule.code}: {what} never goes to mediation.")


def _mediates(plan: CityPlan, rule: RulePlan) -> bool:
    """Whether a rule hands violence at home, or a minor's matter, to people who mediate."""
    about = rule.leaf == VIOLENCE_AT_HOME or rule.danger in NOT_TO_BE_MEDIATED
    target = plan.book.units.get(rule.to_unit) if rule.to_unit is not None else None
    return about and UnitKind.MEDIATION in (rule.to_kind, target.kind if target else None)


def _in_clocks(plan: CityPlan) -> Iterator[Fault]:
    ladders = {*defaults().ladders, *(plan.ladders or {})}
    for clock in plan.clocks:
        if clock.ladder not in ladders:
            yield Fault(clock, f"The clock {clock.known_as}: there is no ladder {clock.ladder}.")
        if not clock.template and not clock.basis:
            yield Fault(clock, f"The clock {clock.known_as} is no template, so it names its basis.")


def _in_posts(plan: CityPlan) -> Iterator[Fault]:
    if plan.staffing is None:
        return
    for kind, posts in plan.staffing.model_dump().items():
        for code in posts:
            if code not in plan.book.posts:
                yield Fault(plan.staffing, f"{kind}: there is no post {code}.")


class _Known:
    """What is named elsewhere in the description, against what is there."""

    def __init__(self, plan: CityPlan, unreadable: frozenset[str]) -> None:
        self.plan, self.unreadable = plan, unreadable
        self.units, self.grids = plan.book.units, plan.book.grids

    def _missing(self, part: Part, who: str, what: str, codes: Iterable[str | None],
                 there: Iterable[str]) -> Iterator[Fault]:  # fmt: skip
        for code in codes:
            if code is not None and code not in there and code not in self.unreadable:
                yield Fault(part, f"{who}: there is no {what} {code}.")

    def in_person(self, person: StaffPlan) -> Iterator[Fault]:
        yield from self._missing(person, person.code, "unit", [person.unit], self.units)
        yield from self._missing(person, person.code, "grid", person.grids, self.grids)
        for held in person.posts:
            yield from self._missing(held, person.code, "post", [held.post], self.plan.book.posts)
            yield from self._missing(held, person.code, "grid", held.on, self.grids)
        for conflict in person.conflicts:
            yield from self._missing(conflict, person.code, "grid", [conflict.grid], self.grids)

    def in_team(self, team: TeamPlan) -> Iterator[Fault]:
        yield from self._missing(team, team.code, "unit", team.villages, self.units)
        for code in team.villages:
            if code in self.units and self.units[code].kind is not UnitKind.COMMUNITY:
                yield Fault(team, f"{team.code}: {code} is no village or community.")
        for member in team.members:
            there = self.plan.book.staff
            yield from self._missing(member, team.code, "member of staff", [member.staff], there)
        named = [member.staff for member in team.members]
        for code in sorted({code for code in named if named.count(code) > 1}):
            yield Fault(team, f"{team.code}: {code} is a member twice.")

    def in_references(self) -> Iterator[Fault]:
        """Units that rules and nights name."""
        for rule in self.plan.routing:
            who = f"The rule {rule.code}"
            yield from self._missing(rule, who, "unit", (rule.area, rule.to_unit), self.units)
            area = self.units.get(rule.area) if rule.area is not None else None
            if area is not None and area.kind not in AREAS:
                yield Fault(rule, f"{who}: {rule.area} is an office, not an area.")
        for unit in units_in(self.plan):
            yield from self._missing(unit.plan, unit.code, "unit", [unit.night], self.units)
