"""How does a round tell many people much without asking for the same names again and again?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import notices
from cases.announce import Told, members_of, members_of_each, values_of
from cases.lines import centres_over_each, superior_of
from cases.records import Case, City, NoticeTo, TimelineEntry, Unit


class Callers:
    """Notices of one batch, collected and written together; members and superiors are looked up once."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._members: dict[int, list[int]] = {}
        self._superiors: dict[int, Unit | None] = {}
        self._units: dict[int, Unit] = {}
        self._owed: list[dict[str, Any]] = []
        # A session forgets what nobody holds, and would ask for the city of each clock.
        self._cities: Sequence[City] = ()

    async def hold_cities(self) -> None:
        """Keeps the cities at hand for the whole batch."""
        self._cities = (await self._session.scalars(select(City))).all()

    async def prepare(self, unit_ids: Collection[int]) -> None:
        """Looks up these units, their superiors and everybody of both in three queries."""
        found = await self._session.scalars(select(Unit).where(Unit.id.in_(unit_ids)))
        self._units = {unit.id: unit for unit in found}
        over = await centres_over_each(self._session, list(self._units.values()))
        for unit_id, centres in over.items():
            above = next((centre for centre in centres if centre.id != unit_id), None)
            self._superiors[unit_id] = above
        above_ids = {unit.id for unit in self._superiors.values() if unit is not None}
        self._members = await members_of_each(self._session, self._units.keys() | above_ids)

    async def unit(self, unit_id: int) -> Unit:
        """A unit by id."""
        if unit_id not in self._units:
            self._units[unit_id] = await self._session.get_one(Unit, unit_id)
        return self._units[unit_id]

    async def superior(self, unit: Unit) -> Unit | None:
        """The centre above a unit, if there is one."""
        if unit.id not in self._superiors:
            self._superiors[unit.id] = await superior_of(self._session, unit)
        return self._superiors[unit.id]

    async def members(self, unit_id: int) -> list[int]:
        """Everybody of a unit who can be reached, leaders first."""
        if unit_id not in self._members:
            self._members[unit_id] = await members_of(self._session, unit_id)
        return self._members[unit_id]

    def tell(
        self,
        case: Case,
        key: Told,
        entry: TimelineEntry,
        now: datetime,
        *,
        staff: Iterable[int] = (),
        resident: bool = False,
        urgent: bool = False,
        more: dict[str, Any] | None = None,
    ) -> None:
        """Owes these members of staff, or the resident of the case, a notice about an entry."""
        to = [(NoticeTo.STAFF, one) for one in staff]
        if resident:
            to.append((NoticeTo.RESIDENT, case.resident_id))
        values = values_of(case) | (more or {})
        self._owed += [
            notices.row(
                to_kind=kind,
                to_id=one,
                key=key,
                values=values,
                idempotency_key=f"{case.code}:{entry.seq}:{key}:{kind}:{one}",
                now=now,
                urgent=urgent,
            )
            for kind, one in to
        ]

    async def send(self) -> None:
        """Writes what was collected."""
        await notices.enqueue_many(self._session, self._owed)
        self._owed = []
