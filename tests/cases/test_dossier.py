"""A case's dossier holds everything once, in the bytes it came in, and proves itself to ordinary tools."""

from __future__ import annotations

import csv
import json
import subprocess
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from builders import NOW, a_case, a_resident, at_once, linked
from docx import Document
from letters import the_case
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases import attachments, people, staff_desk, timeline
from cases.actors import BY_RULE
from cases.attachments import keep_file
from cases.database import Database
from cases.errors import AttachmentNotFound, CaseNotFound, NotAllowed, SealBroken
from cases.papers import correspondence, forms, issuing
from cases.papers.drawing import document_of
from cases.papers.kinds import PaperKind
from cases.papers.names import sentence
from cases.papers.whole import Written, export, gather, note_written, pack, write_dossier
from cases.records import Case

PHOTO, VOICE = b"\xff\xd8 a photo of a ceiling \xff\xd9", b"OggS a voice"
TEXTS = (".txt", ".csv", ".json")
STORY, ANSWER, NOTE = "楼上天天漏水", "已修好水管", "住户白天不在家"


async def a_full_case(session: AsyncSession, folder: Path) -> Case:
    """A case with words of everybody, two files, a letter with its reply, and a form."""
    resident = await a_resident(session)
    files = [
        await keep_file(session, resident, folder=folder, kind=kind, mime=mime, content=content, now=NOW)
        for kind, mime, content in (("photo", "image/jpeg", PHOTO), ("voice", "audio/ogg", VOICE))
    ]
    numbers = tuple(file.id for file in files)
    case = await a_case(
        session, resident=resident, contact_name="王大爷", story=(STORY,), attachment_ids=numbers
    )
    worker, centre = await linked(session, "grid-guihua"), await linked(session, "centre-liuyin")
    await staff_desk.take(session, worker, case.code, NOW)
    letter = await correspondence.send_letter(
        session, centre, case.code, PaperKind.PROMPT_LETTER, "请快办", NOW
    )
    await correspondence.reply(session, worker, letter.id, "今天上门", NOW)
    await forms.form(session, worker, case.code, PaperKind.ACCEPTANCE_FORM, NOW)
    await staff_desk.note(session, worker, case.code, NOTE, NOW)
    await staff_desk.answer(session, worker, case.code, ANSWER, NOW)
    return await the_case(session, case.code)


async def a_dossier(session: AsyncSession, case: Case, folder: Path) -> tuple[ZipFile, Written]:
    out = BytesIO()
    written = await write_dossier(session, case, out, folder=folder, now=NOW, by=BY_RULE)
    assert written.sha256 == sha256(out.getvalue()).hexdigest()
    assert written.size == len(out.getvalue())
    return ZipFile(out), written


def named(archive: ZipFile, part: str) -> list[str]:
    return [name for name in archive.namelist() if part in name]


def read(archive: ZipFile, part: str) -> bytes:
    (name,) = named(archive, part)
    return archive.read(name)


def words_in(archive: ZipFile) -> list[str]:
    return [archive.read(name).decode() for name in archive.namelist() if name.endswith(".txt")]


def prove(unpacked: Path) -> None:
    """Fails unless every file is what its sum says."""
    subprocess.run(["sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS"], cwd=unpacked, check=True)


def all_words(archive: ZipFile) -> str:
    """Everything a reader of the dossier reads: texts, tables, and what the Word files say."""
    plain = [archive.read(name).decode() for name in archive.namelist() if name.endswith(TEXTS)]
    word = [Document(BytesIO(archive.read(name))) for name in archive.namelist() if name.endswith(".docx")]
    lines = [line.text for one in word for line in one.paragraphs]
    cells = [cell.text for one in word for table in one.tables for row in table.rows for cell in row.cells]
    return "\n".join((*plain, *lines, *cells))


