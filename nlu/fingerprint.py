"""Is the trained model of today's data, configuration and code?  `python -m nlu.fingerprint` answers."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODEL_FOLDER = ROOT / "nlu" / "model"
ARCHIVE, CARD = "onedoor-nlu.tar.gz", "model.json"


def fingerprint_of(paths: Iterable[Path]) -> str:
    """One SHA-256 over names below the repository and contents, whatever the order given."""
    digest = hashlib.sha256()
    for name, path in sorted((path.relative_to(ROOT).as_posix(), path) for path in paths):
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def rule_files() -> list[Path]:
    """The code and indicators that turn a text into features."""
    return [
        *(ROOT / "nlu" / "text").glob("*.py"),
        *(ROOT / "nlu" / "text").glob("*.yml"),
        *(ROOT / "nlu" / "text").glob("*.txt"),
        *(ROOT / "nlu" / "components").glob("*.py"),
        *(ROOT / "kb" / "indicators").glob("*.yml"),
    ]


def data_files() -> list[Path]:
    """The corpus, and what danger signals and states are learnt from."""
    return [*(ROOT / "nlu" / "data").rglob("*.yml"), *signal_files()]


def signal_files() -> list[Path]:
    """Messages and word classes of danger signals and states."""
    return [*(ROOT / "nlu" / "danger_data").glob("*.yml")]


@lru_cache(maxsize=1)
def hash_of_rules() -> str:
    """For Rasa's training cache, which sees a component's source but not the modules and tables it uses."""
    return fingerprint_of(rule_files())


@lru_cache(maxsize=1)
def hash_of_signals() -> str:
    """As `hash_of_rules`, for the component that reads its own material."""
    return fingerprint_of([*rule_files(), *signal_files()])


def current() -> str:
    """The fingerprint a model trained now from the repository alone would carry."""
    return fingerprint_of(
        [*rule_files(), *data_files(), ROOT / "nlu" / "config.yml", ROOT / "nlu" / "domain.yml"]
    )


def recorded(folder: Path = MODEL_FOLDER) -> str | None:
    """The fingerprint on the card beside the archive; None without a model."""
    card = folder / CARD
    return str(json.loads(card.read_text("utf-8"))["fingerprint"]) if card.is_file() else None


def main() -> int:
    """Exit status 0 when the committed model is of the current files, 1 otherwise."""
    now, then = current(), recorded()
    sys.stdout.write(f"files {now}\nmodel {then}\n")
    return 0 if now == then else 1


if __name__ == "__main__":
    sys.exit(main())
