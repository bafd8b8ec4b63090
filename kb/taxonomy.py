"""Which codes exist, and what are they called?"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from kb.words import Words

FILE = Path(__file__).with_name("taxonomy.yml")


@cache
def _names() -> dict[str, dict[str, Words]]:
    text = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        group: {code: Words(name["zh-Hans"], name["en"]) for code, name in codes.items()}
        for group, codes in text.items()
    }


def scam_codes() -> tuple[str, ...]:
    """Bare fraud codes such as "task_rebate", in the order of the taxonomy."""
    return tuple(_names()["scam"])


def dispute_codes() -> tuple[str, ...]:
    """Bare dispute codes such as "neighbour", in the order of the taxonomy."""
    return tuple(_names()["dispute"])


def labels() -> tuple[str, ...]:
    """Every full label: "scam:task_rebate" …, "dispute:neighbour" …, then "service", "benign" and the ads."""
    kinds = tuple(_names()["kinds"])
    return tuple(f"{g}:{code}" for g in ("scam", "dispute") for code in _names()[g]) + kinds


def name(label: str, locale: str) -> str:
    """The name of a full label in that locale; KeyError for a label that does not exist."""
    group, _, code = label.rpartition(":")
    return _names()[group or "kinds"][code](locale)
