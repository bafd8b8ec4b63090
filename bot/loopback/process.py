"""The real bot process in front of a loopback server: started, waited for, stopped or killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from bot.loopback.screen import NotHeard, now
from bot.loopback.server import LoopbackBotApi

ROOT = Path(__file__).parents[2]
SECONDS_TO_START = 60.0
SECONDS_TO_STOP = 15.0
GLANCE = 0.1
"""how often one looks whether a starting process is still alive"""


class BotNotStarted(Exception):
    """The process ended before it listened; the text is the last line it wrote."""


class BotProcess:
    """`python -m bot` with a data folder and settings of its own; nothing of ours leaks in.

    `settings` are ONEDOOR_ names without that prefix, in capitals or not. What the process writes stands
    in `log`.
    """

    def __init__(self, api: LoopbackBotApi, data_dir: Path, **settings: str) -> None:
        self._api = api
        self.data_dir = data_dir
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> BotProcess:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None:
            await self.stop()

    @property
    def log_path(self) -> Path:
        return self.data_dir / "bot.log"

    @property
    def log(self) -> str:
        """All the process has written so far, over all its starts."""
        return self.log_path.read_text(encoding="utf-8") if self.log_path.exists() else ""

    async def start(self) -> None:
        """Starts the process and returns once it waits for updates; BotNotStarted when it ends instead."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                cwd=self.data_dir,  # where no .env of a developer lies
                env=self.environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        await self._until_listening(self._process)

    async def stop(self) -> int:
        """Asks the process to end, as an operator would; its exit status."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """Ends the process without asking, as a power cut would."""
        await self._end(signal.SIGKILL)

    @property
    def environment(self) -> dict[str, str]:
        """What the process is given; a command on the same data folder needs the same."""
        outside = {name: value for name, value in os.environ.items() if not name.startswith("ONEDOOR_")}
        ours = {
            "DATA_DIR": str(self.data_dir),
            "BOT_API": self._api.url,
            "BOT_TOKEN": self._api.token,
            **{name.upper(): value for name, value in self._settings.items()},
        }
        return outside | {"PYTHONPATH": str(ROOT)} | named(ours)

    async def _until_listening(self, process: asyncio.subprocess.Process) -> None:
        began = now()
        while process.returncode is None:
            try:
                await self._api.listened_to(within=GLANCE)
            except NotHeard:
                if now() - began > SECONDS_TO_START:
                    await self.kill()
                    raise
            else:
                return
        raise BotNotStarted(self.log.strip().rpartition("\n")[2])

    async def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            raise RuntimeError("the bot does not run")
        if process.returncode is None:
            process.send_signal(how)
        try:
            async with asyncio.timeout(SECONDS_TO_STOP):
                return await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise


def named(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings under the names a process reads them by."""
    return {f"ONEDOOR_{name}": value for name, value in settings.items()}
