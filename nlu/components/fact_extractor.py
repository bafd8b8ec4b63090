"""How do the facts of a message become Rasa entities?"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.fingerprint import hash_of_rules
from nlu.text.facts import facts
from nlu.text.normalise import normalise


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class FactExtractor(GraphComponent):
    """Appends the facts found by rules (`nlu.text.facts`) as entities."""

    @classmethod
    def create(cls, *_: Any, **__: Any) -> FactExtractor:
        """Rasa passes configuration, storage, resource and context; rules need none of them."""
        return cls()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:  # noqa: ARG003 - Rasa passes it by name
        return hash_of_rules()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            found = [
                {
                    "entity": fact.kind,
                    "value": fact.value if fact.value is not None else fact.text,
                    "start": fact.start,
                    "end": fact.end,
                    "text": fact.text,
                    "extractor": "FactExtractor",
                }
                for fact in facts(normalise(message.get(TEXT) or ""))
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages
