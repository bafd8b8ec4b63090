"""What does routing look at, as plain values, and in which codes does it answer?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from cases.danger import NOT_TO_BE_MEDIATED, DangerLevel, level_of
from cases.records import AREAS, UnitKind

_LEAF = re.compile(r"(?:dispute|scam):[a-z_]{1,50}|service|to_sort")
VIOLENCE_AT_HOME = "dispute:domestic_violence"
CANNOT_WAIT = DangerLevel.ORANGE
"""From here on a matter goes to where somebody is there now."""


class Why(StrEnum):
    """What a code of an explanation begins with; after a colon stand the unit, rule or number it is about."""

    RULE = "rule"
    """the city's rule that decided"""
    NO_UNIT = "no_unit"
    """a rule that fits and whose unit may not have it, or is not there"""
    COMPETENT = "competent"
    """no rule: the lowest unit that names the matter as its own"""
    FALLBACK = "fallback"
    """no rule and no such unit: the nearest `centre`, else the nearest `area`"""
    ALL_THE_SAME = "all_the_same"
    """something speaks against every unit of the place; a person has to look"""
    LEVEL = "level"
    OFF_DUTY = "off_duty"
    NIGHT = "night"
    """receives in its place what cannot wait"""
    STANDS_IN = "stands_in"
    """no night unit is there: the nearest centre where somebody is"""
    NOBODY_THERE = "nobody_there"
    """it cannot wait, and nobody is there anywhere"""
    OPENS_LATER = "opens_later"
    LOAD = "load"
    """how many cases it owes something on"""
    PERSON = "person"
    """a person decided"""
    SUGGEST = "suggest"
    """who of the unit might take it"""
    INVITE = "invite"
    """which expert of the unit might be asked"""
    NOT_MEDIATED = "not_mediated"
    NOT_COMPETENT = "not_competent"
    CONFLICT = "conflict"
    """everybody of the unit who could take it has a conflict of interest"""
    LOWER_FITS_FIRST = "lower_fits_first"
    RULE_NAMES_ANOTHER = "rule_names_another"
    DANGER_GOES_FIRST = "danger_goes_first"
    """a rule for danger skips units and levels"""
    ANOTHER_IS_COMPETENT = "another_is_competent"
    NO_RULE_NAMES = "no_rule_names"

    def of(self, *about: object) -> str:
        """The code about a unit, a rule, a number: `load:guihua:3`."""
        return ":".join((self.value, *(str(one) for one in about)))


@dataclass(frozen=True, slots=True)
class UnitServing:
    """A unit as routing sees it; `competence` and `duty` empty: everything, always."""

    code: str
    kind: UnitKind
    level: UnitKind
    competence: tuple[str, ...] = ()
    duty: tuple[str, ...] = ()
    night: str | None = None
    """the unit that receives in its place what cannot wait"""

    @property
    def is_area(self) -> bool:
        return self.kind in AREAS


@dataclass(frozen=True, slots=True)
class Rule:
    """A routing rule without its row; `None` conditions always hold."""

    code: str
    leaf: str
    area: str | None = None
    danger_code: str | None = None
    min_danger: DangerLevel = DangerLevel.NONE
    to_kind: UnitKind | None = None
    to_level: UnitKind | None = None
    to_unit: str | None = None

    @property
    def is_of_danger(self) -> bool:
        return self.danger_code is not None or self.min_danger > DangerLevel.NONE


