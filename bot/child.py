"""How `up` runs one of its processes: started in a group of its own, watched, restarted, stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
GRACE = 10.0
SETTLED = 60.0
"""Seconds after which a process has proved that it can run; from then on it is started again for ever."""
MOST_EARLY_DEATHS = 3
REFUSED = 1
"""The exit status of a process that has said in one sentence why it cannot run."""


class ChildFailed(Exception):
    """The process refused to run, or died again and again soon after its start."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


class Child:
    """One process. Its standard error is ours, so that its one plain sentence is seen."""

    def __init__(self, name: str, command: list[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self._command = command
        self._environment = dict(environment)
        self._process: asyncio.subprocess.Process | None = None
        self._started_at = 0.0

    @property
    def has_ended(self) -> bool:
        return self._process is not None and self._process.returncode is not None

    async def start(self) -> None:
        """Starts the process in a session of its own, so that a Ctrl-C reaches `up` alone."""
        self._started_at = time.monotonic()
        self._process = await asyncio.create_subprocess_exec(
            *self._command, env=self._environment, start_new_session=True
        )

    async def watch(self) -> None:
        """Never returns: a death is followed by a new start; ChildFailed when it never managed to run."""
        early_deaths = 0
        settled = False
        pause = FIRST_PAUSE
        while self._process is not None:
            status = await self._process.wait()
            if time.monotonic() - self._started_at >= SETTLED:
                settled, pause = True, FIRST_PAUSE
            early_deaths += 1
            if not settled and (status == REFUSED or early_deaths >= MOST_EARLY_DEATHS):
                raise ChildFailed(self.name)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            await self.start()

    async def stop(self) -> None:
        """Asks it to end, and ends it when it does not within the grace time."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        self._signal(process, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), GRACE)
        except TimeoutError:
            self._signal(process, signal.SIGKILL)
            await process.wait()

    @staticmethod
    def _signal(process: asyncio.subprocess.Process, name: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, name)
