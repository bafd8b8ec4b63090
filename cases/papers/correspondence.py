"""How does the centre write a letter by hand, and how is a letter answered?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import statements, timeline
from cases.access import Act, Seat, case_for, seat_of
from cases.actors import Audience, by_staff
from cases.announce import Told, tell_members
from cases.clocks import running
from cases.errors import LetterAnswered, NotAllowed, NotFound
from cases.papers.filling import fields_for
from cases.papers.issuing import held, issue, issued
from cases.papers.kinds import LETTERS, PaperKind
from cases.reading import log_read
from cases.records import Case, Paper, Staff, StatementKind, Unit
from cases.roles import ROLE_MAY

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
