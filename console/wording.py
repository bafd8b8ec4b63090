"""Which sentence does a page say for a key, in the language of the person who reads it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from console.language import LOCALES
from kb.case_words import sentences

FOLDER = Path(__file__).parent / "wording"


class WordingError(Exception):
    """The two languages do not say the same; the message names the first key that differs."""


@dataclass(frozen=True, slots=True)
class Wording:
    """All sentences of one language by dotted key, such as `door.title`."""

    locale: str
    sentences: Mapping[str, str]

    def __call__(self, key: str, **values: Any) -> str:
        """The sentence with its blanks filled; KeyError for a key or a blank that does not exist."""
        return self.sentences[key].format(**values)

    def has(self, key: str) -> bool:
        """Whether there is a sentence of that key."""
        return key in self.sentences

    def series(self, prefix: str) -> tuple[str, ...]:
        """The sentences `prefix.1`, `prefix.2` …, in order."""
        found: list[str] = []
        while (key := f"{prefix}.{len(found) + 1}") in self.sentences:
            found.append(self.sentences[key])
        return tuple(found)


@lru_cache
def wordings() -> Mapping[str, Wording]:
    """Both languages, checked against each other: WordingError when a key or a blank is missing in one."""
    both = {locale: Wording(locale, _read(locale)) for locale in LOCALES}
    first, second = (both[locale].sentences for locale in LOCALES)
    for key in sorted(first.keys() | second.keys()):
        if key not in first or key not in second or _blanks(first[key]) != _blanks(second[key]):
            raise WordingError(f"{key} is not the same in {' and '.join(LOCALES)}.")
    return both


def _read(locale: str) -> dict[str, str]:
    with (FOLDER / f"{locale}.yml").open(encoding="utf-8") as file:
        own = dict(_flat(yaml.safe_load(file), ""))
    # What the conversation says about a step, the page says in the same words.
    return own | {f"steps.{key}": words[locale] for key, words in sentences()["steps"].items()}


def _flat(value: Any, prefix: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, below in value.items():
                yield from _flat(below, f"{prefix}.{key}" if prefix else str(key))
        case list():
            for place, below in enumerate(value, 1):
                yield from _flat(below, f"{prefix}.{place}")
        case _:
            yield prefix, str(value).strip()


def _blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}
