"""Which indicators of fraud, danger, state and matter does a message show, and where?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml

from nlu.text.normalise import Normalised

FOLDER = Path(__file__).resolve().parents[2] / "kb" / "indicators"
SIDES = ("scam", "harmless", "danger", "state", "matter")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there
_FIELDS = {"code", "side", "weight", "for", "patterns", "unless", "zh", "en"}


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

    def first_span(self, text: str, characters: frozenset[str]) -> tuple[int, int] | None:
        """The first span of the normal form that counts, or None."""
        return next(self.spans(text, characters), None)

    def spans(self, text: str, characters: frozenset[str]) -> Iterator[tuple[int, int]]:
        """Every span of the normal form that counts, pattern by pattern."""
        excused: list[tuple[int, int]] | None = None
        for rule in self.rules:
            if not rule.needs <= characters:
                continue
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


def signs(message: Normalised, indicators: Iterable[Indicator] | None = None) -> tuple[FoundSign, ...]:
    """The first occurrence of every indicator the message shows, in reading order."""
    characters = frozenset(message.text)
    found = []
    for indicator in load() if indicators is None else indicators:
        span = indicator.first_span(message.text, characters)
        if span:
            start, end = message.span(*span)
            found.append(FoundSign(indicator.code, message.given[start:end], start, end))
    return tuple(sorted(found, key=lambda sign: (sign.start, sign.end, sign.code)))


def _indicator(entry: dict[str, object]) -> Indicator:
    unknown = set(entry) - _FIELDS
    if unknown:
        raise ValueError(f"unknown field {sorted(unknown)[0]} at {entry.get('code')}")
    if entry["side"] not in SIDES:
        raise ValueError(f"unknown side {entry['side']} at {entry['code']}")
    patterns, unless = _strings(entry["patterns"]), _strings(entry.get("unless", []))
    return Indicator(
        code=str(entry["code"]),
        side=str(entry["side"]),
        weight=float(str(entry["weight"])),
        speaks_for=tuple(_strings(entry.get("for", []))),
        zh=str(entry["zh"]),
        en=str(entry["en"]),
        rules=tuple(
            _Rule(re.compile(branch), needed(branch)) for pattern in patterns for branch in branches(pattern)
        ),
        unless=re.compile("|".join(unless)) if unless else None,
    )


def _strings(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError("a list of texts is wanted")
    return value


def branches(pattern: str) -> list[str]:
    """The alternatives of a pattern, cut at its outermost bars."""
    parts, depth, at = [""], 0, 0
    while at < len(pattern):
        piece = _piece(pattern, at)
        depth += piece == "("
        depth -= piece == ")"
        if depth == 0 and piece == "|":
            parts.append("")
        else:
            parts[-1] += piece
        at += len(piece)
    return parts


_OPTIONAL = re.compile(r"[?*]|\{0?,|\{0\}")


def needed(branch: str) -> frozenset[str]:
    """Characters that every match of the branch contains: plain ones outside all groups and not optional."""
    found, depth, at = set(), 0, 0
    while at < len(branch):
        piece = _piece(branch, at)
        at += len(piece)
        depth += piece == "("
        depth -= piece == ")"
        if depth == 0 and len(piece) == 1 and piece not in "()^$.?*+{}" and not _OPTIONAL.match(branch, at):
            found.add(piece)
    return frozenset(found)


def _piece(pattern: str, at: int) -> str:
    """An escape, a character class or a repetition as one piece, otherwise one character."""
    if pattern[at] == "\\":
        return pattern[at : at + 2]
    if pattern[at] == "[":
        end = at + 1 + (pattern[at + 1 : at + 2] == "^")
        end = pattern.index("]", end + 1)
        return pattern[at : end + 1]
    if pattern[at] == "{":
        return pattern[at : pattern.index("}", at) + 1]
    return pattern[at]
