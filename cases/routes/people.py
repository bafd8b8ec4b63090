"""Who of a unit could take a case, who of them has a stake in it, and who might be asked first?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.conflicts import conflicted, patterns_of
from cases.records import Case, Grid, Role, Staff, StaffGrid, Unit
from cases.roles import ROLE_MAY, Act
from cases.routes.terms import Matter, Why

PROFESSIONS_FILE = Path(__file__).with_name("professions.yml")
TAKE_CASES = frozenset(role for role, may in ROLE_MAY.items() if Act.TAKE in may)


@dataclass(frozen=True, slots=True)
class Seated:
    """Somebody active at a unit who could take the case, or an expert of it."""

    staff_id: int
    unit_code: str
    role: Role
    professions: tuple[str, ...] = ()
    conflict: bool = False


async def seated(
    session: AsyncSession, units: Collection[str], *, matter: Matter, grid: Grid | None
) -> list[Seated]:
    """The people of these units whom the case could concern, with who has a stake in it."""
    own = exists().where(StaffGrid.staff_id == Staff.id)
    here = or_(Staff.role != Role.GRID_WORKER, ~own)
    if grid is not None:
        here = or_(here, own.where(StaffGrid.grid_id == grid.id))
    query = (
        select(Staff.id, Unit.code, Staff.role, Staff.professions)
        .join(Unit, Unit.id == Staff.unit_id)
        .where(Staff.active, Unit.code.in_(units), Staff.role.in_(_roles(matter)))
        .order_by(Staff.id)
    )
    rows = (await session.execute(query if grid is None else query.where(here))).all()
    staked = await conflicted(session, matter.leaf, grid.id if grid is not None else None)
    return [Seated(row.id, row.code, row.role, tuple(row.professions), row.id in staked) for row in rows]


def _roles(matter: Matter) -> frozenset[Role]:
    """A mediator is no way round the rule that some matters are not mediated."""
    roles = TAKE_CASES | {Role.EXPERT}
    return roles if matter.may_be_mediated else roles - {Role.MEDIATOR}


def conflicted_units(people: Iterable[Seated]) -> frozenset[str]:
    """The units in which somebody could take the case, and every one of them has a stake in it."""
    takers = [one for one in people if one.role in TAKE_CASES]
    free = {one.unit_code for one in takers if not one.conflict}
    return frozenset(one.unit_code for one in takers) - free


async def loads_of_units(session: AsyncSession, codes: Collection[str]) -> dict[str, int]:
    """On how many cases each of these units owes something."""
    if not codes:
        return {}
    query = (
        select(Unit.code, func.count(Case.id))
        .join(Case, Case.unit_id == Unit.id)
        .where(Unit.code.in_(codes), Case.owed)
        .group_by(Unit.code)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def suggested(
    session: AsyncSession, people: Sequence[Seated], *, unit: str, leaf: str
) -> tuple[str, ...]:
    """Codes of who of a unit might take it, and which of its experts might be asked: suggestions only."""
    free = [one for one in people if one.unit_code == unit and not one.conflict]
    takers = [one for one in free if one.role in TAKE_CASES]
    wanted = wanted_professions(leaf)
    experts = [one for one in free if one.role is Role.EXPERT and wanted.intersection(one.professions)]
    loads = await _loads_of_people(session, [one.staff_id for one in takers] if len(takers) > 1 else [])
    first = _first(takers, wanted, loads)
    codes = [Why.SUGGEST.of(first.staff_id)] if first is not None else []
    if experts and not (first is not None and wanted.intersection(first.professions)):
        codes.append(Why.INVITE.of(experts[0].staff_id))
    return tuple(codes)


def _first(
    takers: Sequence[Seated], wanted: frozenset[str], loads: Mapping[int | None, int]
) -> Seated | None:
    return min(
        takers,
        key=lambda one: (
            not wanted.intersection(one.professions),
            loads.get(one.staff_id, 0),
            one.staff_id,
        ),
        default=None,
    )


async def _loads_of_people(session: AsyncSession, ids: Collection[int]) -> dict[int | None, int]:
    if not ids:
        return {}
    query = (
        select(Case.assignee_id, func.count(Case.id))
        .where(Case.assignee_id.in_(ids), Case.owed)
        .group_by(Case.assignee_id)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


def wanted_professions(leaf: str) -> frozenset[str]:
    """In which professions a matter is best understood, by our own table (a template)."""
    table = _professions()
    return next((table[pattern] for pattern in patterns_of(leaf) if pattern in table), frozenset())


@cache
def _professions() -> dict[str, frozenset[str]]:
    told = yaml.safe_load(PROFESSIONS_FILE.read_text(encoding="utf-8"))
    return {pattern: frozenset(words) for pattern, words in told["professions"].items()}
