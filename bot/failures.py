"""How a failure is told: one honest sentence to the person, the whole story to the log."""

from __future__ import annotations

import secrets

import structlog

from cases.errors import DoorError
from cases.turn import Reply, Turn

log = structlog.get_logger(__name__)


def failure_turn(error: Exception) -> Turn:
    """The sentence for an expected refusal, or an apology with a reference that stands in the log too."""
    if isinstance(error, DoorError):
        log.info("refused", action="refused", reason=type(error).__name__)
        return Turn((Reply(error.reply_key),))
    reference = secrets.token_hex(3).upper()
    # The traceback's frames are named, its values are not: they may hold a person's words.
    log.error(
        "turn failed", action="failure", reference=reference, error=type(error).__name__, where=_where(error)
    )
    return Turn((Reply("failure", {"reference": reference}),))


def _where(error: Exception) -> list[str]:
    frames: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[-6:]
