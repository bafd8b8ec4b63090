"""Which messages are measured with? Those of the training corpus that have about 100 characters."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import yaml

from nlu.environments import NLU_FOLDER

SHORTEST, LONGEST = 80, 120
"""Characters; the targets speak of messages of 100."""


def corpus_files() -> list[Path]:
    """The corpus in Rasa's own format, which stock Rasa can be trained on too."""
    return [*(NLU_FOLDER / "data").rglob("*.yml")]


def messages() -> list[str]:
    """The corpus' messages of about 100 characters, each once, in an order that mixes their kinds.

    The order depends on the words alone, so that two runs over one corpus measure the same.
    """
    texts = {text for path in corpus_files() for text in _texts(path) if SHORTEST <= len(text) <= LONGEST}
    return sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest())


def _texts(path: Path) -> Iterator[str]:
    # The C loader: the corpus is a few thousand messages, and the bench should begin at once.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = yaml.load(path.read_text(encoding="utf-8"), loader) or {}  # noqa: S506  # safe, only faster
    for block in content.get("nlu", []):
        examples = block.get("examples") or ""
        if isinstance(examples, str):
            yield from (line[2:].strip() for line in examples.splitlines() if line.startswith("- "))
        else:
            yield from (str(one["text"]).strip() for one in examples)
