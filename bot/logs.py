"""What the logs look like: JSON lines on standard error, never a person's words."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog

# Bot tokens and runs of digits long enough for a phone, card or identity number.
TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{20,}")
LONG_NUMBER = re.compile(r"\d{7,}")


def mask(text: str) -> str:
    """The text without anything that looks like a token, a phone or a card number."""
    return LONG_NUMBER.sub("•••", TOKEN.sub("•••", text))


def _mask_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and key not in ("timestamp", "level"):
            event[key] = mask(value)
    return event


class Patient:
    """Standard error that never fails: a full disk or a closed terminal must not cost anybody an answer."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            return sys.stderr.write(text)
        return 0

    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()


class _Masking(logging.Formatter):
    """Libraries log through the standard module: same masking, and no tracebacks, which may hold words."""

    def format(self, record: logging.LogRecord) -> str:
        failed = f" ({record.exc_info[0].__name__})" if record.exc_info and record.exc_info[0] else ""
        return mask(f"{record.levelname.lower()} {record.name}: {record.getMessage()}{failed}")


def set_up_logs(level: str) -> None:
    """Every log line of this process masked and on standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _mask_values,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, Patient())),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(Patient())
    handler.setFormatter(_Masking())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("aiogram.event").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)
