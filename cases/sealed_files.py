"""How does a file lie sealed on disk, under a key of its own that only its row holds?"""

from __future__ import annotations

import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from cases.errors import AttachmentNotFound
from cases.secrets import KEY_BYTES, SecretBox

# A file without a row may belong to a transaction that has not committed yet.
SWEEP_AFTER = timedelta(hours=1)


def put_away(folder: Path, content: bytes, context: str) -> tuple[str, str]:
    """Seals content under a fresh key below `folder`; returns the file's name and the key as text."""
    key, name = secrets.token_bytes(KEY_BYTES), secrets.token_hex(16)
    _write(path_of(folder, name), SecretBox(key).seal(content, context))
    return name, b64encode(key).decode()


def path_of(folder: Path, name: str) -> Path:
    """Where a sealed file lies below its folder."""
    return folder / name[:2] / name


def unseal(path: Path, key: str, context: str) -> bytes:
    """The plain bytes of a sealed file; AttachmentNotFound when it is gone, SealBroken if it was changed."""
    try:
        sealed = path.read_bytes()
    except FileNotFoundError as error:
        raise AttachmentNotFound from error
    return SecretBox(b64decode(key)).open(sealed, context)


def remove_others(folder: Path, living: Collection[str | None], before: datetime) -> int:
    """Removes files last written before a time whose names are not among the living; how many went."""
    stale = [
        path
        for path in folder.glob("*/*")
        if path.name.split(".")[0] not in living and path.stat().st_mtime < before.timestamp()
    ]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


def _write(path: Path, content: bytes) -> None:
    """Writes beside and renames, so that a file is there whole or not at all; readable by the owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_suffix(f".{time.monotonic_ns()}")
    beside.touch(mode=0o600, exist_ok=False)
    beside.write_bytes(content)
    beside.rename(path)
