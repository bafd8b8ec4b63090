"""How does a story become a case: kept, numbered, routed, confirmed and announced?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases import case_moves, places, routing, statements, timeline
from cases.actors import BY_RULE, Actor, Audience, by_resident, by_staff
from cases.announce import Told, tell_duty, tell_police, tell_unit
from cases.attachments import bind
from cases.clocks import running
from cases.clocks.book import book_of
from cases.clocks.rules import StartEvent
from cases.codes import new_case_code, new_secret
from cases.danger import POLICE_ARE_TOLD_FROM, DangerLevel, level_of
from cases.errors import ChangedMeanwhile, NothingToSay
from cases.lines import centre_of
from cases.records import Case, Check, City, Grid, Resident, Role, Staff, StatementKind, TimelineEntry, Unit
from cases.secrets import box_of
from cases.status import CaseStatus

TO_SORT = "to_sort"
"""The leaf of a matter a person has to sort."""
MOST_DRAWS = 12
RECEIVES = (Role.CENTRE, Role.GRID_WORKER, Role.POLICE, Role.MEDIATOR, Role.HANDLER)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """What is known when a case is opened; leaf and danger are codes, everything told is kept verbatim."""

    resident: Resident
    story: tuple[str, ...]
    """what was told, message by message"""
    leaf: str = TO_SORT
    secondary: tuple[str, ...] = ()
    grid_code: str | None = None
    """unknown or out of use: the case goes to the city's centre, which finds the place"""
    address: str | None = None
    danger: tuple[str, ...] = ()
    contact_name: str | None = None
    contact_phone: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    """what else the conversation gathered (JSON values)"""
    attachment_ids: tuple[int, ...] = ()
    check_id: int | None = None
    for_other: bool = False
    needs_person: bool = False
    filed_by: int | None = None
    """a member of staff who files for the resident, with consent"""
    opening_key: str | None = None
    """such as `draft:17:4`: the same key opens one case, however often it is pressed"""

    @property
    def actor(self) -> Actor:
        return by_staff(self.filed_by) if self.filed_by is not None else by_resident(self.resident.id)


async def open_case(
    session: AsyncSession,
    new: NewCase,
    now: datetime,
    *,
    draw: Callable[[date, int], str] = new_case_code,
) -> Case:
    """Opens a case: numbered, routed and announced; it comes with unit, grid and `due_at`.

    `secret_once` of the returned case holds the six digits of its status page, and of no other object. The
    same `opening_key` again returns the case that is there, without the digits.
    """
    if not any(text.strip() for text in new.story):
        raise NothingToSay
    if not routing.is_leaf(new.leaf):
        raise ValueError("a leaf reads like dispute:labour, scam:phishing, service or to_sort")
    known = await _opened_before(session, new)
    if known is not None:
        return known
    grid = await places.grid_by_code(session, new.grid_code) if new.grid_code else None
    matter = routing.Matter(new.leaf, new.danger, secondary=new.secondary)
    routed = await routing.route(session, grid, matter, now)
    unit = routed.unit
    city = await places.city_of(session, unit)
    row = await _row(session, new, unit, grid, now)
    case, fresh = await _add(session, row, new, city, now, draw)
    if not fresh:
        return case
    await _register(session, case, new, now)
    if is_to_sort(case):
        await _leave_to_the_centre(session, case, now)
    else:
        await _accept(session, case, now)
        await _give(session, case, routed, now)
    return case


def is_to_sort(case: Case) -> bool:
    """Whether a person decides first what it is; danger never waits for that."""
    return case.leaf == TO_SORT and case.danger_level < DangerLevel.YELLOW


async def _opened_before(session: AsyncSession, new: NewCase) -> Case | None:
    if new.opening_key is None:
        return None
    query = select(Case).where(Case.opening_key == new.opening_key, Case.resident_id == new.resident.id)
    return (
        await session.scalars(query.options(selectinload(Case.unit), selectinload(Case.grid)))
    ).one_or_none()


async def _first_contact(session: AsyncSession, new: NewCase, unit: Unit) -> tuple[Unit, int | None]:
    """首问负责: who filed it, or else the centre that keeps the door, answers until somebody signs."""
    if new.filed_by is not None:
        filer = await session.get_one(Staff, new.filed_by)
        return await session.get_one(Unit, filer.unit_id), filer.id
    centre = await centre_of(session, unit) or unit
    return centre, await _receiver_of(session, centre)


async def _receiver_of(session: AsyncSession, unit: Unit) -> int | None:
    """The unit's receiver (受理员), or whoever has worked there longest."""
    query = select(Staff.id).where(Staff.unit_id == unit.id, Staff.active, Staff.role.in_(RECEIVES))
    return (await session.scalars(query.order_by(Staff.post != "receiver", Staff.id).limit(1))).first()


