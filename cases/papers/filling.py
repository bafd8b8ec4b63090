"""What does the database know for a paper of a case: people, words, meetings, agreements?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.actors import ActorKind
from cases.attachments import attachments_of
from cases.papers.at_hand import SEPARATOR, at_hand, basis_of, day_of, of_clock
from cases.papers.kinds import LETTERS, PaperKind
from cases.papers.names import name_of, route_left, sentence
from cases.places import city_of
from cases.records import (
    Agreement,
    Case,
    CaseClock,
    Extension,
    Meeting,
    MeetingGuest,
    MeetingKind,
    Paper,
    Resident,
    Staff,
    Statement,
    StatementKind,
)

TOLD = (StatementKind.STORY, StatementKind.STATEMENT)


@dataclass(frozen=True, slots=True)
class Sources:
    """What fields are filled from."""

    session: AsyncSession
    case: Case
    zone: ZoneInfo
    now: datetime


Known: TypeAlias = dict[str, Any]
Filler: TypeAlias = Callable[[Sources], Awaitable[Known]]


async def fields_for(session: AsyncSession, case: Case, kind: PaperKind, now: datetime) -> Known:
    """Fields of `PaperFields` for a paper of that kind; what is not known is left out.

    A paper of the file names the resident where they are known; a letter to a unit says nothing personal. The
    case is loaded with unit and grid.
    """
    city = await city_of(session, case.unit)
    zone = ZoneInfo(city.timezone)
    sources = Sources(session, case, zone, now)
    known: Known = at_hand(case, kind, zone)
    if kind in LETTERS:
        return known | await _missed(sources, city.timezone)
    for filler in (_parties, *FILLERS.get(kind, ())):
        known |= await filler(sources)
    return {name: value for name, value in known.items() if value is not None}


async def _missed(sources: Sources, timezone: str) -> Known:
    """The clock that ran out first, if one has."""
    query = (
        select(CaseClock)
        .where(
            CaseClock.case_id == sources.case.id,
            CaseClock.ended_at.is_(None),
            CaseClock.paper_id.is_(None),
            CaseClock.due_at < sources.now,
        )
        .order_by(CaseClock.due_at, CaseClock.id)
        .limit(1)
    )
    clock = (await sources.session.scalars(query)).first()
    told = of_clock(clock, timezone) if clock else {}
    return {name: value for name, value in told.items() if value is not None}


async def _parties(sources: Sources) -> Known:
    resident = await sources.session.get_one(Resident, sources.case.resident_id)
    first = await _name(sources, sources.case.first_receiver_id)
    return {"applicant": sources.case.contact_name or resident.name, "first_owner": first}


async def _story(sources: Sources) -> Known:
    return {"facts": await _words(sources, TOLD, by=ActorKind.RESIDENT) or await _words(sources, TOLD)}


async def _told_as_demand(sources: Sources) -> Known:
    return {"demand": (await _story(sources))["facts"]}


async def _answer(sources: Sources) -> Known:
    return {"result": await _last(sources, StatementKind.ANSWER)}


async def _reason(sources: Sources) -> Known:
    return {"reason": await _last(sources, StatementKind.REASON)}


async def _route(sources: Sources) -> Known:
    return {"route": route_left(sources.case.leaf)}


async def _files(sources: Sources) -> Known:
    found = await attachments_of(sources.session, sources.case)
    named = [name_of("attachments", one.kind) for one in found if one.erased_at is None]
    return {"attachments": tuple(f"{name}（{no}）" for no, name in enumerate(named, start=1))}


async def _mediation(sources: Sources) -> Known:
    return await _meeting(sources, Meeting.kind == MeetingKind.MEDIATION) or await _meeting(sources)


async def _meeting(sources: Sources, *where: ColumnElement[bool]) -> Known:
    """The last meeting that was held."""
    query = select(Meeting).where(Meeting.case_id == sources.case.id, Meeting.held_at.is_not(None), *where)
    meeting = (await sources.session.scalars(query.order_by(Meeting.id.desc()).limit(1))).first()
    if meeting is None or meeting.held_at is None:
        return {}
    guests = select(Staff).join(MeetingGuest, MeetingGuest.staff_id == Staff.id)
    asked = await sources.session.scalars(
        guests.where(MeetingGuest.meeting_id == meeting.id).order_by(Staff.id)
    )
    return {
        "held_on": meeting.held_at.astimezone(sources.zone).date(),
        "mediator": await _name(sources, meeting.called_by_id),
        "participants": SEPARATOR.join(one.name for one in asked) or None,
        "minutes": await _body(sources, meeting.statement_id),
    }


async def _agreement(sources: Sources) -> Known:
    query = select(Agreement).where(Agreement.case_id == sources.case.id)
    found = (await sources.session.scalars(query.order_by(Agreement.id.desc()).limit(1))).first()
    if found is None:
        return {}
    agreed_on = found.agreed_at.astimezone(sources.zone).date()
    return {
        "agreement": await _body(sources, found.statement_id),
        "agreed_on": agreed_on,
        "held_on": agreed_on,
        "mediator": await _name(sources, found.by_id),
        "perform_by": day_of(found.perform_by, sources.zone) if found.perform_by else None,
    }


async def _its_paper(sources: Sources) -> Known:
    return {"reply_to": await _number(sources, Paper.kind == PaperKind.MEDIATION_AGREEMENT)}


async def _answered_letter(sources: Sources) -> Known:
    to_us = (Paper.to_unit_id == sources.case.unit_id, Paper.kind.in_(sorted(LETTERS)))
    number = await _number(sources, *to_us)
    return {"reply_to": number, "result": await _last(sources, StatementKind.LETTER_REPLY)}


async def _more_time(sources: Sources) -> Known:
    query = (
        select(Extension, CaseClock)
        .join(CaseClock, CaseClock.id == Extension.clock_id)
        .where(Extension.case_id == sources.case.id)
        .order_by(Extension.id.desc())
        .limit(1)
    )
    found = (await sources.session.execute(query)).first()
    if found is None:
        return {}
    extension, clock = found
    until = day_of(clock.due_at, sources.zone) if extension.granted else None
    return {
        "due_on": day_of(clock.first_due_at, sources.zone),
        "extended_to": until,
        "basis": basis_of(clock),
    }


async def _visit(sources: Sources) -> Known:
    at = sources.case.visited_at
    return {"held_on": at.astimezone(sources.zone).date() if at else None}


async def _subject(sources: Sources) -> Known:
    place = sources.case.grid.place_zh if sources.case.grid else ""
    return {"subject": sentence("subject", place=place, leaf=name_of("leaves", sources.case.leaf))}


FILLERS: Mapping[PaperKind, tuple[Filler, ...]] = {
    PaperKind.MEDIATION_APPLICATION: (_story,),
    PaperKind.ACCEPTANCE_FORM: (_story, _files),
    PaperKind.MEDIATION_RECORD: (_mediation,),
    PaperKind.MEDIATION_AGREEMENT: (_story, _mediation, _agreement),
    PaperKind.ORAL_AGREEMENT: (_story, _agreement),
    PaperKind.JUDICIAL_CONFIRMATION: (_agreement, _its_paper, _files),
    PaperKind.MEDIATION_TERMINATED: (_reason, _route),
    PaperKind.NOT_ACCEPTED: (_told_as_demand, _reason, _route),
    PaperKind.DISPATCH_SLIP: (_story, _reason),
    PaperKind.ASSIGNMENT_SLIP: (_story,),
    PaperKind.REPORT_SLIP: (_story, _answer, _files),
    PaperKind.REPLY_SLIP: (_story, _answered_letter, _files),
    PaperKind.EXTENSION_FORM: (_reason, _more_time),
    PaperKind.CLOSING_REPORT: (_story, _answer),
    PaperKind.RISK_NOTICE: (_story,),
    PaperKind.RETURN_VISIT_RECORD: (_visit,),
    PaperKind.DOSSIER_COVER: (_subject,),
    PaperKind.DOSSIER_INDEX: (_subject,),
}


async def _words(
    sources: Sources, kinds: Iterable[StatementKind], *, by: ActorKind | None = None
) -> str | None:
    query = select(Statement).where(Statement.case_id == sources.case.id, Statement.kind.in_(kinds))
    if by is not None:
        query = query.where(Statement.author_kind == by)
    found = await sources.session.scalars(query.order_by(Statement.id))
    return "\n".join(one.body for one in found if one.body) or None


async def _last(sources: Sources, kind: StatementKind) -> str | None:
    query = select(Statement).where(Statement.case_id == sources.case.id, Statement.kind == kind)
    found = (await sources.session.scalars(query.order_by(Statement.id.desc()).limit(1))).first()
    return found.body if found else None


async def _body(sources: Sources, statement_id: int | None) -> str | None:
    found = await sources.session.get(Statement, statement_id) if statement_id else None
    return found.body if found else None


async def _name(sources: Sources, staff_id: int | None) -> str | None:
    found = await sources.session.get(Staff, staff_id) if staff_id else None
    return found.name if found else None


async def _number(sources: Sources, *where: ColumnElement[bool]) -> str | None:
    query = select(Paper.number).where(Paper.case_id == sources.case.id, *where)
    return (await sources.session.scalars(query.order_by(Paper.id.desc()).limit(1))).first()
