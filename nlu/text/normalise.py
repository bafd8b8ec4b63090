"""What does a message say once disguises of its characters are taken off, and where did each character stand?"""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import opencc

_CJK = "\u3400-\u9fff"
# a separator squeezed between Chinese characters splits a word to slip past filters: 刷*单, 转_账, 银 行
_SPLITTER = re.compile(
    rf"(?<=[{_CJK}])[ *_|~^•·`'\"]{{1,2}}(?=[{_CJK}])"
)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\u0300-\u036f\u20d0-\u20ff\U000e0000-\U000e0fff]+"
)
_DROPPED = re.compile(f"{_SPLITTER.pattern}|{_INVISIBLE.pattern}")
_PLAIN = re.compile(rf"[{_CJK}a-z0-9\u3001\u3002\u300a-\u300f\u3010\u3011\uff0c\uff1a\uff1b\uff1f\uff01!-@\[-`{{-~ ]*")
# forms that Unicode does not fold but people mix up or swap on purpose
_VARIANTS = {"帐": "账", "媜": "真", "莪": "我", "祢": "你", "妳": "你", "囯": "国", "囻": "国", "銭": "钱", "錢": "钱", "哋": "的", "叧": "另"}


@dataclass(frozen=True, slots=True)
class Normalised:
    """A message in normal form; `origin[i]` is where character i stood in the text as given (one entry more at the end)."""

    given: str
    text: str
    origin: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The code points of the text as given that lie under [start, end) of the normal form."""
        if end <= start:
            return self.origin[start], self.origin[start]
        return self.origin[start], self.origin[end - 1] + 1


def normalise(given: str) -> Normalised:
    """Lower case, half width, simplified characters; invisible characters and word splitters gone.

    Never raises: lone surrogates and control characters become ordinary characters.
    """
    if _PLAIN.fullmatch(given):
        folded = given  # most messages: nothing to fold, only traditional characters are left to look for
    else:
        folded = given.translate(_FOLD)
    text = _simplified(folded)
    origin: Sequence[int] = range(len(text) + 1)
    if _DROPPED.search(text):
        text, origin = _without_dropped(text)
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
    converted = _converter().convert(text)
    if len(converted) == len(text):
        return converted
    return "".join(_simplified_character(character) for character in text)  # a phrase changed its length: keep offsets


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=20_000)
def _simplified_character(character: str) -> str:
    converted = str(_converter().convert(character))
    return converted if len(converted) == 1 else character


class _Fold(dict[int, int]):
    """Code point to code point, filled as characters are met: the table never changes the length of a text."""

    def __missing__(self, point: int) -> int:
        folded = self[point] = _fold_point(point)
        return folded


def _fold_point(point: int) -> int:
    character = chr(point)
    if 0xD800 <= point <= 0xDFFF:
        return 0xFFFD
    if character in _VARIANTS:
        return ord(_VARIANTS[character])
    if unicodedata.category(character) in ("Cc", "Zs", "Zl", "Zp"):
        return 0x20
    digit = unicodedata.digit(character, None)
    if digit is not None:  # ① ⒈ ² and digits of other scripts, which NFKC gives more than one character
        return 0x30 + digit
    folded = unicodedata.normalize("NFKC", character).lower()
    return ord(folded) if len(folded) == 1 else point


_FOLD = _Fold()
