"""How does an issued paper become a document, drawn once and the same bytes ever after?"""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timeline
from cases.actors import BY_RULE
from cases.errors import ChainBroken, NotFound
from cases.papers.at_hand import day_of, thawed
from cases.papers.fields import PaperFields
from cases.papers.filling import fields_for
from cases.papers.issuing import held
from cases.papers.keeping import keep, kept
from cases.papers.kinds import PaperKind
from cases.papers.rendering import Templates, render
from cases.places import city_of
from cases.records import Case, Paper, TimelineEntry, Unit

DRAWN = "paper_drawn"


async def document_of(
    session: AsyncSession, paper: Paper, *, folder: Path, now: datetime, templates: Templates | None = None
) -> bytes:
    """The Word file of a paper, drawn at the first call and sealed away below `folder` (the data folder).

    NotFound for a paper that was erased, SealBroken for a file and ChainBroken for a row that was tampered
    with, TemplateBroken where the template cannot be used. Only the first call writes.
    """
    if paper.file_key is None:
        await _draw(session, paper, folder=folder, now=now, templates=templates)
    await _check_hash(session, paper)
    return await kept(paper, folder=folder)


async def _draw(
    session: AsyncSession, paper: Paper, *, folder: Path, now: datetime, templates: Templates | None
) -> None:
    if paper.fields is None:
        raise NotFound
    case = await held(session, paper.case_id)
    await session.refresh(paper)
    if paper.file_key is not None:
        return
    values = (await filled(session, case, paper)).as_values()
    content = await asyncio.to_thread(render, PaperKind(paper.kind), values, templates)
    await keep(paper, content, folder=folder)
    await session.flush()
    facts = {"paper": paper.id, "sha256": paper.sha256}
    await timeline.append(session, case, DRAWN, actor=BY_RULE, now=now, facts=facts)


async def filled(session: AsyncSession, case: Case, paper: Paper) -> PaperFields:
    """What a paper says: what was filled in when it was issued, and its own row; NotFound when erased."""
    if paper.fields is None:
        raise NotFound
    unit = await session.get_one(Unit, paper.unit_id)
    zone = ZoneInfo((await city_of(session, unit)).timezone)
    return PaperFields(
        kind=PaperKind(paper.kind),
        case_code=case.code,
        number=paper.number,
        unit_name=unit.name_zh,
        issued_on=paper.issued_at.astimezone(zone).date(),
        reply_by=day_of(paper.reply_due_at, zone) if paper.reply_due_at else None,
        **thawed(paper.fields),
    )


async def _check_hash(session: AsyncSession, paper: Paper) -> None:
    """ChainBroken when the row names another document than the timeline does."""
    drawn = select(TimelineEntry.facts).where(
        TimelineEntry.case_id == paper.case_id, TimelineEntry.action == DRAWN
    )
    hashes = [facts["sha256"] for facts in await session.scalars(drawn) if facts["paper"] == paper.id]
    if hashes != [paper.sha256]:
        raise ChainBroken


__all__ = ["document_of", "fields_for", "filled"]
