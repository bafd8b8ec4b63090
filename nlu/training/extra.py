"""How do a deployer's own labelled messages join the corpus?"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

BROUGHT = "extra:"
"""how the groups of such rows begin"""


class BadRow(ValueError):
    """A row of an extra file cannot be used; the text names file and line."""


def write_extra(files: Iterable[Path], labels: frozenset[str], target: Path) -> int:
    """Writes rows `{"text", "mapped"}` as one Rasa file, unlabelled ones left out; returns their number.

    Rasa's JSON form, not its YAML: other people's texts hold control characters, which YAML forbids, and
    brackets, which it would read as entities.
    """
    examples: list[dict[str, Any]] = [
        {"text": text, "intent": label, "metadata": {"example": {"group": f"{BROUGHT}{group}"}}}
        for path in files
        for group, text, label in _rows(path, labels)
    ]
    if examples:
        nlu = {"rasa_nlu_data": {"common_examples": examples}}
        target.write_text(json.dumps(nlu, ensure_ascii=False), "utf-8")
    return len(examples)


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
