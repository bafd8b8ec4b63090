"""How probable is each danger signal and danger state, given a message? Plain numpy, no Rasa."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nlu.components.heads import softmax
from nlu.text import features
from nlu.text.normalise import normalise

REACH = 10
"""characters between two words that are still read as one thing told"""
SIGN_VALUE = 0.3
"""what a regex sign counts against the n-grams' and the word classes' length of 1"""
ANY = "any"
NO_STATE = ("none", "received")
_CLASS = "\x01"
"""starts the name of a word-class feature, so that none collides with an n-gram"""


class WordClasses:
    """Words that stand for one another: `打`, `踹` and `扇` are all blows, `打电话` is none."""

    def __init__(self, table: Mapping[str, Sequence[str]]) -> None:
        self.table = {name: list(words) for name, words in table.items()}
        self._classes: dict[str, list[str]] = {}
        for name, words in self.table.items():
            for word in words:
                self._classes.setdefault(word, []).append(name)
        self._longest: dict[str, int] = {}
        for word in self._classes:
            self._longest[word[0]] = max(len(word), self._longest.get(word[0], 0))

    def features(self, text: str) -> set[str]:
        """The classes a text shows, and each class that follows another within REACH."""
        found: set[str] = set()
        before: list[tuple[int, list[str]]] = []
        for start, end, classes in self._words(text):
            before = [(at, names) for at, names in before if start - at <= REACH]
            found.update(_CLASS + name for name in classes)
            found.update(f"{_CLASS}{one}>{name}" for _, names in before for one in names for name in classes)
            before.append((end, classes))
        return found

    def _words(self, text: str) -> Iterable[tuple[int, int, list[str]]]:
        at = 0
        while at < len(text):
            for length in range(min(self._longest.get(text[at], 0), len(text) - at), 0, -1):
                classes = self._classes.get(text[at : at + length])
                if classes:
                    yield at, at + length, classes
                    at += length
                    break
            else:
                at += 1


@dataclass(frozen=True)
class Told:
    """The countable features of one message: n-grams with counts, word classes, codes of signs."""

    grams: Counter[str]
    classes: set[str]
    signs: frozenset[str]


def told(text: str, signs: Iterable[str], words: WordClasses) -> Told:
    """What the signal model looks at; `signs` are the codes of the indicators already found."""
    plain = features.neutral(normalise(text).text)
    counts = Counter(plain)
    counts.update(map(str.__add__, plain, plain[1:]))
    return Told(counts, words.features(plain), frozenset(signs))


class SignalVectoriser:
    """Turns what was told into (indices, values): n-grams and word classes at length 1 each, then signs."""

    def __init__(
        self, grams: Sequence[str], classes: Sequence[str], idf: np.ndarray, codes: Sequence[str]
    ) -> None:
        self.grams, self.classes, self.codes, self.idf = list(grams), list(classes), list(codes), idf
        self._index = {name: i for i, name in enumerate([*self.grams, *self.classes])}
        self._signs = {code: len(self._index) + i for i, code in enumerate(self.codes)}

    @property
    def width(self) -> int:
        return len(self._index) + len(self._signs)

    def vector(self, message: Told) -> tuple[list[int], np.ndarray]:
        indices, values = self._unit(message.grams)
        more, weights = self._unit(dict.fromkeys(sorted(message.classes), 1))
        marks = sorted(self._signs[code] for code in message.signs if code in self._signs)
        parts = [values, weights, np.full(len(marks), SIGN_VALUE, dtype=np.float32)]
        return indices + more + marks, np.concatenate(parts)

    def _unit(self, counts: Mapping[str, int]) -> tuple[list[int], np.ndarray]:
        index = self._index.get
        known = {i: count for name, count in counts.items() if (i := index(name)) is not None}
        indices = list(known)
        values = 1.0 + np.log(np.fromiter(known.values(), np.float32, len(known)))
        if indices:
            values *= self.idf[indices]
            values /= math.sqrt(values @ values)
        return indices, values


@dataclass(frozen=True)
class Curve:
    """Score to probability, learnt on folds that keep a group together."""

    slope: float
    shift: float

    def __call__(self, score: float) -> float:
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, self.slope * score + self.shift))))


class SignalModel:
    """Whether there is any danger, which one, and what has happened: P(code) = P(any) · P(code | any)."""

    def __init__(
        self,
        danger: Sequence[str],
        states: Sequence[str],
        curves: Sequence[Curve],
        temperature: float,
        weights: np.ndarray,
        bias: np.ndarray,
    ) -> None:
        self.danger, self.states = list(danger), list(states)
        self.curves, self.temperature = list(curves), temperature
        self.weights, self.bias = weights, bias

    def probabilities(self, indices: Sequence[int], values: np.ndarray) -> dict[str, dict[str, float]]:
        """`danger`: `any`, and each code on its own; `state`: one excludes the other, the rest is none."""
        scores = values @ self.weights[indices] + self.bias
        first = 1 + len(self.danger)
        some, *each = (curve(float(score)) for curve, score in zip(self.curves, scores[:first], strict=True))
        states = softmax(scores[first:] / self.temperature).tolist()
        return {
            "danger": {ANY: some, **{c: some * p for c, p in zip(self.danger, each, strict=True)}},
            "state": {s: p for s, p in zip(self.states, states, strict=True) if s not in NO_STATE},
        }
