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

from nlu.components.evidence import CODE, strongest_words
from nlu.components.heads import Head, Heads, kind_of
from nlu.components.indicator_tagger import SIGNS
from nlu.components.vector import Vectoriser, seen
from nlu.fingerprint import hash_of_rules
from nlu.text.indicators import by_code
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
            "most_grams": 30_000,  # 5 MB is the most the archive may weigh
            "sign_value": 0.3,  # against the n-grams' length of 1
            "strength": 10.0,  # inverse regularisation
            "piece": 30,  # characters of the parts of long messages that teach the kind beside the whole
            "piece_weight": 0.3,  # of such a part: it may hold nothing that makes the message what it is
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._storage = model_storage
        self._resource = resource
        self._vectoriser: Vectoriser | None = None
        self._heads: Heads | None = None

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
        self._vectoriser, self._heads = fitting.fit(examples, self._config)
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = self.ranking(message.get(TEXT) or "", message.get(SIGNS))
            message.set(
                INTENT, ranking[0] if ranking else {"name": None, "confidence": 0.0}, add_to_output=True
            )
            message.set("intent_ranking", ranking, add_to_output=True)
            self._point_at_words(message, ranking)
        return messages

    def ranking(self, text: str, signs: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
        """Every label with its probability, best first; empty before training."""
        if self._vectoriser is None or self._heads is None:
            return []
        message = seen(text, None if signs is None else (sign["code"] for sign in signs))
        chances = self._heads.probabilities(*self._vectoriser.vector(message))
        best_first = sorted(chances.items(), key=lambda item: (-item[1], item[0]))
        return [{"name": label, "confidence": chance} for label, chance in best_first]

    def _point_at_words(self, message: Message, ranking: list[dict[str, Any]]) -> None:
        """A warning must quote something: without a scam indicator, the words that weighed most."""
        signs = message.get(SIGNS)
        if signs is None or not ranking or kind_of(ranking[0]["name"]) != "scam":
            return
        known = by_code()
        if any(known[sign["code"]].side == "scam" for sign in signs if sign["code"] in known):
            return
        text = message.get(TEXT)
        span = strongest_words(normalise(text), self._scam_weight)
        if span:
            found = {"code": CODE, "text": text[slice(*span)], "start": span[0], "end": span[1]}
            message.set(SIGNS, [*signs, found], add_to_output=True)

    def _scam_weight(self, pair: str) -> float:
        """How much a pair of characters speaks for fraud against a harmless message."""
        assert self._vectoriser
        assert self._heads
        row = self._vectoriser.row(pair)
        return (
            0.0
            if row is None
            else self._heads.margin(row, "scam", "benign") * float(self._vectoriser.idf[row])
        )

    def _persist(self) -> None:
        assert self._vectoriser
        assert self._heads
        tables = {
            "grams": self._vectoriser.grams,
            "codes": self._vectoriser.codes,
            "sign_value": self._vectoriser.sign_value,
            "heads": [[head.name, list(head.labels), head.temperature] for head in self._heads.heads],
        }
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(
                folder / _WEIGHTS,
                weights=self._heads.weights,
                bias=self._heads.bias,
                idf=self._vectoriser.idf,
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
                component._vectoriser = Vectoriser(
                    tables["grams"], arrays["idf"], tables["codes"], tables["sign_value"]
                )
                component._heads = Heads(
                    [Head(name, tuple(labels), temperature) for name, labels, temperature in tables["heads"]],
                    arrays["weights"].astype(np.float32),
                    arrays["bias"],  # stored small, multiplied fast
                )
        return component


def group_of(example: Message) -> str:
    """The corpus group of an example; one without a group is a group of its own."""
    metadata = example.get("metadata") or {}
    group = (metadata.get("intent") or {}).get("group") or (metadata.get("example") or {}).get("group")
    return str(group or example.get(TEXT))
