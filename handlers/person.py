"""Who is speaking: the channel and the channel's own id, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from aiogram.types import Chat, User


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the door. `chat` is where answers go; `language` is what the channel says they read."""

    channel: str
    channel_id: str
    chat: int
    language: str | None = None


def person_of(channel: str, sender: User, chat: Chat) -> Person:
    """The person behind a channel's event; names are not taken over."""
    language = sender.language_code or ""
    return Person(channel, str(sender.id), chat.id, "en" if language.startswith("en") else None)
