"""What keeps the clocks acting while the product runs: a round every minute."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog

from cases.clocks.rounds import make_round
from cases.database import Database

log = structlog.get_logger(__name__)
PAUSE = 60.0


async def rounds_forever(database: Database) -> None:
    """Makes a round at once and then every minute; several processes share the work without doubling it."""
    while True:
        report = await make_round(database, datetime.now(UTC))
        if report.clocks:
            log.info("round", action="round", clocks=report.clocks, acts=dict(report.acts))
        await asyncio.sleep(PAUSE)
