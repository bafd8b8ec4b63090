"""How far is the training? One JSON object a line on standard output, for whoever draws the bar."""

from __future__ import annotations

import json
import logging
import sys
from typing import IO

_SHARES = {"encode": (0.1, 0.2), "head": (0.2, 0.95)}
"""of the whole, by what is logged: where fitting the heads begins and ends was measured; a transformer's
reading before it takes as long as its size wants"""


class Progress(logging.Handler):
    """Writes `{"step", "done"}` lines; hears of the classifier through the `nlu.training` logger."""

    def __init__(self, out: IO[str]) -> None:
        super().__init__()
        self._out = out

    def say(self, step: str, done: float, **more: object) -> None:
        self._out.write(json.dumps({"step": step, "done": round(done, 3), **more}, ensure_ascii=False) + "\n")
        self._out.flush()

    def emit(self, record: logging.LogRecord) -> None:
        begins, ends = _SHARES[record.getMessage()]
        number, of = getattr(record, "progress", (0, 1))
        self.say("fit", begins + (ends - begins) * number / of)


def on_stdout() -> Progress:
    """Claims standard output for progress lines; what Rasa prints goes to standard error from here on."""
    progress = Progress(sys.stdout)
    sys.stdout = sys.stderr
    logger = logging.getLogger("nlu.training")
    logger.setLevel(logging.INFO)
    logger.addHandler(progress)
    logger.propagate = False
    return progress
