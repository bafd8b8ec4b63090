"""Which unit receives a case, and why that one: place, matter, level, danger, hours, load, people?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.errors import NowhereToRoute
from cases.records import Grid, Staff, Unit
from cases.routes.book import as_unit, book_at, rules_of
from cases.routes.people import conflicted_units, loads_of_units, seated, suggested
from cases.routes.reasons import choose
from cases.routes.teams import expert_near
from cases.routes.terms import (
    VIOLENCE_AT_HOME,
    Choice,
    Matter,
    Rule,
    Situation,
    UnitServing,
    Why,
    fits,
    is_leaf,
    leaf_fits,
    targets,
)
from cases.routes.terms import specificity as _specificity
from cases.routes.weighing import alike

INVITE = f"{Why.INVITE}:"


@dataclass(frozen=True, slots=True)
class Routed:
    """The unit that receives a case; why there, and why not elsewhere, as codes for the timeline."""

    unit: Unit
    why: tuple[str, ...]
    not_there: tuple[str, ...] = ()


def choose_unit(
    rules: Sequence[Rule], *, grid_units: Sequence[UnitServing], leaf: str, danger: Sequence[str] = ()
) -> Choice:
    """The receiving unit where everybody is there, nobody has a stake in it and all owe the same.

    `grid_units` are the units serving the place, nearest first. Raises NowhereToRoute when none of them may
    have it.
    """
    return choose(Situation(Matter(leaf, tuple(danger)), grid_units, rules))


async def route(session: AsyncSession, grid: Grid | None, matter: Matter, now: datetime) -> Routed:
    """The unit of the city that receives a matter from a place, with who of it might take it.

    Reads only. Raises NowhereToRoute where no city is in use.
    """
    book, area = await book_at(session, grid)
    units = book.serving(area)
    elsewhere = book.nights(units)
    reachable = [*units, *elsewhere.values()]
    people = await seated(session, [unit.code for unit in reachable], matter=matter, grid=grid)
    choice = choose(
        Situation(
            matter,
            units,
            book.rules,
            elsewhere=elsewhere,
            off_duty=frozenset(unit.code for unit in reachable if not book.is_there(unit, now)),
            conflicted=conflicted_units(people),
            loads=await loads_of_units(session, [one.code for one in units if len(alike(one, units)) > 1]),
        )
    )
    chosen = (await session.scalars(select(Unit).where(Unit.code == choice.unit_code))).one()
    hints = await suggested(session, people, unit=choice.unit_code, leaf=matter.leaf)
    if not any(hint.startswith(INVITE) for hint in hints):
        expert = await expert_near(session, chosen.city_id, grid, matter)
        hints = (*hints, Why.INVITE.of(expert)) if expert is not None else hints
    return Routed(chosen, (*choice.why, *hints), choice.not_there)


def as_serving(units: Sequence[Unit]) -> list[UnitServing]:
    """Rows as the plain values `choose_unit` looks at."""
    codes = {unit.id: unit.code for unit in units}
    return [as_unit(unit, codes) for unit in units]


@dataclass(frozen=True, slots=True)
class Named:
    """Names of what an explanation speaks of: units by code, people by id."""

    units: Mapping[str, str]
    people: Mapping[int, str]


async def named_in(session: AsyncSession, codes: Collection[str], locale: str) -> Named:
    """The names behind the codes of an explanation; names of people are for staff only."""
    parts = [code.split(":", 2)[:2] for code in codes if ":" in code]
    units = await session.scalars(select(Unit).where(Unit.code.in_({about for _, about in parts})))
    ids = {int(about) for head, about in parts if head in OF_PEOPLE and about.isdigit()}
    people = await session.scalars(select(Staff).where(Staff.id.in_(ids))) if ids else ()
    return Named({unit.code: unit.name(locale) for unit in units}, {one.id: one.name for one in people})


OF_PEOPLE = frozenset({Why.SUGGEST, Why.INVITE, Why.PERSON})
"""Codes about a member of staff."""


def _target(rule: Rule, units: Sequence[UnitServing]) -> UnitServing | None:
    """The nearest unit a rule means."""
    return next(iter(targets(rule, units)), None)


__all__ = [
    "OF_PEOPLE",
    "VIOLENCE_AT_HOME",
    "Choice",
    "Matter",
    "Named",
    "NowhereToRoute",
    "Routed",
    "Rule",
    "Situation",
    "UnitServing",
    "Why",
    "_specificity",
    "_target",
    "as_serving",
    "choose",
    "choose_unit",
    "fits",
    "is_leaf",
    "leaf_fits",
    "named_in",
    "route",
    "rules_of",
]
