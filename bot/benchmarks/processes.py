"""Which processes does a measurement start, what do they take, and how do they all end again?"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROC = Path("/proc")
GRACE = 20.0
"""Seconds a process is given to end by itself: `up` first stops what it started."""
MEGABYTE = 1_000_000


class Died(Exception):
    """A process ended while it was needed; the text is its exit status and the last line it wrote."""


@dataclass(slots=True)
class Running:
    """A process of ours; `log` is where it writes."""

    process: asyncio.subprocess.Process
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def check(self) -> None:
        """Died when it no longer lives."""
        if self.process.returncode is not None:
            raise Died(f"[{self.process.returncode}] {last_words(self.log)}")


@asynccontextmanager
async def running(
    command: Sequence[str], environment: Mapping[str, str], *, log: Path, cwd: Path = ROOT
) -> AsyncIterator[Running]:
    """The command as a process in a group of its own; it and all it started are gone on leaving."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as said:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            env=dict(environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        yield Running(process, log)
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Asks first; what is left of the tree after the grace time is ended."""
    tree = {pid: born(pid) for pid in family(process.pid)}
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await process.wait()
    for pid, birth in tree.items():
        # The number may belong to somebody else by now, the number with this birth cannot.
        if birth is not None and born(pid) == birth:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    await process.wait()


def family(pid: int) -> list[int]:
    """The process and everything below it, parents first; only itself where there is no /proc."""
    children: dict[int, list[int]] = {}
    for folder in PROC.glob("[0-9]*"):
        fields = _stat(int(folder.name))
        if fields:
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    tree = [pid]
    for one in tree:
        tree.extend(children.get(one, []))
    return tree


def born(pid: int) -> str | None:
    """When a process was started, in the kernel's own count; None when it is no more."""
    fields = _stat(pid)
    return fields[19] if fields and fields[0] != "Z" else None


def cpu_seconds(pid: int) -> float:
    """Processor time of the tree below a process so far."""
    ticks = 0
    for one in family(pid):
        fields = _stat(one)
        ticks += int(fields[11]) + int(fields[12]) if fields else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """Resident memory (RSS) of one process in MB (10⁶ bytes); pages it shares count in full."""
    return _memory_mb(pid, "status", "VmRSS:")


def own_share_mb(pid: int) -> float:
    """Proportional memory (PSS) of one process in MB: a page shared by n processes counts as 1/n."""
    return _memory_mb(pid, "smaps_rollup", "Pss:")


def command_of(pid: int) -> str:
    """How a process was called; empty when it is no more."""
    try:
        return (
            (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
        )
    except OSError:
        return ""


def last_words(log: Path) -> str:
    """The last line a process wrote."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1] if lines else "?"


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; empty when there is no such process."""
    try:
        text = (PROC / str(pid) / "stat").read_text("utf-8", "replace")
    except OSError:
        return []
    return text.rpartition(") ")[2].split()  # the name before it may hold spaces and parentheses


def _memory_mb(pid: int, file: str, field: str) -> float:
    with suppress(OSError):
        for line in (PROC / str(pid) / file).read_text("ascii", "replace").splitlines():
            if line.startswith(field):
                return int(line.split()[1]) * 1024 / MEGABYTE
    return 0.0
