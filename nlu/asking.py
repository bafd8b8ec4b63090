"""Does a message ask for a check without holding what is to be checked?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from cases.understanding import Verdict

FILE = Path(__file__).with_name("asking.yml")


@dataclass(frozen=True, slots=True)
class _Asking:
    longest: int
    question: re.Pattern[str]
    for_other: re.Pattern[str]
    says_nothing: frozenset[str]


def asks_for(text: str, verdict: Verdict) -> str | None:
    """`check` or `for_other` when a short text only asks whether something is a fraud; else None."""
    asking = _asking()
    if len(text) > asking.longest or verdict.facts or verdict.state or verdict.danger:
        return None
    if not asking.question.search(text):
        return None
    if any(reason.code not in asking.says_nothing for reason in verdict.reasons):
        return None
    return "for_other" if asking.for_other.search(text) else "check"


@lru_cache(maxsize=1)
def _asking() -> _Asking:
    given = yaml.safe_load(FILE.read_text("utf-8"))
    return _Asking(
        longest=int(given["longest"]),
        question=re.compile(given["question"]),
        for_other=re.compile(given["for_other"]),
        says_nothing=frozenset(given["says_nothing"]),
    )
