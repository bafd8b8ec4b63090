"""Where a command was called from, and which file a name on the command line means there."""

from __future__ import annotations

import os
from pathlib import Path

import typer

CALLED_FROM = "ONEDOOR_CALLED_FROM"
"""Set by `./onedoor`, which works from the checkout's own folder wherever it is called."""


def from_caller(name: str) -> Path:
    """The path of a name as whoever typed it means it; OSError or RuntimeError for a home nobody has."""
    return Path(os.environ.get(CALLED_FROM, "")) / Path(name).expanduser()


def existing_file(name: str) -> Path:
    """A file that can be read, or typer's own refusal; `-` stays what it is."""
    if name == "-":
        return Path(name)
    path = _path(name)
    if not path.is_file():
        raise typer.BadParameter(f"there is no file {name}.")
    if not os.access(path, os.R_OK):
        raise typer.BadParameter(f"the file {name} may not be read.")
    return path


def existing_place(name: str) -> Path:
    """A file or folder that exists, or typer's own refusal."""
    path = _path(name)
    if not path.exists():
        raise typer.BadParameter(f"there is no file or folder {name}.")
    return path


def new_file(name: str) -> Path:
    """A file to be written, in a folder that exists, or typer's own refusal."""
    path = _path(name)
    if path.is_dir() or not path.parent.is_dir():
        raise typer.BadParameter(f"{name} cannot be written: there is no such folder, or it is one.")
    return path


def _path(name: str) -> Path:
    try:
        path = from_caller(name)
        path.exists()
    except (OSError, RuntimeError, ValueError):
        raise typer.BadParameter("this is not the name of a file.") from None
    return path
