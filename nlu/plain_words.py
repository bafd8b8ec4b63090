"""Which word to the bot is a message, when it is nothing but that word?"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from nlu.text.normalise import normalise

FILE = Path(__file__).with_name("plain_words.yml")
_NO_LETTER = re.compile(r"[^\u3400-\u9fffa-z0-9]+")


def chat_intent(text: str) -> str | None:
    """The chat intent (`human`, `yes` …) a message says word for word; None for anything longer or else."""
    return _table().get(_bare(text)) if len(text) <= _longest() else None


def _bare(text: str) -> str:
    return _NO_LETTER.sub("", normalise(text).text)


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    """Raises ValueError when one word would mean two things."""
    table: dict[str, str] = {}
    for intent, words in yaml.safe_load(FILE.read_text("utf-8")).items():
        for word in words:
            if table.setdefault(_bare(word), intent) != intent:
                raise ValueError(f"plain_words.yml: {word} stands for two intents")
    return table


@lru_cache(maxsize=1)
def _longest() -> int:
    """Twice the longest word: room for punctuation; longer messages need no look at the table."""
    return 2 * max(map(len, _table()))
