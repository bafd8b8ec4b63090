"""Into which numbered tokens does a BERT vocabulary cut a text? Chinese is cut into characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from nlu.brought import VOCABULARY, BadFolder
from nlu.text.features import MAX_CHARACTERS

MOST_TOKENS = 256
_LAST = 64
"""tokens of a longer text's end that are kept: what is wanted of the reader often stands there"""
_LONGEST_WORD = 100
_PAD, _UNKNOWN, _START, _END = "[PAD]", "[UNK]", "[CLS]", "[SEP]"
_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ebef\U0002f800-\U0002fa1f"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+|[^\w\s]|_")


class WordPiece:
    """The tokens of one vocabulary, numbered by their place in it."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._numbers = {token: number for number, token in enumerate(tokens)}
        missing = [name for name in (_PAD, _UNKNOWN, _START, _END) if name not in self._numbers]
        if missing:
            raise BadFolder(f"{VOCABULARY} has no {missing[0]}: it is not one of BERT's kind")
        self.padding = self._numbers[_PAD]
        self.last = len(tokens) - 1

    @classmethod
    def read(cls, path: Path) -> WordPiece:
        """The vocabulary of a file with one token a line; raises BadFolder."""
        try:
            lines = path.read_text("utf-8").split(
                "\n"
            )  # not splitlines(): U+2028 is a token, not a line's end
        except (OSError, UnicodeError) as error:
            raise BadFolder(f"{path} cannot be read as UTF-8 text") from error
        return cls([line.rstrip("\r") for line in (lines if lines[-1] else lines[:-1])])

    def tokens(self, text: str) -> list[int]:
        """The numbers of a text's tokens between the marks of start and end; a long one loses its middle."""
        found = [number for word in _words(text[:MAX_CHARACTERS]) for number in self._pieces(word)]
        room = MOST_TOKENS - 2
        if len(found) > room:
            found = found[: room - _LAST] + found[-_LAST:]
        return [self._numbers[_START], *found, self._numbers[_END]]

    def _pieces(self, word: str) -> list[int]:
        """The longest known beginning, then the longest known continuations; unknown as a whole otherwise."""
        numbers: list[int] = []
        at = 0
        while at < len(word) <= _LONGEST_WORD:
            for end in range(len(word), at, -1):
                number = self._numbers.get(("##" if at else "") + word[at:end])
                if number is not None:
                    numbers.append(number)
                    at = end
                    break
            else:
                break
        return numbers if at == len(word) else [self._numbers[_UNKNOWN]]


def _words(text: str) -> Iterator[str]:
    """Chinese characters and marks one by one, other words whole; lower case, without accents."""
    plain = unicodedata.normalize("NFD", text.lower())
    plain = "".join(character for character in plain if unicodedata.category(character) != "Mn")
    return (match.group() for match in _WORD.finditer(plain))
