"""Which matters does no rule cover, and which competences does no rule use?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cases.cityfiles.naming import told_of
from cases.cityfiles.rules import RulePlan
from cases.cityfiles.whole import CityPlan, PlacedUnit
from cases.records import UnitKind
from cases.routes.terms import leaf_fits


def matters_left_over(plan: CityPlan, leaves: Sequence[str]) -> Iterator[str]:
    """Sentences on matters and units that do not come together; `leaves`: the taxonomy's, if known."""
    yield from _missing_kinds(plan)
    yield from _uncovered(plan, leaves)
    yield from _unknown(plan, leaves)
    yield from _unused_competences(plan)
    yield from _incompetent_targets(plan)


def _missing_kinds(plan: CityPlan) -> Iterator[str]:
    kinds = {unit.kind for unit in plan.book.units.values()}
    if UnitKind.CENTRE not in kinds:
        yield "The city has no centre, so what no rule fits goes to a community or the city itself."
    if UnitKind.POLICE not in kinds:
        yield "The city has no police post, so nobody is told of dangerous cases."
    if not any(leaf_fits(rule.leaf, "scam:other") for rule in plan.routing):
        yield "No rule says who receives fraud cases."
    if not any("domestic_violence" in (rule.danger or rule.leaf) for rule in plan.routing):
        yield "No rule says who receives violence at home."


def _always(plan: CityPlan) -> list[str]:
    """The leaves of rules without any further condition."""
    return [rule.leaf for rule in plan.routing if not (rule.danger or rule.level or rule.area)]


def _uncovered(plan: CityPlan, leaves: Sequence[str]) -> Iterator[str]:
    told = [*_always(plan), *(told for unit in plan.book.units.values() for told in unit.competence)]
    left = [leaf for leaf in leaves if not any(leaf_fits(pattern, leaf) for pattern in told)]
    yield from told_of(
        left,
        "No rule covers {} everywhere, so it may go to the nearest centre.",
        "No rule covers {} leaves everywhere, so they may go to the nearest centre",
    )


def _unknown(plan: CityPlan, leaves: Sequence[str]) -> Iterator[str]:
    if not leaves:
        return
    patterns = [(rule.leaf, f"{rule.leaf} (rule {rule.code})") for rule in plan.routing]
    patterns += [(clock.leaf, f"{clock.leaf} (clock {clock.known_as})") for clock in plan.clocks]
    for unit in plan.book.units.values():
        patterns += [(pattern, f"{pattern} (unit {unit.code})") for pattern in unit.competence]
    for person in plan.staff:
        told = [conflict.leaf for conflict in person.conflicts if conflict.leaf is not None]
        patterns += [(leaf, f"{leaf} ({person.code})") for leaf in told]
    strange = [where for pattern, where in patterns if not any(leaf_fits(pattern, leaf) for leaf in leaves)]
    yield from told_of(
        strange, "The taxonomy has no leaf {}.", "The taxonomy lacks {} leaves that are named here"
    )


def _may_receive(rule: RulePlan, unit: PlacedUnit) -> bool:
    if rule.to_unit is not None:
        return rule.to_unit == unit.code
    return rule.to_kind is unit.kind and rule.to_level in (None, unit.level)


def _unused_competences(plan: CityPlan) -> Iterator[str]:
    """Without a rule a matter goes to the unit that names it: unused is what rules always take elsewhere."""
    always = _always(plan)
    unused = [
        f"{pattern} of {unit.code}"
        for unit in plan.book.units.values()
        for pattern in unit.competence
        if any(leaf_fits(told, pattern) for told in always)
        and not any(_may_receive(rule, unit) and _overlap(rule.leaf, pattern) for rule in plan.routing)
    ]
    yield from told_of(unused, "No rule uses the competence {}.", "No rule uses {} competences")


def _incompetent_targets(plan: CityPlan) -> Iterator[str]:
    limited = [unit for unit in plan.book.units.values() if unit.competence]
    for rule in plan.routing:
        wrong = [
            unit.code
            for unit in limited
            if _may_receive(rule, unit) and not any(_overlap(rule.leaf, told) for told in unit.competence)
        ]
        what = f"The rule {rule.code} sends {rule.leaf} to"
        yield from told_of(
            wrong, f"{what} {{}}, which is not competent for it.", f"{what} {{}} units not competent for it"
        )


def _overlap(one: str, other: str) -> bool:
    return leaf_fits(one, other) or leaf_fits(other, one)
