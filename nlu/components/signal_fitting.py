"""How is the signal model learnt? Used in training only; the serving process has no scikit-learn."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from nlu.components.heads import softmax
from nlu.components.signal_material import Sample
from nlu.components.signals import Curve, SignalModel, SignalVectoriser, Told, WordClasses, told
from nlu.text.indicators import load

FOLDS = 5
STRENGTH = 10.0
"""inverse regularisation"""
CORPUS_WEIGHT = 1.0
"""of a harmless corpus message against one written for the purpose: everyday talk is most of what is sent"""
STATELESS_WEIGHT = 0.03
"""of a corpus message without a state: there are thirty times as many as of those written for the purpose"""
MOST_GRAMS, MOST_CLASSES = 16_000, 6_000
Fit = Callable[[csr_matrix, np.ndarray, np.ndarray], Any]


class Material(NamedTuple):
    """All that is learnt from: messages written for the purpose, and the corpus as counter-examples."""

    danger: Sequence[Sample]
    harmless: Sequence[Sample]
    untold: Sequence[Sample]
    """quarrels and frauds that nobody has read for danger"""
    states: Sequence[Sample]
    stateless: Sequence[Sample]


class _Rows(NamedTuple):
    """A matrix whose first `own` rows were written for the purpose; only those calibrate."""

    matrix: csr_matrix
    groups: np.ndarray
    weights: np.ndarray
    own: int


def learn(material: Material, words: WordClasses) -> tuple[SignalVectoriser, SignalModel]:
    """The vectoriser and the model, calibrated on folds that keep one author's messages together."""
    everything = [sample for samples in material for sample in samples]
    messages = [told(sample.text, sample.signs, words) for sample in everything]
    vectoriser = fitted(messages, [sample.group for sample in everything])
    vectors = dict(zip(map(id, everything), map(vectoriser.vector, messages), strict=True))
    dangers = _rows(material.danger, material.harmless, CORPUS_WEIGHT, vectors, vectoriser.width)
    material = material._replace(harmless=[*material.harmless, *_calm(material, dangers, vectors)])
    dangers = _rows(material.danger, material.harmless, CORPUS_WEIGHT, vectors, vectoriser.width)
    told_states = _rows(material.states, material.stateless, STATELESS_WEIGHT, vectors, vectoriser.width)

    codes = sorted({code for sample in material.danger for code in sample.codes})
    heads = [_any_danger(material, dangers), *(_one_danger(material, dangers, code) for code in codes)]
    names, weights, bias, temperature = _state_head(material, told_states)
    columns = np.column_stack([*(head[0] for head in heads), weights.T])
    model = SignalModel(
        codes,
        names,
        [curve for _, _, curve in heads],
        temperature,
        columns.astype(np.float16),
        np.array([*(shift for _, shift, _ in heads), *bias], dtype=np.float32),
    )
    return vectoriser, model


def fitted(messages: Sequence[Told], groups: Sequence[str]) -> SignalVectoriser:
    """The vectoriser: n-grams and word classes that at least two groups use, the most widespread first."""
    idf: list[float] = []
    chosen: list[list[str]] = []
    for kind, most in (("grams", MOST_GRAMS), ("classes", MOST_CLASSES)):
        documents: Counter[str] = Counter()
        owners: dict[str, set[str]] = {}
        for message, group in zip(messages, groups, strict=True):
            for name in getattr(message, kind):
                documents[name] += 1
                owners.setdefault(name, set()).add(group)
        shared = [name for name, of in owners.items() if len(of) >= 2]
        chosen.append(sorted(shared, key=lambda name, of=documents: (-of[name], name))[:most])
        idf.extend(math.log((1 + len(messages)) / (1 + documents[name])) + 1 for name in chosen[-1])
    codes = sorted(indicator.code for indicator in load() if indicator.side in ("danger", "state"))
    return SignalVectoriser(*chosen, np.array(idf, dtype=np.float32), codes)


