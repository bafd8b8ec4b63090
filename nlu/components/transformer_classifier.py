"""How does the classifier over a brought transformer live in Rasa's graph: train, persist, load, process?"""

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

from nlu import brought
from nlu.components.char_classifier import group_of
from nlu.components.dense import DenseVectoriser
from nlu.components.dense_judging import DenseJudge, Judged
from nlu.components.encoder import Encoder
from nlu.components.heads import Head, Heads
from nlu.components.indicator_tagger import SIGNS
from nlu.fingerprint import hash_of_rules
from nlu.text import indicators
from nlu.text.normalise import Normalised, normalise

try:  # Rasa checks the annotation of `train` before training, so the name must be real there
    from rasa.shared.nlu.training_data.training_data import TrainingData
except ImportError:  # where only serving's part of Rasa is installed
    TrainingData = Any

_WEIGHTS, _TABLES = "weights.npz", "tables.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TransformerClassifier(GraphComponent):
    """Linear heads over a transformer's vector and the signs; answers in the keys of CharClassifier."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "folder": "",  # of model.onnx and vocab.txt; below the repository's root when relative
            "sign_value": 0.3,  # against the vector's length of 1
            "strength": 10.0,  # inverse regularisation
            "reasons_from": -2.5,  # log-odds of fraud from which reasons are looked for: one in thirteen
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._storage = model_storage
        self._resource = resource
        self._judge: DenseJudge | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa passes it by name
    ) -> TransformerClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        return hash_of_rules() + brought.hash_of(brought.checked(config["folder"]))

    def train(self, training_data: TrainingData) -> Resource:
        from nlu.components import dense_fitting  # scikit-learn is loaded in training only

        corpus = [
            (example.get(TEXT), example.get(INTENT), group_of(example))
            for example in training_data.intent_examples
            if (example.get(TEXT) or "").strip()
        ]
        folder = brought.checked(self._config["folder"])
        self._judge = DenseJudge(*dense_fitting.fit(Encoder.open(folder), corpus, self._config))
        self._persist(self._judge, brought.hash_of(folder))
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        normal = [normalise(message.get(TEXT) or "") for message in messages]
        signs = [_signs_of(message, form) for message, form in zip(messages, normal, strict=True)]
        judged: list[Judged] = [([], []) for _ in messages]  # nothing is known before training
        if self._judge:
            judged = self._judge.judged(normal, signs, least=self._config["reasons_from"])
        for message, (ranking, reasons) in zip(messages, judged, strict=True):
            best = ranking[0] if ranking else {"name": None, "confidence": 0.0}
            message.set(INTENT, best, add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
            message.set("reasons", reasons, add_to_output=True)
        return messages

    def _persist(self, judge: DenseJudge, brought_hash: str) -> None:
        vectoriser, heads = judge.vectoriser, judge.heads
        tables = {
            "brought": brought_hash,
            "codes": vectoriser.codes,
            "sign_value": vectoriser.sign_value,
            "heads": [[head.name, list(head.labels), head.temperature] for head in heads.heads],
        }
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(
                folder / _WEIGHTS, weights=heads.weights, bias=heads.bias, middle=vectoriser.middle
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
    ) -> TransformerClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            tables = json.loads((folder / _TABLES).read_text("utf-8"))
            with np.load(folder / _WEIGHTS, allow_pickle=False) as arrays:
                weights, bias, middle = arrays["weights"], arrays["bias"], arrays["middle"]
        where = brought.checked(component._config["folder"])
        if brought.hash_of(where) != tables["brought"]:
            raise brought.BadFolder(f"the transformer in {where} is not the one this model was trained with")
        component._judge = DenseJudge(
            DenseVectoriser(Encoder.open(where), middle, tables["codes"], tables["sign_value"]),
            Heads(
                [Head(name, tuple(labels), temperature) for name, labels, temperature in tables["heads"]],
                weights,
                bias,
            ),
        )
        return component


def _signs_of(message: Message, normal: Normalised) -> list[dict[str, Any]]:
    found = message.get(SIGNS)
    if found is None:  # a pipeline without the tagger
        return [sign._asdict() for sign in indicators.signs(normal)]
    return found
