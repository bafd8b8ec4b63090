"""`./onedoor ledger`: the monthly ledger (台账) as a workbook, and the proof of every timeline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot.opening import opened
from bot.whole_file import complete_or_nothing, refuse_existing
from bot.words import CommandFailed, WrongUse, words
from cases.errors import ChainBroken
from cases.measures.book import Names, write_ledger
from cases.measures.periods import Period, month
from cases.measures.scope import area_of, city_root
from cases.measures.tally import Tally
from cases.measures.verify import Proof, verify_all
from cases.places import unit_by_code
from cases.settings import Settings, read_settings
from handlers.wording import wording

UTC = "UTC"


def write(name: str | None, out: Path | None, unit: str | None) -> None:
    """Writes the ledger of a month into a new file; of a broken history none is written."""
    if name is None or out is None:
        raise WrongUse("ledger_needs")
    _month(name, UTC)
    refuse_existing(out)
    with complete_or_nothing(out) as file:
        tally = asyncio.run(_write(read_settings(), name, file, unit))
    total = tally.total()
    told = {"cases": tally.cases, "open": total["open"], "closed": total["closed"]}
    print(words("ledger_written", file=out.name, **told))


def verify() -> None:
    """Proves every timeline; the codes of the broken ones are printed, and the command fails."""
    proof = asyncio.run(_verify(read_settings()))
    if not proof.whole:
        codes = " ".join(proof.codes)
        raise CommandFailed("ledger_chain_broken", broken=proof.broken, codes=codes)
    print(words("ledger_chain_whole", cases=proof.cases, entries=proof.entries))


async def _write(settings: Settings, name: str, out: BinaryIO, code: str | None) -> Tally:
    say = wording(settings.locale)
    async with opened(settings) as database, database.reading() as session:
        unit = await (city_root(session) if code is None else unit_by_code(session, code))
        if unit is None:
            raise CommandFailed("ledger_no_unit", unit=code or "")
        scope = await area_of(session, unit)
        with _shown("ledger_writing") as progress:
            try:
                return await write_ledger(
                    session,
                    scope,
                    _month(name, scope.city.timezone),
                    out,
                    names=Names(say.locale, say.leaf),
                    progress=progress,
                )
            except ChainBroken as broken:
                raise CommandFailed("ledger_broken", code=str(broken)) from None


async def _verify(settings: Settings) -> Proof:
    async with opened(settings) as database, database.reading() as session:
        with _shown("ledger_verifying") as progress:
            return await verify_all(session, progress)


def _month(name: str, timezone: str) -> Period:
    try:
        return month(name, timezone)
    except ValueError:
        raise WrongUse("bad_month", given=name) from None


@contextmanager
def _shown(key: str) -> Iterator[Callable[[int], None]]:
    """How many cases are done, on standard error, while it goes on."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(words(key, cases=0), total=None)
        yield lambda cases: progress.update(task, description=words(key, cases=cases))
