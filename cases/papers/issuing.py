"""How is a paper issued, numbered and addressed?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases import timeline
from cases.actors import Actor
from cases.announce import Told, tell_members
from cases.clocks import running
from cases.clocks.rules import StartEvent
from cases.papers.at_hand import at_hand, frozen
from cases.papers.filling import fields_for
from cases.papers.kinds import LETTERS, PaperKind
from cases.papers.numbering import next_seq
from cases.papers.numbers import format_number, short_name
from cases.places import city_of
from cases.records import Case, Paper, TimelineEntry, Unit

Text = list[int | str]
"""[id, fingerprint] of a statement, as `cases.statements.write` returns it."""


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


def issued(paper: Paper | None) -> Paper:
    """A paper without a key, which is always issued."""
    if paper is None:
        raise LookupError("a paper without a key is always issued")
    return paper


async def held(session: AsyncSession, case_id: int) -> Case:
    """A case with all that belongs to it, held until the transaction ends."""
    query = select(Case).where(Case.id == case_id).with_for_update(of=Case)
    query = query.options(selectinload(Case.unit), selectinload(Case.grid), selectinload(Case.first_unit))
    return (await session.scalars(query.execution_options(populate_existing=True))).one()


async def papers_of(session: AsyncSession, case: Case) -> Sequence[Paper]:
    """Every paper of a case, in the order in which they were issued."""
    return (await session.scalars(select(Paper).where(Paper.case_id == case.id).order_by(Paper.id))).all()
