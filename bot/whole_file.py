"""How does a command write a new file so that it is there complete, or not at all?"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from bot.words import CommandFailed


def refuse_existing(out: Path) -> None:
    """CommandFailed where something of that name is there already."""
    if out.exists() or out.is_symlink():
        raise CommandFailed("file_exists", file=out.name)


@contextmanager
def complete_or_nothing(out: Path) -> Iterator[BinaryIO]:
    """A file beside the place, put there once it is whole; readable by its owner only, never over another."""
    beside = out.with_name(f".onedoor-{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        refuse_existing(out)
        beside.rename(out)
    finally:
        beside.unlink(missing_ok=True)
