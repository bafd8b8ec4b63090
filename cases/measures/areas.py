"""Which areas lie in an area, in the city's own order, and where is a case at home?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.measures.scope import Scope
from cases.records import Grid, Unit, UnitKind

# From the smallest area up.
LEVELS = (UnitKind.COMMUNITY, UnitKind.TOWNSHIP, UnitKind.COUNTY, UnitKind.CITY)


@dataclass(frozen=True, slots=True)
class Areas:
    """The units of a city, in use or not: a case of old still names its unit."""

    by_id: dict[int, Unit]
    by_code: dict[str, Unit]
    community_of_grid: dict[int, int]
    inside: Sequence[Unit]
    """every unit of the scope, from the top down, siblings in the city's order"""

    def home(self, grid_id: int | None, first_unit_id: int) -> int:
        """The unit a case is at home in."""
        return first_unit_id if grid_id is None else self.community_of_grid[grid_id]

    @property
    def communities(self) -> list[Unit]:
        """The communities of the scope, in the city's order."""
        return [unit for unit in self.inside if unit.kind is UnitKind.COMMUNITY]

    def below(self, unit: Unit) -> list[int]:
        """The ids of a unit and of all units below it."""
        return [one.id for one in self.inside if one.path.startswith(unit.path)]

    def children(self, unit: Unit) -> list[Unit]:
        """The areas directly below an area, in the city's order."""
        return [one for one in self.inside if one.parent_id == unit.id and one.is_area]

    def rise(self, before: str | None, after: str) -> bool:
        """Whether a case that went from one unit to another went up a level."""
        return before is not None and self._rung(after) > self._rung(before)

    def _rung(self, code: str) -> int:
        unit = self.by_code.get(code)
        return LEVELS.index(unit.level) if unit else 0


async def areas_of(session: AsyncSession, scope: Scope) -> Areas:
    """The units of the scope's city and where its grids lie."""
    found = await session.scalars(select(Unit).where(Unit.city_id == scope.city.id))
    units = found.all()
    grids = await session.execute(select(Grid.id, Grid.unit_id))
    return Areas(
        by_id={unit.id: unit for unit in units},
        by_code={unit.code: unit for unit in units},
        community_of_grid=dict(grids.all()),
        inside=list(_downwards(units, scope.unit)),
    )


def _downwards(units: Sequence[Unit], top: Unit) -> Iterator[Unit]:
    children: dict[int | None, list[Unit]] = defaultdict(list)
    for unit in sorted(units, key=lambda one: (one.position, one.id)):
        children[unit.parent_id].append(unit)
    waiting = [top]
    while waiting:
        unit = waiting.pop()
        yield unit
        waiting.extend(reversed(children[unit.id]))
