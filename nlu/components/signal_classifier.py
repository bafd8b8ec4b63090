"""How does the signal model live in Rasa's graph: train, persist, load, process?"""

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

from nlu.components.char_classifier import group_of
from nlu.components.indicator_tagger import SIGNS
from nlu.components.signals import ANY, Curve, SignalModel, SignalVectoriser, WordClasses, told
from nlu.fingerprint import hash_of_signals

try:  # Rasa checks the annotation of `train` before training, so the name must be real there
    from rasa.shared.nlu.training_data.training_data import TrainingData
except ImportError:  # it needs scipy, which the serving process does without
    TrainingData = Any

SIGNALS = "signals"
_WEIGHTS, _TABLES = "weights.npz", "tables.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SignalClassifier(GraphComponent):
    """Adds `signals` to the output: `{"danger": {code: p}, "state": {code: p}}`, calibrated."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"floor": 0.05}  # below, a signal is not worth a line of the answer

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._floor = float({**self.get_default_config(), **config}["floor"])
        self._storage = model_storage
        self._resource = resource
        self._words: WordClasses | None = None
        self._vectoriser: SignalVectoriser | None = None
        self._model: SignalModel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa passes it by name
    ) -> SignalClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:  # noqa: ARG003 - Rasa passes it by name
        return hash_of_signals()

    def train(self, training_data: TrainingData) -> Resource:
        from nlu.components import signal_fitting, signal_material  # scikit-learn is not there when serving

        corpus = [
            (example.get(TEXT), example.get(INTENT), group_of(example))
            for example in training_data.intent_examples
            if (example.get(TEXT) or "").strip()
        ]
        self._words = signal_material.word_classes()
        material = signal_fitting.Material(
            signal_material.danger(),
            signal_material.harmless(corpus),
            signal_material.harmless(corpus, untold=True),
            signal_material.states(),
            signal_material.stateless(corpus),
        )
        self._vectoriser, self._model = signal_fitting.learn(material, self._words)
        self._persist(self._words, self._vectoriser, self._model)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            codes = [sign["code"] for sign in message.get(SIGNS) or ()]
            message.set(SIGNALS, self.signals(message.get(TEXT) or "", codes), add_to_output=True)
        return messages

    def signals(self, text: str, codes: list[str]) -> dict[str, dict[str, float]]:
        """`any` danger, and every signal from the floor up, most probable first; nothing before training."""
        if self._words is None or self._vectoriser is None or self._model is None:
            return {"danger": {}, "state": {}}
        found = self._model.probabilities(*self._vectoriser.vector(told(text, codes, self._words)))
        return {
            side: {
                code: round(p, 4)
                for code, p in sorted(chances.items(), key=lambda item: (-item[1], item[0]))
                if p >= self._floor or code == ANY  # its absence would mean that nobody looked
            }
            for side, chances in found.items()
        }

    def _persist(self, words: WordClasses, vectoriser: SignalVectoriser, model: SignalModel) -> None:
        tables = {
            "words": words.table,
            "grams": vectoriser.grams,
            "classes": vectoriser.classes,
            "codes": vectoriser.codes,
            "danger": model.danger,
            "states": model.states,
            "curves": [[curve.slope, curve.shift] for curve in model.curves],
            "temperature": model.temperature,
        }
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(folder / _WEIGHTS, weights=model.weights, bias=model.bias, idf=vectoriser.idf)
            (folder / _TABLES).write_text(json.dumps(tables, ensure_ascii=False), "utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa passes it by name
        **kwargs: Any,  # noqa: ARG003 - as above
    ) -> SignalClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            tables = json.loads((folder / _TABLES).read_text("utf-8"))
            with np.load(folder / _WEIGHTS, allow_pickle=False) as arrays:
                component._words = WordClasses(tables["words"])
                component._vectoriser = SignalVectoriser(
                    tables["grams"], tables["classes"], arrays["idf"], tables["codes"]
                )
                component._model = SignalModel(
                    tables["danger"],
                    tables["states"],
                    [Curve(*curve) for curve in tables["curves"]],
                    tables["temperature"],
                    arrays["weights"].astype(np.float32),  # stored small, multiplied fast
                    arrays["bias"],
                )
        return component
