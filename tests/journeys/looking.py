"""What stands beside the conversation: files that were written, a resident's page, a city's own files?"""

from __future__ import annotations

import html
import re
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import httpx
from openpyxl import load_workbook

from cases.city import SAMPLE
from cases.database import Database
from cases.settings import Settings
from console.app import create_app
from console.front import Front
from kb.library import load_library

TAG = re.compile(r"<[^>]+>")
BASE = "http://door.test"


def in_order(happened: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether everything wanted happened in that order, other things between."""
    left = iter(happened)
    return all(any(one == here for here in left) for one in wanted)


def file_text(path: Path) -> str:
    """A workbook line by line (cells between bars, under the sheet's name), or the names in an archive."""
    if path.suffix == ".xlsx":
        return "\n".join(_cells(path))
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.namelist())


def _cells(path: Path) -> Iterator[str]:
    book = load_workbook(path, read_only=True)
    try:
        for sheet in book.worksheets:
            yield f"[{sheet.title}]"
            for row in sheet.iter_rows(values_only=True):
                yield "|" + "|".join("" if cell is None else str(cell) for cell in row) + "|"
    finally:
        book.close()


async def status_page(
    settings: Settings, database: Database, code: str, shown: Iterable[str], now: Callable[[], datetime]
) -> str:
    """The words of the public page of a case, opened with the digits its resident was shown once."""
    digits = re.search(rf"{code}，查询码 (\d{{6}})", "\n".join(shown))
    assert digits, f"nobody was shown the digits of {code}"
    app = create_app(Front(settings, database, load_library(), now=now))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE) as browser:
        answer = await browser.post(f"/c/{code}", data={"secret": digits[1]})
    assert answer.status_code == 200, f"the status page answers {answer.status_code}"
    return html.unescape(TAG.sub(" ", answer.text))


def city_without(folder: Path, codes: Iterable[str]) -> None:
    """Copies the files of the sample city to `folder`, leaving out the lines of these members of staff."""
    shutil.copytree(SAMPLE, folder)
    marks = [f"{{code: {code}," for code in codes]
    for file in folder.glob("*.yml"):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        left = [line for line in lines if not any(mark in line for mark in marks)]
        file.write_text("".join(left), encoding="utf-8")
