"""The console process: `python -m console`."""

from __future__ import annotations

import asyncio
import sys

from cases.errors import DoorError
from cases.settings import SettingsError, read_settings
from console.logs import set_up_logs
from console.serving import run
from console.starting import CannotStart
from console.wording import WordingError
from kb.library import LibraryError


def main() -> int:
    """Runs until told to stop; what went wrong is one plain sentence on standard error and exit status 1."""
    try:
        settings = read_settings()
        set_up_logs(settings.log_level)
        asyncio.run(run(settings))
    except (SettingsError, DoorError, CannotStart, WordingError) as failed:
        return _say(str(failed))
    except LibraryError as failed:
        faults = failed.faults
        return _say(str(CannotStart(settings.locale, "library", faults=len(faults), first=faults[0])))
    return 0


def _say(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
