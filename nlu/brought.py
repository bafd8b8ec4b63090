"""Does a pipeline ask for a transformer, and is what the deployer brought for it there?"""

from __future__ import annotations

import hashlib
from pathlib import Path

import yaml

from nlu.fingerprint import ROOT

COMPONENT = "nlu.components.transformer_classifier.TransformerClassifier"
MODEL, VOCABULARY = "model.onnx", "vocab.txt"
_PART = 1 << 20


class BadFolder(ValueError):
    """The pipeline or what was brought for it cannot be used; the text is one plain sentence."""


def asked_for(config: Path) -> Path | None:
    """The filled folder of the transformer a pipeline asks for, None for one without; raises BadFolder."""
    name = _named(config)
    return None if name is None else checked(name)


def checked(name: str) -> Path:
    """The folder of this name, below the repository's root when relative; raises BadFolder unless filled."""
    if not name:
        raise BadFolder("the configuration names no folder for the transformer")
    folder = ROOT / name
    if not folder.is_dir():
        raise BadFolder(f"there is no folder {folder}; the transformer is read from there")
    for each in (MODEL, VOCABULARY):
        if not (folder / each).is_file():
            raise BadFolder(f"there is no {each} in {folder}")
    return folder


def hash_of(folder: Path) -> str:
    """One SHA-256 over the vocabulary and the model, with the files of weights that stand beside it."""
    digest = hashlib.sha256()
    for path in [folder / VOCABULARY, *sorted(folder.glob(f"{MODEL}*"))]:
        digest.update(f"{path.name}\0{path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            while part := file.read(_PART):
                digest.update(part)
    return digest.hexdigest()


def _named(config: Path) -> str | None:
    try:
        pipeline = yaml.safe_load(config.read_text("utf-8"))["pipeline"]
        asked = [step for step in pipeline if step["name"] == COMPONENT]
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError) as error:
        raise BadFolder(f"{config.name} is not a Rasa configuration with a pipeline") from error
    if not asked:
        return None
    return str(asked[0].get("folder") or "")
