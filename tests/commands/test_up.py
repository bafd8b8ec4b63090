"""`./onedoor up`: everything starts, what dies comes back, and one signal ends it all."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import httpx
import pytest
from commands.desktop import Desktop, Started, command_of, descendants, together

from bot.commands.up import STEPS
from bot.words import words

pytestmark = pytest.mark.model
TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
"""The right form; nobody's."""
SOON = 60.0


@dataclass
class Running:
    """An `up` beside the test."""

    started: Started
    port: int
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def pid(self) -> int:
        return self.started.process.pid

    def says(self, part: str) -> bool:
        return any(part in line for line in list(self.told))

    def answers(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", trust_env=False).status_code == 200
        return False

    def parts(self) -> dict[str, int]:
        """Process ids of its parts by name."""
        found = {}
        for pid in descendants(self.pid):
            command = command_of(pid).split()
            for name in ("console", "bot", "bot.worker", "nlu.serving"):
                if ["-m", name] in ([one, other] for one, other in pairwise(command)):
                    found[name] = pid
        return found

    def _listen(self) -> None:
        pipe = self.started.process.stderr
        assert pipe is not None
        for line in pipe:
            self.told.append(line.decode())


def eventually(true: Callable[[], object]) -> bool:
    end = time.monotonic() + SOON
    while not (now := bool(true())) and time.monotonic() < end:
        time.sleep(0.1)
    return now


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def home(new_desktop: Callable[[], Desktop]) -> Desktop:
    return new_desktop()


@pytest.fixture(scope="module")
def up(home: Desktop) -> Iterator[Running]:
    """Everything, with a bot that has no network."""
    port = free_port()
    network = {"ONEDOOR_BOT_TOKEN": TOKEN, "ONEDOOR_BOT_API": "http://127.0.0.1:9"}
    running = Running(home.start("up", ONEDOOR_CONSOLE_PORT=str(port), **network), port)
    assert eventually(lambda: running.says(words("up_ready")) or running.started.process.poll() is not None)
    yield running
    for pid in [*descendants(running.pid), running.pid]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    running.started.kill()


def test_it_says_where_to_talk_and_the_console_answers(up: Running) -> None:
    assert up.says(words("up_console", url=f"http://127.0.0.1:{up.port}"))
    assert up.says("./onedoor talk")
    assert up.answers()
    assert set(up.parts()) == {"console", "bot", "nlu.serving"}


def test_every_step_is_told(up: Running) -> None:
    told = [
        words("step_line", number=number, total=len(STEPS), what=words(step)) + "\n"
        for number, step in enumerate(STEPS, 1)
    ]
    assert up.told[: len(STEPS)] == told


def test_a_second_one_on_the_same_folder_is_refused(home: Desktop, up: Running) -> None:
    home.run("up", ONEDOOR_CONSOLE_PORT=str(free_port())).failed(words("up_already"))
    assert up.answers()


def test_classify_uses_the_service_that_already_runs(home: Desktop, up: Running) -> None:
    before = (home.folder / "nlu.log").stat().st_mtime_ns
    told = home.run("classify", given="请把钱转到安全账户")
    assert (told.status, '"judged_by": "model"' in told.out) == (0, True)
    assert (home.folder / "nlu.log").stat().st_mtime_ns == before


def test_a_bot_without_a_network_keeps_trying(up: Running) -> None:
    assert eventually(lambda: sum("cannot be reached" in line for line in up.told) >= 2)
    assert "bot" in up.parts()


@pytest.mark.parametrize("part", ["console", "nlu.serving", "bot"])
def test_a_part_that_is_killed_comes_back(up: Running, part: str) -> None:
    killed = up.parts()[part]
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: up.parts().get(part, killed) != killed)
    assert part != "console" or eventually(up.answers)


def test_ctrl_c_ends_every_part_and_leaves_nothing_behind(home: Desktop, up: Running) -> None:
    """The last test of this `up`."""
    parts = descendants(up.pid)
    os.kill(up.pid, signal.SIGINT)
    assert up.started.process.wait(SOON) == 0
    assert eventually(lambda: not [pid for pid in parts if command_of(pid)])
    assert eventually(lambda: up.says(words("stopped")))
    assert not (home.folder / "running.json").exists()
    assert not up.answers()


