"""Files: sealed on disk, bound to their resident's case, unreadable once erased."""

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOW, a_case, a_resident
from sqlalchemy.ext.asyncio import AsyncSession

from cases import attachments, casework, timeline
from cases.actors import by_resident
from cases.attachments import LARGEST, attachments_of, keep_file, read_file, sweep
from cases.errors import (
    AttachmentNotFound,
    FileEmpty,
    FileKindUnknown,
    FileTooLarge,
    SealBroken,
    TooManyFiles,
)
from cases.people import erase
from cases.records import Attachment, Resident

PHOTO = b"\x89PNG a leaking ceiling" * 50


async def a_file(
    session: AsyncSession, folder: Path, *, resident: Resident | None = None, content: bytes = PHOTO
) -> Attachment:
    who = resident or await a_resident(session)
    return await keep_file(
        session, who, folder=folder, kind="photo", mime="image/png", content=content, now=NOW
    )


def files(folder: Path) -> list[Path]:
    return [path for path in (folder / "attachments").rglob("*") if path.is_file()]


async def test_a_file_is_noise_on_disk_and_reads_back(session: AsyncSession, tmp_path: Path) -> None:
    kept = await a_file(session, tmp_path)
    (path,) = files(tmp_path)
    assert b"ceiling" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert await read_file(kept, folder=tmp_path) == PHOTO
    assert (kept.kind, kept.size, kept.case_id) == ("photo", len(PHOTO), None)


async def test_equal_files_do_not_look_equal_on_disk(session: AsyncSession, tmp_path: Path) -> None:
    await a_file(session, tmp_path)
    await a_file(session, tmp_path)
    first, second = files(tmp_path)
    assert first.read_bytes() != second.read_bytes()


async def test_a_changed_file_is_noticed(session: AsyncSession, tmp_path: Path) -> None:
    kept = await a_file(session, tmp_path)
    (path,) = files(tmp_path)
    sealed = bytearray(path.read_bytes())
    sealed[40] ^= 1
    path.write_bytes(bytes(sealed))
    with pytest.raises(SealBroken):
        await read_file(kept, folder=tmp_path)
    path.unlink()
    with pytest.raises(AttachmentNotFound):
        await read_file(kept, folder=tmp_path)


@pytest.mark.parametrize(
    ("kind", "content", "error"),
    [
        ("photo", b"", FileEmpty),
        ("photo", b"x" * (LARGEST + 1), FileTooLarge),
        ("sticker", b"x", FileKindUnknown),
    ],
)
async def test_what_is_not_kept_is_refused_before_the_disk(
    session: AsyncSession, tmp_path: Path, kind: str, content: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await keep_file(
            session,
            await a_resident(session),
            folder=tmp_path,
            kind=kind,
            mime="",
            content=content,
            now=NOW,
        )
    assert files(tmp_path) == []


async def test_one_resident_cannot_fill_the_disk(
    session: AsyncSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_A_DAY", 3)
    for _ in range(3):
        await a_file(session, tmp_path)
    with pytest.raises(TooManyFiles):
        await a_file(session, tmp_path)
    await a_file(session, tmp_path, resident=await a_resident(session, channel_id=8))


async def test_files_come_with_a_case_or_after_it(session: AsyncSession, tmp_path: Path) -> None:
    early, late = await a_file(session, tmp_path), await a_file(session, tmp_path)
    case = await a_case(session, attachment_ids=(early.id,))
    await casework.attach(session, case, [late.id], actor=by_resident(case.resident_id), now=NOW)
    assert [one.id for one in await attachments_of(session, case)] == [early.id, late.id]
    last = (await timeline.entries(session, case))[-1]
    assert (last.action, last.facts) == ("attached", {"attachments": [late.id]})


async def test_nobody_binds_a_file_that_is_not_theirs_or_already_bound(
    session: AsyncSession, tmp_path: Path
) -> None:
    theirs = await a_file(session, tmp_path, resident=await a_resident(session, channel_id=8))
    with pytest.raises(AttachmentNotFound):
        await a_case(session, attachment_ids=(theirs.id,))
    mine = await a_file(session, tmp_path)
    await a_case(session, attachment_ids=(mine.id,))
    with pytest.raises(AttachmentNotFound):
        await a_case(session, attachment_ids=(mine.id,))


async def test_an_erased_file_is_unreadable_at_once_and_swept_later(
    session: AsyncSession, tmp_path: Path
) -> None:
    resident = await a_resident(session)
    kept = await a_file(session, tmp_path, resident=resident)
    other = await a_file(session, tmp_path, resident=await a_resident(session, channel_id=8))
    await erase(session, resident, NOW)
    await session.refresh(kept)
    with pytest.raises(AttachmentNotFound):
        await read_file(kept, folder=tmp_path)
    assert kept.sha256 is None
    for path in files(tmp_path):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    assert await sweep(session, folder=tmp_path, now=NOW + timedelta(minutes=30)) == 0
    assert await sweep(session, folder=tmp_path, now=NOW + timedelta(hours=2)) == 1
    assert await read_file(other, folder=tmp_path) == PHOTO


async def test_a_file_whose_row_never_came_is_swept(session: AsyncSession, tmp_path: Path) -> None:
    await a_file(session, tmp_path)
    savepoint = await session.begin_nested()
    await a_file(session, tmp_path)
    await savepoint.rollback()
    for path in files(tmp_path):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    assert await sweep(session, folder=tmp_path, now=NOW + timedelta(hours=2)) == 1
    assert len(files(tmp_path)) == 1


async def test_sweeping_nothing_is_fine(session: AsyncSession, tmp_path: Path) -> None:
    assert await sweep(session, folder=tmp_path, now=NOW) == 0
