"""What do the console's logs look like: JSON lines on standard error, never an address, a code or a word?"""

from __future__ import annotations

import logging
import sys

import structlog


class _Plain(logging.Formatter):
    """Libraries log through the standard module; their tracebacks may hold what somebody typed."""

    def format(self, record: logging.LogRecord) -> str:
        failed = f" ({record.exc_info[0].__name__})" if record.exc_info and record.exc_info[0] else ""
        return f"{record.levelname.lower()} {record.name}: {record.getMessage()}{failed}"


def set_up_logs(level: str) -> None:
    """Every log line of this process on standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Plain())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