@dataclass(frozen=True, slots=True)
class Matter:
    """What routing needs to know of a case beside its place."""

    leaf: str
    danger: tuple[str, ...] = ()
    level: DangerLevel | None = None
    """where a person has set it; None: what the signals say"""
    secondary: tuple[str, ...] = ()
    """further leaves it touches"""

    @property
    def danger_level(self) -> DangerLevel:
        return level_of(self.danger) if self.level is None else self.level

    @property
    def cannot_wait(self) -> bool:
        return self.danger_level >= CANNOT_WAIT

    @property
    def may_be_mediated(self) -> bool:
        """False for violence, self-harm and minors: never the ordinary mediation path."""
        at_home = VIOLENCE_AT_HOME in (self.leaf, *self.secondary)
        return not at_home and not NOT_TO_BE_MEDIATED.intersection(self.danger)


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything a choice depends on."""

    matter: Matter
    units: Sequence[UnitServing]
    """the units that serve the place, nearest first"""
    rules: Sequence[Rule] = ()
    elsewhere: Mapping[str, UnitServing] = field(default_factory=lambda: MappingProxyType({}))
    """night units that do not serve the place themselves"""
    off_duty: frozenset[str] = frozenset()
    conflicted: frozenset[str] = frozenset()
    """units in which everybody who could take it has a conflict of interest"""
    loads: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """owed cases of units that share their kind and area with another one"""

    def barred(self, unit: UnitServing) -> str | None:
        """The code of what keeps a unit away from the case at any hour; None where nothing does."""
        if unit.kind is UnitKind.MEDIATION and not self.matter.may_be_mediated:
            return Why.NOT_MEDIATED.of(unit.code)
        return Why.CONFLICT.of(unit.code) if unit.code in self.conflicted else None

    def against(self, unit: UnitServing) -> str | None:
        """The code of what speaks against a unit; None where nothing does."""
        told = self.barred(unit)
        if told is None and unit.competence and not self.names_it(unit):
            return Why.NOT_COMPETENT.of(unit.code)
        return told

    def names_it(self, unit: UnitServing) -> bool:
        """Whether the matter stands in a unit's own list."""
        return any(leaf_fits(told, self.matter.leaf) for told in unit.competence)

    def unit(self, code: str) -> UnitServing | None:
        """A unit that serves the place, or a night unit from elsewhere."""
        return next((unit for unit in self.units if unit.code == code), self.elsewhere.get(code))


@dataclass(frozen=True, slots=True)
class Choice:
    """The code of the unit that receives a case; why there, why not elsewhere, as codes for the timeline."""

    unit_code: str
    why: tuple[str, ...]
    not_there: tuple[str, ...] = ()


def fits(rule: Rule, units: Sequence[UnitServing], matter: Matter) -> bool:
    """Whether a rule's conditions hold; its target is another question."""
    return (
        leaf_fits(rule.leaf, matter.leaf)
        and (rule.area is None or any(unit.code == rule.area for unit in units))
        and (rule.danger_code is None or rule.danger_code in matter.danger)
        and matter.danger_level >= rule.min_danger
    )


def leaf_fits(pattern: str, leaf: str) -> bool:
    """Whether `dispute:labour` falls under `dispute:labour`, `dispute:*` or `*`."""
    return pattern in ("*", leaf) or (pattern.endswith(":*") and leaf.startswith(pattern[:-1]))


def is_leaf(leaf: str) -> bool:
    """Whether a code has the form of a leaf; which ones there are is the taxonomy's business."""
    return _LEAF.fullmatch(leaf) is not None


def specificity(rule: Rule) -> tuple[int, int, int, int]:
    """Sorts the rule that knows more to the front; Python's sort keeps the city's order among equals."""
    of_leaf = {"*": 2}.get(rule.leaf, 1 if rule.leaf.endswith(":*") else 0)
    return (-int(rule.min_danger), rule.danger_code is None, rule.area is None, of_leaf)


def targets(rule: Rule, units: Sequence[UnitServing]) -> list[UnitServing]:
    """The units a rule means, nearest first."""
    if rule.to_unit is not None:
        return [unit for unit in units if unit.code == rule.to_unit]
    return [unit for unit in units if unit.kind is rule.to_kind and rule.to_level in (None, unit.level)]


def height(unit: UnitServing) -> int:
    """How far up a unit serves: 0 for a community, 3 for the city."""
    return AREAS[::-1].index(unit.level)
