"""Which paper may be made by hand by whom, to whom does it go, and which does the city offer?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.access import Act, case_for, seat_of
from cases.actors import by_staff
from cases.errors import NotAllowed
from cases.lines import superior_of
from cases.papers.correspondence import may_write_to
from cases.papers.filling import fields_for
from cases.papers.issuing import issue, issued
from cases.papers.kinds import LETTERS, PaperKind
from cases.papers.sets import PaperSet
from cases.places import city_of, serving
from cases.records import Case, Paper, Staff, Unit, UnitKind

K = PaperKind
NEEDS: dict[PaperKind, Act] = {
    **dict.fromkeys(LETTERS, Act.LETTER),
    K.MEDIATION_APPLICATION: Act.WORK,
    K.ACCEPTANCE_FORM: Act.WORK,
    K.MEDIATION_RECORD: Act.MEDIATE,
    K.MEDIATION_AGREEMENT: Act.MEDIATE,
    K.ORAL_AGREEMENT: Act.MEDIATE,
    K.JUDICIAL_CONFIRMATION: Act.MEDIATE,
    K.MEDIATION_TERMINATED: Act.MEDIATE,
    K.NOT_ACCEPTED: Act.DECLINE,
    K.DISPATCH_SLIP: Act.ROUTE,
    K.ASSIGNMENT_SLIP: Act.ROUTE,
    K.REPORT_SLIP: Act.WORK,
    K.REPLY_SLIP: Act.REPLY,
    K.EXTENSION_FORM: Act.EXTEND,
    K.CLOSING_REPORT: Act.WORK,
    K.RISK_NOTICE: Act.MEET,
    K.RETURN_VISIT_RECORD: Act.VISIT,
    K.DOSSIER_COVER: Act.EXPORT,
    K.DOSSIER_INDEX: Act.EXPORT,
}
"""What somebody must be allowed to do with a case to write such a paper on it."""
TO_THE_HANDLER = LETTERS | {K.DISPATCH_SLIP, K.ASSIGNMENT_SLIP}


async def form(session: AsyncSession, person: Staff, code: str, kind: PaperKind, now: datetime) -> Paper:
    """Writes a paper of any kind by hand, in the city's set or not, filled with what is known of the case.

    What is not known stays a blank. NotAllowed for a letter to oneself or out of the centre's area.
    """
    case = await case_for(session, person, code, NEEDS[kind], now, lock=True)
    seat = await seat_of(session, person)
    if kind in LETTERS and not may_write_to(seat, case):
        raise NotAllowed
    paper = await issue(
        session,
        case,
        kind,
        unit=await session.get_one(Unit, seat.unit_id),
        actor=by_staff(person.id),
        now=now,
        to_unit=await _addressee(session, case, kind),
        fields=await fields_for(session, case, kind, now) if kind in LETTERS else None,
    )
    return issued(paper)


async def _addressee(session: AsyncSession, case: Case, kind: PaperKind) -> Unit | None:
    """The unit a paper goes to; None for one that goes to the resident or into the file."""
    if kind in TO_THE_HANDLER:
        return case.unit
    match kind:
        case K.REPORT_SLIP:
            return await superior_of(session, case.unit)
        case K.REPLY_SLIP:
            return await _sender_of_last_letter(session, case)
        case K.RISK_NOTICE:
            near = await serving(session, case.grid)
            return next((unit for unit in near if unit.kind is UnitKind.POLICE), None)
    return None


async def _sender_of_last_letter(session: AsyncSession, case: Case) -> Unit | None:
    query = (
        select(Unit)
        .join(Paper, Paper.unit_id == Unit.id)
        .where(Paper.case_id == case.id, Paper.to_unit_id == case.unit_id, Paper.kind.in_(sorted(LETTERS)))
        .order_by(Paper.id.desc())
        .limit(1)
    )
    return (await session.scalars(query)).first()


async def paper_set(session: AsyncSession, case: Case) -> PaperSet:
    """What the city of a case uses as a matter of course, and so offers first."""
    city = await city_of(session, case.unit)
    return PaperSet.model_validate(city.choices.get("papers") or {})
