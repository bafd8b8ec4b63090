"""What does a model over a transformer say of messages, and because of which words?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from nlu.components.dense import DenseVectoriser, Read, read
from nlu.components.evidence import MOST_TRIED, Span, strongest
from nlu.components.heads import Heads
from nlu.components.judging import FAINT, FEARED, READ, Sign
from nlu.text import indicators
from nlu.text.normalise import Normalised, normalise

Judged = tuple[list[dict[str, Any]], list[dict[str, Any]]]
"""every label with its probability, best first, and the reasons for fraud"""


class DenseJudge:
    """Vectoriser and heads of one model; judges what has come together in one batch."""

    def __init__(self, vectoriser: DenseVectoriser, heads: Heads) -> None:
        self.vectoriser = vectoriser
        self.heads = heads
        self._feared = [kind for kind in FEARED if kind in heads.heads[0].labels]

    def judged(
        self, messages: Sequence[Normalised], signs: Sequence[Sequence[Sign]], *, least: float
    ) -> list[Judged]:
        """One verdict a message; reasons from these log-odds of what is feared on."""
        scores = self._scores(
            [
                read(message, (sign["code"] for sign in seen))
                for message, seen in zip(messages, signs, strict=True)
            ]
        )
        return [
            (self._ranking(score), self._reasons(message, seen, score, least))
            for message, seen, score in zip(messages, signs, scores, strict=True)
        ]

    def _scores(self, messages: Sequence[Read]) -> list[np.ndarray]:
        every = range(self.vectoriser.width)
        return [self.heads.scores(every, row) for row in self.vectoriser.rows(messages)]

    def _ranking(self, scores: np.ndarray) -> list[dict[str, Any]]:
        chances = self.heads.probabilities(scores)
        best_first = sorted(chances.items(), key=lambda item: (-item[1], item[0]))
        return [
            {"name": label, "confidence": round(chance, 6)} for label, chance in best_first if chance > FAINT
        ]

    def _reasons(
        self, message: Normalised, signs: Sequence[Sign], scores: np.ndarray, least: float
    ) -> list[dict[str, Any]]:
        odds = {kind: self.heads.log_odds(scores, kind) for kind in self._feared}
        feared = max(odds, key=lambda kind: odds[kind], default=None)
        if feared is None or odds[feared] < least:
            return []
        text = message.given[:READ]
        near = [sign for sign in signs if sign["end"] <= len(text)]
        spans = _suspects(near)
        if not spans:
            return []
        # all maskings in one batch: each look of the transformer costs as much as the first
        masked = self._scores([_without(span, text, near) for span in spans])
        without = {span: self.heads.log_odds(each, feared) for span, each in zip(spans, masked, strict=True)}
        return [
            {"code": one.code, "text": text[one.start : one.end], "start": one.start, "end": one.end}
            for one in strongest(spans, odds[feared], without.__getitem__)
        ]


def _suspects(signs: Iterable[Sign]) -> list[Span]:
    """The spans of the signs of fraud, the weightiest first; there is time to try a few."""
    known = indicators.by_code()
    fraud = [sign for sign in signs if known[sign["code"]].side == "scam"]
    fraud.sort(key=lambda sign: -known[sign["code"]].weight)
    return [Span(sign["code"], sign["start"], sign["end"]) for sign in fraud[:MOST_TRIED]]


def _without(span: Span, text: str, signs: Sequence[Sign]) -> Read:
    """The message without these words, and without the signs that stand in them."""
    rest = normalise(text[: span.start] + text[span.end :])
    left = (sign["code"] for sign in signs if sign["end"] <= span.start or span.end <= sign["start"])
    return read(rest, left)
