"""Which questions can tell one reading of a message from another, and how are they asked?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from kb.words import Words

FILE = Path(__file__).with_name("questions.yml")
EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Question:
    """A yes-or-no question; `yes` maps labels, or how they begin, to the share that would say yes."""

    code: str
    words: Words
    yes: Mapping[str, float]

    def chance_of_yes(self, label: str) -> float:
        """By the longest entry the label begins with; even odds where there is none."""
        begins = [entry for entry in self.yes if label == entry or label.startswith(entry)]
        return self.yes[max(begins, key=len)] if begins else EVEN


@cache
def questions() -> tuple[Question, ...]:
    """All questions in the order of the file; raises ValueError for a share that is none."""
    found = []
    for entry in yaml.safe_load(FILE.read_text(encoding="utf-8")):
        yes = {str(label): float(share) for label, share in entry["says_yes"].items()}
        if not all(0 < share < 1 for share in yes.values()):
            raise ValueError(f"questions.yml: {entry['code']} has a share outside 0 to 1")
        found.append(Question(entry["code"], Words(entry["zh"], entry["en"]), yes))
    return tuple(found)


def wording(code: str, locale: str) -> str:
    """The question as it is asked; an empty text for an unknown code."""
    return next((each.words(locale) for each in questions() if each.code == code), "")
