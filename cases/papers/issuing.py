"""How is a paper issued, numbered and addressed, and how is a letter answered?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases import statements, timeline
from cases.access import Act, Seat, case_for, seat_of
from cases.actors import Actor, Audience, by_staff
from cases.announce import Told, tell_members
from cases.clocks import running
from cases.clocks.rules import StartEvent
from cases.errors import LetterAnswered, NotAllowed, NotFound
from cases.papers.at_hand import at_hand, frozen
from cases.papers.filling import fields_for
from cases.papers.kinds import LETTERS, PaperKind
from cases.papers.numbering import next_seq
from cases.papers.numbers import format_number, short_name
from cases.places import city_of
from cases.reading import log_read
from cases.records import Case, Paper, Staff, StatementKind, TimelineEntry, Unit
from cases.roles import ROLE_MAY

Text = list[int | str]
"""[id, fingerprint] of a statement, as `cases.statements.write` returns it."""
WORDS_STAND_IN = {PaperKind.RECTIFICATION_NOTICE: "facts"}
"""The field that holds what the centre says in a letter; `reason` where nothing else is said."""


@dataclass(frozen=True, slots=True)
class OpenLetter:
    """A letter that still waits for its reply: numbers and codes, nothing anybody said."""

    paper_id: int
    kind: PaperKind
    number: str
    case_code: str
    leaf: str
    issued_at: datetime
    reply_due_at: datetime | None

    def overdue(self, now: datetime) -> bool:
        return self.reply_due_at is not None and self.reply_due_at < now


async def issue(
    session: AsyncSession,
    case: Case,
    kind: PaperKind,
    *,
    unit: Unit,
    actor: Actor,
    now: datetime,
    to_unit: Unit | None = None,
    key: str | None = None,
    fields: Mapping[str, Any] | None = None,
    reply: bool = False,
    texts: Sequence[Text] = (),
) -> Paper | None:
    """Issues a paper under the next number of `unit`; None when one of that `key` is there already.

    The case is loaded with unit and grid, and held. `fields` are names of `PaperFields`; what is known of
    the case is added by itself, and for a letter without asking the database. `reply` makes any kind what a
    letter always is: its unit is told, and its clock runs until it replies. `texts` are statements the entry
    vouches for. Nothing is drawn yet.
    """
    if to_unit is None and (reply or kind in LETTERS):
        raise ValueError("a letter is addressed to a unit")
    # Kept at hand, so that what follows finds it in the session instead of asking the database again.
    city = await city_of(session, unit)
    zone = ZoneInfo(city.timezone)
    known = {} if kind in LETTERS else await fields_for(session, case, kind, now)
    paper = new_paper(
        case,
        kind,
        unit=unit,
        to_unit=to_unit,
        actor=actor,
        now=now,
        zone=zone,
        key=key,
        fields={**known, **(fields or {})},
    )
    if not await _added(session, paper, unit):
        return None
    entry = await _told_to_the_timeline(session, case, paper, to_unit, texts)
    if to_unit is not None and (reply or kind in LETTERS):
        clocks = await running.start(session, case, StartEvent.LETTER_ISSUED, now, paper=paper)
        paper.reply_due_at = min((clock.due_at for clock in clocks), default=None)
        await session.flush()
        await tell_members(session, case, Told.LETTER, entry, now, unit=to_unit)
    return paper


def new_paper(
    case: Case,
    kind: PaperKind,
    *,
    unit: Unit,
    to_unit: Unit | None,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    key: str | None,
    fields: Mapping[str, Any],
) -> Paper:
    """A paper without a number, not yet written; a letter says what is known of its case by itself."""
    known = at_hand(case, kind, zone) if kind in LETTERS else {}
    addressed = {"to_unit": (to_unit or case.unit).name_zh}
    return Paper(
        case_id=case.id,
        kind=kind.value,
        unit_id=unit.id,
        to_unit_id=to_unit.id if to_unit else None,
        year=now.astimezone(zone).year,
        issuing_key=key,
        by_kind=actor.kind,
        by_id=actor.id,
        issued_at=now,
        fields=frozen({**known, **addressed, **fields}),
    )


async def _told_to_the_timeline(
    session: AsyncSession, case: Case, paper: Paper, to_unit: Unit | None, texts: Sequence[Text]
) -> TimelineEntry:
    facts = facts_of(paper, to_unit)
    if texts:
        facts["texts"] = list(texts)
    actor = Actor(paper.by_kind, paper.by_id)
    return await timeline.append(session, case, "paper_issued", actor=actor, now=paper.issued_at, facts=facts)


def facts_of(paper: Paper, to_unit: Unit | None) -> dict[str, Any]:
    """What a timeline says of a paper that was issued."""
    return {
        "paper": paper.id,
        "kind": paper.kind,
        "year": paper.year,
        "seq": paper.seq,
        "to": to_unit.code if to_unit else None,
    }


async def _added(session: AsyncSession, paper: Paper, unit: Unit) -> bool:
    """Numbers and adds a paper; false, with no number used, when its key is taken."""
    key = paper.issuing_key
    if key is None:
        await _number(session, paper, unit)
        return True
    if await _is_taken(session, key):
        return False
    try:
        async with session.begin_nested():
            await _number(session, paper, unit)
    except IntegrityError:
        if await _is_taken(session, key):
            return False
        raise
    return True


async def _number(session: AsyncSession, paper: Paper, unit: Unit) -> None:
    number_it(paper, unit, await next_seq(session, unit.id, PaperKind(paper.kind), paper.year))
    session.add(paper)
    await session.flush()


def number_it(paper: Paper, unit: Unit, seq: int) -> None:
    """Gives a paper its place in the numbers of its unit."""
    paper.seq = seq
    paper.number = format_number(PaperKind(paper.kind), short_name(unit.name_zh), paper.year, seq)


async def _is_taken(session: AsyncSession, key: str) -> bool:
    return (await session.scalars(select(Paper.id).where(Paper.issuing_key == key))).first() is not None


async def send_letter(
    session: AsyncSession, person: Staff, code: str, kind: PaperKind, words: str, now: datetime
) -> Paper:
    """The centre writes a letter by hand to the unit that has the case; only a reply closes it.

    NotAllowed for a unit outside the area the centre serves, and to oneself; NothingToSay without words.
    """
    if kind not in LETTERS:
        raise ValueError(f"{kind} closes without a reply, so it is not a letter")
    case = await case_for(session, person, code, Act.LETTER, now, lock=True)
    seat = await seat_of(session, person)
    if not may_write_to(seat, case):
        raise NotAllowed
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.NOTE, words, actor=actor, audience=Audience.STAFF, now=now
    )
    said = {WORDS_STAND_IN.get(kind, "reason"): words}
    paper = await issue(
        session,
        case,
        kind,
        unit=await session.get_one(Unit, seat.unit_id),
        actor=actor,
        now=now,
        to_unit=case.unit,
        fields={**await fields_for(session, case, kind, now), **said},
        texts=(kept,),
    )
    return issued(paper)


def may_write_to(seat: Seat, case: Case) -> bool:
    """Whether the unit that has a case is another one, in the area this seat's centre serves."""
    return case.unit_id != seat.unit_id and case.unit.path.startswith(seat.area_path)


