"""`./onedoor dossier`: what the operator types, and the file that is whole or not there."""

from __future__ import annotations

import asyncio
import json
import stat
import subprocess
from functools import partial
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from builders import NOW, a_case, a_resident
from commands.desktop import Desktop, together

from bot.words import words
from cases.attachments import FOLDER, keep_file
from cases.database import open_database
from cases.secrets import box_of_folder
from cases.settings import DATABASE_FILE

PHOTO = b"\xff\xd8 a photo of a ceiling \xff\xd9"


async def _open_a_case(folder: Path) -> str:
    database = open_database(f"sqlite+aiosqlite:///{folder / DATABASE_FILE}", box_of_folder(folder))
    async with database.transaction() as session:
        resident = await a_resident(session)
        photo = await keep_file(
            session, resident, folder=folder, kind="photo", mime="image/jpeg", content=PHOTO, now=NOW
        )
        code = (await a_case(session, resident=resident, attachment_ids=(photo.id,))).code
    await database.close()
    return code


@pytest.fixture
def code(desktop: Desktop) -> str:
    """A case with a photo."""
    return asyncio.run(_open_a_case(desktop.folder))


def test_the_dossier_is_one_new_file_that_proves_itself(desktop: Desktop, code: str, tmp_path: Path) -> None:
    out = tmp_path / "卷宗 一.zip"
    told = desktop.run("dossier", code.lower(), "--out", str(out))
    assert (told.status, told.err) == (0, "")
    assert sha256(out.read_bytes()).hexdigest() in told.out
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with ZipFile(out) as archive:
        archive.extractall(tmp_path / "unpacked")
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=tmp_path / "unpacked", check=True)
    (photo,) = (tmp_path / "unpacked").glob("*照片1.jpg")
    assert photo.read_bytes() == PHOTO
    timeline = json.loads(desktop.run("cases", code, "--json").out)
    assert timeline["timeline_whole"]
    assert timeline["timeline"][-1]["action"] == "dossier_written"


def test_a_file_that_is_there_is_left_as_it_is(desktop: Desktop, code: str, tmp_path: Path) -> None:
    there, dangling = tmp_path / "there.zip", tmp_path / "dangling.zip"
    there.write_bytes(b"mine")
    dangling.symlink_to(tmp_path / "nowhere")
    for out in (there, dangling):
        desktop.run("dossier", code, "--out", str(out)).failed(words("file_exists", file=out.name))
    assert there.read_bytes() == b"mine"
    assert not (tmp_path / "nowhere").exists()


def test_a_dossier_that_fails_leaves_no_file(desktop: Desktop, code: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (kept,) = (path for path in (desktop.folder / FOLDER).rglob("*") if path.is_file())
    kept.write_bytes(kept.read_bytes()[:-1])
    desktop.run("dossier", code, "--out", str(out / "a.zip")).failed()
    kept.unlink()
    desktop.run("dossier", code, "--out", str(out / "a.zip")).failed()
    desktop.run("dossier", "YM-000000-XXXX", "--out", str(out / "a.zip")).failed(words("no_such_case"))
    assert list(out.iterdir()) == []


def test_wrong_use_is_told_and_prepares_nothing(bare: Desktop, tmp_path: Path) -> None:
    wrong = (
        ("dossier",),
        ("dossier", "YM-000000-XXXX"),
        ("dossier", "YM-000000-XXXX", "--out", str(tmp_path)),
        ("dossier", "YM-000000-XXXX", "--out", "/no/such/folder/a.zip"),
    )
    for told in together(partial(bare.run, *arguments) for arguments in wrong):
        assert told.status == 2
        assert (told.out + told.err).strip()
    assert not bare.folder.exists()
