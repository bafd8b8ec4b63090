"""Ctrl-C, `kill` and a closed terminal: a command ends at once and leaves nothing running."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands.desktop import Desktop, Started, command_of, descendants, reply

from bot.words import words

pytestmark = pytest.mark.model
SOON = 60.0


class Terminal:
    """A terminal somebody sits at."""

    def __init__(self) -> None:
        self._ours, self.theirs = pty.openpty()

    def types(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def shows(self, text: str) -> str:
        """Everything shown until the text stands there."""
        shown, end = b"", time.monotonic() + SOON
        while text.encode() not in shown and time.monotonic() < end:
            if select.select([self._ours], [], [], 0.2)[0]:
                shown += os.read(self._ours, 65536)
        assert text in shown.decode(), shown.decode()
        return shown.decode()

    def close(self) -> None:
        os.close(self._ours)
        os.close(self.theirs)


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def sits_down(desktop: Desktop, terminals: list[Terminal], service: str) -> tuple[Terminal, Started]:
    terminal = Terminal()
    terminals.append(terminal)
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal.theirs)
    return terminal, desktop.start("talk", streams=streams, ONEDOOR_NLU_URL=service)


def test_two_people_talk_at_once_and_each_is_let_go_without_another_key(
    desktop: Desktop, terminals: list[Terminal], service: str
) -> None:
    """Both sit at the same data folder; one presses Ctrl-C, the other closes the window."""
    talks = [sits_down(desktop, terminals, service) for _ in range(2)]
    try:
        for terminal, _ in talks:
            terminal.shows(words("talk_prompt"))
            terminal.types("您好\n")
        for terminal, _ in talks:
            assert reply("greet") in terminal.shows(words("talk_prompt"))
        for (_, started), name in zip(talks, (signal.SIGINT, signal.SIGHUP), strict=True):
            os.kill(started.process.pid, name)
            assert started.process.wait(10) == 0
    finally:
        for _, started in talks:
            started.kill()


def test_a_killed_command_takes_its_own_language_service_along(tmp_path: Path) -> None:
    started = Desktop(tmp_path / "var").start("classify")
    pipe, answers = started.process.stdin, started.process.stdout
    assert pipe is not None
    assert answers is not None
    try:
        pipe.write("您好\n".encode() * 3000)
        pipe.flush()
        assert answers.readline()
        (service,) = descendants(started.process.pid)
        assert "nlu.serving" in command_of(service)
        started.process.terminate()
        assert started.ends().status == 130
        assert not command_of(service)
    finally:
        started.kill()
