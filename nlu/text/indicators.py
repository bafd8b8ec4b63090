"""Which indicators of fraud, danger, state and matter does a message show, and where?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import yaml

from nlu.text import fact_patterns, links, phones
from nlu.text.normalise import Normalised
from nlu.text.shortcuts import branches, keys, needed

FOLDER = Path(__file__).resolve().parents[2] / "kb" / "indicators"
SIDES = ("scam", "harmless", "danger", "state", "matter")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there
_FIELDS = {"code", "side", "weight", "for", "from", "patterns", "unless", "zh", "en"}
_COMPUTED: dict[str, Callable[[Normalised, int, int], Iterable[str]]] = {
    "link": links.signs_of,
    "phone": phones.signs_of,
}
"""what tells signs from a fact that stands at a span of the normal form"""
_FACTS = {
    "link": (fact_patterns.URL, re.compile(r"\.|//")),
    "phone": (fact_patterns.PHONE, re.compile(r"\d")),
}


class FoundSign(NamedTuple):
    """One indicator seen; offsets count code points of the text as given."""

    code: str
    text: str
    start: int
    end: int


class BadIndicator(ValueError):
    """An indicator file cannot be used; the text names the file and the fault."""


class _Rule(NamedTuple):
    regex: re.Pattern[str]
    needs: frozenset[str]
    """characters the pattern cannot do without: a message lacking one is not searched"""
    keys: frozenset[str]
    """characters of which every match holds at least one; empty where nothing can be said"""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One entry of `kb/indicators`: what it is, how strongly it speaks and how it is said to residents."""

    code: str
    side: str
    weight: float
    speaks_for: tuple[str, ...]
    zh: str
    en: str
    rules: tuple[_Rule, ...]
    unless: re.Pattern[str] | None

    def spans(self, text: str, rules: Iterable[_Rule]) -> Iterator[tuple[int, int]]:
        """Every span of the normal form that counts, by those of the indicator's rules, in their order."""
        excused: list[tuple[int, int]] | None = None
        for rule in rules:
            for match in rule.regex.finditer(text):
                if excused is None:  # looked for only once something was found
                    excused = [m.span() for m in self.unless.finditer(text)] if self.unless else []
                if match.end() > match.start() and not any(
                    s < match.end() and match.start() < e for s, e in excused
                ):
                    yield match.span()


@lru_cache(maxsize=4)
def load(folder: Path = FOLDER) -> tuple[Indicator, ...]:
    """Every indicator of the folder, in the order of file names and entries; raises BadIndicator."""
    found = [indicator for path in sorted(folder.glob("*.yml")) for indicator in _read(path)]
    if len({indicator.code for indicator in found}) != len(found):
        raise BadIndicator("a code stands twice")
    return tuple(found)


def _read(path: Path) -> list[Indicator]:
    try:
        entries = yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - it is a safe one
        return [_indicator(entry) for entry in entries]
    except (yaml.YAMLError, re.error, KeyError, TypeError, ValueError) as error:
        raise BadIndicator(f"{path.name}: {error}") from error


@lru_cache(maxsize=4)
def by_code(folder: Path = FOLDER) -> dict[str, Indicator]:
    """The indicators of the folder by their code."""
    return {indicator.code: indicator for indicator in load(folder)}


def signs(message: Normalised) -> tuple[FoundSign, ...]:
    """The first occurrence of every indicator the message shows, in reading order."""
    spans = computed(message)
    for indicator, rules in _index().live(message.text):
        span = next(indicator.spans(message.text, rules), None)
        if span:
            spans[indicator.code] = span
    found = []
    for code, span in spans.items():
        start, end = message.span(*span)
        found.append(FoundSign(code, message.given[start:end], start, end))
    return tuple(sorted(found, key=lambda sign: (sign.start, sign.end, sign.code)))


def computed(message: Normalised) -> dict[str, tuple[int, int]]:
    """The signs that links and phone numbers give, each with the span of the first that gives it."""
    spans: dict[str, tuple[int, int]] = {}
    for name, (pattern, hint) in _FACTS.items():
        if hint.search(message.text):
            for match in pattern.finditer(message.text):
                for code in _COMPUTED[name](message, *match.span()):
                    spans.setdefault(code, match.span())
    return spans


class _Index:
    """Which rules a message could match at all, by the characters it holds: few of the eight hundred."""

    def __init__(self, indicators: Iterable[Indicator]) -> None:
        self._rules = [(indicator, rule) for indicator in indicators for rule in indicator.rules]
        self._always = [at for at, (_, rule) in enumerate(self._rules) if not rule.keys]
        self._by_key: dict[str, list[int]] = {}
        for at, (_, rule) in enumerate(self._rules):
            for key in rule.keys:
                self._by_key.setdefault(key, []).append(at)

    def live(self, text: str) -> Iterator[tuple[Indicator, list[_Rule]]]:
        """Indicators with those of their rules that are worth a search, in the order of the files."""
        characters = frozenset(text)
        possible = set(self._always).union(*(self._by_key.get(character, ()) for character in characters))
        pairs = (self._rules[at] for at in sorted(possible) if self._rules[at][1].needs <= characters)
        for _, group in groupby(pairs, key=lambda pair: pair[0].code):
            chosen = list(group)
            yield chosen[0][0], [rule for _, rule in chosen]


@lru_cache(maxsize=1)
def _index() -> _Index:
    return _Index(load())


def _indicator(entry: dict[str, object]) -> Indicator:
    unknown = set(entry) - _FIELDS
    if unknown:
        raise ValueError(f"unknown field {sorted(unknown)[0]} at {entry.get('code')}")
    if entry["side"] not in SIDES:
        raise ValueError(f"unknown side {entry['side']} at {entry['code']}")
    if ("from" in entry) == ("patterns" in entry) or entry.get("from", "link") not in _COMPUTED:
        raise ValueError(f"{entry['code']} wants either patterns or from")
    patterns, unless = _strings(entry.get("patterns", [])), _strings(entry.get("unless", []))
    return Indicator(
        code=str(entry["code"]),
        side=str(entry["side"]),
        weight=float(str(entry["weight"])),
        speaks_for=tuple(_strings(entry.get("for", []))),
        zh=str(entry["zh"]),
        en=str(entry["en"]),
        rules=tuple(
            _Rule(re.compile(branch), needed(branch), keys(branch))
            for pattern in patterns
            for branch in branches(pattern)
        ),
        unless=re.compile("|".join(unless)) if unless else None,
    )


def _strings(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError("a list of texts is wanted")
    return value
