"""The one place that starts background work and notices its death."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0


class Supervisor:
    """Background work of one process: started here, restarted when it must go on, ended together."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Runs work once; a failure is logged, never swallowed and never fatal to the others."""
        task = asyncio.create_task(work, name=name)  # noqa: TID251  # this is the one place
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def keep(self, work: Callable[[], Awaitable[None]], name: str) -> asyncio.Task[None]:
        """Runs work for as long as the process lives, with a growing pause after each failure."""
        return self.start(self._again_and_again(work, name), name)

    async def stop(self) -> None:
        """Ends everything that was started and waits for it."""
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _again_and_again(self, work: Callable[[], Awaitable[None]], name: str) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await work()
            except Exception as error:
                log.warning(
                    "background work failed, will be tried again", action=name, error=type(error).__name__
                )
            else:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("background work ended in failure", action=task.get_name(), error=type(error).__name__)
