"""How does an archive Rasa trained become something that parses, without Rasa's Agent and TensorFlow?

Uses names private to Rasa 3.6.21: the version is pinned, and a test compares the output with Agent's.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

RECIPE_MODULE = "rasa.engine.recipes.default_recipe"
CARD = "model.json"


class BadModel(RuntimeError):
    """The archive is missing, not the one of its card, or does not load; the text is one plain sentence."""


class Component(Protocol):
    """What is left of a graph node: it completes messages in place."""

    def process(self, messages: list[Any]) -> list[Any]: ...


class Parser:
    """The components of one archive, in the order of the graph."""

    def __init__(self, components: list[Component], card: dict[str, Any], trained_with: str) -> None:
        self._components = components
        self.card = card
        self.trained_with = trained_with

    def parse(self, texts: list[str]) -> list[dict[str, Any]]:
        """Rasa's parse output for each text, in order."""
        from rasa.shared.nlu.training_data.message import Message

        messages = [Message(data={"text": text}) for text in texts]
        for component in self._components:
            messages = component.process(messages)
        empty = {
            "intent": {"name": None, "confidence": 0.0},
            "entities": [],
            "intent_ranking": [],
            "signs": [],
            "reasons": [],
            "signals": {"danger": {}, "state": {}},
            "model": self.card.get("version"),
        }
        return [
            {"text": message.get("text"), **empty, **message.as_dict(only_output_properties=True)}
            for message in messages
        ]


def load(archive: Path) -> Parser:
    """The parser of an archive whose SHA-256 stands on the card beside it; raises BadModel.

    A model archive is code, so nothing of it is unpacked before the hash has been compared.
    """
    card = _checked_card(archive)
    _stand_in_for_recipe()
    from rasa.engine.storage.local_model_storage import LocalModelStorage

    with tempfile.TemporaryDirectory(prefix="onedoor-nlu-") as folder:
        unpacked, storage_folder = Path(folder) / "archive", Path(folder) / "storage"
        unpacked.mkdir()
        storage_folder.mkdir()
        try:
            LocalModelStorage._extract_archive_to_directory(archive, unpacked)
            LocalModelStorage._initialize_model_storage_from_model_archive(unpacked, storage_folder)
            metadata = json.loads((unpacked / "metadata.json").read_text("utf-8"))
            components = _components(metadata["predict_schema"], LocalModelStorage(storage_folder))
        except Exception as error:
            raise BadModel(f"{archive.name} does not load: {error}") from error
    return Parser(components, card, str(metadata.get("rasa_open_source_version")))


def _checked_card(archive: Path) -> dict[str, Any]:
    try:
        card: dict[str, Any] = json.loads((archive.parent / CARD).read_text("utf-8"))
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    except (OSError, ValueError) as error:
        raise BadModel(f"there is no model with its card at {archive}") from error
    if digest != card.get("sha256"):
        raise BadModel(f"{archive.name} is not the archive its card describes")
    return card


def _components(schema: dict[str, Any], storage: Any) -> list[Component]:
    """Instances of the nodes that process messages, each after the nodes it needs."""
    from rasa.engine.graph import ExecutionContext, GraphSchema
    from rasa.engine.storage.resource import Resource
    from rasa.shared.utils.common import class_from_module_path

    nodes = {name: node for name, node in schema["nodes"].items() if _is_ours(name, node)}
    context = ExecutionContext(graph_schema=GraphSchema({}), model_id=None)
    ready: dict[str, Component] = {}
    while len(ready) < len(nodes):
        turn = [
            name for name, node in nodes.items() if name not in ready and _needs(node, nodes) <= set(ready)
        ]
        if not turn:
            raise BadModel("the graph of the archive runs in a circle")
        for name in sorted(turn):
            node = nodes[name]
            uses = class_from_module_path(node["uses"])
            resource = Resource(**node["resource"]) if node["resource"] else Resource(name)
            build = getattr(uses, node["constructor_name"])
            ready[name] = build(
                config=node["config"], model_storage=storage, resource=resource, execution_context=context
            )
    return list(ready.values())


def _is_ours(name: str, node: dict[str, Any]) -> bool:
    # RegexMessageHandler would let a resident forge any intent by writing /intent{...}
    return (
        name.startswith("run_") and node["fn"] == "process" and not name.startswith("run_RegexMessageHandler")
    )


def _needs(node: dict[str, Any], nodes: dict[str, Any]) -> set[str]:
    return {parent for parent in node["needs"].values() if parent in nodes}


def _stand_in_for_recipe() -> None:
    """Rasa's recipe imports TensorFlow; components need only its decorator, which here does nothing."""
    if RECIPE_MODULE in sys.modules:
        return

    class DefaultV1Recipe:
        class ComponentType(Enum):
            INTENT_CLASSIFIER = 1
            ENTITY_EXTRACTOR = 2

        @staticmethod
        def register(*_: object, **__: object) -> Any:
            return lambda component: component

    module = ModuleType(RECIPE_MODULE)
    module.DefaultV1Recipe = DefaultV1Recipe  # type: ignore[attr-defined]  # made here
    sys.modules[RECIPE_MODULE] = module
