"""`./onedoor dossier`: everything about a case in one archive, complete or not there at all."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from bot.opening import opened
from bot.whole_file import complete_or_nothing, refuse_existing
from bot.words import CommandFailed, words
from cases.actors import BY_RULE
from cases.casework import case_by_code
from cases.papers import whole
from cases.settings import Settings, read_settings


def run(code: str, out: Path) -> None:
    """Writes the dossier of a case into a new file; no such case, or a file that is there, is a failure."""
    refuse_existing(out)
    with complete_or_nothing(out) as file:
        written = asyncio.run(_write(read_settings(), code, file))
    told = {"files": written.files, "size": written.size, "sha256": written.sha256}
    print(words("dossier_written", file=out.name, **told))


async def _write(settings: Settings, code: str, out: BinaryIO) -> whole.Written:
    """Others may write to the database while the archive, which can be large, is being packed."""
    now, folder = datetime.now(UTC), settings.data_dir
    async with opened(settings) as database:
        async with database.transaction() as session:
            case = await case_by_code(session, code)
            if case is None:
                raise CommandFailed("no_such_case")
            gathered = await whole.gather(session, case, folder=folder, now=now, by=BY_RULE)
        written = await asyncio.to_thread(whole.pack, gathered, out)
        async with database.transaction() as session:
            await whole.note_written(session, gathered, written, now=now, by=BY_RULE)
    return written
