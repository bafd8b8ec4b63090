"""How is one sentence kept in two languages, and shown when nobody has checked it yet?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

LOCALES = ("zh-Hans", "en")
NOTES = Path(__file__).with_name("notes.yml")


def check_locale(locale: str) -> str:
    """The locale itself; ValueError names the two that exist."""
    if locale not in LOCALES:
        raise ValueError(f"locale {locale!r} is not one of {', '.join(LOCALES)}")
    return locale


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages; calling it with a locale renders it, unchecked facts with a note."""

    zh: str
    en: str
    verified: bool = True

    def __call__(self, locale: str) -> str:
        """The text a resident may read, in that locale."""
        text = self.raw(locale)
        return text if self.verified else text + note("unchecked")(locale)

    def raw(self, locale: str) -> str:
        """The text without its note: for searching and measuring, never for a resident."""
        return self.zh if check_locale(locale) == "zh-Hans" else self.en


@dataclass(frozen=True, slots=True)
class Lines:
    """An ordered list of texts; calling it with a locale renders every one of them."""

    items: tuple[Words, ...] = ()

    def __call__(self, locale: str) -> tuple[str, ...]:
        """The sentences a resident may read, in order, in that locale."""
        check_locale(locale)
        return tuple(words(locale) for words in self.items)

    def raw(self, locale: str) -> tuple[str, ...]:
        """The sentences without their notes: for searching and measuring."""
        return tuple(words.raw(locale) for words in self.items)

    def __add__(self, other: Lines) -> Lines:
        return Lines(self.items + tuple(words for words in other.items if words not in self.items))

    def __len__(self) -> int:
        return len(self.items)


@cache
def note(key: str) -> Words:
    """A fragment the library adds by itself, with its placeholders: unchecked, basis or hotline."""
    notes = yaml.safe_load(NOTES.read_text(encoding="utf-8"))
    return Words(notes[key]["zh-Hans"], notes[key]["en"])


@dataclass(frozen=True, slots=True)
class Keywords:
    """What residents call a thing, in each language on its own: people do not say it in parallel."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def __call__(self, locale: str) -> tuple[str, ...]:
        """The words of that locale."""
        return self.zh if check_locale(locale) == "zh-Hans" else self.en
