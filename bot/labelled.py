"""What the labelled rows of a file are: checked whole before any long work begins."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from bot.words import CommandFailed


def labelled(file: Path, known: Collection[str], refused: str) -> Iterator[tuple[str, str, bool]]:
    """(text, label, forwarded) of each row with a `known` label; rows whose `mapped` is null are left out.

    The first row that cannot be used is a CommandFailed of the key `refused`, with file and line.
    """
    for number, line in enumerate(file.read_bytes().split(b"\n"), 1):
        if not line.strip():
            continue
        row = _object(line)
        text, label = row.get("text"), row.get("mapped", "")
        if label is None:
            continue
        if not isinstance(text, str) or label not in known:
            raise CommandFailed(refused, file=file.name, line=number)
        yield text, label, row.get("forwarded") is True


def _object(line: bytes) -> dict[str, Any]:
    """The object on a line; an empty one, which no row is, for anything else."""
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}
