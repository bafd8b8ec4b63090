"""Whom `talk --as` names."""

from __future__ import annotations

from dataclasses import dataclass

from bot.words import WrongUse


@dataclass(frozen=True, slots=True)
class Whom:
    """The resident at this terminal, or a member of staff by code."""

    code: str | None = None


def whom(text: str) -> Whom:
    """Reads `resident`, `volunteer:CODE` or `staff:CODE`; anything else is wrong use."""
    if text == "resident":
        return Whom()
    role, _, code = text.partition(":")
    if role not in ("staff", "volunteer") or not code.strip():
        raise WrongUse("talk_as_whom")
    return Whom(code)
