"""To which family of matters does a leaf belong, and how are the families called and ordered?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("families.yml")
DISPUTES = "dispute:"
FRAUD = "scam:"


@dataclass(frozen=True, slots=True)
class Family:
    """A family of leaves; `six`: one of the six of 六防六促."""

    code: str
    names: Mapping[str, str]
    six: bool
    leaves: tuple[str, ...]

    def holds(self, leaf: str) -> bool:
        """Whether a leaf is one of this family's."""
        return any(leaf.startswith(one[:-1]) if one.endswith("*") else leaf == one for one in self.leaves)


@cache
def families() -> tuple[Family, ...]:
    """All families in the order of the sheets; the last one takes what no other does."""
    told: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["families"]
    return tuple(
        Family(code, {"zh-Hans": one["zh-Hans"], "en": one["en"]}, one["six"], tuple(one["leaves"]))
        for code, one in told.items()
    )


@cache
def family_of(leaf: str) -> str:
    """The code of the family a leaf belongs to."""
    return next(family.code for family in families() if family.holds(leaf))
