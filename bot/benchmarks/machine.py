"""On what was it measured, and how busy was that with other work? Figures without it say little."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.words import words

CPU_LINE = Path("/proc/stat")
IDLE = (3, 4)
"""idle and iowait, among the fields of the first line of /proc/stat"""


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine over one whole run; `others` is the share of all cores that other work took meanwhile."""

    cores: int
    memory_gb: float
    system: str
    python: str
    seconds: float
    others: float | None

    def sentence(self) -> str:
        others = "?" if self.others is None else f"{self.others:.0%}"
        return words(
            "bench_machine",
            cores=self.cores,
            memory=f"{self.memory_gb:.0f}",
            system=self.system,
            python=self.python,
            seconds=round(self.seconds),
            others=others,
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Began:
    """How the clocks stood when a run began."""

    at: float
    busy: float | None
    own: float

    def ended(self) -> Machine:
        """The machine over the time since; what was started meanwhile must have ended."""
        seconds = time.monotonic() - self.at
        cores = os.cpu_count() or 1
        busy, others = _busy_seconds(), None
        if busy is not None and self.busy is not None:
            others = max(0.0, (busy - self.busy - (_own_seconds() - self.own)) / (seconds * cores))
        pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return Machine(
            cores=cores,
            memory_gb=round(pages / 2**30, 1),
            system=f"{platform.system()} {platform.machine()}",
            python=platform.python_version(),
            seconds=round(seconds, 1),
            others=None if others is None else round(others, 3),
        )


def begin() -> Began:
    return Began(time.monotonic(), _busy_seconds(), _own_seconds())


def _busy_seconds() -> float | None:
    """Seconds in which any core did anything since the machine's start; None where that is not told."""
    try:
        fields = CPU_LINE.read_text("ascii").splitlines()[0].split()[1:9]
    except OSError:
        return None
    ticks = [int(one) for one in fields]
    return (sum(ticks) - sum(ticks[place] for place in IDLE)) / os.sysconf("SC_CLK_TCK")


def _own_seconds() -> float:
    """Processor time of this process and of all it started and saw end."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
