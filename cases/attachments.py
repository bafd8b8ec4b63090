"""Where are the files residents send: sealed on disk, each under a key of its own that only its row holds?"""

from __future__ import annotations

import asyncio
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.errors import (
    AttachmentNotFound,
    FileEmpty,
    FileKindUnknown,
    FileTooLarge,
    TooManyFiles,
)
from cases.records import Attachment, Case, Resident
from cases.secrets import KEY_BYTES, SecretBox

FOLDER = "attachments"
KINDS = frozenset({"photo", "voice", "video", "document"})
LARGEST = 20 * 1024 * 1024
"""Telegram's Bot API hands out files up to 20 MB."""
MOST_A_DAY = 60
CONTEXT = "attachment"
# A file without a row may belong to a transaction that has not committed yet.
SWEEP_AFTER = timedelta(hours=1)


async def keep_file(
    session: AsyncSession,
    resident: Resident,
    *,
    folder: Path,
    kind: str,
    mime: str,
    content: bytes,
    now: datetime,
) -> Attachment:
    """Keeps a file below `folder` (the data folder), on no case yet; raises FileRefused with the reason."""
    await _check(session, resident, kind, content, now)
    key = secrets.token_bytes(KEY_BYTES)
    name = secrets.token_hex(16)
    sealed = await asyncio.to_thread(SecretBox(key).seal, content, CONTEXT)
    await asyncio.to_thread(_write, _path(folder, name), sealed)
    attachment = Attachment(
        resident_id=resident.id,
        kind=kind,
        mime=mime[:80],
        size=len(content),
        sha256=sha256(content).hexdigest(),
        file_name=name,
        file_key=b64encode(key).decode(),
        at=now,
    )
    session.add(attachment)
    await session.flush()
    return attachment


async def _check(session: AsyncSession, resident: Resident, kind: str, content: bytes, now: datetime) -> None:
    if kind not in KINDS:
        raise FileKindUnknown
    if not content:
        raise FileEmpty
    if len(content) > LARGEST:
        raise FileTooLarge
    recent = (Attachment.resident_id == resident.id, Attachment.at > now - timedelta(days=1))
    if (await session.scalar(select(func.count()).select_from(Attachment).where(*recent)) or 0) >= MOST_A_DAY:
        raise TooManyFiles


async def read_file(attachment: Attachment, *, folder: Path) -> bytes:
    """The plain bytes, or AttachmentNotFound when the file was erased or is gone; SealBroken if changed."""
    if attachment.file_key is None:
        raise AttachmentNotFound
    try:
        sealed = await asyncio.to_thread(_path(folder, attachment.file_name).read_bytes)
    except FileNotFoundError as error:
        raise AttachmentNotFound from error
    return await asyncio.to_thread(SecretBox(b64decode(attachment.file_key)).open, sealed, CONTEXT)


async def bind(session: AsyncSession, case: Case, attachment_ids: Sequence[int]) -> None:
    """Puts files of the case's resident on the case; AttachmentNotFound unless each is theirs and free."""
    wanted = set(attachment_ids)
    bound = await session.scalars(
        update(Attachment)
        .where(
            Attachment.id.in_(wanted),
            Attachment.resident_id == case.resident_id,
            Attachment.case_id.is_(None),
            Attachment.erased_at.is_(None),
        )
        .values(case_id=case.id)
        .returning(Attachment.id)
    )
    if set(bound) != wanted:
        raise AttachmentNotFound


async def attachments_of(session: AsyncSession, case: Case) -> Sequence[Attachment]:
    """The files on a case, oldest first, erased ones included."""
    query = select(Attachment).where(Attachment.case_id == case.id).order_by(Attachment.id)
    return (await session.scalars(query)).all()


async def erase_files_of(session: AsyncSession, resident: Resident, now: datetime) -> None:
    """Forgets the keys of all files of a resident: what lies on disk is noise from the commit on."""
    await session.execute(
        update(Attachment)
        .where(Attachment.resident_id == resident.id, Attachment.erased_at.is_(None))
        .values(file_key=None, sha256=None, mime="", erased_at=now)
    )


async def sweep(session: AsyncSession, *, folder: Path, now: datetime) -> int:
    """Removes files nobody can read any more: erased ones, and those whose transaction never committed."""
    living = set(await session.scalars(select(Attachment.file_name).where(Attachment.erased_at.is_(None))))
    return await asyncio.to_thread(_remove_others, folder / FOLDER, living, now - SWEEP_AFTER)


def _remove_others(folder: Path, living: set[str], before: datetime) -> int:
    stale = [
        path
        for path in folder.glob("*/*")
        if path.name.split(".")[0] not in living and path.stat().st_mtime < before.timestamp()
    ]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


def _path(folder: Path, name: str) -> Path:
    return folder / FOLDER / name[:2] / name


def _write(path: Path, content: bytes) -> None:
    """Writes beside and renames, so that a file is there whole or not at all; readable by the owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_suffix(f".{time.monotonic_ns()}")
    beside.touch(mode=0o600, exist_ok=False)
    beside.write_bytes(content)
    beside.rename(path)