def _rows(
    own: Sequence[Sample],
    corpus: Sequence[Sample],
    weight: float,
    vectors: dict[int, tuple[list[int], np.ndarray]],
    width: int,
) -> _Rows:
    chosen = [vectors[id(sample)] for sample in [*own, *corpus]]
    starts = np.cumsum([0, *(len(indices) for indices, _ in chosen)], dtype=np.int32)
    columns = np.concatenate([np.array(indices, dtype=np.int32) for indices, _ in chosen])
    values = np.concatenate([values for _, values in chosen])
    matrix = csr_matrix((values, columns, starts), shape=(len(chosen), width))
    weights = np.array([1.0] * len(own) + [weight] * len(corpus))
    return _Rows(matrix, np.array([sample.group for sample in [*own, *corpus]]), weights, len(own))


def _calm(
    material: Material, dangers: _Rows, vectors: dict[int, tuple[list[int], np.ndarray]]
) -> list[Sample]:
    """The quarrels and frauds that a first model holds for harmless: ordinary ones are counter-examples."""
    weights, bias, curve = _any_danger(material, dangers)
    return [
        sample
        for sample in material.untold
        for indices, values in [vectors[id(sample)]]
        if curve(float(values @ weights[indices]) + bias) < 0.5
    ]


def _any_danger(material: Material, rows: _Rows) -> tuple[np.ndarray, float, Curve]:
    targets = np.array([bool(sample.codes) for sample in [*material.danger, *material.harmless]])
    return _two_classes(rows, targets, _binary(None))


def _one_danger(material: Material, rows: _Rows, code: str) -> tuple[np.ndarray, float, Curve]:
    """Learnt among dangerous messages only: what tells this danger from another."""
    dangerous = [i for i, sample in enumerate(material.danger) if sample.codes]
    chosen = _Rows(
        rows.matrix[dangerous], rows.groups[dangerous], rows.weights[dangerous], own=len(dangerous)
    )
    targets = np.array([code in material.danger[i].codes for i in dangerous])
    return _two_classes(chosen, targets, _binary("balanced"))


def _two_classes(rows: _Rows, targets: np.ndarray, fit: Fit) -> tuple[np.ndarray, float, Curve]:
    scores = _out_of_fold(rows, targets, fit, 1)[:, 0]
    calibrated = LogisticRegression(C=1e6).fit(scores[:, None], targets[: rows.own])
    model = fit(rows.matrix, targets, rows.weights)
    curve = Curve(float(calibrated.coef_[0, 0]), float(calibrated.intercept_[0]))
    return model.coef_[0], float(model.intercept_[0]), curve


def _state_head(material: Material, rows: _Rows) -> tuple[list[str], np.ndarray, np.ndarray, float]:
    targets = np.array([sample.codes[0] for sample in [*material.states, *material.stateless]])
    names = sorted(set(targets))
    scores = _out_of_fold(rows, targets, _several, len(names))
    truth = np.array([names.index(name) for name in targets[: rows.own]])

    def loss(log_temperature: float) -> float:
        chances = softmax(scores / np.exp(log_temperature))[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(chances, 1e-9)).mean())

    temperature = float(np.exp(minimize_scalar(loss, bounds=(-1.5, 1.5), method="bounded").x))
    model = _several(rows.matrix, targets, rows.weights)
    return names, model.coef_, model.intercept_, temperature


def _out_of_fold(rows: _Rows, targets: np.ndarray, fit: Fit, columns: int) -> np.ndarray:
    """Scores of the own rows by models that saw nothing of their group; the corpus is in every fold."""
    scores = np.zeros((rows.own, columns))
    corpus = np.arange(rows.own, rows.matrix.shape[0])
    own = rows.matrix[: rows.own]
    for train, test in GroupKFold(FOLDS).split(own, groups=rows.groups[: rows.own]):
        seen = np.concatenate([train, corpus])
        model = fit(rows.matrix[seen], targets[seen], rows.weights[seen])
        scores[test] = model.decision_function(own[test]).reshape(len(test), columns)
    return scores


def _binary(balance: str | None) -> Fit:
    def fit(rows: csr_matrix, targets: np.ndarray, weights: np.ndarray) -> Any:
        model = LogisticRegression(C=STRENGTH, class_weight=balance, solver="liblinear", max_iter=300)
        return model.fit(rows, targets, sample_weight=weights)

    return fit


def _several(rows: csr_matrix, targets: np.ndarray, weights: np.ndarray) -> Any:
    model = LogisticRegression(C=STRENGTH, max_iter=300, multi_class="multinomial")
    return model.fit(rows, targets, sample_weight=weights)
