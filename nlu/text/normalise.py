"""What does a message say once its disguises are off, and where did each character stand?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import opencc
import yaml

_CJK = "\u3400-\u9fff"
# pictures put between the characters of a word: emoji, dingbats, arrows, stars, selectors and joiners
_PICTURE = "\u2190-\u21ff\u2300-\u23ff\u2500-\u27bf\u2900-\u2bff\u3030\U0001f000-\U0001faff\u200d\ufe0f"
# a separator squeezed between Chinese characters splits a word to slip past filters: 刷*单, 转_账, 返.利
_MARK = rf"(?<=[{_CJK}]) ?[*_|^•·`'\".]{{1,2}} ?(?=[{_CJK}])|(?<=[{_CJK}]) ?[{_PICTURE}]+ ?(?=[{_CJK}])"
# a blank does so only beside a single character (银 行 卡); between longer runs it is the writer's full stop
_ALONE_BEFORE = rf"(?:(?<=[^{_CJK}][{_CJK}])|(?<=^[{_CJK}])) {{1,2}}(?=[{_CJK}])"
_ALONE_AFTER = rf"(?<=[{_CJK}]) {{1,2}}(?=[{_CJK}](?![{_CJK}]))"
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\u0300-\u036f\u20d0-\u20ff\U000e0000-\U000e0fff]+"
)
_DROPPED = re.compile(f"{_MARK}|{_ALONE_BEFORE}|{_ALONE_AFTER}|{_INVISIBLE.pattern}")
_PLAIN = re.compile(
    rf"[{_CJK}a-z0-9\u3001\u3002\u300a-\u300f\u3010\u3011\uff0c\uff1a\uff1b\uff1f\uff01!-@\[-`{{-~ ]*"
)
DISGUISES = Path(__file__).with_name("disguises.yml")


class BadDisguise(ValueError):
    """An entry of `disguises.yml` would move the offsets: it is not as long as what it stands for."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """A message in normal form; character i stood at `origin[i]` of the text as given (one entry more)."""

    given: str
    text: str
    origin: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The code points of the text as given that lie under [start, end) of the normal form."""
        if end <= start:
            return self.origin[start], self.origin[start]
        return self.origin[start], self.origin[end - 1] + 1


@lru_cache(maxsize=64)
def normalise(given: str) -> Normalised:
    """Lower case, half width, simplified characters; invisible characters and word splitters gone.

    Never raises: lone surrogates and control characters become ordinary characters. Remembered for a moment:
    each component of the pipeline asks for the same text.
    """
    # most messages have nothing to fold: only traditional characters are left to look for
    folded = given if _PLAIN.fullmatch(given) else given.translate(_FOLD)
    characters, words, meant = _disguises()
    text = words.sub(lambda match: meant[match.group()], _simplified(folded).translate(characters))
    origin: Sequence[int] = range(len(text) + 1)
    if _DROPPED.search(text):
        text, origin = _without_dropped(text)
        text = words.sub(lambda match: meant[match.group()], text)  # what only now stands side by side
    return Normalised(given, text, origin)


def _without_dropped(text: str) -> tuple[str, list[int]]:
    pieces: list[str] = []
    origin: list[int] = []
    at = 0
    for match in _DROPPED.finditer(text):
        pieces.append(text[at : match.start()])
        origin.extend(range(at, match.start()))
        at = match.end()
    pieces.append(text[at:])
    origin.extend(range(at, len(text) + 1))
    return "".join(pieces), origin


def _simplified(text: str) -> str:
    converted = str(_converter().convert(text))
    if len(converted) == len(text):
        return converted
    # a phrase changed its length: character by character, offsets hold
    return "".join(_simplified_character(character) for character in text)


def disguises_of(character: str) -> str:
    """The characters that the normal form reads as this one."""
    return str(_poses().get(character.lower(), ""))


@lru_cache(maxsize=1)
def _poses() -> dict[str, str]:
    table = yaml.safe_load(DISGUISES.read_text("utf-8"))
    return {**table["characters"], **table["letters"]}


@lru_cache(maxsize=1)
def _disguises() -> tuple[dict[int, str], re.Pattern[str], dict[str, str]]:
    """Characters as a translation, words as a pattern with what each means; raises BadDisguise."""
    table = yaml.safe_load(DISGUISES.read_text("utf-8"))
    characters = {ord(one): meant for meant, several in _poses().items() for one in several}
    meant = {word: plain for plain, several in table["words"].items() for word in several}
    for word, plain in meant.items():
        if len(word) != len(plain):
            raise BadDisguise(f"{word} is not as long as {plain}")
    longest_first = sorted(meant, key=lambda word: (-len(word), word))
    return characters, re.compile("|".join(map(re.escape, longest_first))), meant


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=20_000)
def _simplified_character(character: str) -> str:
    converted = str(_converter().convert(character))
    return converted if len(converted) == 1 else character


class _Fold(dict[int, int]):
    """Code point to code point, filled as characters are met; never changes the length of a text."""

    def __missing__(self, point: int) -> int:
        folded = self[point] = _fold_point(point)
        return folded


def _fold_point(point: int) -> int:
    character = chr(point)
    if 0xD800 <= point <= 0xDFFF:
        return 0xFFFD
    if unicodedata.category(character) in ("Cc", "Zs", "Zl", "Zp"):
        return 0x20
    digit = unicodedata.digit(character, None)
    if digit is not None:  # ① ⒈ ² and digits of other scripts, which NFKC gives more than one character
        return 0x30 + digit
    folded = unicodedata.normalize("NFKC", character).lower()
    return ord(folded) if len(folded) == 1 else point


_FOLD = _Fold()
