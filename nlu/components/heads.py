"""How probable is each label, given a message's numbers?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

KIND = "kind"


def kind_of(label: str) -> str:
    """`scam` of `scam:phishing`; labels without leaves are their own kind."""
    return label.partition(":")[0]


@dataclass(frozen=True)
class Head:
    """The columns of the weight matrix that decide between `labels`, and their temperature."""

    name: str
    labels: tuple[str, ...]
    temperature: float


class Heads:
    """All heads over one weight matrix: P(label) = P(kind) · P(label | kind)."""

    def __init__(self, heads: Sequence[Head], weights: np.ndarray, bias: np.ndarray) -> None:
        self.heads = list(heads)
        self.weights = weights
        self.bias = bias
        kinds = len(self.heads[0].labels)
        self._kind_weights = np.ascontiguousarray(weights[:, :kinds])

    def scores(self, indices: Sequence[int], values: np.ndarray) -> np.ndarray:
        """One score a label and head, in their order."""
        return np.asarray(values @ self.weights[indices] + self.bias)

    def kind_scores(self, indices: Sequence[int], values: np.ndarray) -> np.ndarray:
        """The scores of the first head alone, at a tenth of the price."""
        return np.asarray(values @ self._kind_weights[indices] + self.bias[: self._kind_weights.shape[1]])

    def probabilities(self, scores: np.ndarray) -> dict[str, float]:
        """Calibrated probability of every label; they add up to one."""
        parts: dict[str, dict[str, float]] = {}
        at = 0
        for head in self.heads:
            columns = scores[at : at + len(head.labels)]
            at += len(head.labels)
            chances = softmax(columns / head.temperature).tolist()
            parts[head.name] = dict(zip(head.labels, chances, strict=True))
        result: dict[str, float] = {}
        for kind, probability in parts[KIND].items():
            for label, share in parts.get(kind, {kind: 1.0}).items():
                result[label] = probability * share
        return result

    def log_odds(self, scores: np.ndarray, kind: str) -> float:
        """Of one kind against all others, before any prior; does not saturate as a probability does."""
        head = self.heads[0]
        own = head.labels.index(kind)
        parts = scores[: len(head.labels)].astype(np.float64) / head.temperature
        others = np.delete(parts, own)
        return float(parts[own] - others.max() - math.log(np.exp(others - others.max()).sum()))

    def margins(self, kind: str, against: str) -> np.ndarray:
        """How much more each feature speaks for one kind than for another."""
        labels = self.heads[0].labels
        return np.asarray(self.weights[:, labels.index(kind)] - self.weights[:, labels.index(against)])


def softmax(scores: np.ndarray) -> np.ndarray:
    """Along the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))
