"""`./onedoor up`: prepares what is missing, then runs everything until Ctrl-C."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bot.child import Child, ChildFailed
from bot.folder import prepare_folder
from bot.listening import address_unusable, refused_address
from bot.nlu_service import RUNNING
from bot.words import CommandFailed, tell, words
from cases.settings import Settings, read_settings
from nlu import environments
from nlu.process import NluNotStarted, NluProcess

SECONDS_FOR_CONSOLE = 60
"""Longest wait for the console's first answer: a small machine under load takes its time."""
SAMPLE = "cases/cities/sample"
STEPS = ("step_settings", "step_nlu", "step_database", "step_service", "step_processes")


def run() -> None:
    """Everything, until a signal; a part that cannot start is one sentence and exit status 1."""
    settings = read_settings()
    asyncio.run(_up(settings))


async def _up(settings: Settings) -> None:
    stop = asyncio.Event()
    _stop_on_signals(stop)
    service = NluProcess(settings.data_dir)
    children: list[Child] = []
    with _alone(settings):
        try:
            if await _until(stop, _start(settings, service, children)):
                await _watch(children, stop)
        finally:
            await _put_away(settings, service, children)


def _stop_on_signals(stop: asyncio.Event) -> None:
    """Ctrl-C, `kill` and a closed terminal all end it; `nohup` keeps meaning what it says."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if name is not signal.SIGHUP or signal.getsignal(name) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(name, stop.set)


async def _until(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """True when the work came to its end, with its failure raised; a stop breaks it off: False."""
    working = asyncio.ensure_future(work)  # noqa: TID251  # awaited below
    stopping = asyncio.ensure_future(stop.wait())  # noqa: TID251  # ended below
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    for task in (working, stopping):
        task.cancel()
    with suppress(asyncio.CancelledError):
        await working
        return True
    return False


async def _put_away(settings: Settings, service: NluProcess, children: list[Child]) -> None:
    """Stops whatever had been started, also when that was not everything."""
    started = bool(children) or service.pid is not None
    if started:
        tell("stopping")
    await asyncio.gather(*(child.stop() for child in children), return_exceptions=True)
    await service.stop()
    (settings.data_dir / RUNNING).unlink(missing_ok=True)
    if started:
        tell("stopped")


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One `up` on a data folder: a second one says so instead of fighting over it."""
    import fcntl

    prepare_folder(settings)
    with (settings.data_dir / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CommandFailed("up_already") from None
        yield


async def _start(settings: Settings, service: NluProcess, children: list[Child]) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    # Without a terminal a bar shows nothing: each step is a line of its own.
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=len(STEPS))

        def step(number: int) -> None:
            progress.update(task, completed=number, description=words(STEPS[number]))
            if not console.is_terminal:
                tell("step_line", number=number + 1, total=len(STEPS), what=words(STEPS[number]))

        step(0)
        _refuse_taken_port(settings)
        step(1)
        await _prepare_serving(service.environment)
        step(2)
        sample = await _prepare_rest()
        step(3)
        url = await _start_service(settings, service)
        step(4)
        await _start_children(settings, url, children)
        progress.update(task, completed=len(STEPS))
    _announce(settings, sample)


def _refuse_taken_port(settings: Settings) -> None:
    refused = refused_address(settings)
    if refused is None:
        return
    if refused.errno == errno.EADDRINUSE:
        raise CommandFailed("port_taken", port=settings.console_port)
    raise address_unusable(settings, refused)


async def _prepare_serving(kind: environments.Kind) -> None:
    if environments.is_ready(kind):
        return
    uv = os.environ.get("ONEDOOR_UV", "uv")
    try:
        await asyncio.to_thread(environments.prepare, kind, uv)
    except environments.EnvironmentNotReady as failed:
        raise CommandFailed("environment_not_ready", reason=str(failed)) from None


async def _prepare_rest() -> bool:
    """Knowledge base and database; True when the sample city was loaded into an empty database."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.preparing",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        told, said = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode != 0:
        raise CommandFailed("passed_on", sentence=said.decode("utf-8", errors="replace").strip())
    return bool(json.loads(told)["sample"])


async def _start_service(settings: Settings, service: NluProcess) -> str:
    if settings.nlu_url:
        return settings.nlu_url
    try:
        url = await service.start()
    except NluNotStarted as failed:
        raise CommandFailed("nlu_not_started", reason=str(failed)) from None
    # It comes back by itself for as long as it takes: without it rules go on warning.
    service.watch()
    return url


async def _start_children(settings: Settings, url: str, children: list[Child]) -> None:
    environment = dict(os.environ) | {"ONEDOOR_NLU_URL": url}
    children.append(Child("console", [sys.executable, "-m", "console"], environment))
    # The bot makes the rounds beside its conversations; where there is none a worker does.
    name, module = ("bot", "bot") if settings.bot_token is not None else ("worker", "bot.worker")
    children.append(Child(name, [sys.executable, "-m", module], environment))
    running = settings.data_dir / RUNNING
    running.write_text(json.dumps({"nlu_url": url, "pid": os.getpid()}), encoding="utf-8")
    for child in children:
        await child.start()
    await _console_answers(settings, children[0])


async def _console_answers(settings: Settings, console: Child) -> None:
    """Waits until the console listens, so that what is announced is true."""
    for _ in range(SECONDS_FOR_CONSOLE * 10):
        if console.has_ended:
            raise CommandFailed("part_failed", part="console")
        with suppress(OSError):
            _, writer = await asyncio.open_connection(settings.console_host, settings.console_port)
            writer.close()
            return
        await asyncio.sleep(0.1)
    raise CommandFailed("part_failed", part="console")


async def _watch(children: list[Child], stop: asyncio.Event) -> None:
    """Until the stop: a part that dies is started again, one that cannot start ends everything."""
    try:
        await _until(stop, _all_watched(children))
    except ChildFailed as failed:
        raise CommandFailed("part_failed", part=failed.name) from None


async def _all_watched(children: list[Child]) -> None:
    await asyncio.gather(*(child.watch() for child in children))


def _announce(settings: Settings, sample: bool) -> None:
    tell("up_ready")
    tell("up_console", url=f"http://{settings.console_host}:{settings.console_port}")
    tell("up_talk")
    tell("up_bot_on" if settings.bot_token else "up_bot_off")
    if sample:
        tell("up_sample", folder=SAMPLE)
