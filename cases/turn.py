"""What one turn of a conversation gives back: replies as keys and values, never as wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Button:
    """One button: `key` names its wording, `act` is what the press sends back (at most 64 bytes in all)."""

    key: str
    act: str
    values: Mapping[str, Any] = field(default_factory=dict)
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the person in front of us.

    `key` names the wording, `values` fill its blanks, `article` names a knowledge article whose lines the
    wording may use. `qr` is text to be sent along as a QR picture. `ask_location` offers the channel's own
    "share my location" button where the channel has one.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    buttons: Sequence[Sequence[Button]] = ()
    article: str | None = None
    qr: str | None = None
    ask_location: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """All replies of one turn, in order; they are sent only after the turn's writes are committed."""

    replies: tuple[Reply, ...] = ()
    locale: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The wording keys, which is what tests and traces look at."""
        return tuple(reply.key for reply in self.replies)
