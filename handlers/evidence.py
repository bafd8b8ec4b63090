"""What pictures, voice, files and places lead to: stored with the story, or answered honestly."""

from __future__ import annotations

import io
from typing import Any

from aiogram import Bot, F, Router
from aiogram.exceptions import AiogramError
from aiogram.types import Message
from aiohttp import ClientError

from cases.turn import Reply, Turn
from handlers.door import Door
from handlers.gathering import Gatherer
from handlers.person import Person

MEGABYTE = 1 << 20
LARGEST = 20  # megabytes; the Bot API hands out no larger files
# The channel's kinds of file → ours.
KINDS = {
    "photo": "photo",
    "voice": "voice",
    "audio": "voice",
    "document": "document",
    "video": "video",
    "video_note": "video",
    "animation": "video",
}


def router() -> Router:
    """Everything that is not text."""
    evidence = Router(name="evidence")
    evidence.message.register(attachment, F.content_type.in_(set(KINDS)))
    evidence.message.register(place, F.location | F.venue)
    evidence.message.register(sticker, F.sticker)
    evidence.message.register(contact, F.contact)
    return evidence


async def attachment(
    message: Message, bot: Bot, person: Person, door: Door, gatherer: Gatherer
) -> Turn | None:
    """Bytes are stored encrypted before anything is said; nothing is opened."""
    sent = _largest(getattr(message, message.content_type))
    if (sent.file_size or 0) > LARGEST * MEGABYTE:
        return Turn((Reply("file_too_large", {"limit": LARGEST}),))
    content = await _download(bot, sent.file_id)
    if content is None:
        return Turn((Reply("file_failed"),))
    kind = KINDS[message.content_type]
    turn = await door.sent(person, kind, content, message_id=message.message_id)
    if message.caption:
        forwarded = message.forward_origin is not None
        kept = await door.keep(person, message.caption, forwarded=forwarded, message_id=message.message_id)
        return None if kept.known_already else await gatherer.turn_or_wait(person, urgent=kept.urgent)
    return turn if gatherer.first_of(message.media_group_id) else None


def _largest(sent: Any) -> Any:
    return sent[-1] if isinstance(sent, list) else sent


async def _download(bot: Bot, file_id: str) -> bytes | None:
    """The whole file, or None when the channel could not hand it over."""
    content = io.BytesIO()
    try:
        await bot.download(file_id, destination=content)
    except (AiogramError, ClientError, OSError):
        return None
    return content.getvalue()


async def place(message: Message, person: Person, door: Door) -> Turn:
    location = message.location or (message.venue.location if message.venue else None)
    assert location is not None  # guaranteed by the filter
    return await door.located(person, location.latitude, location.longitude)


async def sticker(_message: Message) -> Turn:
    return Turn((Reply("sticker"),))


async def contact(_message: Message) -> Turn:
    return Turn((Reply("contact_seen"),))
