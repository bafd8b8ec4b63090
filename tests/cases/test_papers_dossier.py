"""A dossier as somebody unpacks it: complete, in order, and proving itself."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from docx import Document

from cases.actors import ActorKind, Audience
from cases.papers.dossier import DossierItem, DossierItemChanged, build, file_name
from cases.papers.fields import PaperFields
from cases.papers.kinds import PaperKind
from cases.papers.timeline_files import timeline_items
from cases.status import CaseStatus

pytestmark = pytest.mark.unit

AT = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
COVER = PaperFields(
    kind=PaperKind.DOSSIER_COVER,
    case_code="YM-261123-7KQ4",
    number="云汀综治〔2026〕卷宗封面第0001号",
    unit_name="柳荫街道综治中心",
    issued_on=date(2026, 12, 1),
    subject="漏水一事",
)


def things(tmp_path: Path) -> list[DossierItem]:
    photo = tmp_path / "kept"
    photo.write_bytes(b"\xff\xd8photo")
    return [
        DossierItem("时间线.csv", "序号,动作\n1,登记\n".encode(), AT, "系统"),
        DossierItem("照片.jpg", photo, AT, "申请人", sha256(b"\xff\xd8photo").hexdigest()),
        DossierItem("录音.ogg", lambda: [b"Ogg", b"S"], AT, "申请人", sha256(b"OggS").hexdigest().upper()),
    ]


def built(items: Sequence[DossierItem]) -> BytesIO:
    out = BytesIO()
    build(out, COVER, items)
    out.seek(0)
    return out


def test_a_dossier_holds_cover_index_and_every_item_in_order(tmp_path: Path) -> None:
    with ZipFile(built(things(tmp_path))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "001-封面.docx",
            "002-目录.docx",
            "003-时间线.csv",
            "004-照片.jpg",
            "005-录音.ogg",
            "index.csv",
            "SHA256SUMS",
        ]
        assert archive.read("005-录音.ogg") == b"OggS"
        # Bit 11 tells Windows and unzip that the name is UTF-8.
        assert all(entry.flag_bits & 0x800 for entry in archive.infolist() if not entry.filename.isascii())


@pytest.mark.skipif(
    not (shutil.which("unzip") and shutil.which("sha256sum")), reason="needs unzip and sha256sum"
)
def test_an_unpacked_dossier_proves_itself_by_ordinary_tools(tmp_path: Path) -> None:
    packed = tmp_path / "dossier.zip"
    packed.write_bytes(built(things(tmp_path)).read())
    place = tmp_path / "unpacked"
    subprocess.run(
        ["unzip", "-q", packed, "-d", place], check=True, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    )
    proven = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=place, check=True, capture_output=True, text=True
    )
    assert proven.stdout.count(": OK") == 6
    (place / "004-照片.jpg").write_bytes(b"another")
    assert subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=place, capture_output=True).returncode != 0


def test_the_sums_and_the_table_tell_the_truth(tmp_path: Path) -> None:
    with ZipFile(built(things(tmp_path))) as archive:
        sums = dict(
            reversed(line.split("  ", 1)) for line in archive.read("SHA256SUMS").decode().splitlines()
        )
        assert sums == {
            name: sha256(archive.read(name)).hexdigest()
            for name in archive.namelist()
            if name != "SHA256SUMS"
        }
        table = archive.read("index.csv")
        assert table.startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(StringIO(table.decode("utf-8-sig"))))
        assert [(row["文件"], row["SHA-256"]) for row in rows] == [
            (name, sums[name]) for name in archive.namelist() if name not in {"SHA256SUMS", "index.csv"}
        ]
        assert rows[3]["时间"] == "2026-11-24T00:30:00+08:00"
        assert rows[3]["字节数"] == "7"


def test_cover_and_index_tell_what_is_inside(tmp_path: Path) -> None:
    with ZipFile(built(things(tmp_path))) as archive:
        cover = Document(BytesIO(archive.read("001-封面.docx")))
        index = Document(BytesIO(archive.read("002-目录.docx")))
    assert [row.cells[1].text for row in cover.tables[0].rows][-1] == "5"
    told = [[cell.text for cell in row.cells] for row in index.tables[0].rows]
    assert told[1] == ["1", "封面.docx", "柳荫街道综治中心", "2026年12月1日"]
    assert told[4] == ["4", "照片.jpg", "申请人", "2026年11月24日"]
    assert len(told) == 6


def test_equal_dossiers_have_equal_bytes(tmp_path: Path) -> None:
    assert built(things(tmp_path)).read() == built(things(tmp_path)).read()


def test_a_file_that_changed_since_it_was_kept_stops_the_dossier(tmp_path: Path) -> None:
    items = things(tmp_path)
    (tmp_path / "kept").write_bytes(b"\xff\xd8other")
    with pytest.raises(DossierItemChanged):
        built(items)


def test_equal_names_stay_apart_and_a_thousand_items_stay_in_order() -> None:
    one = DossierItem("照片.jpg", b"x", AT, "申请人")
    with ZipFile(built([one] * 1000)) as archive:
        names = archive.namelist()[:-2]
    assert len(set(names)) == 1002
    assert names == sorted(names)
    assert names[2] == "0003-照片.jpg"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\\b:c*d?.jpg", "a_b_c_d_.jpg"),
        ("行\n行\u202egpj.exe", "行行gpj.exe"),
        ("", "_"),
        (" .", "_"),
        ("é.txt", "é.txt"),
        ("长" * 300 + ".jpeg", "长" * 55 + ".jpeg"),
        ("=1+1.csv", "=1+1.csv"),
    ],
)
def test_a_name_is_fit_for_every_system(given: str, kept: str) -> None:
    assert file_name(given) == kept


def test_a_spreadsheet_computes_nothing(tmp_path: Path) -> None:
    with ZipFile(built([DossierItem("=1+1", b"", AT, "@x")])) as archive:
        row = list(csv.DictReader(StringIO(archive.read("index.csv").decode("utf-8-sig"))))[2]
    assert (row["材料名称"], row["来源"]) == ("'=1+1", "'@x")


def test_a_large_dossier_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(64 * 1024 * 1024)

    def parts() -> Iterator[bytes]:
        for _ in range(64):
            yield bytes(1024 * 1024)

    items = [DossierItem("大文件.mp4", large, AT, "申请人"), DossierItem("又一个.mp4", parts, AT, "申请人")]
    tracemalloc.start()
    try:
        with (tmp_path / "out.zip").open("wb") as out:
            packed = build(out, COVER, items)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert packed[2].sha256 == packed[3].sha256
    assert packed[2].size == 64 * 1024 * 1024
    assert most < 24 * 1024 * 1024


def test_times_are_shown_in_the_citys_own_zone(tmp_path: Path) -> None:
    out = BytesIO()
    build(out, replace(COVER, subject=None), things(tmp_path), timezone="Europe/Madrid")
    with ZipFile(out) as archive:
        assert archive.getinfo("004-照片.jpg").date_time == (2026, 11, 23, 17, 30, 0)


def test_a_timeline_lies_in_the_dossier_as_table_and_as_json() -> None:
    entry = SimpleNamespace(
        seq=1,
        at=AT,
        actor_kind=ActorKind.STAFF,
        actor_id=7,
        action="signed",
        from_status=CaseStatus.ROUTED,
        to_status=CaseStatus.SIGNED,
        facts={"unit": 3},
        audience=Audience.RESIDENT,
        prev_hash="0" * 64,
        hash="1" * 64,
    )
    table, told = timeline_items([entry, entry], at=AT, origin="系统")
    with ZipFile(built([table, told])) as archive:
        rows = list(csv.DictReader(StringIO(archive.read("003-时间线.csv").decode("utf-8-sig"))))
        lines = json.loads(archive.read("004-时间线.json"))
    assert (rows[1]["action"], rows[1]["facts"], rows[1]["at"]) == (
        "signed",
        '{"unit": 3}',
        "2026-11-23T16:30:00+00:00",
    )
    assert lines[0] == vars(entry) | {"at": "2026-11-23T16:30:00+00:00"}
