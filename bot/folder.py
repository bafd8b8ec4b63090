"""Whether the data folder can be used."""

from __future__ import annotations

from bot.words import CommandFailed
from cases.settings import Settings


def prepare_folder(settings: Settings) -> None:
    """Makes the data folder, readable by its owner only; a plain sentence when that cannot be."""
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = settings.data_dir / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise CommandFailed("data_dir_unusable", folder=settings.data_dir, reason=error.strerror) from None
