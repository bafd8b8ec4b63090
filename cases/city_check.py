"""What is wrong with a city's description (refused), and what is missing from it (worth knowing)?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cases.city_plan import CityPlan, RulePlan, depth_of, walk
from cases.danger import DANGER_CODES
from cases.records import AREAS, Role, UnitKind
from cases.routing import leaf_fits


def faults(plan: CityPlan) -> list[str]:
    """Why the description cannot be loaded, one sentence each."""
    return [*_twice(plan), *_misplaced(plan), *_unknown_in_rules(plan), *_unknown_in_staff(plan)]


def gaps(plan: CityPlan) -> list[str]:
    """What a city should know before going live: grids nobody works, dead rules, missing kinds of unit."""
    return [
        *_unworked_grids(plan),
        *_communities_without_grids(plan),
        *_dead_rules(plan),
        *_missing_kinds(plan),
    ]


def unit_kinds(plan: CityPlan) -> dict[str, UnitKind]:
    """Every unit code of a description with its kind."""
    kinds = {plan.city.code: UnitKind.CITY} | {office.code: office.kind for office in plan.offices}
    for area in walk(plan):
        kinds[area.plan.code] = area.kind
        kinds |= {office.code: office.kind for office in area.plan.offices}
    return kinds


def grid_codes(plan: CityPlan) -> list[str]:
    """Every grid code of a description."""
    return [grid.code for area in walk(plan) for grid in area.plan.grids]


def _twice(plan: CityPlan) -> Iterator[str]:
    units = [plan.city.code, *(office.code for office in plan.offices)]
    for area in walk(plan):
        units += [area.plan.code, *(office.code for office in area.plan.offices)]
    named = {
        "unit": units,
        "grid": grid_codes(plan),
        "routing rule": [rule.code for rule in plan.routing],
        "clock": [f"{clock.step} from {clock.min_danger}" for clock in plan.clocks],
        "member of staff": [person.code for person in plan.staff],
    }
    for what, codes in named.items():
        for code, count in Counter(codes).items():
            if count > 1:
                yield f"The {what} {code} is described {count} times."


def _misplaced(plan: CityPlan) -> Iterator[str]:
    if depth_of(plan.areas) > len(AREAS) - 1:
        yield "Areas are nested deeper than county, township, community."
    for area in walk(plan):
        if area.plan.grids and area.kind is not UnitKind.COMMUNITY:
            yield f"{area.plan.code} is a {area.kind}; grids belong to communities."


def _unknown_in_rules(plan: CityPlan) -> Iterator[str]:
    kinds = unit_kinds(plan)
    for rule in plan.routing:
        if (rule.to_kind is None) == (rule.to_unit is None):
            yield f"The rule {rule.code} needs either to_kind or to_unit."
        if rule.to_level is not None and rule.to_level not in AREAS:
            yield f"The rule {rule.code}: {rule.to_level} is not a level."
        if rule.danger is not None and rule.danger not in DANGER_CODES:
            yield f"The rule {rule.code}: {rule.danger} is not a danger signal."
        for code in (rule.area, rule.to_unit):
            if code is not None and code not in kinds:
                yield f"The rule {rule.code}: there is no unit {code}."
        if rule.area is not None and kinds.get(rule.area, UnitKind.CITY) not in AREAS:
            yield f"The rule {rule.code}: {rule.area} is an office, not an area."


def _unknown_in_staff(plan: CityPlan) -> Iterator[str]:
    kinds, grids = unit_kinds(plan), set(grid_codes(plan))
    for person in plan.staff:
        if person.unit not in kinds:
            yield f"{person.code}: there is no unit {person.unit}."
        for code in person.grids:
            if code not in grids:
                yield f"{person.code}: there is no grid {code}."


def _unworked_grids(plan: CityPlan) -> Iterator[str]:
    worked = {code for person in plan.staff if person.role is Role.GRID_WORKER for code in person.grids}
    for code in grid_codes(plan):
        if code not in worked:
            yield f"The grid {code} has no grid worker."


def _communities_without_grids(plan: CityPlan) -> Iterator[str]:
    for area in walk(plan):
        if area.kind is UnitKind.COMMUNITY and not area.plan.grids:
            yield f"The community {area.plan.code} has no grids, so nobody can choose it as a place."


def _dead_rules(plan: CityPlan) -> Iterator[str]:
    kinds = set(unit_kinds(plan).values())
    for number, rule in enumerate(plan.routing):
        if rule.to_kind is not None and rule.to_kind not in kinds:
            yield f"The rule {rule.code} never applies: the city has no unit of the kind {rule.to_kind}."
        for earlier in plan.routing[:number]:
            if _shadows(earlier, rule):
                yield f"The rule {rule.code} never applies: {earlier.code} comes before it."
                break


def _shadows(earlier: RulePlan, rule: RulePlan) -> bool:
    """Two rules of equal conditions, of which the first always finds its unit where the second would."""
    conditions = (rule.leaf, rule.area, rule.danger, rule.level)
    if (earlier.leaf, earlier.area, earlier.danger, earlier.level) != conditions:
        return False
    same_target = (earlier.to_kind, earlier.to_level, earlier.to_unit) == (
        rule.to_kind,
        rule.to_level,
        rule.to_unit,
    )
    wider = earlier.to_kind is not None and earlier.to_kind is rule.to_kind and earlier.to_level is None
    return same_target or wider


def _missing_kinds(plan: CityPlan) -> Iterator[str]:
    kinds = set(unit_kinds(plan).values())
    if UnitKind.CENTRE not in kinds:
        yield "The city has no centre, so what no rule fits goes to a community or the city itself."
    if UnitKind.POLICE not in kinds:
        yield "The city has no police post, so nobody is told of dangerous cases."
    if not any(leaf_fits(rule.leaf, "scam:other") for rule in plan.routing):
        yield "No rule says who receives fraud cases."
    if not any("domestic_violence" in (rule.danger or rule.leaf) for rule in plan.routing):
        yield "No rule says who receives violence at home."
