"""`./onedoor rounds`: one round of everything that is due, now or at a given time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot.moments import read_moment
from bot.opening import opened
from bot.words import WrongUse, words
from cases.clocks.rounds import RoundReport, due_count, make_round, what_is_due
from cases.database import Database
from cases.settings import read_settings
from handlers.times import ZONE


def run(at: str | None, *, dry_run: bool) -> None:
    """Makes the round and says what was done, or with `dry_run` what would be."""
    report = asyncio.run(_run(moment(at), dry_run=dry_run))
    print(
        words(
            "rounds_would" if dry_run else "rounds_made", now=f"{report.now.astimezone(ZONE):%Y-%m-%d %H:%M}"
        )
    )
    for act, count in sorted(report.acts.items()):
        print(f"  {words(f'round_{act}')}: {count}")
    if not report.clocks:
        print(words("rounds_nothing"))


def moment(at: str | None) -> datetime:
    """A time as ISO 8601; without an offset it is taken as UTC. WrongUse when it is none."""
    if at is None:
        return datetime.now(UTC)
    read = read_moment(at)
    if read is None:
        raise WrongUse("bad_time", given=at)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


async def _run(now: datetime, *, dry_run: bool) -> RoundReport:
    async with opened(read_settings()) as database:
        if dry_run:
            async with database.reading() as session:
                return await what_is_due(session, now)
        return await _with_progress(database, now)


async def _with_progress(database: Database, now: datetime) -> RoundReport:
    async with database.reading() as session:
        total = await due_count(session, now)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task(words("rounds_going_on"), total=total)
        return await make_round(database, now, progress=lambda count: shown.update(task, completed=count))
