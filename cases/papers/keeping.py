"""Where are drawn papers: sealed on disk, each under a key of its own that only its row holds?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.errors import NotFound, SealBroken
from cases.records import Paper
from cases.sealed_files import SWEEP_AFTER, path_of, put_away, remove_others, unseal

FOLDER = "papers"
CONTEXT = "paper"


async def keep(paper: Paper, content: bytes, *, folder: Path) -> None:
    """Seals a document away below `folder` (the data folder) and says on the paper's row where it is."""
    paper.file_name, paper.file_key = await asyncio.to_thread(put_away, folder / FOLDER, content, CONTEXT)
    paper.sha256, paper.size = sha256(content).hexdigest(), len(content)


async def kept(paper: Paper, *, folder: Path) -> bytes:
    """The document as it was drawn; SealBroken when it is not what its hash says, NotFound when erased."""
    if paper.file_name is None or paper.file_key is None:
        raise NotFound
    path = path_of(folder / FOLDER, paper.file_name)
    content = await asyncio.to_thread(unseal, path, paper.file_key, CONTEXT)
    if sha256(content).hexdigest() != paper.sha256:
        raise SealBroken
    return content


async def forget_papers_of(session: AsyncSession, case_ids: Sequence[int]) -> None:
    """Forgets what papers of these cases say; their numbers stay, and their files are noise from then on."""
    await session.execute(
        update(Paper)
        .where(Paper.case_id.in_(case_ids))
        .values(fields=None, file_name=None, file_key=None, sha256=None, size=None)
    )


async def sweep(session: AsyncSession, *, folder: Path, now: datetime) -> int:
    """Removes drawn papers nobody can read any more: erased ones, and those that were never committed."""
    living = set(await session.scalars(select(Paper.file_name).where(Paper.file_name.is_not(None))))
    return await asyncio.to_thread(remove_others, folder / FOLDER, living, now - SWEEP_AFTER)
