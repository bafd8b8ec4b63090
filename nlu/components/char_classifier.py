"""How does the character classifier live in Rasa's graph: train, persist, load, process?"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.components.heads import Head, Heads
from nlu.components.indicator_tagger import SIGNS
from nlu.components.judging import Judge
from nlu.components.vector import Vectoriser
from nlu.fingerprint import hash_of_rules
from nlu.text import indicators
from nlu.text.normalise import normalise

try:  # Rasa checks the annotation of `train` before training, so the name must be real there
    from rasa.shared.nlu.training_data.training_data import TrainingData
except ImportError:  # it needs scipy, which the serving process does without
    TrainingData = Any

_WEIGHTS, _TABLES = "weights.npz", "tables.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CharClassifier(GraphComponent):
    """Linear classifier over character n-grams and signs, with calibrated probabilities in two levels."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "most_grams": 60_000,  # of characters and of sounds; 5 MB is the most the archive may weigh
            "sign_value": 0.3,  # against the n-grams' length of 1
            "strength": 10.0,  # inverse regularisation of the kind
            "leaf_strength": 3.0,  # and of what is told within a kind, from fewer messages
            "piece": 30,  # characters of the parts of long messages that teach the kind beside the whole
            "telling": 40,  # characters from which a fraud teaches at full weight; below, by the square
            "reasons_from": -2.5,  # log-odds of fraud from which reasons are looked for: one in thirteen
            "piece_weight": 0.3,  # of such a part: it may hold nothing that makes the message what it is
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._storage = model_storage
        self._resource = resource
        self._judge: Judge | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa passes it by name
    ) -> CharClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:  # noqa: ARG003 - Rasa passes it by name
        return hash_of_rules()

    def train(self, training_data: TrainingData) -> Resource:
        from nlu.components import fitting  # scikit-learn is not there when serving

        examples = [
            fitting.Example(example.get(TEXT), example.get(INTENT), group_of(example))
            for example in training_data.intent_examples
            if (example.get(TEXT) or "").strip()
        ]
        self._judge = Judge(*fitting.fit(examples, self._config))
        self._persist(self._judge)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            signs = message.get(SIGNS)
            if signs is None:  # a pipeline without the tagger
                signs = [sign._asdict() for sign in indicators.signs(normalise(message.get(TEXT) or ""))]
            self._set(message, message.get(TEXT) or "", signs)
        return messages

    def _set(self, message: Message, text: str, signs: list[dict[str, Any]]) -> None:
        ranking: list[dict[str, Any]] = []
        reasons: list[dict[str, Any]] = []
        if self._judge:  # nothing is known before training
            scores = self._judge.scores(normalise(text), (sign["code"] for sign in signs))
            ranking = self._judge.ranking(scores)
            reasons = self._judge.reasons(text, signs, scores, least=self._config["reasons_from"])
        best = ranking[0] if ranking else {"name": None, "confidence": 0.0}
        message.set(INTENT, best, add_to_output=True)
        message.set("intent_ranking", ranking, add_to_output=True)
        message.set("reasons", reasons, add_to_output=True)

    def _persist(self, judge: Judge) -> None:
        vectoriser, heads = judge.vectoriser, judge.heads
        tables = {
            "grams": vectoriser.grams,
            "codes": vectoriser.codes,
            "sign_value": vectoriser.sign_value,
            "heads": [[head.name, list(head.labels), head.temperature] for head in heads.heads],
        }
        weights, steps = in_steps(heads.weights)
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(
                folder / _WEIGHTS,
                weights=weights,
                steps=steps,
                bias=heads.bias,
                idf=vectoriser.idf,
            )
            (folder / _TABLES).write_text(json.dumps(tables, ensure_ascii=False), "utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa passes it by name
        **kwargs: Any,  # noqa: ARG003 - as above
    ) -> CharClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            tables = json.loads((folder / _TABLES).read_text("utf-8"))
            with np.load(folder / _WEIGHTS, allow_pickle=False) as arrays:
                vectoriser = Vectoriser(tables["grams"], arrays["idf"], tables["codes"], tables["sign_value"])
                heads = Heads(
                    [Head(name, tuple(labels), temperature) for name, labels, temperature in tables["heads"]],
                    arrays["weights"] * arrays["steps"],  # stored small, multiplied fast
                    arrays["bias"],
                )
            component._judge = Judge(vectoriser, heads)
        return component


def in_steps(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The weights as whole numbers of a step of their column: a quarter of the size, same verdicts."""
    steps = np.maximum(np.abs(weights).max(axis=0), 1e-9).astype(np.float32) / 127
    return np.rint(weights / steps).astype(np.int8), steps


def group_of(example: Message) -> str:
    """The corpus group of an example; one without a group is a group of its own."""
    metadata = example.get("metadata") or {}
    group = (metadata.get("intent") or {}).get("group") or (metadata.get("example") or {}).get("group")
    return str(group or example.get(TEXT))
