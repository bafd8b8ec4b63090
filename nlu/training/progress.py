"""How far is the training? One JSON object a line on standard output, for whoever draws the bar."""

from __future__ import annotations

import json
import logging
import sys
from typing import IO

HEADS_FROM, HEADS_TO = 0.2, 0.95
"""the share of the whole that fitting the heads takes, measured"""


class Progress(logging.Handler):
    """Writes `{"step", "done"}` lines; hears of the classifier through the `nlu.training` logger."""

    def __init__(self, out: IO[str]) -> None:
        super().__init__()
        self._out = out

    def say(self, step: str, done: float, **more: object) -> None:
        self._out.write(json.dumps({"step": step, "done": round(done, 3), **more}, ensure_ascii=False) + "\n")
        self._out.flush()

    def emit(self, record: logging.LogRecord) -> None:
        number, of = getattr(record, "progress", (0, 1))
        self.say("fit", HEADS_FROM + (HEADS_TO - HEADS_FROM) * number / of)


def on_stdout() -> Progress:
    """Claims standard output for progress lines; what Rasa prints goes to standard error from here on."""
    progress = Progress(sys.stdout)
    sys.stdout = sys.stderr
    logger = logging.getLogger("nlu.training")
    logger.setLevel(logging.INFO)
    logger.addHandler(progress)
    logger.propagate = False
    return progress
