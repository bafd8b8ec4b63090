"""In which words does a resident read about their own case: its steps, its times and why, what comes next?"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

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
