"""Where are the files residents send: sealed on disk, each under a key of its own that only its row holds?"""

from __future__ import annotations

import asyncio
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
from cases.sealed_files import SWEEP_AFTER, path_of, put_away, remove_others, unseal

FOLDER = "attachments"
KINDS = frozenset({"photo", "voice", "video", "document"})
LARGEST = 20 * 1024 * 1024
"""Telegram's Bot API hands out files up to 20 MB."""
MOST_A_DAY = 60
CONTEXT = "attachment"


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
    name, key = await asyncio.to_thread(put_away, folder / FOLDER, content, CONTEXT)
    attachment = Attachment(
        resident_id=resident.id,
        kind=kind,
        mime=mime[:80],
        size=len(content),
        sha256=sha256(content).hexdigest(),
        file_name=name,
        file_key=key,
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
    path = path_of(folder / FOLDER, attachment.file_name)
    return await asyncio.to_thread(unseal, path, attachment.file_key, CONTEXT)


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
    return await asyncio.to_thread(remove_others, folder / FOLDER, living, now - SWEEP_AFTER)
