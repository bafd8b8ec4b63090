"""How well would a model do that also learnt from such rows?  Half of them teach, the other half is measured.

Rows are kept together by twenties of their set, so that neighbours of one making never stand on both sides.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bot.nlu_service import served
from bot.training import train
from nlu.fingerprint import ARCHIVE
from nlu.layouts import LabelledRow
from nlu.process import NluProcess

TOGETHER = 20


def halves(rows: Sequence[LabelledRow]) -> list[int]:
    """0 or 1 for each row, the same whenever the same files are given."""
    numbers: Counter[str] = Counter()
    found = []
    for row in rows:
        block = row.group or str(numbers[row.set] // TOGETHER)
        numbers[row.set] += 1
        digest = hashlib.sha256(f"{row.set} {block}".encode()).digest()
        found.append(digest[0] % 2)
    return found


@asynccontextmanager
async def taught(rows: Sequence[LabelledRow]) -> AsyncIterator[str]:
    """The URL of a service whose model learnt from the corpus and from these rows; minutes of training."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "model"
        train("train", out, rows=rows)
        async with served(NluProcess(Path(folder), model=out / ARCHIVE)) as url:
            yield url
