"""What is left to a person's judgement: accepting, sending back, routing, declining, correcting?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cases import places, statements, timeline
from cases.access import Act, case_for, seat_of
from cases.actors import Audience, by_staff
from cases.announce import Told, tell_left, tell_resident, tell_unit
from cases.case_moves import move
from cases.clocks import running
from cases.danger import NOT_TO_BE_MEDIATED, DangerLevel
from cases.errors import (
    AlreadySentBack,
    MoveNotAllowed,
    NotAllowed,
    NotMediated,
    PlaceNotFound,
    TakenByAnother,
)
from cases.lines import superior_of
from cases.merging import tell_repeats
from cases.opening import TO_SORT, give_by_rules
from cases.papers import of_course
from cases.papers.kinds import PaperKind
from cases.raising import raise_danger
from cases.records import Case, Staff, StatementKind, Unit, UnitKind
from cases.routing import VIOLENCE_AT_HOME, is_leaf
from cases.status import IN_HAND, CaseStatus

# The centre may take these out of a unit's hands and give them to another.
RECALLED = frozenset({CaseStatus.ROUTED, *IN_HAND})


async def send_back(session: AsyncSession, person: Staff, code: str, proof: str, now: datetime) -> Case:
    """退单: the unit says, once and with proof, that a case is not theirs; the centre above it rules."""
    case = await case_for(session, person, code, Act.SEND_BACK, now, lock=True)
    if case.sent_back or case.ruled:
        raise AlreadySentBack
    if case.status in IN_HAND and case.assignee_id != person.id:
        raise TakenByAnother
    kept = await _words(session, case, proof, person, now, Audience.STAFF)
    centre = await _centre_above(session, case)
    facts = {"from_unit": case.unit.code, "unit": centre.code, "texts": [kept]}
    case.sent_back += 1
    case.unit = centre
    actor = by_staff(person.id)
    entry = await move(
        session, case, CaseStatus.ACCEPTED, actor=actor, reason="not_ours", now=now, facts=facts
    )
    await tell_unit(session, case, Told.SENT_BACK, entry, now)
    return case


async def accept(session: AsyncSession, person: Staff, code: str, now: datetime, *, leaf: str) -> Case:
    """受理: the centre says what a registered case is, the rules give it to a unit, the resident is told."""
    case = await case_for(session, person, code, Act.ACCEPT, now, lock=True)
    if not is_leaf(leaf) or leaf == TO_SORT:
        raise ValueError("a leaf reads like dispute:labour, scam:phishing or service")
    await _set_leaf(session, case, leaf, person, now)
    actor = by_staff(person.id)
    await move(session, case, CaseStatus.ACCEPTED, actor=actor, reason="sorted", now=now)
    entry = await give_by_rules(session, case, now)
    await tell_resident(session, case, Told.MOVED_ON, entry, now)
    return case


async def route_to(
    session: AsyncSession, person: Staff, code: str, unit_code: str, reason: str, now: datetime
) -> Case:
    """The centre gives a case to a unit of its own area, and says why; the resident is told.

    After a sending back, or of a reopened case, this is the ruling: it binds, nobody sends it back again.
    """
    case = await case_for(session, person, code, Act.ROUTE, now, lock=True)
    unit = await places.unit_by_code(session, unit_code)
    seat = await seat_of(session, person)
    if unit is None:
        raise PlaceNotFound
    if not unit.path.startswith(seat.area_path):
        raise NotAllowed
    never_mediated(case, unit)
    actor = by_staff(person.id)
    if case.status is CaseStatus.REGISTERED:
        await move(session, case, CaseStatus.ACCEPTED, actor=actor, reason="sorted", now=now)
    elif case.status in RECALLED:
        await tell_left(session, case, now)
        recalled = await _words(session, case, reason, person, now, Audience.STAFF)
        texts = {"texts": [recalled]}
        await move(session, case, CaseStatus.ACCEPTED, actor=actor, reason="reassigned", now=now, facts=texts)
    kept = await _words(session, case, reason, person, now, Audience.STAFF)
    case.ruled = case.ruled or bool(case.sent_back) or case.status is CaseStatus.REOPENED
    case.unit = unit
    case.review_due = False
    facts = {"unit": unit.code, "why": [f"person:{person.id}"], "texts": [kept]}
    why = "ruling" if case.ruled else "by_centre"
    entry = await move(session, case, CaseStatus.ROUTED, actor=actor, reason=why, now=now, facts=facts)
    await of_course.make(session, person, case, PaperKind.ASSIGNMENT_SLIP, now, to_unit=unit)
    await tell_unit(session, case, Told.NEW_CASE, entry, now)
    await tell_resident(session, case, Told.MOVED_ON, entry, now)
    return case


async def decline(
    session: AsyncSession,
    person: Staff,
    code: str,
    reason: str,
    now: datetime,
    *,
    ground: str = "other",
) -> Case:
    """不予受理: the resident is sent the reason and the lawful way in it; `ground` is a code of the move."""
    case = await case_for(session, person, code, Act.DECLINE, now, lock=True)
    kept = await _words(session, case, reason, person, now, Audience.RESIDENT)
    actor, facts = by_staff(person.id), {"texts": [kept]}
    await tell_left(session, case, now)
    entry = await move(session, case, CaseStatus.DECLINED, actor=actor, reason=ground, now=now, facts=facts)
    await of_course.make(session, person, case, PaperKind.NOT_ACCEPTED, now)
    await tell_resident(session, case, Told.DECLINED, entry, now, why=reason, ground=ground)
    await tell_repeats(session, case, Told.DECLINED, now, why=reason, ground=ground)
    return case


async def transfer(
    session: AsyncSession, person: Staff, code: str, to: str, reason: str, now: datetime
) -> Case:
    """移送 to `police`, `court`, `arbitration`, `review` or `petition`; the resident reads where and why."""
    case = await case_for(session, person, code, Act.TRANSFER, now, lock=True)
    kept = await _words(session, case, reason, person, now, Audience.RESIDENT)
    case.transferred_to = to
    facts = {"texts": [kept]}
    actor = by_staff(person.id)
    await tell_left(session, case, now)
    entry = await move(session, case, CaseStatus.TRANSFERRED, actor=actor, reason=to, now=now, facts=facts)
    await tell_resident(session, case, Told.TRANSFERRED, entry, now, why=reason, to=to)
    await tell_repeats(session, case, Told.TRANSFERRED, now, why=reason, to=to)
    return case


async def correct(session: AsyncSession, person: Staff, code: str, leaf: str, now: datetime) -> Case:
    """A person says what a case is really about; what was thought before stays on the timeline."""
    case = await case_for(session, person, code, Act.CORRECT, now, lock=True)
    if not is_leaf(leaf):
        raise ValueError("a leaf reads like dispute:labour, scam:phishing, service or to_sort")
    await _set_leaf(session, case, leaf, person, now)
    return case


async def _set_leaf(session: AsyncSession, case: Case, leaf: str, person: Staff, now: datetime) -> None:
    facts = {"from": case.leaf, "to": leaf}
    case.leaf = leaf
    case.needs_person = case.needs_person and leaf == TO_SORT
    await timeline.append(session, case, "corrected", actor=by_staff(person.id), now=now, facts=facts)


async def lower_danger(
    session: AsyncSession, person: Staff, code: str, level: DangerLevel, reason: str, now: datetime
) -> Case:
    """A person lowers the danger level, with a reason; nothing else ever does. They have looked at it."""
    case = await case_for(session, person, code, Act.LOWER_DANGER, now, lock=True)
    if level >= case.danger_level:
        raise MoveNotAllowed("Lowering means to a lower level.")
    kept = await _words(session, case, reason, person, now, Audience.STAFF)
    facts = {"from": case.danger_level.code, "to": level.code, "texts": [kept]}
    case.danger = int(level)
    await timeline.append(session, case, "danger_lowered", actor=by_staff(person.id), now=now, facts=facts)
    await running.fulfil(session, case, ("danger_review",), now)
    return case


async def report_danger(session: AsyncSession, person: Staff, code: str, signal: str, now: datetime) -> Case:
    """A person has seen a danger signal; the level may rise and then unit and police are told."""
    case = await case_for(session, person, code, Act.NOTE, now, lock=True)
    await raise_danger(session, case, [signal], actor=by_staff(person.id), now=now)
    return case


async def _words(
    session: AsyncSession, case: Case, text: str, person: Staff, now: datetime, audience: Audience
) -> list[int | str]:
    actor = by_staff(person.id)
    return await statements.write(
        session, case, StatementKind.REASON, text, actor=actor, audience=audience, now=now
    )


async def _centre_above(session: AsyncSession, case: Case) -> Unit:
    """Of a county's office the county's centre, not the township's: it must be able to give it elsewhere."""
    centre = await superior_of(session, case.unit)
    if centre is None:
        raise MoveNotAllowed("There is no centre a case could be sent back to.")
    return centre


def never_mediated(case: Case, unit: Unit) -> None:
    """Violence, self-harm, minors, or a party that refused: no person overrules this either."""
    at_home = VIOLENCE_AT_HOME in (case.leaf, *case.secondary)
    protected = at_home or NOT_TO_BE_MEDIATED.intersection(case.danger_codes)
    if (protected or case.mediation_refused) and unit.kind is UnitKind.MEDIATION:
        raise NotMediated
