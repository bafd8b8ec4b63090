"""What the labelled rows of a file are: JSON Lines or a table, checked whole before any long work begins."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.words import CommandFailed
from nlu.layouts import BadRow, LabelledRow, read_row

TABLES = {".csv": ",", ".tsv": "\t"}


def labelled(file: Path, known: frozenset[str], refused: str) -> Iterator[LabelledRow]:
    """Each row of a file, with and without a label.

    The first row that cannot be used is a CommandFailed of the key `refused`, with file and line.
    """
    for number, row in _rows(file):
        try:
            yield read_row(row, file.stem, known)
        except BadRow:
            raise CommandFailed(refused, file=file.name, line=number) from None


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    raw = file.read_bytes()
    if file.suffix.lower() in TABLES:
        table = csv.DictReader(
            io.StringIO(raw.decode("utf-8-sig", "replace"), newline=""),
            delimiter=TABLES[file.suffix.lower()],
        )
        for row in table:
            yield table.line_num, {str(name): value for name, value in row.items()}
        return
    for number, line in enumerate(raw.split(b"\n"), 1):
        if line.strip():
            yield number, _object(line)


def _object(line: bytes) -> dict[str, Any]:
    """The object on a line; an empty one, which no row is, for anything else."""
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}
