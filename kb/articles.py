"""What does the library hand out? Frozen values, every text of them callable with a locale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kb.words import Keywords, Lines, Words, note

STATES = ("received", "about_to_pay", "paid", "on_call", "screen_shared", "code_given")
ASKS_ABOUT = ("when", "where", "who", "how_much", "what")
SOURCE_KINDS = ("law", "press", "general")
REACHES = ("call", "message", "web")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from; `verified_on` is None for what is only general knowledge."""

    name: str
    kind: str
    verified_on: date | None


@dataclass(frozen=True, slots=True)
class Article:
    """What every article has; `code` is unique, such as "scam:phishing" or "guide:rights"."""

    code: str
    title: Words
    keywords: Keywords
    hotlines: tuple[str, ...]
    sources: tuple[Source, ...]
    verified_on: date | None
    review_by: date


@dataclass(frozen=True, slots=True)
class ScamArticle(Article):
    """One kind of fraud: how it goes, what shows it, what to do in each danger state."""

    how: Lines
    signs: Lines
    elder: Lines
    if_genuine: Words
    actions: Mapping[str, Lines]

    def do(self, state: str | None, locale: str) -> tuple[str, ...]:
        """Short imperatives for that danger state, most urgent first; None means only received."""
        return self.actions[state or "received"](locale)


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit with the rule it rests on."""

    text: Words
    basis: Words

    def __call__(self, locale: str) -> str:
        """The limit and its basis in one line; a limit nobody has checked says so."""
        basis = note("basis")(locale).format(basis=self.basis.raw(locale))
        line = self.text.raw(locale) + basis
        return Words(line, line, self.text.verified)(locale)


@dataclass(frozen=True, slots=True)
class Question:
    """One detail that helps; `about` is when, where, who, how_much or what. Always optional."""

    about: str
    ask: Words

    def __call__(self, locale: str) -> str:
        """The question as it is put to the resident."""
        return self.ask(locale)


@dataclass(frozen=True, slots=True)
class DisputeArticle(Article):
    """One kind of dispute: how it is confirmed, what to do, keep and know, and who is competent."""

    understood: Words
    steps: Lines
    papers: Lines
    competent: Lines
    safety: Lines
    pictures: Lines
    limits: tuple[Limit, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class ServiceArticle(Article):
    """One kind of public service: what to do and whom to call."""

    steps: Lines


@dataclass(frozen=True, slots=True)
class GuideArticle(Article):
    """A card about the resident's rights, about this product, or for a hard moment."""

    lines: Lines


@dataclass(frozen=True, slots=True)
class Hotline:
    """A public number; `reach` is call, message or web; `hours` is None where they differ or are unknown."""

    number: str
    reach: str
    name: Words
    for_what: Words
    hours: Words | None
    source: Source
    verified_on: date | None
    verified: bool

    def line(self, locale: str) -> str:
        """Number, name and purpose in one line; a number nobody has checked says so."""
        name, purpose = self.name.raw(locale), self.for_what.raw(locale)
        line = note("hotline")(locale).format(number=self.number, name=name, for_what=purpose)
        return Words(line, line, self.verified)(locale)


@dataclass(frozen=True, slots=True)
class FirstLine:
    """The fixed sentence that is said first, what to do next, and whom to call."""

    key: str
    first: Words
    do: Lines
    hotlines: tuple[str, ...]
