"""How is more time asked for and decided on?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import statements, timeline
from cases.access import Act, case_for
from cases.actors import Audience, by_resident, by_staff
from cases.announce import LEADER, Told, tell_members, tell_resident, tell_staff
from cases.clocks import running, turning
from cases.clocks.arithmetic import Due, extended
from cases.clocks.book import ClockBook, book_of, read_rule
from cases.clocks.rules import ExtendedBy
from cases.errors import MoveNotAllowed, NeedsConsent, NeedsSecondLook, NoMoreTime
from cases.lines import centre_of
from cases.papers import of_course
from cases.papers.kinds import PaperKind
from cases.records import Case, CaseClock, Extension, Resident, Staff, StatementKind
from cases.staff_desk import case_in_hand

HANDLE = "handle"


async def ask_extension(
    session: AsyncSession, person: Staff, code: str, reason: str, now: datetime
) -> Extension:
    """The handler asks for more time on the handling clock; the centre is told. NoMoreTime: there is none.

    Where the rule wants both parties, the resident is asked as well; for the other side the handler's words
    stand.
    """
    case = await case_in_hand(session, person, code, now)
    clock = await _handling(session, case)
    more = read_rule(clock.rule).extension
    if more is None or clock.extensions >= more.times or await _open_for(session, clock) is not None:
        raise NoMoreTime
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.REASON, reason, actor=actor, audience=Audience.STAFF, now=now
    )
    asked = Extension(case_id=case.id, clock_id=clock.id, asked_by_id=person.id, asked_at=now)
    session.add(asked)
    await session.flush()
    facts = {"extension": asked.id, "length": more.length, "unit": more.unit.value, "texts": [kept]}
    entry = await timeline.append(session, case, "extension_asked", actor=actor, now=now, facts=facts)
    centre = await centre_of(session, case.unit)
    if centre is not None:
        await tell_members(session, case, Told.EXTENSION_ASKED, entry, now, unit=centre)
    if more.who is ExtendedBy.BOTH_PARTIES:
        await tell_resident(session, case, Told.TIME_ASKED, entry, now)
    return asked


async def say_about_time(
    session: AsyncSession, case: Case, resident: Resident, now: datetime, *, agrees: bool
) -> Case:
    """The resident agrees to more time for a mediation, or does not; MoveNotAllowed when nobody has asked."""
    asked = await _open_for(session, await _handling(session, case))
    if asked is None:
        raise MoveNotAllowed("Nobody has asked for more time on this case.")
    asked.resident_agrees = agrees
    facts = {"extension": asked.id, "agrees": agrees}
    entry = await timeline.append(
        session,
        case,
        "time_answered",
        actor=by_resident(resident.id),
        now=now,
        facts=facts,
        audience=Audience.RESIDENT,
    )
    centre = await centre_of(session, case.unit)
    if centre is not None:
        key = Told.TIME_AGREED if agrees else Told.TIME_NOT_AGREED
        await tell_members(session, case, key, entry, now, unit=centre)
    return case


async def decide_extension(
    session: AsyncSession, person: Staff, code: str, now: datetime, *, granted: bool
) -> Case:
    """The centre grants or refuses what was asked; the handler is told, and of more time the resident too.

    NeedsSecondLook: nobody decides on what they asked for themselves, and where the rule wants a leader only
    a leader does. NeedsConsent: the rule wants both parties, and the resident has not agreed.
    """
    case = await case_for(session, person, code, Act.GRANT, now, lock=True)
    clock = await _handling(session, case)
    asked = await _open_for(session, clock)
    if asked is None:
        raise MoveNotAllowed("Nobody has asked for more time on this case.")
    if asked.asked_by_id == person.id or case.assignee_id == person.id:
        raise NeedsSecondLook
    who = read_rule(clock.rule).extension
    if granted and who is not None:
        _check_who(who.who, person, asked)
    asked.decided_by_id, asked.decided_at, asked.granted = person.id, now, granted
    if granted:
        book = await book_of(session, case.unit)
        rule = read_rule(clock.rule)
        due = extended(rule, Due(clock.due_at, clock.known_days), book.calendar, book.timezone)
        clock.extensions += 1
        _prolong(book, clock, due, now)
        await running.fulfil(session, case, (), now)
    facts = {"extension": asked.id, "granted": granted}
    audience = Audience.RESIDENT if granted else Audience.STAFF
    entry = await timeline.append(
        session, case, "extension_decided", actor=by_staff(person.id), now=now, facts=facts, audience=audience
    )
    key = Told.EXTENSION_GRANTED if granted else Told.EXTENSION_REFUSED
    await tell_staff(session, case, key, entry, now, to=[asked.asked_by_id])
    if granted:
        await of_course.make(session, person, case, PaperKind.EXTENSION_FORM, now)
        await tell_resident(session, case, Told.MORE_TIME, entry, now)
    return case


def _check_who(who: ExtendedBy, person: Staff, asked: Extension) -> None:
    if who is ExtendedBy.LEADER and person.post != LEADER:
        raise NeedsSecondLook
    if who is ExtendedBy.BOTH_PARTIES and not asked.resident_agrees:
        raise NeedsConsent


def _prolong(book: ClockBook, clock: CaseClock, due: Due, now: datetime) -> None:
    """The steps of the ladder that lie ahead again are taken again: more time is not time without end."""
    clock.due_at = due.at
    ahead = [place for place, (at, _) in enumerate(turning.times_of(book, clock)) if at > now]
    clock.rung = min([clock.rung, *ahead])
    turning.lengthen(book, clock, due)


async def _handling(session: AsyncSession, case: Case) -> CaseClock:
    clocks = await running.running(session, case)
    found = next((clock for clock in clocks if clock.step == HANDLE), None)
    if found is None:
        raise NoMoreTime
    return found


async def _open_for(session: AsyncSession, clock: CaseClock) -> Extension | None:
    query = select(Extension).where(Extension.clock_id == clock.id, Extension.decided_at.is_(None))
    return (await session.scalars(query.limit(1))).first()
