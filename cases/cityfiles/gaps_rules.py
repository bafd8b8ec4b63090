"""Which routing rules never win, find their unit only in some places, or leave matters to nobody?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cases.cityfiles.naming import named
from cases.cityfiles.rules import RulePlan
from cases.cityfiles.whole import CityPlan, PlacedUnit
from cases.danger import LEVEL_OF_CODE, DangerLevel
from cases.records import UnitKind
from cases.routes.terms import Rule, UnitServing, leaf_fits, specificity, targets

NOWHERE = ""
"""the code under which the units serving an unknown place stand"""


@dataclass(frozen=True)
class _Reach:
    """A rule and, by place, the unit it finds there; places it does not speak of are left out."""

    rule: Rule
    found: Mapping[str, str | None]

    @property
    def places(self) -> list[str]:
        return [place for place, unit in self.found.items() if unit is not None]

    @property
    def missed(self) -> list[str]:
        return [place for place, unit in self.found.items() if unit is None and place != NOWHERE]


def dead_rules(plan: CityPlan) -> Iterator[str]:
    """Sentences on rules that never or not everywhere do what they are for."""
    serving = _serving(plan)
    reaches = [_reach(_as_rule(rule), serving) for rule in plan.routing]
    ordered = sorted(reaches, key=lambda reach: specificity(reach.rule))
    kinds = {unit.kind for unit in plan.book.units.values()}
    communities = sum(area.kind is UnitKind.COMMUNITY for area in plan.book.areas.values())
    for reach in reaches:
        if reach.rule.to_kind is not None and reach.rule.to_kind not in kinds:
            yield (
                f"The rule {reach.rule.code} never applies:"
                f" the city has no unit of the kind {reach.rule.to_kind}."
            )
        elif not reach.places:
            yield f"The rule {reach.rule.code} never applies: its unit serves no place it speaks of."
        else:
            yield from _in_part(reach, ordered, communities)


def _in_part(reach: _Reach, ordered: Sequence[_Reach], communities: int) -> Iterator[str]:
    before = [other for other in ordered[: ordered.index(reach)] if _takes_all(other.rule, reach.rule)]
    if all(any(other.found.get(place) for other in before) for place in reach.places):
        first = next(other for other in before if other.places)
        yield f"The rule {reach.rule.code} never applies: {first.rule.code} comes before it."
        return
    others = [other for other in ordered if other is not reach and _takes_all(other.rule, reach.rule)]
    missed = [place for place in reach.missed if not any(other.found.get(place) for other in others)]
    if missed:
        yield (
            f"The rule {reach.rule.code} finds no unit for {len(missed)} of {communities} communities:"
            f" {named(missed)}."
        )
    for other in _before_by_place(reach, ordered):
        taken = sorted(set(reach.places) & set(other.places) - {NOWHERE})
        yield (
            f"The rule {other.rule.code} takes what {reach.rule.code} is for in {len(taken)} of {communities}"
            " communities: place goes before matter."
        )


def _before_by_place(reach: _Reach, ordered: Sequence[_Reach]) -> Iterator[_Reach]:
    """Rules for a place that know less of the matter, and yet come first there."""
    rule = reach.rule
    for other in ordered[: ordered.index(reach)]:
        narrower_place = other.rule.area is not None and other.rule.area != rule.area
        wider_matter = other.rule.leaf != rule.leaf and _takes_all(other.rule, rule)
        if narrower_place and wider_matter and set(reach.places) & set(other.places) - {NOWHERE}:
            yield other


def _takes_all(first: Rule, rule: Rule) -> bool:
    """Whether every case of a rule, place aside, is one of the first rule too."""
    level = max(rule.min_danger, LEVEL_OF_CODE.get(rule.danger_code or "", DangerLevel.NONE))
    return (
        leaf_fits(first.leaf, rule.leaf)
        and first.danger_code in (None, rule.danger_code)
        and first.min_danger <= level
    )


def _as_rule(plan: RulePlan) -> Rule:
    return Rule(
        code=plan.code,
        leaf=plan.leaf,
        area=plan.area,
        danger_code=plan.danger,
        min_danger=plan.level,
        to_kind=plan.to_kind,
        to_level=plan.to_level,
        to_unit=plan.to_unit,
    )


def _reach(rule: Rule, serving: Mapping[str, Sequence[UnitServing]]) -> _Reach:
    found: dict[str, str | None] = {}
    for place, units in serving.items():
        if rule.area is None or any(unit.code == rule.area for unit in units):
            found[place] = next((unit.code for unit in targets(rule, units)), None)
    return _Reach(rule, found)


def _serving(plan: CityPlan) -> dict[str, list[UnitServing]]:
    """The units that serve each community, and an unknown place, nearest first."""
    by_parent: dict[str | None, list[UnitServing]] = {}
    for unit in plan.book.units.values():
        office = unit.code not in plan.book.areas and unit.parent is not None
        if office:
            by_parent.setdefault(unit.parent, []).append(UnitServing(unit.code, unit.kind, unit.level))
    city = plan.city.code
    at_city = [UnitServing(city, UnitKind.CITY, UnitKind.CITY), *by_parent.get(city, [])]
    found = {NOWHERE: at_city}
    for code, area in plan.book.areas.items():
        if area.kind is UnitKind.COMMUNITY:
            chain = [plan.book.units[above.code] for above in reversed(plan.book.up_from(code))]
            near = [
                serving for unit in chain for serving in (_as_serving(unit), *by_parent.get(unit.code, []))
            ]
            found[code] = [*near, *at_city]
    return found


def _as_serving(unit: PlacedUnit) -> UnitServing:
    return UnitServing(unit.code, unit.kind, unit.level)
