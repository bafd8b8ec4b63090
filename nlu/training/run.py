"""How does one training run go, from the corpus to an archive with its card?"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path

import yaml
from rasa.model_training import train_nlu
from rasa.shared.importers.importer import TrainingDataImporter

from nlu import brought, fingerprint
from nlu.components.encoder import Encoder
from nlu.training.extra import write_extra
from nlu.training.progress import Progress

NLU = fingerprint.ROOT / "nlu"
CONFIG = NLU / "config.yml"
LARGEST_ARCHIVE = 5_000_000


class TrainingFailed(RuntimeError):
    """Rasa produced no usable model; the text is one plain sentence."""


def train(out: Path, extra: Sequence[Path], progress: Progress, config: Path = CONFIG) -> dict[str, object]:
    """Trains on the corpus and the extra rows, writes archive and card to `out`, returns the card."""
    progress.say("read", 0.05)
    transformer = brought.asked_for(config)
    if transformer is not None:
        Encoder.open(transformer)  # what does not fit is said now, not in the midst of Rasa
    # before reading: files that change meanwhile must show as a mismatch
    print_ = _fingerprint(extra, config, transformer)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "data"
        shutil.copytree(NLU / "data", corpus)
        added = write_extra(extra, _labels(), corpus / "extra.json") if extra else 0
        counts = _counts(corpus, config)
        progress.say("fit", 0.1)
        archive = train_nlu(
            str(config),
            str(corpus),
            str(Path(folder) / "models"),
            fixed_model_name="onedoor-nlu",
            domain=str(NLU / "domain.yml"),
        )
        if archive is None:
            raise TrainingFailed("Rasa found nothing to train on")
        progress.say("pack", 0.97)
        card = _card(Path(archive), print_, counts) | {
            "extra_examples": added,
            "environment": "serve" if transformer is None else "transformer",
        }
        _publish(Path(archive), out, card)
        return card


def _fingerprint(extra: Sequence[Path], config: Path, transformer: Path | None) -> str:
    parts = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in extra)
    if config.resolve() != CONFIG:
        parts.append(hashlib.sha256(config.read_bytes()).hexdigest())
    if transformer is not None:
        parts.append(brought.hash_of(transformer))
    base = fingerprint.current()
    return hashlib.sha256("\n".join([base, *parts]).encode()).hexdigest() if parts else base


def _card(archive: Path, print_: str, counts: Counter[str]) -> dict[str, object]:
    size = archive.stat().st_size
    if size > LARGEST_ARCHIVE:
        raise TrainingFailed(f"the model would weigh {size} bytes, more than {LARGEST_ARCHIVE}")
    now = datetime.now(timezone.utc)
    return {
        "version": f"{now:%Y-%m-%d}-{print_[:7]}",
        "trained_at": now.isoformat(timespec="seconds"),
        "fingerprint": print_,
        "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
        "bytes": size,
        "rasa": metadata.version("rasa"),
        "scikit_learn": metadata.version("scikit-learn"),
        "examples": sum(counts.values()),
        "labels": dict(sorted(counts.items())),
    }


def _publish(archive: Path, out: Path, card: dict[str, object]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    # temporary names first: a new archive stands beside an old card for no longer than a rename
    shutil.copyfile(archive, out / f".{fingerprint.ARCHIVE}")
    (out / f".{fingerprint.CARD}").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (out / f".{fingerprint.ARCHIVE}").replace(out / fingerprint.ARCHIVE)
    (out / f".{fingerprint.CARD}").replace(out / fingerprint.CARD)


def _labels() -> frozenset[str]:
    return frozenset(yaml.safe_load((NLU / "domain.yml").read_text("utf-8"))["intents"])


def _counts(corpus: Path, config: Path) -> Counter[str]:
    importer = TrainingDataImporter.load_nlu_importer_from_config(
        str(config), str(NLU / "domain.yml"), training_data_paths=[str(corpus)]
    )
    counts: Counter[str] = Counter(importer.get_nlu_data().number_of_examples_per_intent)
    unknown = set(counts) - _labels()
    if unknown:
        raise TrainingFailed(f"the corpus has a label that the domain has not: {sorted(unknown)[0]}")
    return counts
