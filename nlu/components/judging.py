"""What does the trained model say of a message, and because of which words?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from nlu.components.evidence import MOST_REASONS, MOST_TRIED, Evidence, Span, strongest, weightiest_words
from nlu.components.heads import Heads
from nlu.components.vector import Vectoriser, seen
from nlu.text import indicators
from nlu.text.normalise import Normalised, normalise

FEARED = ("scam", "illegal_ad")
"""the kinds that a resident is warned of, and told why"""
FAINT = 1e-4
"""labels less likely change no verdict, and sixty of them would be most of the answer"""
READ = 2_000
"""characters in which reasons are looked for: the classifier itself reads hardly more"""
Sign = Mapping[str, Any]
"""one entry of `signs` in the answer: code, text, start, end"""


class Judge:
    """Vectoriser and heads of one model; judges one message at a time."""

    def __init__(self, vectoriser: Vectoriser, heads: Heads) -> None:
        self.vectoriser = vectoriser
        self.heads = heads
        kinds = heads.heads[0].labels
        self._feared = [kind for kind in FEARED if kind in kinds and "benign" in kinds]
        self._leanings = {kind: self._leaning(kind) for kind in self._feared}

    def scores(self, message: Normalised, codes: Iterable[str]) -> np.ndarray:
        """One score a label, given the codes of the signs that were seen."""
        return self.heads.scores(*self.vectoriser.vector(seen(message, codes)))

    def ranking(self, scores: np.ndarray) -> list[dict[str, Any]]:
        """Every label with its probability, best first."""
        chances = self.heads.probabilities(scores)
        best_first = sorted(chances.items(), key=lambda item: (-item[1], item[0]))
        return [
            {"name": label, "confidence": round(chance, 8)} for label, chance in best_first if chance > FAINT
        ]

    def reasons(
        self, text: str, signs: Sequence[Sign], scores: np.ndarray, *, least: float
    ) -> list[dict[str, Any]]:
        """Words without which the message would look less like what is feared; none below `least`."""
        odds = {kind: self.heads.log_odds(scores, kind) for kind in self._feared}
        feared = max(odds, key=lambda kind: odds[kind], default=None)
        if feared is None or odds[feared] < least:
            return []
        return [
            {"code": one.code, "text": text[one.start : one.end], "start": one.start, "end": one.end}
            for one in self._evidence(normalise(text[:READ]), signs, feared, odds[feared])
        ]

    def _evidence(
        self, message: Normalised, signs: Sequence[Sign], feared: str, whole: float
    ) -> list[Evidence]:
        near = [sign for sign in signs if sign["end"] <= len(message.given)]
        spans = _spoken_for(near)

        def without(span: Span) -> float:
            rest = normalise(message.given[: span.start] + message.given[span.end :])
            left = (sign for sign in near if sign["end"] <= span.start or span.end <= sign["start"])
            seen_ = seen(rest, (sign["code"] for sign in left))
            return self.heads.log_odds(self.heads.kind_scores(*self.vectoriser.vector(seen_)), feared)

        # words without a name cost as much to try as named ones, and are only tried where those are too few
        found = strongest(spans, whole, without, _tells)
        if len(found) < MOST_REASONS - 1:
            words = weightiest_words(message, self._leanings[feared], spans, MOST_REASONS - len(found))
            found += strongest(words, whole, without)
        return found

    def _leaning(self, kind: str) -> Mapping[str, float]:
        """How much each n-gram of the corpus speaks for a kind against a harmless message."""
        weights = self.heads.margins(kind, "benign")[: len(self.vectoriser.grams)] * self.vectoriser.idf
        return {
            gram: weight
            for gram, weight in zip(self.vectoriser.grams, weights.tolist(), strict=True)
            if len(gram) == 2 and abs(weight) > _FAINT
        }


_FAINT = 0.3
"""n-grams that lean less are not worth the memory"""


def _tells(code: str) -> float:
    """A named sign tells more than words without a name, a strong one more than a weak one."""
    known = indicators.by_code()
    return known[code].weight if code in known else 0.0


def _spoken_for(signs: Iterable[Sign]) -> list[Span]:
    """The spans of the signs of fraud, the weightiest first."""
    known = indicators.by_code()
    fraud = [sign for sign in signs if known[sign["code"]].side == "scam"]
    fraud.sort(key=lambda sign: -known[sign["code"]].weight)
    return [Span(sign["code"], sign["start"], sign["end"]) for sign in fraud[:MOST_TRIED]]
