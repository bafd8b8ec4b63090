"""How do a deployer's own labelled messages join the corpus?"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLWriter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

BROUGHT = "extra:"
"""how the groups of such rows begin"""


class BadRow(ValueError):
    """A row of an extra file cannot be used; the text names file and line."""


def write_extra(files: Iterable[Path], labels: frozenset[str], target: Path) -> int:
    """Writes rows `{"text", "mapped"}` as one Rasa file, unlabelled ones left out; returns their number."""
    messages = [
        Message(
            data={
                TEXT: text,
                INTENT: label,
                "metadata": {"example": {"group": f"{BROUGHT}{group}"}},
            }
        )
        for path in files
        for group, text, label in _rows(path, labels)
    ]
    if messages:
        target.write_text(RasaYAMLWriter().dumps(TrainingData(messages)), "utf-8")
    return len(messages)


def _rows(path: Path, labels: frozenset[str]) -> Iterable[tuple[str, str, str]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text, label = " ".join(row["text"].split()), row["mapped"]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadRow(
                f'{path.name}, line {number}: an object with "text" and "mapped" is wanted'
            ) from error
        if label is None or not text:
            continue
        if label not in labels:
            raise BadRow(f"{path.name}, line {number}: {label} is no label of the taxonomy")
        yield str(row.get("group") or f"{path.name}:{number // 5}"), text, label
