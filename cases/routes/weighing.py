"""Which of the units that serve a place receives a case: rule, competence, level, load, hours?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cases.errors import NowhereToRoute
from cases.records import UnitKind
from cases.routes.terms import Rule, Situation, UnitServing, Why, fits, specificity, targets


@dataclass(frozen=True, slots=True)
class Pick:
    """What place and matter come to, before anybody looks at the clock."""

    unit: UnitServing
    how: Why
    """`rule`, `competent` or `fallback`"""
    codes: tuple[str, ...]
    meant: tuple[UnitServing, ...]
    """every unit that would have done, nearest first"""
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the case goes at this hour, and the codes of the hours that led there."""

    unit: UnitServing
    codes: tuple[str, ...] = ()


def pick(situation: Situation) -> Pick:
    """The unit by rule, else the lowest one that names the matter as its own, else a centre, else an area.

    Danger comes before place, place before matter, then the city's own order. What must not be mediated never
    goes to mediation, whatever a rule says. Raises NowhereToRoute when no unit that may have it serves the
    place.
    """
    passed: list[str] = []
    for rule in fitting(situation):
        right = _right(situation, targets(rule, situation.units))
        if right:
            codes = (*passed, Why.RULE.of(rule.code))
            return Pick(_least_loaded(situation, right), Why.RULE, codes, tuple(right), rule)
        passed.append(Why.NO_UNIT.of(rule.code))
    own = _right(situation, [unit for unit in situation.units if situation.names_it(unit)])
    if own:
        found = _least_loaded(situation, own)
        return Pick(found, Why.COMPETENT, (*passed, Why.COMPETENT.of(found.code)), tuple(own))
    return _fallback(situation, tuple(passed))


def fitting(situation: Situation) -> list[Rule]:
    """The rules whose conditions hold, in the order they are tried in."""
    found = (rule for rule in situation.rules if fits(rule, situation.units, situation.matter))
    return sorted(found, key=specificity)


def _right(situation: Situation, units: Sequence[UnitServing]) -> list[UnitServing]:
    return [unit for unit in units if situation.against(unit) is None]


def _least_loaded(situation: Situation, right: Sequence[UnitServing]) -> UnitServing:
    """Among the nearest ones alike, who owes least; where it cannot wait, who is there now comes first."""
    urgent = situation.matter.cannot_wait
    return min(
        alike(right[0], right),
        key=lambda unit: (
            urgent and unit.code in situation.off_duty,
            situation.loads.get(unit.code, 0),
        ),
    )


def alike(unit: UnitServing, units: Sequence[UnitServing]) -> list[UnitServing]:
    """Those of the same kind and area: a place has one area of each level."""
    return [other for other in units if (other.kind, other.level) == (unit.kind, unit.level)]


def _fallback(situation: Situation, passed: tuple[str, ...]) -> Pick:
    free = _right(situation, situation.units)
    pool = free or _all_the_same(situation)
    centres = [unit for unit in pool if unit.kind is UnitKind.CENTRE]
    areas = [unit for unit in pool if unit.is_area]
    meant = centres or areas or pool
    found = _least_loaded(situation, meant)
    codes = (*passed, Why.FALLBACK.of("centre" if centres else "area"))
    if not free:
        codes = (*codes, Why.ALL_THE_SAME.of(found.code))
    return Pick(found, Why.FALLBACK, codes, tuple(meant))


def _all_the_same(situation: Situation) -> list[UnitServing]:
    """Something speaks against every unit; what must not be mediated stays away from mediation even so."""
    may = situation.matter.may_be_mediated
    pool = [unit for unit in situation.units if may or unit.kind is not UnitKind.MEDIATION]
    if not pool:
        raise NowhereToRoute
    return pool


def at_this_hour(situation: Situation, unit: UnitServing) -> Place:
    """The unit itself, or where nobody is there and it cannot wait, whoever receives in its place."""
    if unit.code not in situation.off_duty:
        return Place(unit)
    if not situation.matter.cannot_wait:
        return Place(unit, (Why.OPENS_LATER.of(unit.code),))
    passed = [Why.OFF_DUTY.of(unit.code)]
    for night in _nights(situation, unit):
        against = _against_now(situation, night)
        if against is None:
            return Place(night, (*passed, Why.NIGHT.of(night.code)))
        passed.append(against)
    other = _stand_in(situation, unit)
    if other is not None:
        return Place(other, (*passed, Why.STANDS_IN.of(other.code)))
    return Place(unit, (*passed, Why.NOBODY_THERE.of(unit.code)))


def _nights(situation: Situation, unit: UnitServing) -> Iterator[UnitServing]:
    """The night unit, its night unit, and so on, none of them twice."""
    seen = {unit.code}
    following = situation.unit(unit.night) if unit.night else None
    while following is not None and following.code not in seen:
        seen.add(following.code)
        yield following
        following = situation.unit(following.night) if following.night else None


def _against_now(situation: Situation, unit: UnitServing) -> str | None:
    """For the night a city names the unit itself, so its ordinary competence is not asked."""
    if unit.code in situation.off_duty:
        return Why.OFF_DUTY.of(unit.code)
    return situation.barred(unit)


def _stand_in(situation: Situation, unit: UnitServing) -> UnitServing | None:
    """The nearest one of the same kind that is there now, else the nearest centre that is."""
    there = [other for other in _right(situation, situation.units) if other.code not in situation.off_duty]
    same = (other for other in there if other.kind is unit.kind)
    centre = (other for other in there if other.kind is UnitKind.CENTRE)
    return next(same, None) or next(centre, None)
