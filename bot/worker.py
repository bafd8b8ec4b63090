"""The worker where no channel runs: it makes the rounds and tidies, so that clocks act all the same."""

from __future__ import annotations

import asyncio
import signal
import sys

from bot.housekeeping import tidy_forever
from bot.logs import set_up_logs
from bot.opening import opened
from bot.rounds import rounds_forever
from bot.supervisor import Supervisor
from bot.words import CommandFailed
from cases.errors import DoorError
from cases.settings import Settings, SettingsError, read_settings


async def run(settings: Settings) -> None:
    """Works until a signal."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    supervisor = Supervisor()
    async with opened(settings) as database:
        supervisor.keep(lambda: rounds_forever(database), "rounds")
        supervisor.keep(lambda: tidy_forever(database, settings.data_dir), "tidying")
        await stop.wait()
        await supervisor.stop()


def main() -> None:
    """Starts the process; what went wrong is one plain sentence and exit status 1."""
    try:
        settings = read_settings()
        set_up_logs(settings.log_level)
        asyncio.run(run(settings))
    except CommandFailed as failed:
        sys.exit(failed.sentence)
    except (DoorError, SettingsError) as failed:
        sys.exit(str(failed))


if __name__ == "__main__":
    main()