def issued(paper: Paper | None) -> Paper:
    """A paper without a key, which is always issued."""
    if paper is None:
        raise LookupError("a paper without a key is always issued")
    return paper


async def reply(session: AsyncSession, person: Staff, paper_id: int, words: str, now: datetime) -> Paper:
    """Answers a letter for the unit it is addressed to, even where the case has moved on; this closes it.

    NotAllowed for any other unit, LetterAnswered when it was answered before, NotFound for what is no letter.
    """
    paper, case = await _letter_for(session, person, paper_id, now)
    if paper.replied_at is not None:
        raise LetterAnswered
    actor = by_staff(person.id)
    kept = await statements.write(
        session, case, StatementKind.LETTER_REPLY, words, actor=actor, audience=Audience.STAFF, now=now
    )
    paper.replied_at, paper.reply_by_id = now, person.id
    facts = {"paper": paper.id, "texts": [kept]}
    entry = await timeline.append(session, case, "letter_replied", actor=actor, now=now, facts=facts)
    await running.answered_letter(session, paper, now)
    sender = await session.get_one(Unit, paper.unit_id)
    await tell_members(session, case, Told.LETTER_ANSWERED, entry, now, unit=sender)
    return paper


async def _letter_for(
    session: AsyncSession, person: Staff, paper_id: int, now: datetime
) -> tuple[Paper, Case]:
    """The letter and its case, both held, for somebody of the unit it is addressed to; the look is logged."""
    paper = (await session.scalars(select(Paper).where(Paper.id == paper_id, _is_letter()))).one_or_none()
    if paper is None:
        raise NotFound
    seat = await seat_of(session, person)
    if seat.unit_id != paper.to_unit_id or Act.REPLY not in ROLE_MAY[seat.role]:
        raise NotAllowed
    case = await held(session, paper.case_id)
    if case.unit_id == seat.unit_id:
        case = await case_for(session, person, case.code, Act.REPLY, now, lock=True)
    else:
        await log_read(session, person, case, Act.REPLY.value, now)
    await session.refresh(paper)
    return paper, case


async def held(session: AsyncSession, case_id: int) -> Case:
    """A case with all that belongs to it, held until the transaction ends."""
    query = select(Case).where(Case.id == case_id).with_for_update(of=Case)
    query = query.options(selectinload(Case.unit), selectinload(Case.grid), selectinload(Case.first_unit))
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


def _is_letter() -> ColumnElement[bool]:
    return or_(Paper.kind.in_(sorted(LETTERS)), Paper.reply_due_at.is_not(None))


async def open_letters(session: AsyncSession, unit: Unit, *, limit: int = 50) -> Sequence[OpenLetter]:
    """The letters to a unit that wait for its reply, the soonest due first."""
    query = (
        select(Paper, Case.code, Case.leaf)
        .join(Case, Case.id == Paper.case_id)
        .where(Paper.to_unit_id == unit.id, Paper.replied_at.is_(None), _is_letter())
        .order_by(Paper.reply_due_at, Paper.id)
        .limit(limit)
    )
    return [
        OpenLetter(
            paper_id=paper.id,
            kind=PaperKind(paper.kind),
            number=paper.number,
            case_code=code,
            leaf=leaf,
            issued_at=paper.issued_at,
            reply_due_at=paper.reply_due_at,
        )
        for paper, code, leaf in await session.execute(query)
    ]


async def papers_of(session: AsyncSession, case: Case) -> Sequence[Paper]:
    """Every paper of a case, in the order in which they were issued."""
    return (await session.scalars(select(Paper).where(Paper.case_id == case.id).order_by(Paper.id))).all()
