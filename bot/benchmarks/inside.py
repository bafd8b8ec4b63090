"""How long does the model itself take for one message, without HTTP?

Run by the serving environment (Python 3.10): `python -m bot.benchmarks.inside ARCHIVE`, texts as JSON on
standard input, milliseconds of every parse as JSON on standard output. So it imports nothing of the app's.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path


def times_of(archive: Path, texts: list[str]) -> list[float]:
    """Milliseconds of each text's parse, one text at a time, after one round to warm up."""
    # By name: that module belongs to the other environment, and is type-checked there.
    parser = importlib.import_module("nlu.serving.archive").load(archive)
    for text in texts:
        parser.parse([text])
    times = []
    for text in texts:
        began = time.perf_counter()
        parser.parse([text])
        times.append((time.perf_counter() - began) * 1000)
    return times


if __name__ == "__main__":
    sys.stdout.write(json.dumps(times_of(Path(sys.argv[1]), json.load(sys.stdin))))
