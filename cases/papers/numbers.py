"""How is the running number of a paper written, and read back?"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from cases.papers.kinds import PaperKind, title

BRACKETS = "〔〕[]【】()"
ASIDE = re.compile(r"[〔\[【(][^〔〕\[\]【】()]*[〕\]】)]")
LONGEST_SHORT = 80
YEARS = range(2000, 10000)


@dataclass(frozen=True, slots=True)
class PaperNumber:
    """A running number taken apart: sequences count from 1 by unit, kind and year."""

    kind: PaperKind
    unit_short: str
    year: int
    seq: int


def short_name(unit_name: str) -> str:
    """A unit's name as it stands in a number: without what is said in brackets, and without spaces."""
    name = unicodedata.normalize("NFKC", unit_name)
    spoken = _bare(ASIDE.sub("", name)) or _bare(name)
    return spoken[:LONGEST_SHORT]


def _bare(name: str) -> str:
    return "".join(sign for sign in name if sign not in BRACKETS and not sign.isspace())


def format_number(kind: PaperKind, unit_short: str, year: int, seq: int) -> str:
    """A number such as `云汀综治〔2026〕提示函第0007号`; ValueError for what could not be read back."""
    unit = unicodedata.normalize("NFKC", unit_short.strip())
    if not unit or any(sign in BRACKETS or sign.isspace() for sign in unit):
        raise ValueError("a unit's short name has no brackets and no spaces")
    if year not in YEARS or seq < 1:
        raise ValueError("years have four digits and sequences begin at 1")
    return f"{unit}〔{year}〕{title(kind)}第{seq:04}号"


def read_number(text: str) -> PaperNumber | None:
    """The number in what somebody typed (any width, any brackets, spaces), or None."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    found = re.fullmatch(r"([^\[\]()【】〔〕]+)[\[(【〔](\d{4})[\])】〕](\w+?)第(\d{1,9})号", plain)
    if found is None:
        return None
    unit, year, name, seq = found.groups()
    kind = next((one for one in PaperKind if title(one) == name), None)
    if kind is None or int(year) not in YEARS or int(seq) < 1:
        return None
    return PaperNumber(kind, unit, int(year), int(seq))
