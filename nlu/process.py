"""How does the app run its own NLU service: start, watch, restart, stop?"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

import httpx

from nlu import environments
from nlu.fingerprint import ARCHIVE, CARD, MODEL_FOLDER, ROOT

SECONDS_TO_START = 30.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
LIVED_LONG = 60.0
GRACE = 5.0
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR")
"""all the service learns of our environment: it is the oldest software here and gets no secret"""


class NluNotStarted(Exception):
    """The service could not be started; the text is the last line it wrote, or what was missing."""


class NluProcess:
    """One NLU service as a child process in a group of its own, on a free port of the loopback."""

    def __init__(self, data_dir: Path, *, interpreter: Path | None = None, model: Path | None = None) -> None:
        self._data_dir = data_dir
        self._interpreter = interpreter
        self._model = model or preferred_model(data_dir)
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._stopping = threading.Event()
        self._changing = threading.Lock()
        self._started_at = 0.0

    @property
    def url(self) -> str:
        """Base URL; the same after a restart."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def environment(self) -> environments.Kind:
        """Which environment the model in force needs."""
        return served_by(self._model)

    @property
    def log_path(self) -> Path:
        """Where the service's standard error goes."""
        return self._data_dir / "nlu.log"

    @property
    def pid(self) -> int | None:
        """Process id of the running service."""
        return self._process.pid if self._process else None

    async def start(self) -> str:
        """Starts the service, waits until it answers and returns its base URL; raises NluNotStarted."""
        self._stopping.clear()
        self._port = self._port or _free_port()
        await asyncio.to_thread(self._launch)
        return self.url

    def watch(self) -> None:
        """From now on the service is started again whenever it dies, with growing pauses, until `stop`."""
        # a thread of its own: it must notice a death even while the event loop is busy or has failed
        threading.Thread(target=self._keep_alive, name="nlu-watch", daemon=True).start()

    async def stop(self) -> None:
        """Ends the service and everything it started."""
        self._stopping.set()
        await asyncio.to_thread(self._end)

    def _python(self) -> Path:
        # asked at every start: a model of another pipeline may have come meanwhile
        python = self._interpreter or environments.python(self.environment)
        if not python.exists():
            raise NluNotStarted(f"{python} is not there")
        return python

    def _keep_alive(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            process = self._process
            if process is None:
                return
            process.wait()
            lived_long = time.monotonic() - self._started_at > LIVED_LONG
            pause = FIRST_PAUSE if lived_long else min(pause * 2, LONGEST_PAUSE)
            if self._stopping.wait(pause):
                return
            with suppress(NluNotStarted):  # the next round waits longer
                self._launch()

    def _launch(self) -> None:
        with self._changing:
            if self._stopping.is_set():
                return
            python = self._python()
            self._data_dir.mkdir(parents=True, exist_ok=True)
            with self.log_path.open("ab") as log:
                began = log.tell()
                self._process = subprocess.Popen(  # noqa: S603 - our own module in our own environment
                    [
                        str(python),
                        "-m",
                        "nlu.serving",
                        "--port",
                        str(self._port),
                        "--model",
                        str(self._model),
                    ],
                    cwd=ROOT,
                    env=_environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            self._started_at = time.monotonic()
            self._wait_until_ready(self._process, began)

    def _wait_until_ready(self, process: subprocess.Popen[bytes], began: int) -> None:
        with httpx.Client(base_url=self.url, timeout=1.0, trust_env=False) as client:
            while time.monotonic() - self._started_at < SECONDS_TO_START and not self._stopping.is_set():
                if process.poll() is not None:
                    raise NluNotStarted(self._last_words(began))
                with suppress(httpx.HTTPError):
                    if client.get("/healthz").status_code == httpx.codes.OK:
                        return
                time.sleep(0.05)
        _end_group(process)
        raise NluNotStarted(f"no answer within {SECONDS_TO_START:.0f} seconds")

    def _end(self) -> None:
        with self._changing:
            if self._process is not None:
                _end_group(self._process)
            self._process = None

    def _last_words(self, began: int) -> str:
        with self.log_path.open("rb") as log:
            log.seek(began)
            lines = [
                line.strip() for line in log.read().decode("utf-8", "replace").splitlines() if line.strip()
            ]
        return lines[-1] if lines else "it ended without a word"


def preferred_model(data_dir: Path) -> Path:
    """The deployer's own trained model where there is one, otherwise the repository's."""
    own = (data_dir / "model" / ARCHIVE).resolve()
    return own if own.is_file() and own.with_name(CARD).is_file() else MODEL_FOLDER / ARCHIVE


def served_by(model: Path) -> environments.Kind:
    """The environment that an archive's card asks for; what is wrong with a card is said by the service."""
    try:
        card = json.loads(model.with_name(CARD).read_text("utf-8"))
        return "transformer" if card["environment"] == "transformer" else "serve"
    except (OSError, ValueError, KeyError, TypeError):
        return "serve"


def _environment() -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return passed_on | {
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        # The products are small: threads of the linear algebra cost twice the processor time and win nothing.
        "OPENBLAS_NUM_THREADS": "1",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Asks the whole group to end, and ends it when it does not within the grace time."""
    for name in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):  # it had just ended
            os.killpg(process.pid, name)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
            return