async def test_it_holds_everything_of_the_case(session: AsyncSession, tmp_path: Path) -> None:
    case = await a_full_case(session, tmp_path)
    archive, written = await a_dossier(session, case, tmp_path)
    assert written.files == len(archive.namelist()) - 2
    assert {STORY, "请快办", "今天上门", NOTE, ANSWER} <= set(words_in(archive))
    assert (read(archive, "照片1.jpg"), read(archive, "录音2")) == (PHOTO, VOICE)
    for paper in await issuing.papers_of(session, case):
        if paper.kind != PaperKind.DOSSIER_COVER:
            drawn = await document_of(session, paper, folder=tmp_path, now=NOW)
            assert read(archive, f"{paper.number}.docx") == drawn
    assert sentence("whole") in read(archive, "核验结果").decode()
    cover = Document(BytesIO(read(archive, "封面.docx")))
    said = [cell.text for table in cover.tables for row in table.rows for cell in row.cells]
    assert any("王大爷" in cell for cell in said)
    assert any("邻里纠纷" in cell for cell in said)
    assert str(written.files) in said


async def test_its_timeline_is_the_one_that_was_verified(session: AsyncSession, tmp_path: Path) -> None:
    case = await a_full_case(session, tmp_path)
    archive, written = await a_dossier(session, case, tmp_path)
    told = json.loads(read(archive, "时间线.json"))
    chain = await timeline.entries(session, case)
    assert [entry["hash"] for entry in told] == [entry.hash for entry in chain[:-1]]
    assert told[-1]["hash"] in read(archive, "核验结果").decode()
    assert chain[-1].action == "dossier_written"
    assert chain[-1].facts == {"files": written.files, "size": written.size, "sha256": written.sha256}
    rows = list(csv.DictReader(StringIO(read(archive, "时间线.csv").decode("utf-8-sig"))))
    assert [row["action"] for row in rows] == [entry.action for entry in chain[:-1]]
    assert (await timeline.verify(session, await the_case(session, case.code))).whole


async def test_ordinary_tools_prove_it_after_unpacking(session: AsyncSession, tmp_path: Path) -> None:
    archive, _ = await a_dossier(session, await a_full_case(session, tmp_path), tmp_path)
    unpacked = tmp_path / "unpacked"
    archive.extractall(unpacked)
    prove(unpacked)
    sums = dict(line.split("  ", 1)[::-1] for line in archive.read("SHA256SUMS").decode().splitlines())
    assert sums[named(archive, "照片1.jpg")[0]] == sha256(PHOTO).hexdigest()
    assert sums.keys() == set(archive.namelist()) - {"SHA256SUMS"}


async def test_a_case_with_nothing_but_a_story_has_one_too(session: AsyncSession, tmp_path: Path) -> None:
    archive, _ = await a_dossier(session, await a_case(session, story=(STORY,)), tmp_path)
    assert [name.split("-", 1)[1] for name in archive.namelist()[:-2]] == [
        "封面.docx",
        "目录.docx",
        "时间线.csv",
        "时间线.json",
        "时间线核验结果.txt",
        "群众诉求.txt",
    ]


async def test_what_was_erased_is_said_to_be_erased(session: AsyncSession, tmp_path: Path) -> None:
    case = await a_full_case(session, tmp_path)
    code = case.code
    archive, _ = await a_dossier(session, case, tmp_path)
    assert all(told in all_words(archive) for told in (STORY, "请快办", NOTE, ANSWER, "王大爷"))
    resident = await people.resident_by_id(session, case.resident_id)
    assert resident is not None
    await people.erase(session, resident, NOW)
    session.expire_all()
    archive, _ = await a_dossier(session, await the_case(session, code), tmp_path)
    everything = all_words(archive)
    assert not any(gone in everything for gone in (STORY, "请快办", NOTE, ANSWER, "王大爷"))
    assert PHOTO not in [archive.read(name) for name in archive.namelist()]
    assert sentence("erased") in words_in(archive)
    assert len(named(archive, "照片1.txt")) == 1
    assert sentence("whole") in read(archive, "核验结果").decode()


async def test_the_cover_keeps_its_number_however_often_a_dossier_is_written(
    session: AsyncSession, tmp_path: Path
) -> None:
    case = await a_case(session)
    for _ in range(2):
        await a_dossier(session, await the_case(session, case.code), tmp_path)
    kinds = [(paper.kind, paper.seq) for paper in await issuing.papers_of(session, case)]
    assert kinds == [(PaperKind.DOSSIER_COVER, 1)]


