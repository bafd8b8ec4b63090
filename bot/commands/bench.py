"""`./onedoor bench`: how fast it is, each figure beside its baseline in the same run."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot.benchmarks import cases as full_databases
from bot.benchmarks import machine, stock, turns, understanding
from bot.benchmarks.load import NotAnswered
from bot.benchmarks.pipe import PipeFailed
from bot.benchmarks.processes import Died
from bot.benchmarks.stock import StockFailed
from bot.benchmarks.tables import Report, show, write_json
from bot.folder import prepare_folder
from bot.logs import set_up_logs
from bot.loopback import NotHeard
from bot.nlu_service import prepare_serving
from bot.words import CommandFailed, tell, words
from cases.settings import Settings, read_settings
from nlu import environments
from nlu.process import NluNotStarted, preferred_model, served_by

NAMES = ("nlu", "turn")
FULL = "cases"
"""Takes so long, and so much of the disk, that it is made only when it is named."""
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(only: str | None, json_out: Path | None = None, *, cases: int | None = None) -> None:
    """The tables on standard output; CommandFailed when something could not be measured.

    What had been measured by then is shown all the same: it took minutes.
    """
    if only is not None and only not in (*NAMES, FULL):
        raise typer.BadParameter(words("bench_unknown", names=", ".join((*NAMES, FULL))))
    settings = read_settings()
    prepare_folder(settings)
    began = machine.begin()
    reports: list[Report] = []
    try:
        with _steps() as say:
            if only == FULL:
                _unless_told_to_end(_cases(settings, cases, say, reports))
            else:
                _unless_told_to_end(_measure(settings, [only] if only else NAMES, say, reports))
    finally:
        if reports:
            _hand_over(reports, began.ended(), json_out)


def _hand_over(reports: Sequence[Report], over: machine.Machine, json_out: Path | None) -> None:
    show(reports, over, sys.stdout)
    if json_out is not None:
        write_json(reports, over, json_out, datetime.now(UTC))


async def _cases(
    settings: Settings, count: int | None, say: understanding.Say, reports: list[Report]
) -> None:
    """A full database on the product's disk; neither a model nor a token is needed."""
    set_up_logs("ERROR")  # a line for each turn would stand between the tables
    wanted = count or full_databases.DEFAULT_CASES
    with tempfile.TemporaryDirectory(prefix="bench-", dir=settings.data_dir.resolve()) as folder:
        reports.append(await full_databases.run(wanted, Path(folder), say))


async def _measure(
    settings: Settings, names: Sequence[str], say: understanding.Say, reports: list[Report]
) -> None:
    """The benchmarks one after the other, in a scratch folder that is gone afterwards."""
    say("bench_step_environments")
    await asyncio.to_thread(prepare_serving, served_by(preferred_model(settings.data_dir)))
    # On the disk the product writes to: a folder in memory would make every commit look free.
    with tempfile.TemporaryDirectory(prefix="bench-", dir=settings.data_dir.resolve()) as folder:
        try:
            for name in names:
                report = await _one(name, settings, Path(folder), say)
                reports.append(report)  # at once: a later one may fail
        except environments.EnvironmentNotReady as failed:
            raise CommandFailed("environment_not_ready", reason=str(failed)) from None
        except NluNotStarted as failed:
            raise CommandFailed("nlu_not_started", reason=str(failed)) from None
        except StockFailed as failed:
            raise CommandFailed("bench_stock_failed", reason=str(failed)) from None
        except (Died, NotAnswered, NotHeard, PipeFailed, TimeoutError) as failed:
            raise CommandFailed("bench_failed", reason=_reason(failed)) from None


def _reason(failed: BaseException) -> str:
    return str(failed) or type(failed).__name__


async def _one(name: str, settings: Settings, scratch: Path, say: understanding.Say) -> Report:
    if name == "turn":
        return await turns.run(scratch, say)
    await stock.prepare(os.environ.get("ONEDOOR_UV", "uv"))
    own = settings.data_dir.resolve()
    return await understanding.run(own, own / "bench" / "stock", scratch, say)


@contextmanager
def _steps() -> Iterator[understanding.Say]:
    """Says on standard error what is measured now: a line that moves for a person, a line each for a log."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=None)

        def say(key: str, *, quiet: bool = False, **values: Any) -> None:
            progress.update(task, description=words("bench_step", what=words(key, **values)))
            if not console.is_terminal and not quiet:
                tell("bench_step", what=words(key, **values))

        yield say


def _unless_told_to_end(work: Coroutine[Any, Any, None]) -> None:
    """Does the work. The first signal ends it; the cleaning up is not disturbed by a second."""

    async def guarded() -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()

        def end() -> None:
            if task is not None and not task.cancelling():
                task.cancel()

        for name in ENDING:
            if signal.getsignal(name) is not signal.SIG_IGN:  # as under nohup
                loop.add_signal_handler(name, end)
        await work

    try:
        asyncio.run(guarded())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
