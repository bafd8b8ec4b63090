"""Are the Python 3.10 environments of the NLU service there, and as their locks say?"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

Kind = Literal["serve", "train", "transformer"]
"""`transformer` does the work of both others, for a pipeline that needs ONNX Runtime"""
Step = Literal["interpreter", "packages", "ready"]

NLU_FOLDER = Path(__file__).resolve().parent
_FOLDERS: dict[Kind, str] = {
    "serve": ".venv",
    "train": ".venv-train",
    "transformer": ".venv-transformer",
}
_STAMP = "onedoor-lock.sha256"


class EnvironmentNotReady(RuntimeError):
    """An NLU environment could not be prepared; the text is one plain sentence."""


def folder(kind: Kind) -> Path:
    """Where the environment of this kind lives, whether or not it is there."""
    return NLU_FOLDER / _FOLDERS[kind]


def python(kind: Kind) -> Path:
    """The environment's interpreter, whether or not it is there."""
    return folder(kind) / "bin" / "python"


def is_ready(kind: Kind) -> bool:
    """True when the environment was built from exactly the lock that is checked out."""
    stamp = folder(kind) / _STAMP
    return python(kind).exists() and stamp.is_file() and stamp.read_text("ascii") == _lock_hash(kind)


def prepare(kind: Kind, uv_path: str, on_progress: Callable[[Step], None] = lambda _: None) -> Path:
    """Creates or updates the environment when its lock has changed and returns its interpreter.

    Of two processes that want it at once, one makes it and the other waits. Raises EnvironmentNotReady when
    there is no Python 3.10 or a package cannot be had.
    """
    if not is_ready(kind):
        with _alone(kind):
            _make(kind, uv_path, on_progress)
    on_progress("ready")
    return python(kind)


@contextmanager
def _alone(kind: Kind) -> Iterator[None]:
    """Holds the lock of this environment until the end."""
    with (NLU_FOLDER / f"{_FOLDERS[kind]}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(kind: Kind, uv_path: str, on_progress: Callable[[Step], None]) -> None:
    if not is_ready(kind):
        on_progress("interpreter")
        # uv runs inside nlu/: that folder's .python-version names 3.10, the parent's project needs 3.11
        _run(
            [uv_path, "venv", "--quiet", "--clear", "--no-project", "--python", "3.10", str(folder(kind))],
            "Python 3.10 is needed for the language model and was neither found nor downloadable",
        )
        on_progress("packages")
        _run(
            [
                uv_path,
                "pip",
                "sync",
                "--quiet",
                "--require-hashes",
                "--compile-bytecode",
                "--python",
                str(python(kind)),
                str(_lock(kind)),
            ],
            f"the packages of the {kind} environment could not be installed",
        )
        (folder(kind) / _STAMP).write_text(_lock_hash(kind), "ascii")


def _lock(kind: Kind) -> Path:
    return NLU_FOLDER / f"requirements-{kind}.lock"


def _lock_hash(kind: Kind) -> str:
    return hashlib.sha256(_lock(kind).read_bytes()).hexdigest()


def _run(command: list[str], failure: str) -> None:
    # an environment active in the caller's shell must not decide where packages go
    environment = {
        name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONHOME")
    }
    try:
        result = subprocess.run(  # noqa: S603 - uv, with arguments of our own
            command, cwd=NLU_FOLDER, env=environment, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise EnvironmentNotReady(f"{failure}: {error}") from error
    if result.returncode:
        last = next(
            (line for line in reversed(result.stderr.splitlines()) if line.strip()), "no reason given"
        )
        raise EnvironmentNotReady(f"{failure}: {last.strip()}")
