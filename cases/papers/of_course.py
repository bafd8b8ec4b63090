"""Which papers are made as a matter of course when something happens to a case?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cases.actors import by_staff
from cases.papers.forms import paper_set
from cases.papers.issuing import issue
from cases.papers.kinds import PaperKind
from cases.records import Case, Paper, Staff, Unit

K = PaperKind
# The law names these, whatever set a city uses: 人民调解法 26, 28; the rest only where it is in the set.
BY_LAW = frozenset({K.NOT_ACCEPTED, K.MEDIATION_AGREEMENT, K.ORAL_AGREEMENT, K.MEDIATION_TERMINATED})


async def make(
    session: AsyncSession,
    person: Staff,
    case: Case,
    kind: PaperKind,
    now: datetime,
    *,
    to_unit: Unit | None = None,
) -> Paper | None:
    """Makes the paper that goes with what somebody just did; None where the city does not use it."""
    if kind not in BY_LAW and not (await paper_set(session, case)).holds(kind):
        return None
    unit = await session.get_one(Unit, person.unit_id)
    return await issue(session, case, kind, unit=unit, actor=by_staff(person.id), now=now, to_unit=to_unit)
