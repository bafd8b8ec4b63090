"""Which numbers stand for a message?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from nlu.text import features, indicators
from nlu.text.normalise import Normalised


class Seen:
    """The countable features of one message: n-grams with counts, and codes of signs."""

    __slots__ = ("grams", "signs")

    def __init__(self, grams: Counter[str], signs: Sequence[str]) -> None:
        self.grams = grams
        self.signs = signs


def seen(message: Normalised, signs: Iterable[str] | None = None) -> Seen:
    """What the classifier looks at; `signs` are codes already found, otherwise they are looked for."""
    codes = [sign.code for sign in indicators.signs(message)] if signs is None else list(signs)
    return Seen(features.grams(message), codes)


class Vectoriser:
    """Turns what was seen into (indices, values): tf·idf of n-grams at length 1, then the signs."""

    def __init__(
        self, grams: Sequence[str], idf: np.ndarray, codes: Sequence[str], sign_value: float
    ) -> None:
        self.grams = list(grams)
        self.idf = idf
        self.codes = list(codes)
        self.sign_value = sign_value
        self._gram_index = {gram: i for i, gram in enumerate(self.grams)}
        self._sign_index = {code: len(self.grams) + i for i, code in enumerate(self.codes)}

    @property
    def width(self) -> int:
        return len(self.grams) + len(self.codes)

    def row(self, gram: str) -> int | None:
        """The row of an n-gram, if the corpus had it often enough."""
        return self._gram_index.get(gram)

    def vector(self, message: Seen) -> tuple[list[int], np.ndarray]:
        index = self._gram_index.get
        known = {i: count for gram, count in message.grams.items() if (i := index(gram)) is not None}
        indices = list(known)
        values = 1.0 + np.log(np.fromiter(known.values(), np.float32, len(known)))
        if indices:
            values *= self.idf[indices]
            values /= math.sqrt(values @ values)
        marks = sorted(self._sign_index[code] for code in set(message.signs) if code in self._sign_index)
        return indices + marks, np.concatenate(
            [values, np.full(len(marks), self.sign_value, dtype=np.float32)]
        )


def fitted(messages: Sequence[Seen], groups: Sequence[str], *, most: int, sign_value: float) -> Vectoriser:
    """The vectoriser of a corpus: n-grams that at least two groups use, the most widespread first."""
    documents: Counter[str] = Counter()
    owners: dict[str, set[str]] = {}
    for message, group in zip(messages, groups, strict=True):
        documents.update(message.grams.keys())
        for gram in message.grams:
            owners.setdefault(gram, set()).add(group)
    shared = [gram for gram, of in owners.items() if len(of) >= 2]
    grams = sorted(shared, key=lambda gram: (-documents[gram], gram))[:most]
    idf = np.array(
        [math.log((1 + len(messages)) / (1 + documents[gram])) + 1 for gram in grams], dtype=np.float32
    )
    return Vectoriser(grams, idf, sorted(indicator.code for indicator in indicators.load()), sign_value)
