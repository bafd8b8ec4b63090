"""What does a story file say: who does what, at which time, and what is seen then?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from journeys.matters import FIELDS

HEAD = frozenset({"story", "row", "begins", "people", "steps"})
ACTS = ("says", "forwards", "presses", "scans", "sends", "at", "later", "round", "command", "city_without")
"""What is done in a step, in the order in which it is written there."""
LOOKS = (
    "sees",
    "sees_not",
    "offers",
    "offers_not",
    "case",
    "timeline",
    "papers",
    "clocks",
    "prints",
    "file",
    "status_page",
)
BESIDE = ("as", "of", "fails")
STEP = frozenset({*ACTS, *LOOKS, *BESIDE})
WITHIN: Mapping[str, frozenset[str]] = {
    "case": frozenset(FIELDS),
    "file": frozenset({"name", "holds", "holds_not"}),
}
NEEDED = ("story", "row", "begins", "steps")


class StoryRefused(Exception):
    """A story file says something the runner does not know; file and line are named."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a story, with the line it begins in."""

    line: int
    told: Mapping[str, Any]

    @property
    def acts(self) -> list[str]:
        return [name for name in self.told if name in ACTS]

    @property
    def looks(self) -> list[str]:
        return [name for name in self.told if name in LOOKS]


@dataclass(frozen=True, slots=True)
class Story:
    """A whole story: who is there from its beginning, when it begins, and its steps."""

    path: Path
    title: str
    begins: str
    people: tuple[str, ...]
    steps: tuple[Step, ...]


def read_story(path: Path) -> Story:
    """The story of a file; StoryRefused names the line of what is unknown, double or missing."""
    root = yaml.compose(path.read_text(encoding="utf-8"))
    head = _pairs(path, root, HEAD)
    for name in NEEDED:
        if name not in head:
            raise StoryRefused(f"{path.name}:1: a story needs `{name}`")
    told = _values(head)
    if not isinstance(head["steps"], yaml.SequenceNode):
        raise StoryRefused(f"{path.name}:{_line(head['steps'])}: `steps` is a list")
    steps = tuple(_step(path, node) for node in head["steps"].value)
    return Story(path, told["story"], told["begins"], tuple(told.get("people", ())), steps)


def _step(path: Path, node: yaml.Node) -> Step:
    found = _pairs(path, node, STEP)
    for name in WITHIN.keys() & found.keys():
        _pairs(path, found[name], WITHIN[name])
    return Step(_line(node), _values(found))


def _pairs(path: Path, node: yaml.Node | None, known: frozenset[str]) -> dict[str, yaml.Node]:
    """The keys of a mapping with their nodes, all of them known and none twice."""
    if not isinstance(node, yaml.MappingNode):
        raise StoryRefused(f"{path.name}:{_line(node) if node else 1}: keys with values are expected here")
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if key.value not in known:
            raise StoryRefused(f"{path.name}:{_line(key)}: unknown key `{key.value}`")
        if key.value in found:
            raise StoryRefused(f"{path.name}:{_line(key)}: `{key.value}` stands here twice")
        found[key.value] = value
    return found


def _values(found: Mapping[str, yaml.Node]) -> dict[str, Any]:
    return {name: yaml.safe_load(yaml.serialize(node)) for name, node in found.items()}


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