async def _row(
    session: AsyncSession, new: NewCase, unit: Unit, grid: Grid | None, now: datetime
) -> dict[str, Any]:
    level = level_of(new.danger)
    due_at, template = (await book_of(session, unit)).first_answer(new.leaf, level, now)
    first_unit, first_receiver = await _first_contact(session, new, unit)
    return {
        "opening_key": new.opening_key,
        "resident_id": new.resident.id,
        "filed_by_id": new.filed_by,
        "for_other": new.for_other,
        "leaf": new.leaf,
        "secondary": list(new.secondary),
        "status": CaseStatus.REGISTERED,
        "owed": True,
        "unit": unit,
        "first_unit": first_unit,
        "home_id": grid.unit_id if grid else first_unit.id,
        "first_receiver_id": first_receiver,
        "grid": grid,
        "danger": int(level),
        "danger_codes": sorted(set(new.danger)),
        "needs_person": new.needs_person or new.leaf == TO_SORT,
        "due_at": due_at,
        "clock_template": template,
        "address": new.address,
        "contact_name": new.contact_name,
        "contact_phone": new.contact_phone,
        "told": dict(new.told),
        "opened_at": now,
    }


async def _add(
    session: AsyncSession,
    row: dict[str, Any],
    new: NewCase,
    city: City,
    now: datetime,
    draw: Callable[[date, int], str],
) -> tuple[Case, bool]:
    """Adds the row under a code nobody has; false beside the case another transaction has just opened."""
    today = now.astimezone(ZoneInfo(city.timezone)).date()
    for attempt in range(MOST_DRAWS):
        code, secret = draw(today, attempt), new_secret()
        if await _is_taken(session, code):
            continue
        digest = box_of(session).index(f"{code}:{secret}", "case secret")
        case = Case(code=code, secret_hash=digest, **row)
        try:
            async with session.begin_nested():
                session.add(case)
        except IntegrityError:
            known = await _opened_before(session, new)
            if known is not None:
                return known, False
            if await _is_taken(session, code):
                continue
            raise
        case.__dict__["_secret_once"] = secret
        return case, True
    raise ChangedMeanwhile


async def _is_taken(session: AsyncSession, code: str) -> bool:
    return (await session.scalars(select(Case.id).where(Case.code == code))).first() is not None


async def _register(session: AsyncSession, case: Case, new: NewCase, now: datetime) -> None:
    said = [text for text in new.story if text.strip()]
    texts = [
        await statements.write(
            session, case, StatementKind.STORY, text, actor=new.actor, audience=Audience.RESIDENT, now=now
        )
        for text in said
    ]
    if new.attachment_ids:
        await bind(session, case, new.attachment_ids)
    if new.check_id is not None:
        where = (Check.id == new.check_id, Check.resident_id == new.resident.id)
        await session.execute(update(Check).where(*where).values(case_id=case.id))
    facts = {
        "leaf": case.leaf,
        "grid": case.grid.code if case.grid else None,
        "danger": case.danger_codes,
        "level": case.danger_level.code,
        "texts": texts,
        "attachments": list(new.attachment_ids),
        "check": new.check_id,
    }
    await case_moves.register(session, case, actor=new.actor, now=now, facts=facts)


async def _leave_to_the_centre(session: AsyncSession, case: Case, now: datetime) -> None:
    """Nothing but a person can say what it is: it stays registered with the centre, whose clock runs."""
    clocks = await running.start(session, case, StartEvent.REGISTERED, now)
    if clocks:
        case.due_at, case.clock_template = clocks[0].due_at, bool(clocks[0].rule["template"])
    entry = await timeline.append(
        session, case, "to_be_sorted", actor=BY_RULE, now=now, facts={"unit": case.unit.code}
    )
    await tell_unit(session, case, Told.NEW_CASE, entry, now)


async def _accept(session: AsyncSession, case: Case, now: datetime) -> None:
    await case_moves.move(session, case, CaseStatus.ACCEPTED, actor=BY_RULE, reason="in_remit", now=now)


async def no_longer_wait(session: AsyncSession, case: Case, now: datetime) -> bool:
    """Gives a case left for a person to sort to a unit at once when it is dangerous; whether it did."""
    if case.status is not CaseStatus.REGISTERED or is_to_sort(case):
        return False
    await _accept(session, case, now)
    await give_by_rules(session, case, now)
    return True


async def give_by_rules(session: AsyncSession, case: Case, now: datetime) -> TimelineEntry:
    """Gives an accepted case to the unit the rules choose, as at its opening."""
    danger, secondary = tuple(case.danger_codes), tuple(case.secondary)
    matter = routing.Matter(case.leaf, danger, case.danger_level, secondary=secondary)
    routed = await routing.route(session, case.grid, matter, now)
    case.unit = routed.unit
    return await _give(session, case, routed, now)


async def _give(session: AsyncSession, case: Case, routed: routing.Routed, now: datetime) -> TimelineEntry:
    facts = {"unit": routed.unit.code, "why": list(routed.why), "not_there": list(routed.not_there)}
    entry = await case_moves.move(
        session, case, CaseStatus.ROUTED, actor=BY_RULE, reason="rules", now=now, facts=facts
    )
    if case.danger_level >= POLICE_ARE_TOLD_FROM:
        await running.start(session, case, StartEvent.DANGER_RAISED, now)
    await tell_unit(session, case, Told.NEW_CASE, entry, now)
    await tell_police(session, case, entry, now)
    await tell_duty(session, case, entry, now)
    return entry
