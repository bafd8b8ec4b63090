"""The baseline of the language service: Rasa as it comes, trained on the same corpus, under `rasa run`."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.benchmarks.messages import corpus_files
from bot.benchmarks.processes import Died, Running, last_words, running
from bot.benchmarks.services import HOST, free_port, until_it_parses
from nlu import environments
from nlu.fingerprint import fingerprint_of

# The pipeline Rasa's own documentation gives for a small machine, with the tokenizer it has for Chinese.
# No entities, no look-ups: whatever it leaves out makes it faster than what ours does in the same time.
CONFIG = """recipe: default.v1
language: zh
assistant_id: stock
pipeline:
  - name: JiebaTokenizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: LogisticRegressionClassifier
"""
NAME = "stock"
PASSED_ON = ("PATH", "LANG", "LC_ALL")
SECONDS_TO_START = 240.0
KEPT = 2
"""Models kept: of the corpus as it is and as it was before."""


class StockFailed(Exception):
    """Stock Rasa could not be trained or started; the text is the last line it wrote."""


def cached(folder: Path) -> Path:
    """Where the model of today's corpus and configuration lies, once it is trained."""
    corpus = fingerprint_of(corpus_files())
    lock = (environments.NLU_FOLDER / "requirements-train.lock").read_bytes()
    print_ = hashlib.sha256(corpus.encode() + CONFIG.encode() + lock).hexdigest()[:16]
    return folder / print_ / f"{NAME}.tar.gz"


async def train(model: Path) -> None:
    """Trains by `rasa train nlu` into the model's folder; minutes. StockFailed when it gives none."""
    folder = model.parent
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.yml"
    config.write_text(CONFIG, encoding="utf-8")
    corpus = environments.NLU_FOLDER / "data"
    command = [
        *_rasa("train", "nlu"),
        *("--nlu", str(corpus), "--config", str(config)),
        *("--out", str(folder), "--fixed-model-name", f".{NAME}"),
    ]
    async with running(command, _environment(folder), log=folder / "train.log", cwd=folder) as rasa:
        status = await rasa.process.wait()
    trained = folder / f".{NAME}.tar.gz"
    if status or not trained.is_file():
        raise StockFailed(last_words(folder / "train.log"))
    trained.replace(model)
    shutil.rmtree(folder / ".rasa", ignore_errors=True)  # Rasa's own cache, as large as the model again
    _forget_old(folder.parent)


@asynccontextmanager
async def serving(model: Path, log: Path) -> AsyncIterator[tuple[Running, str]]:
    """`rasa run` with the model, once it parses: the process and its address."""
    port = free_port()
    # Bound to the loopback: by itself it listens everywhere, and takes a model from whoever sends one.
    command = [
        *_rasa("run"),
        *("--enable-api", "--model", str(model), "--interface", HOST, "--port", str(port)),
    ]
    async with running(command, _environment(log.parent), log=log, cwd=log.parent) as rasa:
        url = f"http://{HOST}:{port}"
        try:
            await until_it_parses(url, rasa, within=SECONDS_TO_START)
        except (Died, TimeoutError) as failed:
            raise StockFailed(str(failed) or last_words(log)) from None
        yield rasa, url


def _rasa(*words: str) -> list[str]:
    return [str(environments.python("train")), "-m", "rasa", *words]


def _environment(folder: Path) -> dict[str, str]:
    """No secret, no telemetry, and no trace outside the folder (Jieba leaves its dictionary in TMPDIR)."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return passed_on | {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def _forget_old(folder: Path) -> None:
    models = sorted(folder.glob(f"*/{NAME}.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for model in models[KEPT:]:
        shutil.rmtree(model.parent)


async def prepare(uv: str) -> None:
    """The training environment, made when it is missing; raises environments.EnvironmentNotReady."""
    if not environments.is_ready("train"):
        await asyncio.to_thread(environments.prepare, "train", uv)
