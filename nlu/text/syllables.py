"""How does a text sound, a private character a syllable, so that words swapped for sound-alikes agree?"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("syllables.txt")
_FIRST = 0xF0000
"""syllables take code points of a private plane, in the order of the file"""


def sounds(text: str) -> str:
    """The text with every character of the table as its syllable; as long as the text."""
    return text.translate(_table())


def alike() -> dict[str, str]:
    """Each character with all that sound like it, itself among them."""
    return {character: same for _, same in _lines() for character in same}


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    return {
        ord(character): chr(_FIRST + number)
        for number, (_, same) in enumerate(_lines())
        for character in same
    }


def _lines() -> list[tuple[str, str]]:
    lines = (line.split() for line in FILE.read_text("utf-8").splitlines() if not line.startswith("#"))
    return [(syllable, same) for syllable, same in lines]
