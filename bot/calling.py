"""Where a command was called from, and which file a name on the command line means there."""

from __future__ import annotations

import os
from pathlib import Path

from bot.words import WrongUse

CALLED_FROM = "ONEDOOR_CALLED_FROM"
"""Set by `./onedoor`, which works from the checkout's own folder wherever it is called."""


def from_caller(name: str) -> Path:
    """The path of a name as whoever typed it means it; OSError or RuntimeError for a home nobody has."""
    return Path(os.environ.get(CALLED_FROM, "")) / Path(name).expanduser()


def existing_file(name: str) -> Path:
    """A file that can be read; anything else is wrong use. `-` stays what it is."""
    if name == "-":
        return Path(name)
    path = _path(name)
    if not path.is_file() or not os.access(path, os.R_OK):
        raise WrongUse("no_such_file", name=name)
    return path


def existing_place(name: str) -> Path:
    """A file or folder that exists; anything else is wrong use."""
    path = _path(name)
    if not path.exists():
        raise WrongUse("no_such_file", name=name)
    return path


def new_file(name: str) -> Path:
    """A file to be written, in a folder that exists; anything else is wrong use."""
    path = _path(name)
    if path.is_dir() or not path.parent.is_dir():
        raise WrongUse("no_such_folder", name=name)
    return path


def _path(name: str) -> Path:
    try:
        path = from_caller(name)
        path.exists()
    except (OSError, RuntimeError, ValueError):  # too long, a home nobody has, a NUL
        raise WrongUse("no_such_file", name=name) from None
    return path