async def test_a_timeline_changed_behind_our_back_is_told(database: Database, tmp_path: Path) -> None:
    async with database.transaction() as session:
        code = (await a_case(session)).code
    async with database.transaction() as session:
        sqlite = database.engine.dialect.name == "sqlite"
        lift = "DROP TRIGGER IF EXISTS {}" if sqlite else "ALTER TABLE timeline_entries DISABLE TRIGGER ALL"
        triggers = await session.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'timeline_entries'")
            if sqlite
            else text("SELECT 'all'")
        )
        for name in triggers.all():
            await session.execute(text(lift.format(name)))
        await session.execute(text("UPDATE timeline_entries SET action = 'nothing' WHERE seq = 2"))
        if not sqlite:
            await session.execute(text("ALTER TABLE timeline_entries ENABLE TRIGGER ALL"))
    async with database.transaction() as session:
        archive, _ = await a_dossier(session, await the_case(session, code), tmp_path)
        told = read(archive, "核验结果").decode()
    assert "不一致：自第2条记录起" in told
    assert sentence("whole") not in told


async def test_an_original_that_was_changed_or_is_gone_makes_no_dossier(
    session: AsyncSession, tmp_path: Path
) -> None:
    case = await a_full_case(session, tmp_path)
    file = (await attachments.attachments_of(session, case))[0]
    path = tmp_path / attachments.FOLDER / file.file_name[:2] / file.file_name
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(SealBroken):
        await a_dossier(session, case, tmp_path)
    path.unlink()
    with pytest.raises(AttachmentNotFound):
        await a_dossier(session, case, tmp_path)
    chain = await timeline.entries(session, case)
    assert "dossier_written" not in [entry.action for entry in chain]


async def test_packing_leaves_the_database_to_others(database: Database, tmp_path: Path) -> None:
    async with database.transaction() as session:
        code = (await a_full_case(session, tmp_path)).code
    async with database.transaction() as session:
        case = await the_case(session, code)
        gathered = await gather(session, case, folder=tmp_path, now=NOW, by=BY_RULE)
    async with database.transaction() as session:
        worker = await linked(session, "grid-guihua")
        await staff_desk.note(session, worker, code, "后来的话", NOW)
    out = BytesIO()
    written = pack(gathered, out)
    async with database.transaction() as session:
        await note_written(session, gathered, written, now=NOW, by=BY_RULE)
    async with database.reading() as session:
        case = await the_case(session, code)
        actions = [entry.action for entry in await timeline.entries(session, case)]
        assert actions[-2:] == ["noted", "dossier_written"]
        assert (await timeline.verify(session, case)).whole
    assert "后来的话" not in words_in(ZipFile(out))


async def test_two_dossiers_at_once_are_both_whole(database: Database, tmp_path: Path) -> None:
    async with database.transaction() as session:
        code = (await a_full_case(session, tmp_path)).code

    async def one() -> int:
        async with database.transaction() as session:
            archive, _ = await a_dossier(session, await the_case(session, code), tmp_path)
            return len(archive.namelist())

    first, second = await at_once(one(), one())
    assert first == second > 10
    async with database.reading() as session:
        case = await the_case(session, code)
        assert (await timeline.verify(session, case)).whole
        assert len({paper.file_name for paper in await issuing.papers_of(session, case)}) == 3


@pytest.mark.parametrize("code", ["grid-guihua", "auditor-yunting", "police-yunting", "lawyer-1"])
async def test_only_a_centre_exports(session: AsyncSession, tmp_path: Path, code: str) -> None:
    case = await a_case(session)
    out = BytesIO()
    with pytest.raises((NotAllowed, CaseNotFound)):
        await export(session, await linked(session, code), case.code, out, folder=tmp_path, now=NOW)
    assert out.getvalue() == b""


async def test_an_export_is_in_the_timeline_and_in_the_read_log(
    session: AsyncSession, tmp_path: Path
) -> None:
    from cases.reading import reads_of

    case = await a_case(session)
    centre = await linked(session, "centre-liuyin")
    written = await export(session, centre, case.code, BytesIO(), folder=tmp_path, now=NOW)
    entry = (await timeline.entries(session, case))[-1]
    assert (entry.action, entry.actor_id) == ("dossier_written", centre.id)
    assert entry.facts["sha256"] == written.sha256
    assert [(look.act, look.staff_id) for look in await reads_of(session, case)] == [("export", centre.id)]
