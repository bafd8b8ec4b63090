"""What is left to a person's judgement: sending back, routing, declining, correcting, lowering, archiving?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cases import places, statements, timeline
from cases.access import Act, case_for, seat_of
from cases.actors import Audience, by_staff
from cases.announce import Told, tell_resident, tell_unit
from cases.case_moves import move
from cases.casework import raise_danger
from cases.danger import NOT_TO_BE_MEDIATED, DangerLevel
from cases.errors import AlreadySentBack, MoveNotAllowed, NotAllowed, PlaceNotFound, TakenByAnother
from cases.opening import TO_SORT
from cases.records import Case, Staff, StatementKind, Unit, UnitKind
from cases.routing import VIOLENCE_AT_HOME, is_leaf
from cases.status import IN_HAND, CaseStatus


async def send_back(session: AsyncSession, person: Staff, code: str, reason: str, now: datetime) -> Case:
    """The unit says, once and with its reasons, that a case is not theirs: it goes to the nearest centre."""
    case = await case_for(session, person, code, Act.SEND_BACK, lock=True)
    if case.sent_back:
        raise AlreadySentBack
    if case.status in IN_HAND and case.assignee_id != person.id:
        raise TakenByAnother
    kept = await _reason(session, case, reason, person, now, Audience.STAFF)
    centre = await _nearest_centre(session, case)
    facts = {"from_unit": case.unit.code, "unit": centre.code, "texts": [kept]}
    case.sent_back += 1
    case.unit = centre
    actor = by_staff(person.id)
    entry = await move(
        session, case, CaseStatus.REGISTERED, actor=actor, reason="not_ours", now=now, facts=facts
    )
    await tell_unit(session, case, Told.SENT_BACK, entry, now)
    return case


async def route_to(
    session: AsyncSession, person: Staff, code: str, unit_code: str, reason: str, now: datetime
) -> Case:
    """The centre gives a registered case to a unit of its own area, and says why; the resident is told."""
    case = await case_for(session, person, code, Act.ROUTE, lock=True)
    unit = await places.unit_by_code(session, unit_code)
    seat = await seat_of(session, person)
    if unit is None:
        raise PlaceNotFound
    if not unit.path.startswith(seat.area_path):
        raise NotAllowed
    _never_mediated(case, unit)
    kept = await _reason(session, case, reason, person, now, Audience.STAFF)
    case.unit = unit
    facts = {"unit": unit.code, "why": [f"person:{person.id}"], "texts": [kept]}
    actor = by_staff(person.id)
    entry = await move(
        session, case, CaseStatus.ROUTED, actor=actor, reason="by_centre", now=now, facts=facts
    )
    await tell_unit(session, case, Told.NEW_CASE, entry, now)
    await tell_resident(session, case, Told.MOVED_ON, entry, now)
    return case


async def decline(session: AsyncSession, person: Staff, code: str, reason: str, now: datetime) -> Case:
    """Does not accept a case; the resident is sent the reason, which should name the lawful way."""
    case = await case_for(session, person, code, Act.DECLINE, lock=True)
    kept = await _reason(session, case, reason, person, now, Audience.RESIDENT)
    actor, facts = by_staff(person.id), {"texts": [kept]}
    entry = await move(
        session, case, CaseStatus.DECLINED, actor=actor, reason="not_accepted", now=now, facts=facts
    )
    await tell_resident(session, case, Told.DECLINED, entry, now, why=reason)
    return case


async def correct(session: AsyncSession, person: Staff, code: str, leaf: str, now: datetime) -> Case:
    """A person says what a case is really about; what was thought before stays on the timeline."""
    case = await case_for(session, person, code, Act.CORRECT, lock=True)
    if not is_leaf(leaf):
        raise ValueError("a leaf reads like dispute:labour, scam:phishing, service or to_sort")
    facts = {"from": case.leaf, "to": leaf}
    case.leaf = leaf
    case.needs_person = case.needs_person and leaf == TO_SORT
    await timeline.append(session, case, "corrected", actor=by_staff(person.id), now=now, facts=facts)
    return case


async def lower_danger(
    session: AsyncSession, person: Staff, code: str, level: DangerLevel, reason: str, now: datetime
) -> Case:
    """A person lowers the danger level, with a reason; nothing else ever does."""
    case = await case_for(session, person, code, Act.LOWER_DANGER, lock=True)
    if level >= case.danger_level:
        raise MoveNotAllowed("Lowering means to a lower level.")
    kept = await _reason(session, case, reason, person, now, Audience.STAFF)
    facts = {"from": case.danger_level.code, "to": level.code, "texts": [kept]}
    case.danger = int(level)
    await timeline.append(session, case, "danger_lowered", actor=by_staff(person.id), now=now, facts=facts)
    return case


async def report_danger(session: AsyncSession, person: Staff, code: str, signal: str, now: datetime) -> Case:
    """A person has seen a danger signal; the level may rise and then unit and police are told."""
    case = await case_for(session, person, code, Act.NOTE, lock=True)
    await raise_danger(session, case, [signal], actor=by_staff(person.id), now=now)
    return case


async def archive(session: AsyncSession, person: Staff, code: str, now: datetime) -> Case:
    """Puts a case away for good."""
    case = await case_for(session, person, code, Act.ARCHIVE, lock=True)
    await move(session, case, CaseStatus.ARCHIVED, actor=by_staff(person.id), reason="put_away", now=now)
    return case


async def _reason(
    session: AsyncSession, case: Case, text: str, person: Staff, now: datetime, audience: Audience
) -> list[int | str]:
    actor = by_staff(person.id)
    return await statements.write(
        session, case, StatementKind.REASON, text, actor=actor, audience=audience, now=now
    )


async def _nearest_centre(session: AsyncSession, case: Case) -> Unit:
    units = await places.serving(session, case.grid)
    others = [unit for unit in units if unit.id != case.unit_id]
    centre = next((unit for unit in others if unit.kind is UnitKind.CENTRE), None)
    if centre is None:
        raise MoveNotAllowed("There is no centre a case could be sent back to.")
    return centre


def _never_mediated(case: Case, unit: Unit) -> None:
    """Violence at home and matters of minors: no person overrules this either."""
    protected = case.leaf == VIOLENCE_AT_HOME or NOT_TO_BE_MEDIATED.intersection(case.danger_codes)
    if protected and unit.kind is UnitKind.MEDIATION:
        raise MoveNotAllowed("Such a case is not mediated.")
