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

from cases import case_moves, places, routing, statements
from cases.actors import BY_RULE, Actor, Audience, by_resident, by_staff
from cases.announce import Told, tell_police, tell_unit
from cases.attachments import bind
from cases.codes import new_case_code, new_secret
from cases.danger import level_of
from cases.deadlines import first_answer_due
from cases.errors import ChangedMeanwhile, NothingToSay, NowhereToRoute
from cases.records import Case, Check, City, Grid, Resident, StatementKind, Unit
from cases.secrets import box_of
from cases.status import CaseStatus

TO_SORT = "to_sort"
"""The leaf of a matter a person has to sort."""
MOST_DRAWS = 12


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
    units = await places.serving(session, grid)
    if not units:
        raise NowhereToRoute
    city = await places.city_of(session, units[0])
    rules = await routing.rules_of(session, city.id)
    routed = routing.choose_unit(
        rules, grid_units=routing.as_serving(units), leaf=new.leaf, danger=new.danger
    )
    unit = next(unit for unit in units if unit.code == routed.unit_code)
    row = await _row(session, new, city, unit, grid, now)
    case, fresh = await _add(session, row, new, city, now, draw)
    if not fresh:
        return case
    await _register(session, case, new, now)
    await _route(session, case, routed, now)
    return case


async def _opened_before(session: AsyncSession, new: NewCase) -> Case | None:
    if new.opening_key is None:
        return None
    query = select(Case).where(Case.opening_key == new.opening_key, Case.resident_id == new.resident.id)
    return (
        await session.scalars(query.options(selectinload(Case.unit), selectinload(Case.grid)))
    ).one_or_none()


async def _row(
    session: AsyncSession, new: NewCase, city: City, unit: Unit, grid: Grid | None, now: datetime
) -> dict[str, Any]:
    level = level_of(new.danger)
    limit = await first_answer_due(session, city, level, now)
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
        "grid": grid,
        "danger": int(level),
        "danger_codes": sorted(set(new.danger)),
        "needs_person": new.needs_person or new.leaf == TO_SORT,
        "due_at": limit.at,
        "clock_template": limit.template,
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


async def _route(session: AsyncSession, case: Case, routed: routing.Routed, now: datetime) -> None:
    facts = {"unit": routed.unit_code, "why": list(routed.why)}
    entry = await case_moves.move(
        session, case, CaseStatus.ROUTED, actor=BY_RULE, reason="rules", now=now, facts=facts
    )
    await tell_unit(session, case, Told.NEW_CASE, entry, now)
    await tell_police(session, case, entry, now)
