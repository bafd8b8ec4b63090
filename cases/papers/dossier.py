"""How does everything about a case become one archive that proves itself, without being held in memory?"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from io import StringIO
from pathlib import Path, PurePath
from typing import BinaryIO, TypeAlias
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile
from zoneinfo import ZoneInfo

from cases.errors import DoorError
from cases.papers.fields import IndexRow, PaperFields, written_date
from cases.papers.kinds import PaperKind
from cases.papers.packing import entry
from cases.papers.rendering import Templates, render

COVER, INDEX = "封面.docx", "目录.docx"
TABLE, SUMS = "index.csv", "SHA256SUMS"
COLUMNS = ("序号", "文件", "材料名称", "来源", "时间", "字节数", "SHA-256")
CHUNK = 256 * 1024
LONGEST_NAME = 60
"""Characters: at most 240 bytes, while most file systems take 255."""
SQUEEZED = frozenset({".csv", ".json", ".txt", ".html", ".xml"})
"""What gets smaller; photos, voices and Word files are compressed already."""
# What Windows refuses in a name, besides signs that are not seen or turn the direction of writing.
UNFIT = re.compile(r'[<>:"/\\|?*]')
STARTS_FORMULA = ("=", "+", "-", "@")

Content: TypeAlias = bytes | Path | Callable[[], Iterable[bytes]]


class DossierItemChanged(DoorError):
    """A file for the dossier is not what was once kept; what was written so far is no dossier."""

    reply_key = "error"


@dataclass(frozen=True, slots=True)
class DossierItem:
    """A thing for the dossier. A callable is asked for its content only when its turn comes."""

    name: str
    content: Content
    at: datetime
    """When it came to be: an aware time."""
    origin: str
    sha256: str | None = None
    """What its content has to be, where that is known beforehand."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A file as it stands in the archive."""

    file: str
    item: DossierItem
    size: int
    sha256: str


def build(
    out: BinaryIO,
    cover: PaperFields,
    items: Sequence[DossierItem],
    *,
    templates: Templates | None = None,
    timezone: str = "Asia/Shanghai",
) -> tuple[Packed, ...]:
    """Writes the dossier as a ZIP archive: cover, index, every item in order, `index.csv` and `SHA256SUMS`.

    `sha256sum -c SHA256SUMS` holds after unpacking. Equal input gives equal bytes. Times are shown in
    `timezone`. Raises DossierItemChanged and TemplateBroken; discard `out` then.
    """
    zone = ZoneInfo(timezone)
    everything = [*_own_papers(cover, items, zone, templates), *items]
    width = max(3, len(str(len(everything))))
    packed: list[Packed] = []
    with ZipFile(out, "w") as archive:
        for number, item in enumerate(everything, start=1):
            name = f"{number:0{width}}-{file_name(item.name)}"
            packed.append(_pack(archive, name, item, zone))
        table = _pack(archive, TABLE, _generated(TABLE, _table(packed, zone), cover.issued_on, zone), zone)
        sums = "".join(f"{one.sha256}  {one.file}\n" for one in (*packed, table))
        _pack(archive, SUMS, _generated(SUMS, sums.encode(), cover.issued_on, zone), zone)
    return tuple(packed)


def file_name(name: str) -> str:
    """A name that Windows, Unix and a list of sums all bear, with its ending kept."""
    seen = "".join(
        sign for sign in unicodedata.normalize("NFC", name) if unicodedata.category(sign)[0] != "C"
    )
    path = PurePath(UNFIT.sub("_", seen).strip(" .") or "_")
    ending = path.suffix if len(path.suffix) <= 10 else ""
    stem = path.name.removesuffix(ending)[: LONGEST_NAME - len(ending)]
    return f"{stem.rstrip(' .') or '_'}{ending}"


def _own_papers(
    cover: PaperFields, items: Sequence[DossierItem], zone: ZoneInfo, templates: Templates | None
) -> Iterator[DossierItem]:
    rows = [IndexRow(item.name, item.origin, written_date(item.at.astimezone(zone).date())) for item in items]
    day = written_date(cover.issued_on)
    own = [IndexRow(name, cover.unit_name, day) for name in (COVER, INDEX)]
    for kind, name in ((PaperKind.DOSSIER_COVER, COVER), (PaperKind.DOSSIER_INDEX, INDEX)):
        paper = replace(cover, kind=kind, index=(*own, *rows), pieces=len(own) + len(rows))
        content = render(kind, paper.as_values(), templates)
        yield replace(_generated(name, content, cover.issued_on, zone), origin=cover.unit_name)


def _generated(name: str, content: bytes, day: date, zone: ZoneInfo) -> DossierItem:
    return DossierItem(name, content, datetime(day.year, day.month, day.day, tzinfo=zone), "")


def _pack(archive: ZipFile, file: str, item: DossierItem, zone: ZoneInfo) -> Packed:
    method = ZIP_DEFLATED if PurePath(file).suffix.lower() in SQUEEZED else ZIP_STORED
    digest, size = sha256(), 0
    with archive.open(entry(file, item.at.astimezone(zone), method=method), "w") as place:
        for chunk in _chunks(item.content):
            place.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    if item.sha256 is not None and digest.hexdigest() != item.sha256.lower():
        raise DossierItemChanged
    return Packed(file, item, size, digest.hexdigest())


def _chunks(content: Content) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
    elif isinstance(content, Path):
        with content.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    else:
        yield from content()


def _table(packed: Sequence[Packed], zone: ZoneInfo) -> bytes:
    """The index for a spreadsheet, with the mark by which Excel knows UTF-8."""
    out = StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for number, one in enumerate(packed, start=1):
        at = one.item.at.astimezone(zone).isoformat(timespec="seconds")
        words = (one.file, one.item.name, one.item.origin)
        rows.writerow([number, *map(_no_formula, words), at, one.size, one.sha256])
    return out.getvalue().encode("utf-8-sig")


def _no_formula(words: str) -> str:
    """A spreadsheet would compute what begins like a formula."""
    return f"'{words}" if words.lstrip().startswith(STARTS_FORMULA) else words
