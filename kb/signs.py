"""What does an indicator mean, in words a lay person understands?"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from kb.words import Words

FOLDER = Path(__file__).parent / "indicators"


@cache
def _meanings() -> dict[str, Words]:
    meanings: dict[str, Words] = {}
    for file in sorted(FOLDER.glob("*.yml")):
        for one in yaml.safe_load(file.read_text(encoding="utf-8")):
            meanings[one["code"]] = Words(one["zh"], one["en"])
    return meanings


def lay_wording(code: str, locale: str) -> str:
    """The indicator in plain words; the code's own words of the model have none and give an empty text."""
    words = _meanings().get(code)
    return words(locale) if words else ""
