"""What is told, in one plain sentence, when the console cannot start?"""

from __future__ import annotations

from typing import Any

from console.wording import wordings


class CannotStart(Exception):
    """The console cannot start; `str()` is one plain sentence for whoever runs it."""

    def __init__(self, locale: str, key: str, **values: Any) -> None:
        super().__init__(wordings()[locale](f"start.{key}", **values))
