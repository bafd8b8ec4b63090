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
SHORT_LIFE = 5.0
MOST_SHORT_LIVES = 3


class ChildFailed(Exception):
    """The process ends again and again right after its start; it has said why on standard error."""

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
        """Never returns: a death is followed by a new start; ChildFailed when it keeps dying at once."""
        short_lives = 0
        pause = FIRST_PAUSE
        while self._process is not None:
            await self._process.wait()
            lived = time.monotonic() - self._started_at
            short_lives = short_lives + 1 if lived < SHORT_LIFE else 0
            pause = min(pause * 2, LONGEST_PAUSE) if short_lives else FIRST_PAUSE
            if short_lives >= MOST_SHORT_LIVES:
                raise ChildFailed(self.name)
            await asyncio.sleep(pause)
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
