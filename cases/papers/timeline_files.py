"""How does a case's timeline lie in its dossier: as a table to read, and as JSON that proves the chain?"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import StringIO
from typing import Any, Protocol

from cases.papers.dossier import DossierItem

NAME = "时间线"
COLUMNS = (
    "seq", "at", "actor_kind", "actor_id", "action", "from_status", "to_status",
    "facts", "audience", "prev_hash", "hash",
)  # fmt: skip


class Entry(Protocol):
    """What is read of a timeline entry; ids, codes and numbers, never names."""

    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor_kind(self) -> str: ...
    @property
    def actor_id(self) -> int | None: ...
    @property
    def action(self) -> str: ...
    @property
    def from_status(self) -> str | None: ...
    @property
    def to_status(self) -> str | None: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...
    @property
    def audience(self) -> str: ...
    @property
    def prev_hash(self) -> str: ...
    @property
    def hash(self) -> str: ...


def timeline_items(entries: Sequence[Entry], *, at: datetime, origin: str) -> tuple[DossierItem, DossierItem]:
    """The timeline as `时间线.csv` and `时间线.json`, one line for each entry, times in UTC."""
    lines = [_line(entry) for entry in entries]
    table = StringIO(newline="")
    rows = csv.DictWriter(table, COLUMNS)
    rows.writeheader()
    rows.writerows({**line, "facts": _json(line["facts"])} for line in lines)
    told = "[\n" + ",\n".join(_json(line) for line in lines) + "\n]\n"
    return (
        DossierItem(f"{NAME}.csv", table.getvalue().encode("utf-8-sig"), at, origin),
        DossierItem(f"{NAME}.json", told.encode(), at, origin),
    )


def _line(entry: Entry) -> dict[str, Any]:
    line = {column: getattr(entry, column) for column in COLUMNS}
    return line | {"at": entry.at.astimezone(UTC).isoformat(), "facts": dict(entry.facts)}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
