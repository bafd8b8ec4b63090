"""What the command line says, in the language of whoever runs it."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "wording"


class CommandFailed(Exception):
    """A command could not do its work; `sentence` is what the person at the terminal reads."""

    def __init__(self, key: str, **values: Any) -> None:
        self.sentence = words(key, **values)
        super().__init__(self.sentence)


@lru_cache
def _sentences(locale: str) -> dict[str, str]:
    file = FOLDER / f"{locale if locale in ('zh-Hans', 'en') else 'zh-Hans'}.yml"
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


def words(key: str, **values: Any) -> str:
    """The sentence of a key with its blanks filled."""
    return _sentences(os.environ.get("ONEDOOR_LOCALE", "zh-Hans"))[key].format(**values)


def tell(key: str, **values: Any) -> None:
    """Progress for the person at the terminal; on standard error, so that output stays clean."""
    sys.stderr.write(words(key, **values) + "\n")
    sys.stderr.flush()
