"""Why did a case come to this unit, and why to none of the others that serve the place?"""

from __future__ import annotations

from cases.records import UnitKind
from cases.routes.terms import Choice, Situation, UnitServing, Why, height
from cases.routes.weighing import Pick, Place, alike, at_this_hour, fitting, pick

MOST = 20
"""So many units are told apart; of more, only those that could have been meant."""
_ALWAYS_MEANT = frozenset({UnitKind.COMMUNITY, UnitKind.CENTRE, UnitKind.MEDIATION})


def choose(situation: Situation) -> Choice:
    """The unit that receives a case, with why and why not; raises NowhereToRoute as `pick` does."""
    found = pick(situation)
    place = at_this_hour(situation, found.unit)
    why = (*found.codes, *place.codes, Why.LEVEL.of(place.unit.level), *_load(situation, found, place))
    return Choice(place.unit.code, why, _not_there(situation, found, place))


def _load(situation: Situation, found: Pick, place: Place) -> tuple[str, ...]:
    unit = found.unit
    if place.unit is not unit or len(alike(unit, found.meant)) == 1:
        return ()
    return (Why.LOAD.of(unit.code, situation.loads.get(unit.code, 0)),)


def _not_there(situation: Situation, found: Pick, place: Place) -> tuple[str, ...]:
    others = [unit for unit in situation.units if unit.code != place.unit.code]
    if len(others) > MOST:
        kinds = _ALWAYS_MEANT | {rule.to_kind for rule in fitting(situation)}
        named = {rule.to_unit for rule in fitting(situation)} | {unit.code for unit in found.meant}
        others = [
            unit for unit in others if unit.kind in kinds or unit.code in named or situation.names_it(unit)
        ]
    return tuple(_against(situation, found, place, unit) for unit in others[:MOST])


def _against(situation: Situation, found: Pick, place: Place, unit: UnitServing) -> str:
    """The one reason that counts most against a unit which serves the place too."""
    told = situation.against(unit)
    if told is not None:
        return told
    if Why.OFF_DUTY.of(unit.code) in place.codes:
        return Why.OFF_DUTY.of(unit.code)
    if unit in alike(found.unit, found.meant):
        return _against_equal(situation, unit)
    if _is_the_same_higher_up(found, unit):
        return Why.LOWER_FITS_FIRST.of(unit.code)
    return _rest(found).of(unit.code)


def _against_equal(situation: Situation, unit: UnitServing) -> str:
    if situation.matter.cannot_wait and unit.code in situation.off_duty:
        return Why.OFF_DUTY.of(unit.code)
    return Why.LOAD.of(unit.code, situation.loads.get(unit.code, 0))


def _is_the_same_higher_up(found: Pick, unit: UnitServing) -> bool:
    """Whether it could do what the chosen one does, for a wider area."""
    if found.rule is not None and found.rule.to_unit is not None:
        return False
    alike_in_kind = unit.kind is found.unit.kind or (unit.is_area and found.unit.is_area)
    return (alike_in_kind or unit in found.meant) and height(unit) > height(found.unit)


def _rest(found: Pick) -> Why:
    if found.rule is not None:
        return Why.DANGER_GOES_FIRST if found.rule.is_of_danger else Why.RULE_NAMES_ANOTHER
    return Why.ANOTHER_IS_COMPETENT if found.how is Why.COMPETENT else Why.NO_RULE_NAMES
