"""Which numbers stand for a message that a transformer has read?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from nlu.components.encoder import Encoder
from nlu.text import indicators
from nlu.text.normalise import Normalised


class Read(NamedTuple):
    """What is looked at of one message: its normal form, and the codes of its signs."""

    text: str
    signs: frozenset[str]


def read(message: Normalised, signs: Iterable[str] | None = None) -> Read:
    """`signs` are codes already found, otherwise they are looked for."""
    codes = (sign.code for sign in indicators.signs(message)) if signs is None else signs
    return Read(message.text, frozenset(codes))


class DenseVectoriser:
    """The transformer's vector, seen from the corpus' middle, at length 1; then the signs."""

    def __init__(self, encoder: Encoder, middle: np.ndarray, codes: Sequence[str], sign_value: float) -> None:
        self._encoder = encoder
        self.middle = middle
        self.codes = list(codes)
        self.sign_value = sign_value
        self._places = {code: encoder.width + number for number, code in enumerate(self.codes)}

    @property
    def width(self) -> int:
        return self._encoder.width + len(self.codes)

    def rows(self, messages: Sequence[Read]) -> np.ndarray:
        """One row a message."""
        return self._placed(self._encoder.vectors([message.text for message in messages]), messages)

    def _placed(self, vectors: np.ndarray, messages: Sequence[Read]) -> np.ndarray:
        # all vectors of a transformer point much the same way: what tells them apart is what is left
        apart = vectors - self.middle
        lengths = np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-6)
        rows = np.zeros((len(messages), self.width), dtype=np.float32)
        rows[:, : self._encoder.width] = apart / lengths
        for row, message in zip(rows, messages, strict=True):
            row[[self._places[code] for code in message.signs if code in self._places]] = self.sign_value
        return rows


def fitted(
    encoder: Encoder, messages: Sequence[Read], sign_value: float, told: Callable[[int], None]
) -> tuple[DenseVectoriser, np.ndarray]:
    """The vectoriser of a corpus and the corpus' rows: reading it takes too long to do it twice."""
    vectors = encoder.vectors([message.text for message in messages], told)
    codes = sorted(indicator.code for indicator in indicators.load())
    vectoriser = DenseVectoriser(encoder, vectors.mean(axis=0), codes, sign_value)
    return vectoriser, vectoriser._placed(vectors, messages)
