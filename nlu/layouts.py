"""How is a row of a labelled set read: its label, the way it reached somebody, and what it may measure?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("layouts.yml")
ROLES = ("scam", "quiet", "type", "family", "matter", "chat")


class BadRow(ValueError):
    """A row has no text, or a label that is no code; the text says which."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What is known about a set: `labels` turns its own labels into codes."""

    forwarded: bool
    roles: frozenset[str]
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """One message of a set; `label` is a code, None: nobody knows; flagging a `harmless` one is wrong."""

    text: str
    label: str | None
    forwarded: bool
    set: str
    harmless: bool
    group: str = ""
    """rows of a group are never split between training and measuring; empty: nobody said"""


@dataclass(frozen=True, slots=True)
class Folding:
    """Codes counted as another or not at all in the F1 of one side, and the rows a class needs."""

    folded: Mapping[str, str]
    left_out: frozenset[str]
    at_least: int


_UNKNOWN = Layout(False, frozenset(), {})


def read_row(row: Mapping[str, Any], file: str, known: frozenset[str]) -> LabelledRow:
    """The row with its label as a code; `mapped` wins over the set's own `label`. Raises BadRow."""
    name = str(row.get("source") or file)
    layout = layouts().get(name, _UNKNOWN)
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise BadRow("text")
    if "mapped" not in row and "label" not in row:
        raise BadRow("mapped")
    label = row["mapped"] if "mapped" in row else layout.labels.get(str(row.get("label")), row.get("label"))
    if label is not None and label not in known:
        if "mapped" in row or not layout.labels:
            raise BadRow("mapped")
        label = None  # a class of the set that has no code
    forwarded = row["forwarded"] is True if "forwarded" in row else layout.forwarded
    fraud = row.get("is_scam") is True or str(label).startswith("scam:")
    harmless = label == "benign" or (not fraud and ("quiet" in layout.roles or row.get("is_scam") is False))
    advertising = label in ("ad", "illegal_ad")
    return LabelledRow(
        text, label, forwarded, name, harmless and not advertising, str(row.get("group") or "")
    )


def roles(name: str) -> frozenset[str]:
    """What the set can measure: everything its labels tell, for a set nobody described."""
    return layouts()[name].roles if name in layouts() else frozenset(ROLES) - {"matter", "chat"}


@lru_cache(maxsize=1)
def layouts() -> dict[str, Layout]:
    """Every set that is described, by name; raises ValueError for a role nobody knows."""
    found = {}
    for name, entry in _table()["sets"].items():
        unknown = set(entry["roles"]) - set(ROLES)
        if unknown:
            raise ValueError(f"layouts.yml: {name} has the unknown role {sorted(unknown)[0]}")
        found[name] = Layout(bool(entry["forwarded"]), frozenset(entry["roles"]), dict(entry["labels"]))
    return found


def folding(side: str) -> Folding:
    """`family` or `type`: what the sets do not tell apart."""
    table = _table()
    return Folding(table["folded"][side], frozenset(table["not_counted"][side]), int(table["at_least"]))


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text("utf-8")))
