"""How are the heads over a transformer's vectors learnt? Used in training only."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from nlu.components import dense, fitting
from nlu.components.encoder import Encoder
from nlu.components.heads import Heads
from nlu.text.normalise import normalise

logger = logging.getLogger("nlu.training")


def fit(
    encoder: Encoder, corpus: Sequence[tuple[str, str, str]], config: Mapping[str, Any]
) -> tuple[dense.DenseVectoriser, Heads]:
    """Vectoriser and heads of a corpus of (text, label, group): whole messages, each of the same weight."""
    messages = [dense.read(normalise(text)) for text, _, _ in corpus]

    def told(done: int) -> None:
        logger.info("encode", extra={"progress": (done, len(messages))})

    vectoriser, rows = dense.fitted(encoder, messages, config["sign_value"], told)
    task = fitting.Task(
        rows=csr_matrix(rows),
        labels=np.array([label for _, label, _ in corpus]),
        groups=np.array([group for _, _, group in corpus]),
        weights=np.ones(len(corpus)),
    )
    return vectoriser, fitting.learn(task, task, strength=config["strength"])