def test_nothing_it_said_was_a_trace_or_the_token(up: Running) -> None:
    told = "".join(up.told)
    assert "Traceback" not in told
    assert TOKEN.split(":")[1] not in told


def test_a_taken_port_is_said_before_anything_starts(bare: Desktop) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = bare.run("up", ONEDOOR_CONSOLE_PORT=str(port))
    assert (told.status, told.err.splitlines()[-1]) == (1, words("port_taken", port=port))
    assert words("stopping") not in told.err


def test_an_address_that_is_none_is_said(bare: Desktop) -> None:
    told = bare.run("up", ONEDOOR_CONSOLE_HOST="no-host.invalid")
    assert told.status == 1
    assert "no-host.invalid" in told.err.splitlines()[-1]


class _Stranger(BaseHTTPRequestHandler):
    """A Bot API server that knows no token."""

    def do_POST(self) -> None:
        answer = b'{"ok":false,"error_code":401,"description":"Unauthorized"}'
        self.send_response(401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def strangers() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Stranger) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_token_that_cannot_be_right_ends_it_with_one_sentence_said_once(
    new_desktop: Callable[[], Desktop], service: str, strangers: str
) -> None:
    tokens = {"my token": "token_malformed", TOKEN: "token_refused"}
    runs = [
        partial(
            new_desktop().run,
            "up",
            ONEDOOR_NLU_URL=service,
            ONEDOOR_CONSOLE_PORT=str(free_port()),
            ONEDOOR_BOT_TOKEN=token,
            ONEDOOR_BOT_API=strangers,
        )
        for token in tokens
    ]
    for told, (token, sentence) in zip(together(runs), tokens.items(), strict=True):
        assert told.status == 1
        assert told.err.count(words(sentence)) == 1
        assert told.err.splitlines()[-1] == words("part_failed", part="bot")
        assert words("stopped") in told.err
        assert token not in told.err


def test_without_a_bot_a_worker_makes_the_rounds_beside_the_console(
    new_desktop: Callable[[], Desktop], service: str
) -> None:
    port = free_port()
    settings = {"ONEDOOR_NLU_URL": service, "ONEDOOR_CONSOLE_PORT": str(port)}
    running = Running(new_desktop().start("up", **settings), port)
    try:
        assert eventually(lambda: running.says(words("up_bot_off")))
        assert eventually(lambda: set(running.parts()) == {"console", "bot.worker"})
        killed = running.parts()["bot.worker"]
        os.kill(killed, signal.SIGKILL)
        assert eventually(lambda: running.parts().get("bot.worker", killed) != killed)
        parts = descendants(running.pid)
        os.kill(running.pid, signal.SIGINT)
        assert running.started.process.wait(SOON) == 0
        assert eventually(lambda: not [pid for pid in parts if command_of(pid)])
        assert "Traceback" not in "".join(running.told)
    finally:
        for pid in descendants(running.pid):
            os.kill(pid, signal.SIGKILL)
        running.started.kill()


def test_a_reader_that_leaves_does_not_keep_it_from_putting_away(
    new_desktop: Callable[[], Desktop], service: str
) -> None:
    """`./onedoor up 2>&1 | head -1`, then a closed terminal."""
    port = free_port()
    started = new_desktop().start("up", ONEDOOR_NLU_URL=service, ONEDOOR_CONSOLE_PORT=str(port))
    try:
        started.process.stderr.readline()
        started.process.stderr.close()
        started.process.stderr = None
        assert eventually(
            lambda: any("-m console" in command_of(pid) for pid in descendants(started.process.pid))
        )
        parts = descendants(started.process.pid)
        os.kill(started.process.pid, signal.SIGHUP)
        assert started.process.wait(SOON) == 0
        assert eventually(lambda: not [pid for pid in parts if command_of(pid)])
    finally:
        for pid in descendants(started.process.pid):
            os.kill(pid, signal.SIGKILL)
        started.kill()
