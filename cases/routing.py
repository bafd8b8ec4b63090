"""Which unit receives a case: the city's rules against place, matter and danger, with a fallback?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.danger import NOT_TO_BE_MEDIATED, DangerLevel, level_of
from cases.errors import NowhereToRoute
from cases.places import serving
from cases.records import AREAS, Grid, RoutingRule, Unit, UnitKind

_LEAF = re.compile(r"(?:dispute|scam):[a-z_]{1,50}|service|to_sort")
VIOLENCE_AT_HOME = "dispute:domestic_violence"


@dataclass(frozen=True, slots=True)
class UnitServing:
    """A unit that serves the place of a case."""

    code: str
    kind: UnitKind
    level: UnitKind


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


@dataclass(frozen=True, slots=True)
class Matter:
    """What routing needs to know of a case beside its place."""

    leaf: str
    danger: tuple[str, ...] = ()
    level: DangerLevel | None = None
    """where a person has set it; None: what the signals say"""


@dataclass(frozen=True, slots=True)
class Choice:
    """The code of the unit that receives a case, and why, as codes for the timeline."""

    unit_code: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Routed:
    """The unit that receives a case; why there, and why not elsewhere, as codes for the timeline."""

    unit: Unit
    why: tuple[str, ...]
    not_there: tuple[str, ...] = ()


def choose_unit(
    rules: Sequence[Rule], *, grid_units: Sequence[UnitServing], leaf: str, danger: Sequence[str] = ()
) -> Choice:
    """The receiving unit: the most specific rule that fits and whose target serves the place, else a centre.

    `grid_units` are the units serving the place, nearest first. Danger comes before place, place before
    matter, then the city's own order. Violence at home and matters of minors never go to mediation, whatever
    a rule says. Raises NowhereToRoute only when no unit at all serves the place.
    """
    if not grid_units:
        raise NowhereToRoute
    units = _allowed(grid_units, leaf, danger)
    passed: list[str] = []
    for rule in sorted((rule for rule in rules if fits(rule, grid_units, leaf, danger)), key=_specificity):
        unit = _target(rule, units)
        if unit is not None:
            return Choice(unit.code, (*passed, f"rule:{rule.code}", f"level:{unit.level}"))
        passed.append(f"no_unit:{rule.code}")
    return _fallback(units or grid_units, tuple(passed))


def _allowed(units: Sequence[UnitServing], leaf: str, danger: Sequence[str]) -> list[UnitServing]:
    if leaf == VIOLENCE_AT_HOME or NOT_TO_BE_MEDIATED.intersection(danger):
        return [unit for unit in units if unit.kind is not UnitKind.MEDIATION]
    return list(units)


def fits(rule: Rule, units: Sequence[UnitServing], leaf: str, danger: Sequence[str]) -> bool:
    """Whether a rule's conditions hold; its target is another question."""
    return (
        leaf_fits(rule.leaf, leaf)
        and (rule.area is None or any(unit.code == rule.area for unit in units))
        and (rule.danger_code is None or rule.danger_code in danger)
        and level_of(danger) >= rule.min_danger
    )


def leaf_fits(pattern: str, leaf: str) -> bool:
    """Whether `dispute:labour` falls under `dispute:labour`, `dispute:*` or `*`."""
    return pattern in ("*", leaf) or (pattern.endswith(":*") and leaf.startswith(pattern[:-1]))


def is_leaf(leaf: str) -> bool:
    """Whether a code has the form of a leaf; which ones there are is the taxonomy's business."""
    return _LEAF.fullmatch(leaf) is not None


def _specificity(rule: Rule) -> tuple[int, int, int, int]:
    """Sorts the rule that knows more to the front; Python's sort keeps the city's order among equals."""
    of_leaf = {"*": 2}.get(rule.leaf, 1 if rule.leaf.endswith(":*") else 0)
    return (-int(rule.min_danger), rule.danger_code is None, rule.area is None, of_leaf)


def _target(rule: Rule, units: Sequence[UnitServing]) -> UnitServing | None:
    if rule.to_unit is not None:
        return next((unit for unit in units if unit.code == rule.to_unit), None)
    right = (unit for unit in units if unit.kind is rule.to_kind)
    return next((unit for unit in right if rule.to_level in (None, unit.level)), None)


def _fallback(units: Sequence[UnitServing], passed: tuple[str, ...]) -> Choice:
    centre = next((unit for unit in units if unit.kind is UnitKind.CENTRE), None)
    if centre is not None:
        return Choice(centre.code, (*passed, "fallback:centre", f"level:{centre.level}"))
    area = next((unit for unit in units if unit.kind in AREAS), units[0])
    return Choice(area.code, (*passed, "fallback:area", f"level:{area.level}"))


async def route(session: AsyncSession, grid: Grid | None, matter: Matter, now: datetime) -> Routed:
    """The unit of the city that receives a matter from a place; NowhereToRoute where no city is in use."""
    units = await serving(session, grid)
    if not units:
        raise NowhereToRoute
    rules = await rules_of(session, units[0].city_id)
    choice = choose_unit(rules, grid_units=as_serving(units), leaf=matter.leaf, danger=matter.danger)
    unit = next(unit for unit in units if unit.code == choice.unit_code)
    return Routed(unit, choice.why)


async def rules_of(session: AsyncSession, city_id: int) -> list[Rule]:
    """The rules of a city, in its own order."""
    found = await session.scalars(
        select(RoutingRule).where(RoutingRule.city_id == city_id).order_by(RoutingRule.position)
    )
    rows = found.all()
    named = {row.area_id for row in rows} | {row.to_unit_id for row in rows} - {None}
    pairs = await session.execute(select(Unit.id, Unit.code).where(Unit.id.in_(named)))
    codes = {row.id: row.code for row in pairs}
    return [_rule(row, codes) for row in rows]


def _rule(row: RoutingRule, codes: dict[int, str]) -> Rule:
    return Rule(
        code=row.code,
        leaf=row.leaf,
        area=codes[row.area_id] if row.area_id else None,
        danger_code=row.danger_code,
        min_danger=DangerLevel(row.min_danger),
        to_kind=row.to_kind,
        to_level=row.to_level,
        to_unit=codes[row.to_unit_id] if row.to_unit_id else None,
    )


def as_serving(units: Sequence[Unit]) -> list[UnitServing]:
    """Rows as the plain values `choose_unit` looks at."""
    return [UnitServing(unit.code, unit.kind, unit.level) for unit in units]
