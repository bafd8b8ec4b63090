"""How are weights and temperatures learnt? Used in training only; the serving process has no scikit-learn."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from nlu.components.heads import KIND, Head, Heads, kind_of, softmax
from nlu.components.pieces import pieces
from nlu.components.vector import Seen, Vectoriser, fitted, seen
from nlu.text.normalise import normalise

logger = logging.getLogger("nlu.training")
FOLDS = 5


class Example(NamedTuple):
    """One message to learn from; those of a group share author and topic."""

    text: str
    label: str
    group: str
    weight: float = 1.0


class Task(NamedTuple):
    """Rows with the label, the group and the weight of each."""

    rows: csr_matrix
    labels: np.ndarray
    groups: np.ndarray
    weights: np.ndarray

    def only(self, chosen: np.ndarray) -> Task:
        """The chosen rows."""
        return Task(self.rows[chosen], self.labels[chosen], self.groups[chosen], self.weights[chosen])


def fit(wholes: Sequence[Example], config: Mapping[str, Any]) -> tuple[Vectoriser, Heads]:
    """Vectoriser and heads of a corpus; the settings are those of the component."""
    parts = [
        Example(piece, whole.label, whole.group, _weight(whole.label, piece, number == 0, config))
        for whole in wholes
        for number, piece in enumerate(pieces(whole.text, config["piece"]))
    ]
    messages = [seen(normalise(whole.text)) for whole in wholes]
    vectoriser = fitted(
        messages,
        [whole.group for whole in wholes],
        most=config["most_grams"],
        sign_value=config["sign_value"],
    )
    heads = learn(
        _task(vectoriser, parts, [seen(normalise(part.text)) for part in parts]),
        _task(vectoriser, wholes, messages),
        strength=config["strength"],
    )
    return vectoriser, heads


def _weight(label: str, text: str, is_whole: bool, config: Mapping[str, Any]) -> float:
    """How much a message, or a part of one, teaches about the kind.

    A few words out of a fraud are mostly words that everybody uses: taken at full weight, they made the model
    suspect short private messages, and recall at the same false alarms fell.
    """
    weight = 1.0 if is_whole else float(config["piece_weight"])
    tells = min(1.0, len(text) / config["telling"]) ** 2 if kind_of(label) == "scam" else 1.0
    return weight * tells


def _task(vectoriser: Vectoriser, examples: Sequence[Example], messages: Sequence[Seen]) -> Task:
    return Task(
        matrix(vectoriser, messages),
        np.array([example.label for example in examples]),
        np.array([example.group for example in examples]),
        np.array([example.weight for example in examples]),
    )


def matrix(vectoriser: Vectoriser, messages: Sequence[Seen]) -> csr_matrix:
    """The messages as rows of one sparse matrix."""
    indices: list[int] = []
    values: list[np.ndarray] = []
    starts = [0]
    for message in messages:
        columns, row = vectoriser.vector(message)
        indices.extend(columns)
        values.append(row)
        starts.append(len(indices))
    return csr_matrix((np.concatenate(values), indices, starts), shape=(len(messages), vectoriser.width))


def learn(parts: Task, wholes: Task, *, strength: float) -> Heads:
    """A head for the kind, learnt from parts of messages, and one for each kind's leaves, from whole ones.

    Each is calibrated on folds that keep a group together: a group is one author's run of messages on one
    topic, and folds that split it would make the model look far too sure.
    """
    tasks = list(_tasks(parts, wholes))
    heads, columns, biases = [], [], []
    for number, (name, task) in enumerate(tasks):
        logger.info("head", extra={"progress": (number, len(tasks))})
        temperature = _temperature(task, strength)
        model = _fit(task, strength)
        weights, bias = _two_sided(model)
        heads.append(Head(name, tuple(model.classes_), temperature))
        columns.append(weights)
        biases.append(bias)
    return Heads(heads, np.vstack(columns).T.astype(np.float32), np.concatenate(biases).astype(np.float32))


def _tasks(parts: Task, wholes: Task) -> Iterator[tuple[str, Task]]:
    yield KIND, parts._replace(labels=np.array([kind_of(label) for label in parts.labels]))
    kinds = np.array([kind_of(label) for label in wholes.labels])
    for kind in sorted(set(kinds)):
        task = wholes.only(np.flatnonzero(kinds == kind))
        if len(set(task.labels)) > 1:
            yield kind, task


def _fit(task: Task, strength: float) -> LogisticRegression:
    """One class against the rest, each on its own: fifteen times as fast as all together, and as good."""
    model = LogisticRegression(C=strength, max_iter=200, solver="liblinear", multi_class="ovr")
    return model.fit(task.rows, task.labels, sample_weight=_balanced(task))


def _balanced(task: Task) -> np.ndarray:
    """The weights of the rows, scaled so that every label weighs the same in all."""
    labels, which = np.unique(task.labels, return_inverse=True)
    sums = np.bincount(which, weights=task.weights)
    return np.asarray(task.weights * task.weights.sum() / len(labels) / sums[which])


def _two_sided(model: LogisticRegression) -> tuple[np.ndarray, np.ndarray]:
    """One row a class, also where scikit-learn keeps a single row for two."""
    if len(model.classes_) > 2:
        return model.coef_, model.intercept_
    return np.vstack([-model.coef_, model.coef_]), np.concatenate([-model.intercept_, model.intercept_])


def _temperature(task: Task, strength: float) -> float:
    """What divides the scores so that held-out groups get honest probabilities."""
    classes, truth = np.unique(task.labels, return_inverse=True)
    folds = min(FOLDS, len(set(task.groups)))
    if folds < 2:
        return 1.0
    scores = np.full((len(truth), len(classes)), -20.0)
    for train, test in GroupKFold(folds).split(task.rows, task.labels, task.groups):
        if len(set(task.labels[train])) < 2:
            return 1.0
        model = _fit(task.only(train), strength)
        weights, bias = _two_sided(model)
        scores[np.ix_(test, np.searchsorted(classes, model.classes_))] = task.rows[test] @ weights.T + bias

    def loss(log_temperature: float) -> float:
        chances = softmax(scores / np.exp(log_temperature))[np.arange(len(truth)), truth]
        return float(-np.average(np.log(np.maximum(chances, 1e-9)), weights=task.weights))

    return float(np.exp(minimize_scalar(loss, bounds=(-1.5, 1.5), method="bounded").x))
