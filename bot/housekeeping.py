"""What is tidied away by itself: words that stand elsewhere by now, and files nobody can open any more."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cases import attachments, heard
from cases.database import Database
from cases.papers import keeping

PAUSE = 3600.0
ROUNDS_A_DAY = 24
HEARD_KEPT = timedelta(days=7)
"""What was heard stands in drafts, checks and cases; the raw message is kept this long for mishaps."""


async def tidy_forever(database: Database, data_dir: Path) -> None:
    """Once at the start and then every hour; sizes are learnt once a day."""
    for count in itertools.count():
        await tidy(database, data_dir, datetime.now(UTC))
        if count % ROUNDS_A_DAY == 0:
            await database.learn_sizes()
        await asyncio.sleep(PAUSE)


async def tidy(database: Database, data_dir: Path, now: datetime) -> int:
    """Forgets old raw messages and removes orphaned files; how many files went."""
    async with database.transaction() as session:
        await heard.forget_before(session, now - HEARD_KEPT)
    async with database.reading() as session:
        orphans = await attachments.sweep(session, folder=data_dir, now=now)
        return orphans + await keeping.sweep(session, folder=data_dir, now=now)
