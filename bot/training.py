"""How is a training run started in its own environment, fed with rows, and followed with a bar?"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot.words import CommandFailed, tell, words
from nlu import environments
from nlu.layouts import LabelledRow

ROOT = Path(__file__).parents[1]
# The training process gets no secrets: it reads messages and writes a model.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
EXTRA = "extra.jsonl"


def train(
    kind: environments.Kind, out: Path | None, *, rows: Iterable[LabelledRow] = (), config: Path | None = None
) -> dict[str, Any]:
    """Trains on the corpus and the labelled rows, into `out` or the repository; returns the model's card."""
    _prepare(kind)
    with tempfile.TemporaryDirectory() as folder:
        extra = _written(rows, Path(folder) / EXTRA)
        command = [str(environments.python(kind)), "-m", "nlu.training"]
        for option, path in (("--out", out), ("--config", config), ("--extra", extra)):
            command += [option, str(path.resolve())] if path else []
        return _train(command)


def _written(rows: Iterable[LabelledRow], path: Path) -> Path | None:
    """The rows as the training reads them; None where there is none. Gone when the training ends."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            if row.label is not None:
                told = {
                    "text": row.text,
                    "mapped": row.label,
                    "group": f"{row.set}:{row.group or count // 5}",
                }
                file.write(json.dumps(told, ensure_ascii=False) + "\n")
                count += 1
    return path if count else None


def _prepare(kind: environments.Kind) -> None:
    if environments.is_ready(kind):
        return
    tell("train_preparing")
    console = Console(stderr=True)
    try:
        with console.status(words("train_preparing")):
            environments.prepare(kind, os.environ.get("ONEDOOR_UV", "uv"))
    except environments.EnvironmentNotReady as failed:
        raise CommandFailed("environment_not_ready", reason=str(failed)) from None


def _train(command: list[str]) -> dict[str, Any]:
    """The card of the new model, or CommandFailed with the training's own sentence."""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as said,
        subprocess.Popen(  # noqa: S603  # our own module in our own environment
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=said, text=True
        ) as process,
    ):
        try:
            card = _follow(process)
        except BaseException:
            process.terminate()  # a training nobody waits for any more
            raise
        if process.wait() != 0 or card is None:
            said.seek(0)
            lines = [line.strip() for line in said if line.strip()]
            raise CommandFailed("train_failed", reason=lines[-1] if lines else "?")
    return card


def _follow(process: subprocess.Popen[str]) -> dict[str, Any] | None:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    card: dict[str, Any] | None = None
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(words("train_step"), total=1.0)
        for line in _objects(process):
            progress.update(task, completed=line.get("done", 0))
            card = line.get("card", card)
    return card


def _objects(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    for line in process.stdout or ():
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict):
            yield told
