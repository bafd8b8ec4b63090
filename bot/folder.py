"""Whether the data folder can be used."""

from __future__ import annotations

from tempfile import TemporaryFile

from bot.words import CommandFailed
from cases.settings import Settings


def prepare_folder(settings: Settings) -> None:
    """Makes the data folder, readable by its owner only; a plain sentence when that cannot be."""
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A name of its own for each: two first starts at once must not take away each other's probe.
        with TemporaryFile(dir=settings.data_dir) as probe:
            probe.write(b"1")
    except OSError as error:
        raise CommandFailed("data_dir_unusable", folder=settings.data_dir, reason=error.strerror) from None
