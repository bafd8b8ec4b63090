"""How is one YAML file read so that every fault in it is named, not only the first?"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from kb.articles import SOURCE_KINDS, Source
from kb.words import LOCALES, Keywords, Lines, Words

QUOTED = re.compile(r"“[^”]*”")
NUMBER_IN_TEXT = re.compile(r"(?<![\d.,])(?:1[12]\d|12[1-9]\d\d|96110)(?![\d.,]|\d)")
EMPTY = Words("", "")
TODAY_IS_NOT_KNOWN = date.min


@dataclass(frozen=True, slots=True)
class House:
    """What every page keeps to: refused words by locale, numbers that exist, numbers that answer calls."""

    refused: Mapping[str, tuple[str, ...]]
    numbers: frozenset[str]
    callable: frozenset[str]


@dataclass(frozen=True, slots=True)
class Size:
    """The longest text allowed, in characters of each language."""

    zh: int
    en: int

    def limit(self, locale: str) -> int:
        """The longest text of that locale."""
        return self.zh if locale == "zh-Hans" else self.en


LINE = Size(60, 190)


# Ten times faster where PyYAML was built with libyaml, which it is in every wheel.
_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Strict(_SAFE):  # type: ignore[misc]  # the base is only known when it runs
    """A loader that refuses a key written twice: YAML would silently keep the last one."""


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            problem = f"{key.value} is written twice"
            raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
        seen.add(key.value)
    built: dict[Hashable, Any] = loader.construct_mapping(node, deep=True)
    return built


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(text: str) -> Any:
    """The parsed document; yaml.YAMLError when it is broken or a key stands there twice."""
    return yaml.load(text, Loader=_Strict)  # noqa: S506 - a SafeLoader with one more check


@dataclass(slots=True)
class Page:
    """One mapping of a file; faults are collected in `faults` as "file: key: what is wrong"."""

    file: str
    content: Mapping[str, Any]
    house: House
    faults: list[str]
    at: str = ""
    used: set[str] = field(default_factory=set)

    def fault(self, key: str, problem: str) -> None:
        """Remember a fault at that key; reading goes on."""
        place = ".".join(part for part in (self.at, key) if part)
        self.faults.append(f"{self.file}: {place}: {problem}")

    def take(self, key: str, *, optional: bool = False) -> Any:
        """The value at the key, or None with a fault when it is missing or empty."""
        self.used.add(key)
        value = self.content.get(key)
        if value is None and not optional:
            self.fault(key, "is empty" if key in self.content else "is missing")
        return value

    def part(self, key: str, value: Any) -> Page:
        """A page for a mapping inside this one; anything else is a fault and reads as empty."""
        inner = Page(self.file, {}, self.house, self.faults, ".".join(filter(None, (self.at, key))))
        if isinstance(value, Mapping):
            inner.content = value
        else:
            self.fault(key, "is not a mapping")
        return inner

    def leftover(self) -> None:
        """A fault for every key nobody asked for: mostly a typing error."""
        for key in self.content:
            if key not in self.used:
                self.fault(str(key), "is not a key of this kind of page")

    def words(self, key: str, size: Size = LINE, *, optional: bool = False) -> Words:
        """A text in both languages, `{zh-Hans: …, en: …}`, with `verified: false` where nobody checked it."""
        value = self.take(key, optional=optional)
        if value is None:
            return EMPTY
        inner = self.part(key, value)
        zh, en = (inner._sentence(locale, inner.take(locale), size) for locale in LOCALES)
        verified = inner.take("verified", optional=True)
        inner.leftover()
        return Words(zh, en, verified is not False)

    def lines(self, key: str, low: int, high: int, size: Size = LINE, *, optional: bool = False) -> Lines:
        """`low` to `high` sentences, parallel in both languages; an item may be `{text, verified: false}`."""
        value = self.take(key, optional=optional)
        if value is None:
            return Lines()
        inner = self.part(key, value)
        zh, en = (inner._list(locale, size) for locale in LOCALES)
        inner.leftover()
        return self._paired(key, zh, en, (low, high))

    def _paired(
        self, key: str, zh: list[tuple[str, bool]], en: list[tuple[str, bool]], wanted: tuple[int, int]
    ) -> Lines:
        if len(zh) != len(en):
            self.fault(key, f"has {len(zh)} sentences in zh-Hans and {len(en)} in en")
        if not wanted[0] <= len(zh) <= wanted[1]:
            self.fault(key, f"has {len(zh)} sentences, wanted {wanted[0]} to {wanted[1]}")
        pairs = list(zip(zh, en, strict=False))
        if any(one[1] != two[1] for one, two in pairs):
            self.fault(key, "is marked verified: false in one language only")
        return Lines(tuple(Words(one[0], two[0], one[1]) for one, two in pairs))

    def _list(self, locale: str, size: Size) -> list[tuple[str, bool]]:
        value = self.take(locale)
        if not isinstance(value, list):
            if value is not None:
                self.fault(locale, "is not a list")
            return []
        return [self._item(locale, place, item, size) for place, item in enumerate(value, 1)]

    def _item(self, locale: str, place: int, item: Any, size: Size) -> tuple[str, bool]:
        key = f"{locale}[{place}]"
        if item is None:
            self.fault(key, "is empty")
        if not isinstance(item, Mapping):
            return self._sentence(key, item, size), True
        inner = self.part(key, item)
        text = inner._sentence(locale, inner.take("text"), size)
        verified = inner.take("verified")
        inner.leftover()
        return text, verified is not False

    def _sentence(self, key: str, value: Any, size: Size) -> str:
        if not isinstance(value, str) or not value.strip():
            if value is not None:
                self.fault(key, "is empty" if isinstance(value, str) else "is not a text")
            return ""
        locale = "en" if key.startswith("en") else "zh-Hans"
        limit = size.limit(locale)
        if len(value) > limit:
            self.fault(key, f"has {len(value)} characters, at most {limit} fit")
        self._speak_well(key, value, locale)
        return value

    def _speak_well(self, key: str, value: str, locale: str) -> None:
        ours = QUOTED.sub("", value).lower()
        for word in self.house.refused[locale]:
            if word in ours:
                self.fault(key, f"says “{word}”, a word we refuse")
        for number in NUMBER_IN_TEXT.findall(value):
            if number not in self.house.numbers:
                self.fault(key, f"names {number}, which is not in hotlines.yml")

    def keywords(self, size: Size) -> Keywords:
        """What people call it, in their own words: three or more in each language, not in parallel."""
        inner = self.part("keywords", self.take("keywords"))
        found = {locale: inner._plain(locale, size.limit(locale)) for locale in LOCALES}
        inner.leftover()
        return Keywords(found["zh-Hans"], found["en"])

    def _plain(self, locale: str, longest: int) -> tuple[str, ...]:
        value = self.take(locale)
        words = tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()
        if len(words) < 3 or len(set(words)) < len(value):
            self.fault(locale, "needs at least three texts, each of them once")
        for word in words:
            if len(word) > longest:
                self.fault(locale, f"{word!r} is longer than {longest} characters")
        return words

    def day(self, key: str, *, optional: bool = False) -> date | None:
        """A calendar date; null only where `optional`."""
        value = self.take(key, optional=optional)
        if isinstance(value, date):
            return value
        if value is not None:
            self.fault(key, "is not a date such as 2026-11-23")
        return None

    def one_of(self, key: str, allowed: Iterable[str]) -> str:
        """A word out of a closed list."""
        value, choice = self.take(key), tuple(allowed)
        if value is not None and value not in choice:
            self.fault(key, f"is {value!r}, not one of {', '.join(choice)}")
        return str(value)

    def hotlines(self) -> tuple[str, ...]:
        """The numbers named for calling; each has to be in hotlines.yml."""
        value = self.take("hotlines")
        numbers = tuple(str(number) for number in value) if isinstance(value, list) else ()
        if not numbers and value is not None:
            self.fault("hotlines", "names no number")
        for number in numbers:
            if number not in self.house.callable:
                self.fault("hotlines", f"names {number}, which is not in hotlines.yml as one to call")
        return numbers

    def source(self, key: str, value: Any) -> Source:
        """Where a fact was read; law and press carry the day it was read, general knowledge carries none."""
        inner = self.part(key, value)
        kind = inner.one_of("kind", SOURCE_KINDS)
        read_on = inner.day("verified_on", optional=True)
        if (kind == "general") == (read_on is not None):
            inner.fault("verified_on", "law and press need a date, general knowledge has none")
        name = str(inner.take("name") or "")
        inner.leftover()
        return Source(name, kind, read_on)

    def sources(self) -> tuple[Source, ...]:
        """At least one source."""
        value = self.take("sources")
        if not isinstance(value, list) or not value:
            if value is not None:
                self.fault("sources", "names no source")
            return ()
        return tuple(self.source(f"sources[{n}]", one) for n, one in enumerate(value, 1))
