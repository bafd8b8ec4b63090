"""`./onedoor test`: format, lint, types, tests, with one summary at the end."""

from __future__ import annotations

import subprocess
import sys
import time

from bot.words import words

PYTHON = sys.executable
CHECKS = {
    "format": [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."],
    "lint": [PYTHON, "-m", "ruff", "check", "--quiet", "."],
    "types": [PYTHON, "-m", "mypy"],
    "kb": [PYTHON, "-m", "kb", "check"],
}
# A file stays with one worker, since its tests share what they set up; each worker has its own databases.
ALL = [PYTHON, "-m", "pytest", "-q", "-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]
UNIT = [*ALL, "-m", "unit"]


def run(arguments: list[str]) -> int:
    """0 when everything holds. `unit` runs the fast part; other arguments go to pytest."""
    steps = dict(CHECKS)
    if arguments[:1] == ["unit"]:
        steps["tests"] = [*UNIT, *arguments[1:]]
    else:
        steps["tests"] = [*ALL, *arguments]
    outcomes = {name: _step(name, command) for name, command in steps.items()}
    print("\n" + words("test_summary"))
    for name, (passed, seconds) in outcomes.items():
        print(f"  {'✓' if passed else '✗'} {name:<8} {seconds:6.1f} s")
    return 0 if all(passed for passed, _ in outcomes.values()) else 1


def _step(name: str, command: list[str]) -> tuple[bool, float]:
    print(f"── {name}", flush=True)
    began = time.monotonic()
    passed = subprocess.run(command, check=False).returncode == 0  # noqa: S603  # commands of this file
    return passed, time.monotonic() - began
