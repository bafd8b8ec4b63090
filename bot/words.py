"""What the command line says, in the language of whoever runs it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from cases.settings import SettingsError, read_settings

FOLDER = Path(__file__).parent / "wording"


class CommandFailed(Exception):
    """A command could not do its work; `sentence` is what the person at the terminal reads."""

    status = 1

    def __init__(self, key: str, **values: Any) -> None:
        self.sentence = words(key, **values)
        super().__init__(self.sentence)


class WrongUse(CommandFailed):
    """The command was called in a way that cannot be meant."""

    status = 2


@lru_cache
def _settled_locale() -> str:
    """What the `.env` file says; the words for a wrong setting must not depend on right ones."""
    with suppress(SettingsError):
        return read_settings().locale
    return "zh-Hans"


@lru_cache
def _sentences(locale: str) -> dict[str, str]:
    file = FOLDER / f"{locale if locale in ('zh-Hans', 'en') else 'zh-Hans'}.yml"
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


def words(key: str, **values: Any) -> str:
    """The sentence of a key with its blanks filled."""
    locale = os.environ.get("ONEDOOR_LOCALE") or _settled_locale()
    return _sentences(locale)[key].format(**values)


def tell(key: str, **values: Any) -> None:
    """Progress for the person at the terminal; on standard error, so that output stays clean."""
    # Work goes on, and is put away tidily, also when nobody reads any more: terminal closed, `| head` gone.
    with suppress(OSError):
        sys.stderr.write(words(key, **values) + "\n")
        sys.stderr.flush()
