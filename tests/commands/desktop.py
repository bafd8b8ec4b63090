"""Commands as people type them: run to their end, started beside the test, or talked to line by line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.words import words
from handlers.wording import wording

ROOT = Path(__file__).parents[2]
CLI = (sys.executable, "-m", "bot.cli")
LONGEST = 120
"""Seconds after which a command is taken to hang."""
GRACE = 20
NOWHERE = "!photo /nowhere/at/all.jpg"
"""A line that is answered at once and changes nothing."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind; none may ever show a trace."""

    status: int
    out: str
    err: str

    @classmethod
    def of(cls, status: int, out: bytes, err: bytes) -> Ran:
        told = cls(status, out.decode(), err.decode())
        assert "Traceback" not in told.out + told.err, told.err
        return told

    def failed(self, *parts: str) -> None:
        """It ended in exactly one sentence that says these things, and printed nothing else."""
        assert (self.status, self.out) == (1, ""), self
        assert self.err.count("\n") == 1, self.err
        for part in parts:
            assert part in self.err


@dataclass(frozen=True, slots=True)
class Desktop:
    """A data folder and the settings with which commands are typed."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ONEDOOR_")}
        ours = {"ONEDOOR_DATA_DIR": str(self.folder), "PYTHONPATH": str(ROOT)}
        return inherited | ours | dict(self.settings) | dict(settings)

    def run(self, *arguments: str, given: str | bytes = b"", cwd: Path = ROOT, **settings: str) -> Ran:
        """A command from its first to its last word."""
        ended = subprocess.run(
            [*CLI, *arguments],
            input=given.encode() if isinstance(given, str) else given,
            capture_output=True,
            cwd=cwd,
            env=self.environment(settings),
            timeout=LONGEST,
            check=False,
        )
        return Ran.of(ended.returncode, ended.stdout, ended.stderr)

    def start(self, *arguments: str, streams: Mapping[str, Any] | None = None, **settings: str) -> Started:
        """A command that goes on beside the test; `streams` replaces its pipes."""
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(
            [*CLI, *arguments],
            cwd=ROOT,
            env=self.environment(settings),
            start_new_session=True,
            **(pipes | dict(streams or {})),
        )
        return Started(process)

    def talk(self, *arguments: str, **settings: str) -> Talk:
        """A conversation, held line by line."""
        return Talk(self.start("talk", *arguments, **settings))


def together(runs: Iterable[Callable[[], Ran]]) -> list[Ran]:
    """Commands that have nothing to do with each other, some at the same time, results in their order."""
    with ThreadPoolExecutor(4) as pool:
        return [run.result() for run in [pool.submit(run) for run in runs]]


class Started:
    """A process beside the test, killed when it hangs or when the test is over."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._limit = threading.Timer(LONGEST, process.terminate)
        self._limit.daemon = True
        self._limit.start()

    def first_line(self) -> str:
        """The next line it says; byte by byte, since what a buffer holds back is lost on `ends`."""
        pipe = self.process.stdout
        assert pipe is not None
        said = b""
        while not said.endswith(b"\n"):
            byte = os.read(pipe.fileno(), 1)
            if not byte:
                break
            said += byte
        return said.decode()

    def ends(self) -> Ran:
        """What it left behind once it has ended by itself."""
        out, err = self.process.communicate()
        self._limit.cancel()
        return Ran.of(self.process.returncode, out or b"", err or b"")

    def kill(self) -> None:
        """Ends it whatever it is doing, after a moment to put away what it started."""
        self._limit.cancel()
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.communicate(timeout=GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


def descendants(pid: int) -> list[int]:
    """The processes a process has started, and those they have started; a thread's children are its own."""
    found = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in children.read_text().split()]
    return found + [below for child in found for below in descendants(child)]


def command_of(pid: int) -> str:
    """The command line of a process; empty when it is over."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


class Talk:
    """One conversation in a terminal, through pipes."""

    def __init__(self, started: Started) -> None:
        self._started = started
        self._last = ""
        self.opening = self._until_nowhere()
        """What was shown before anything was said."""

    def says(self, line: str | bytes) -> str:
        """Everything shown in answer to a line."""
        raw = line.encode() if isinstance(line, str) else line
        self._write(raw)
        answer = self._until_nowhere()
        echo, _, rest = answer.partition("\n")
        assert echo.startswith("> "), answer
        self._last = rest if "[1]" in rest else self._last
        return rest

    def presses(self, key: str) -> str:
        """Presses the button of that wording key which was shown last."""
        return self.says(str(number(self._last, label(key))))

    def ends(self) -> Ran:
        """Says nothing more."""
        return self._started.ends()

    def kill(self) -> None:
        self._started.kill()

    def _write(self, raw: bytes) -> None:
        pipe = self._started.process.stdin
        assert pipe is not None
        pipe.write(raw + b"\n")
        pipe.flush()

    def _until_nowhere(self) -> str:
        """What is shown before the answer to a line that changes nothing: the turn before it is over."""
        self._write(NOWHERE.encode())
        pipe = self._started.process.stdout
        assert pipe is not None
        shown = ""
        for line in iter(pipe.readline, b""):
            shown += line.decode()
            if shown.endswith(f"> {NOWHERE}\n{words('talk_no_file')}\n"):
                return shown.removesuffix(f"> {NOWHERE}\n{words('talk_no_file')}\n")
        raise AssertionError(f"the conversation ended: {shown}{self._started.ends().err}")


def number(shown: str, text: str) -> int:
    """The number of the button with that text."""
    found = re.search(rf"\[(\d+)\] {re.escape(text)}", shown)
    assert found, f"no button {text} in {shown}"
    return int(found[1])


def label(key: str, locale: str = "zh-Hans") -> str:
    """What stands on a button."""
    return wording(locale).sections["buttons"][key]


def reply(key: str, locale: str = "zh-Hans") -> str:
    """How the bot's sentence of a key begins, up to its first blank or line's end."""
    return re.split(r"[{\n]", wording(locale).sections["replies"][key])[0]


def notice(key: str) -> str:
    """How a notice begins."""
    return re.split(r"[{\n]", wording("zh-Hans").sections["notices"][key])[0]
