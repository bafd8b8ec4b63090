"""How do the indicators seen in a message get into Rasa's answer?"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.fingerprint import hash_of_rules
from nlu.text.indicators import signs
from nlu.text.normalise import normalise

SIGNS = "signs"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class IndicatorTagger(GraphComponent):
    """Adds `signs` to the output: code, span and text of each indicator of `kb/indicators` that was seen."""

    @classmethod
    def create(cls, *_: Any, **__: Any) -> IndicatorTagger:
        """Rasa passes configuration, storage, resource and context; rules need none of them."""
        return cls()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:  # noqa: ARG003 - Rasa passes it by name
        return hash_of_rules()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            found = [sign._asdict() for sign in signs(normalise(message.get(TEXT) or ""))]
            message.set(SIGNS, found, add_to_output=True)
        return messages
