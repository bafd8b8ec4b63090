"""How a command prints tables and people's own words: as they are, whole, to whoever still reads."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.visible import visible

WIDE = 200
"""Columns when the output is no terminal: nothing that a script could look for is cut off."""


class Paper(Console):
    """Standard output; a reader that went away is told to `bot.ending` instead of ending in failure here."""

    def __init__(self) -> None:
        super().__init__(width=None if sys.stdout.isatty() else WIDE)

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def table(columns: str, *, title: str | None = None) -> Table:
    """An empty table; `columns` are its heads, parted by |."""
    return Table(*columns.split("|"), title=title)


def add_row(rows: Table, *cells: str) -> None:
    """A row of plain text: brackets and colons in a name are no markup."""
    rows.add_row(*(Text(visible(cell)) for cell in cells))


def write(paper: Console, text: str) -> None:
    """A line of plain text."""
    paper.print(Text(visible(text)), soft_wrap=True)
