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

from nlu import fingerprint
from nlu.training.extra import write_extra
from nlu.training.progress import Progress

NLU = fingerprint.ROOT / "nlu"
LARGEST_ARCHIVE = 5_000_000


class TrainingFailed(RuntimeError):
    """Rasa produced no usable model; the text is one plain sentence."""


def train(out: Path, extra: Sequence[Path], progress: Progress) -> dict[str, object]:
    """Trains on the corpus and the extra rows, writes archive and card to `out`, returns the card."""
    progress.say("read", 0.05)
    print_ = _fingerprint(extra)  # before reading: files that change meanwhile must show as a mismatch
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "data"
        shutil.copytree(NLU / "data", corpus)
        added = write_extra(extra, _labels(), corpus / "extra.yml") if extra else 0
        counts = _counts(corpus)
        progress.say("fit", 0.1)
        archive = train_nlu(
            str(NLU / "config.yml"),
            str(corpus),
            str(Path(folder) / "models"),
            fixed_model_name="onedoor-nlu",
            domain=str(NLU / "domain.yml"),
        )
        if archive is None:
            raise TrainingFailed("Rasa found nothing to train on")
        progress.say("pack", 0.97)
        return _publish(Path(archive), out, counts, print_, added)


def _fingerprint(extra: Sequence[Path]) -> str:
    base = fingerprint.current()
    if not extra:
        return base
    rows = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in extra)
    return hashlib.sha256("\n".join([base, *rows]).encode()).hexdigest()


def _publish(archive: Path, out: Path, counts: Counter[str], print_: str, added: int) -> dict[str, object]:
    size = archive.stat().st_size
    if size > LARGEST_ARCHIVE:
        raise TrainingFailed(f"the model would weigh {size} bytes, more than {LARGEST_ARCHIVE}")
    now = datetime.now(timezone.utc)
    card: dict[str, object] = {
        "version": f"{now:%Y-%m-%d}-{print_[:7]}",
        "trained_at": now.isoformat(timespec="seconds"),
        "fingerprint": print_,
        "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
        "bytes": size,
        "rasa": metadata.version("rasa"),
        "scikit_learn": metadata.version("scikit-learn"),
        "examples": sum(counts.values()),
        "extra_examples": added,
        "labels": dict(sorted(counts.items())),
    }
    out.mkdir(parents=True, exist_ok=True)
    # temporary names first: a new archive stands beside an old card for no longer than a rename
    shutil.copyfile(archive, out / f".{fingerprint.ARCHIVE}")
    (out / f".{fingerprint.CARD}").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (out / f".{fingerprint.ARCHIVE}").replace(out / fingerprint.ARCHIVE)
    (out / f".{fingerprint.CARD}").replace(out / fingerprint.CARD)
    return card


def _labels() -> frozenset[str]:
    return frozenset(yaml.safe_load((NLU / "domain.yml").read_text("utf-8"))["intents"])


def _counts(corpus: Path) -> Counter[str]:
    importer = TrainingDataImporter.load_nlu_importer_from_config(
        str(NLU / "config.yml"), str(NLU / "domain.yml"), training_data_paths=[str(corpus)]
    )
    counts: Counter[str] = Counter(importer.get_nlu_data().number_of_examples_per_intent)
    unknown = set(counts) - _labels()
    if unknown:
        raise TrainingFailed(f"the corpus has a label that the domain has not: {sorted(unknown)[0]}")
    return counts
