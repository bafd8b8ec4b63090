"""How are weights and temperatures learnt? Used in training only; the serving process has no scikit-learn."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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
FOLDS = 3
CORES = 2
BROUGHT = "extra:"
"""how the groups of rows begin that a deployer adds (nlu/training/extra.py)"""


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
        whole._replace(text=piece, weight=1.0 if number == 0 else config["piece_weight"])
        for whole in wholes
        for number, piece in enumerate(_parts(whole, config["piece"]))
    ]
    messages = [seen(normalise(whole.text)) for whole in wholes]
    vectoriser = fitted(
        messages,
        [whole.group for whole in wholes],
        most=config["most_grams"],
        sign_value=config["sign_value"],
    )
    # once more without its signs: who bends a message hides them first
    bare = [(whole, Seen(each.grams, ())) for whole, each in zip(wholes, messages, strict=True) if each.signs]
    rows = [(part, seen(normalise(part.text))) for part in parts] + bare
    every = _task(vectoriser, [part for part, _ in rows], [each for _, each in rows])
    told = np.array([_telling(part, config["telling"]) for part, _ in rows])
    heads = learn(
        every._replace(weights=every.weights * told),
        _task(vectoriser, wholes, messages),
        leaves=every.only(np.arange(len(parts))),
        strength=config["strength"],
        leaf_strength=config["leaf_strength"],
    )
    return vectoriser, heads


def _parts(whole: Example, size: int) -> list[str]:
    """A deployer's own rows are many and of any making: they stay whole."""
    return [whole.text] if whole.group.startswith(BROUGHT) else pieces(whole.text, size)


def _telling(part: Example, full: int) -> float:
    """How much a message, or a part of one, teaches about the kind.

    A few words out of a fraud are mostly words that everybody uses: taken at full weight, they made the model
    suspect short private messages, and recall at the same false alarms fell.
    """
    return min(1.0, len(part.text) / full) ** 2 if kind_of(part.label) == "scam" else 1.0


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


class _Linear(NamedTuple):
    """One row of weights and one bias a class."""

    classes: np.ndarray
    weights: np.ndarray
    bias: np.ndarray


def learn(
    parts: Task,
    wholes: Task,
    *,
    strength: float,
    leaves: Task | None = None,
    leaf_strength: float | None = None,
) -> Heads:
    """A head for the kind, learnt from parts of messages, and one for each kind's leaves.

    Leaves are learnt from `leaves` (parts too; whole messages without it). Each head is calibrated on folds
    that keep a group together: a group is one author's run of messages on one topic, and folds that split it
    would make the model look far too sure. Kinds weigh alike; leaves as often as they were written of.
    """
    kinds = np.array([kind_of(label) for label in wholes.labels])
    several = [kind for kind in sorted(set(kinds)) if len(set(wholes.labels[kinds == kind])) > 1]
    heads, columns, biases = [], [], []
    for number, name in enumerate([KIND, *several]):
        logger.info("head", extra={"progress": (number, 1 + len(several))})
        if name == KIND:
            task = calibrated_on = parts._replace(labels=np.array([kind_of(label) for label in parts.labels]))
        else:
            task, calibrated_on = _of_kind(leaves or wholes, name), _of_kind(wholes, name)
        freedom = strength if name == KIND else leaf_strength or strength
        temperature = _temperature(calibrated_on, freedom, balanced=name == KIND)
        model = _fit(task, freedom, balanced=name == KIND)
        heads.append(Head(name, tuple(model.classes), temperature))
        columns.append(model.weights)
        biases.append(model.bias)
    return Heads(heads, np.vstack(columns).T.astype(np.float32), np.concatenate(biases).astype(np.float32))


def _of_kind(task: Task, kind: str) -> Task:
    return task.only(np.flatnonzero([kind_of(label) == kind for label in task.labels]))


def _fit(task: Task, strength: float, *, balanced: bool) -> _Linear:
    """Each class against the rest: a tenth of the time of all together, as good, and on both cores."""
    weights = _balanced(task) if balanced else task.weights
    classes = np.unique(task.labels)

    def against_the_rest(one: str) -> tuple[np.ndarray, float]:
        model = LogisticRegression(C=strength, max_iter=200, solver="liblinear")
        model.fit(task.rows, task.labels == one, sample_weight=weights)
        return model.coef_[0], float(model.intercept_[0])

    with ThreadPoolExecutor(CORES) as pool:  # liblinear computes without the interpreter's lock
        fitted_ = list(pool.map(against_the_rest, classes))
    return _Linear(classes, np.array([row for row, _ in fitted_]), np.array([bias for _, bias in fitted_]))


def _balanced(task: Task) -> np.ndarray:
    """The weights of the rows, scaled so that every label weighs the same in all."""
    labels, which = np.unique(task.labels, return_inverse=True)
    sums = np.bincount(which, weights=task.weights)
    return np.asarray(task.weights * task.weights.sum() / len(labels) / sums[which])


def _temperature(task: Task, strength: float, *, balanced: bool) -> float:
    """What divides the scores so that held-out groups get honest probabilities."""
    classes, truth = np.unique(task.labels, return_inverse=True)
    folds = min(FOLDS, len(set(task.groups)))
    if folds < 2:
        return 1.0
    scores = np.full((len(truth), len(classes)), -20.0)
    for train, test in GroupKFold(folds).split(task.rows, task.labels, task.groups):
        if len(set(task.labels[train])) < 2:
            return 1.0
        model = _fit(task.only(train), strength, balanced=balanced)
        columns = np.searchsorted(classes, model.classes)
        scores[np.ix_(test, columns)] = task.rows[test] @ model.weights.T + model.bias

    def loss(log_temperature: float) -> float:
        chances = softmax(scores / np.exp(log_temperature))[np.arange(len(truth)), truth]
        return float(-np.average(np.log(np.maximum(chances, 1e-9)), weights=task.weights))

    return float(np.exp(minimize_scalar(loss, bounds=(-1.5, 1.5), method="bounded").x))
