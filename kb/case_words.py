"""In which words does a resident read about their own case: its steps, its times and why, what comes next?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kb.words import LOCALES, check_locale

FILE = Path(__file__).with_name("case_words.yml")
ANY_OTHER = "other"


@cache
def sentences() -> dict[str, dict[str, dict[str, str]]]:
    """Every sentence by section, key and locale."""
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {
        section: {str(key): {locale: str(words[locale]) for locale in LOCALES} for key, words in keys.items()}
        for section, keys in told.items()
    }


def say(section: str, keys: str | Iterable[str], locale: str, **values: str) -> str:
    """The sentence of the first key that has one, else that of `other`; its blanks filled from `values`.

    KeyError for a section that does not exist, or a blank that `values` does not fill.
    """
    known = sentences()[section]
    wanted = (keys,) if isinstance(keys, str) else keys
    found = next((key for key in wanted if key in known), ANY_OTHER)
    return known[found][check_locale(locale)].format(**values)


def until_when(locale: str, owed: Mapping[str, Any], due: str) -> str:
    """What happens until when; or that the time stands still, and for what."""
    if owed["stopped_for"]:
        return say("stopped", str(owed["stopped_for"]), locale)
    return say("until", str(owed["step"]), locale, due=due)


def why_then(locale: str, owed: Mapping[str, Any]) -> str:
    """Where a time comes from, in a few words: the law, a city's rule, or usual practice."""
    number, article = int(owed["length"]), str(owed["article"])
    told = say(
        "why",
        _ground(owed),
        locale,
        basis=str(owed["basis"]),
        article=article,
        start=say("start", str(owed["start"]), locale),
        length=say("length", _length(number, str(owed["unit"])), locale, number=str(number)),
    )
    return told.strip() + (say("more_time", ANY_OTHER, locale) if owed["extensions"] else "")


def _length(number: int, unit: str) -> tuple[str, ...]:
    return (f"{unit}_{number}", unit) if number else ("same_day",)


def _ground(owed: Mapping[str, Any]) -> str:
    """A template's own note is for the city, not for its residents."""
    if owed["template"]:
        return "template"
    if not owed["basis"]:
        return ANY_OTHER
    return "basis_article" if owed["article"] else "basis"
