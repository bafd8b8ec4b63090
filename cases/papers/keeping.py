"""Where are drawn papers: sealed on disk, each under a key of its own that only its row holds?"""

from __future__ import annotations

import asyncio
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.errors import AttachmentNotFound, NotFound, SealBroken
from cases.records import Paper
from cases.secrets import KEY_BYTES, SecretBox

FOLDER = "papers"
CONTEXT = "paper"
# A file without a row may belong to a transaction that has not committed yet.
SWEEP_AFTER = timedelta(hours=1)


def path_of(folder: Path, name: str) -> Path:
    """Where a sealed file lies below its folder."""
    return folder / name[:2] / name


def unseal(path: Path, key: str, context: str) -> bytes:
    """The plain bytes of a sealed file; AttachmentNotFound when it is gone, SealBroken if it was changed."""
    try:
        sealed = path.read_bytes()
    except FileNotFoundError as error:
        raise AttachmentNotFound from error
    return SecretBox(b64decode(key)).open(sealed, context)


async def keep(paper: Paper, content: bytes, *, folder: Path) -> None:
    """Seals a document away below `folder` (the data folder) and says on the paper's row where it is."""
    key, name = secrets.token_bytes(KEY_BYTES), secrets.token_hex(16)
    sealed = await asyncio.to_thread(SecretBox(key).seal, content, CONTEXT)
    await asyncio.to_thread(_write, path_of(folder / FOLDER, name), sealed)
    paper.file_name, paper.file_key = name, b64encode(key).decode()
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
    return await asyncio.to_thread(_remove_others, folder / FOLDER, living, now - SWEEP_AFTER)


def _remove_others(folder: Path, living: set[str | None], before: datetime) -> int:
    stale = [
        path
        for path in folder.glob("*/*")
        if path.name.split(".")[0] not in living and path.stat().st_mtime < before.timestamp()
    ]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


def _write(path: Path, content: bytes) -> None:
    """Writes beside and renames, so that a file is there whole or not at all; readable by the owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_suffix(f".{time.monotonic_ns()}")
    beside.touch(mode=0o600, exist_ok=False)
    beside.write_bytes(content)
    beside.rename(path)
