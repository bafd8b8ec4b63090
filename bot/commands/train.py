"""`./onedoor train`: trains the NLU model with Rasa, in its own environment, with a bar that moves."""

from __future__ import annotations

import time
from pathlib import Path

import yaml

from bot.folder import prepare_folder
from bot.labelled import labelled
from bot.training import train
from bot.words import CommandFailed, words
from cases.settings import read_settings
from nlu import brought, environments, fingerprint
from nlu.layouts import LabelledRow

ROOT = Path(__file__).parents[2]


def run(extra: list[Path], config: Path | None = None) -> None:
    """Trains on the corpus; a deployer's own model goes to the data folder, where serving prefers it.

    Own is what was trained with extra rows or by another pipeline.
    """
    began = time.monotonic()
    rows = _rows(extra)
    kind = _environment_for(config)
    folder = None
    if extra or config:
        settings = read_settings()
        prepare_folder(settings)
        folder = settings.data_dir.resolve() / "model"
    card = train(kind, folder, rows=rows, config=config)
    folder = folder or fingerprint.MODEL_FOLDER
    seconds = round(time.monotonic() - began)
    print(words("train_saved", version=card["version"], folder=folder.name, seconds=seconds))


def _rows(extra: list[Path]) -> list[LabelledRow]:
    """All rows, read before anything is prepared: that takes minutes, and a fault shows at once."""
    known = frozenset(yaml.safe_load((ROOT / "nlu" / "domain.yml").read_text(encoding="utf-8"))["intents"])
    return [row for path in extra for row in labelled(path, known, "train_extra_bad")]


def _environment_for(config: Path | None) -> environments.Kind:
    """What the pipeline needs; what was brought for it is looked at first, as preparing takes minutes."""
    if config is None:
        return "train"
    try:
        return "train" if brought.asked_for(config) is None else "transformer"
    except brought.BadFolder as bad:
        raise CommandFailed("train_failed", reason=str(bad)) from None
