"""What does every page stand on: settings, database, knowledge, wording, measures, the clock?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from starlette.requests import Request

from cases.database import Database
from cases.settings import Settings
from console.measures import Measures
from kb.library import Library

Check = Callable[[], Awaitable[bool]]
# A wrong look-up takes this long, whatever was wrong: time tells nobody whether a case exists.
WRONG_TAKES_SECONDS = 0.4


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Front:
    """One console: everything its pages need, assembled once."""

    settings: Settings
    database: Database
    library: Library
    measures: Measures = field(default_factory=Measures)
    now: Callable[[], datetime] = utc_now
    nlu_answers: Check | None = None
    """whether the NLU service is healthy; None: the settings name none, and rules judge alone"""
    wrong_takes: float = WRONG_TAKES_SECONDS


def front_of(request: Request) -> Front:
    """The console this request came to."""
    return cast(Front, request.app.state.front)
