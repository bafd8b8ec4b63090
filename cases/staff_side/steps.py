"""What does an act need before it is carried out: which choices, which words, and a second look?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cases.records import Case, Staff
from cases.staff_side.deeds import Deed
from cases.turn import Button

PAGE = 8
"""Choices on one screen; the others follow on the next."""
PAIRED = 2
LONGEST_DATA = 64
"""Telegram: bytes of a button's data."""


@dataclass(frozen=True, slots=True)
class Seated:
    """Who acts, when, and in which language names are shown."""

    session: AsyncSession
    person: Staff
    now: datetime
    locale: str


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: the argument its button sends back, and the key of its label."""

    argument: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """What an act is carried out with: the case's code, what was chosen, what was said."""

    code: str
    chosen: tuple[str, ...] = ()
    words: str = ""


Options = Callable[[Seated, Case, tuple[str, ...]], Awaitable[Sequence[Option]]]
Carry = Callable[[Seated, Given], Awaitable[object]]
Shown = Callable[[Seated, Given], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """A question with buttons; `options` is given what was chosen before it."""

    question: str
    options: Options
    sure: bool = False
    """a single option is taken without asking"""


@dataclass(frozen=True, slots=True)
class Step:
    """An act: choices in order, then words if `asks` names the question, then `carry`, then `tells`."""

    carry: Carry
    tells: str
    choices: tuple[Choice, ...] = ()
    asks: str | None = None
    shows: Shown | None = None
    """what is asked about, shown again with the question"""
    skippable: bool = False
    """the words may be left out"""
    shown_first: bool = False
    """what was written is shown once more and sent only after a yes"""
    warns: str | None = None
    """a question that is answered with a yes before anything is done"""


def options_of(*codes: str, key: str) -> Options:
    """The same few options for every case; `key` is completed by the code."""

    async def found(_at: Seated, _case: Case, _chosen: tuple[str, ...]) -> Sequence[Option]:
        return [Option(code, f"{key}{code}") for code in codes]

    return found


def data(deed: Deed | str, code: str, *arguments: str) -> str:
    """The data of a staff button: `s:act:code.argument`; ValueError when the channel could not carry it."""
    told = ".".join((f"s:{deed}:{code}", *arguments))
    if len(told.encode()) > LONGEST_DATA:
        raise ValueError("a button carries 64 bytes")
    return told


def deed_button(deed: Deed, code: str) -> Button:
    """The button of an act on a case."""
    return Button(f"staff_{deed}", data(deed, code))


def in_rows(buttons: Sequence[Button], width: int = PAIRED) -> list[tuple[Button, ...]]:
    """Buttons in rows of equal width."""
    return [tuple(buttons[start : start + width]) for start in range(0, len(buttons), width)]
