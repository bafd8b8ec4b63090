"""Letters for tests: issued by the clock, and read back."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from builders import NOW, a_case
from docx import Document
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.actors import BY_CLOCK
from cases.casework import case_by_code
from cases.database import Database
from cases.lines import centre_of
from cases.papers import issuing
from cases.papers.kinds import PaperKind
from cases.records import Case, CaseClock, Notice, Paper, Staff


async def the_case(session: AsyncSession, code: str) -> Case:
    found = await case_by_code(session, code)
    assert found is not None
    return found


async def a_letter(
    session: AsyncSession, case: Case, kind: PaperKind = PaperKind.PROMPT_LETTER, **more: Any
) -> Paper | None:
    """A letter by the clock, from the nearest centre to the unit that has the case."""
    centre = await centre_of(session, case.unit)
    assert centre is not None
    given: dict[str, Any] = {"unit": centre, "actor": BY_CLOCK, "now": NOW, "to_unit": case.unit}
    return await issuing.issue(session, case, kind, **(given | more))


async def a_sent_letter(session: AsyncSession, case: Case, **more: Any) -> Paper:
    paper = await a_letter(session, case, **more)
    assert paper is not None
    return paper


async def committed_case(database: Database, **more: Any) -> str:
    async with database.transaction() as session:
        return (await a_case(session, **more)).code


def text_of(document: bytes) -> str:
    """Everything a Word file says."""
    read = Document(BytesIO(document))
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in read.paragraphs), *cells])


async def clocks_of(session: AsyncSession, paper: Paper) -> list[CaseClock]:
    found = await session.scalars(select(CaseClock).where(CaseClock.paper_id == paper.id))
    return list(found.all())


async def notices_to(session: AsyncSession, person: Staff, key: str) -> int:
    found = await session.scalars(select(Notice).where(Notice.key == key, Notice.to_id == person.id))
    return len(found.all())
