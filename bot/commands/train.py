"""`./onedoor train`: trains the NLU model with Rasa, in its own environment, with a bar that moves."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot.folder import prepare_folder
from bot.labelled import labelled
from bot.words import CommandFailed, tell, words
from cases.settings import read_settings
from nlu import brought, environments, fingerprint

ROOT = Path(__file__).parents[2]
# The training process gets no secrets: it reads messages and writes a model.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")


def run(extra: list[Path], config: Path | None = None) -> None:
    """Trains on the corpus; a deployer's own model goes to the data folder, where serving prefers it.

    Own is what was trained with extra rows or by another pipeline.
    """
    began = time.monotonic()
    _refuse_bad_rows(extra)
    kind = _environment_for(config)
    _prepare(kind)
    command = [str(environments.python(kind)), "-m", "nlu.training"]
    folder = fingerprint.MODEL_FOLDER
    if extra or config:
        settings = read_settings()
        prepare_folder(settings)
        folder = settings.data_dir.resolve() / "model"
        command += [
            "--out",
            str(folder),
            *_named("--config", [config] if config else []),
            *_named("--extra", extra),
        ]
    card = _train(command)
    seconds = round(time.monotonic() - began)
    print(words("train_saved", version=card["version"], folder=folder.name, seconds=seconds))


def _refuse_bad_rows(extra: list[Path]) -> None:
    """Reads the rows for their faults only: the training environment takes minutes to prepare."""
    known = frozenset(yaml.safe_load((ROOT / "nlu" / "domain.yml").read_text(encoding="utf-8"))["intents"])
    for path in extra:
        for _ in labelled(path, known, "train_extra_bad"):
            pass


def _environment_for(config: Path | None) -> environments.Kind:
    """What the pipeline needs; what was brought for it is looked at first, as preparing takes minutes."""
    if config is None:
        return "train"
    try:
        return "train" if brought.asked_for(config) is None else "transformer"
    except brought.BadFolder as bad:
        raise CommandFailed("train_failed", reason=str(bad)) from None


def _named(option: str, files: list[Path]) -> list[str]:
    return [option, *(str(path.resolve()) for path in files)] if files else []


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
