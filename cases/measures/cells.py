"""How are rows put into a workbook without keeping them: text as text, whatever it begins with?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

# What a spreadsheet would take for a formula, or be talked into reading as one.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
MOST_ROWS = 1_000_000
"""A sheet holds 1,048,576."""
WIDTH = 16
BOLD = Font(bold=True)
Value = str | int | float | bool | datetime | None


class Page:
    """A sheet that is written from top to bottom; where it is full it goes on in the next one."""

    def __init__(
        self,
        book: Workbook,
        title: str,
        head: Sequence[str],
        *,
        more: str,
        timezone: str,
        most: int = MOST_ROWS,
    ) -> None:
        self.most = most
        self.book, self.title, self.head, self.more = book, title, head, more
        self.zone = ZoneInfo(timezone)
        self.number, self.rows = 1, 0
        self.sheet = self._begin(title)

    def write(self, cells: Iterable[Value]) -> None:
        """Adds a row; times are shown in the city's own clock."""
        if self.rows >= self.most:
            self.number += 1
            self.sheet, self.rows = self._begin(self.title + self.more.format(number=self.number)), 0
        self.sheet.append([self._cell(value) for value in cells])
        self.rows += 1

    def _begin(self, title: str) -> Any:
        sheet = self.book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for column in range(1, len(self.head) + 1):
            sheet.column_dimensions[get_column_letter(column)].width = WIDTH
        sheet.append([_bold(sheet, text) for text in self.head])
        return sheet

    def _cell(self, value: Value) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(self.zone).replace(tzinfo=None, second=0, microsecond=0)
        return as_text(self.sheet, value) if isinstance(value, str) else value


def as_text(sheet: Any, text: str) -> Any:
    """A cell whose text stays text, also after somebody has edited it."""
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)
    if not clean.startswith(FORMULA_SIGNS):
        return clean
    cell = WriteOnlyCell(sheet, value=clean)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _bold(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.font = BOLD
    return cell
