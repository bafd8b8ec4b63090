"""How are weights and temperatures learnt? Used in training only; the serving process has no scikit-learn."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from nlu.components.heads import KIND, Head, Heads, kind_of, softmax
from nlu.components.vector import Seen, Vectoriser

logger = logging.getLogger("nlu.training")
FOLDS = 5


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


class Task(NamedTuple):
    """Rows with the label and the group of each."""

    rows: csr_matrix
    labels: Sequence[str]
    groups: Sequence[str]

    def only(self, chosen: Sequence[int], names: Sequence[str]) -> Task:
        """The chosen rows, labelled by these names."""
        return Task(self.rows[chosen], names, [self.groups[i] for i in chosen])


def learn(parts: Task, wholes: Task, *, strength: float) -> Heads:
    """A head for the kind, learnt from parts of messages, and one for each kind's leaves, from whole ones.

    Each is calibrated on folds that keep a group together: a group is one author's run of messages on one
    topic, and folds that split it would make the model look far too sure.
    """
    tasks = list(_tasks(parts, wholes))
    heads, columns, biases = [], [], []
    for number, (name, task) in enumerate(tasks):
        logger.info("head", extra={"progress": (number, len(tasks))})
        targets, groups = np.array(task.labels), np.array(task.groups)
        temperature = _temperature(task.rows, targets, groups, strength)
        model = _fit(task.rows, targets, strength)
        weights, bias = _two_sided(model)
        heads.append(Head(name, tuple(model.classes_), temperature))
        columns.append(weights)
        biases.append(bias)
    return Heads(heads, np.vstack(columns).T.astype(np.float16), np.concatenate(biases).astype(np.float32))


def _tasks(parts: Task, wholes: Task) -> Iterator[tuple[str, Task]]:
    yield KIND, parts._replace(labels=[kind_of(label) for label in parts.labels])
    for kind in sorted({kind_of(label) for label in wholes.labels}):
        chosen = [i for i, label in enumerate(wholes.labels) if kind_of(label) == kind]
        names = [wholes.labels[i] for i in chosen]
        if len(set(names)) > 1:
            yield kind, wholes.only(chosen, names)


def _fit(rows: csr_matrix, targets: np.ndarray, strength: float) -> LogisticRegression:
    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=400, multi_class="multinomial")
    return model.fit(rows, targets)


def _two_sided(model: LogisticRegression) -> tuple[np.ndarray, np.ndarray]:
    """One row a class, also where scikit-learn keeps a single row for two."""
    if len(model.classes_) > 2:
        return model.coef_, model.intercept_
    return np.vstack([-model.coef_, model.coef_]), np.concatenate([-model.intercept_, model.intercept_])


def _temperature(rows: csr_matrix, targets: np.ndarray, groups: np.ndarray, strength: float) -> float:
    classes = sorted(set(targets))
    folds = min(FOLDS, len(set(groups)))
    if folds < 2:
        return 1.0
    scores = np.full((len(targets), len(classes)), -20.0)
    for train, test in GroupKFold(folds).split(rows, targets, groups):
        if len(set(targets[train])) < 2:
            return 1.0
        model = _fit(rows[train], targets[train], strength)
        weights, bias = _two_sided(model)
        positions = [classes.index(label) for label in model.classes_]
        scores[np.ix_(test, positions)] = rows[test] @ weights.T + bias
    truth = np.array([classes.index(label) for label in targets])

    def loss(log_temperature: float) -> float:
        chances = softmax(scores / np.exp(log_temperature))[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(chances, 1e-9)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-1.5, 1.5), method="bounded").x))
