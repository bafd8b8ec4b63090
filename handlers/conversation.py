"""What free words lead to: kept at once, answered when the thought is complete."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import Message

from cases.turn import Reply, Turn
from handlers.door import Door
from handlers.gathering import Gatherer
from handlers.person import Person


def router() -> Router:
    """Text of any kind, new or edited."""
    conversation = Router(name="conversation")
    conversation.message.register(words, F.text)
    conversation.edited_message.register(edited, F.text | F.caption)
    return conversation


async def words(message: Message, person: Person, door: Door, gatherer: Gatherer) -> Turn | None:
    """The words are on disk before anything else happens; danger is answered at once."""
    kept = await door.keep(
        person,
        message.text or "",
        forwarded=message.forward_origin is not None,
        message_id=message.message_id,
    )
    if kept.known_already:
        return None
    return await gatherer.turn_or_wait(person, urgent=kept.urgent)


async def edited(message: Message, person: Person, door: Door, gatherer: Gatherer) -> Turn | None:
    """New words replace those not yet read; after the answer they begin a turn of their own."""
    text = message.text or message.caption or ""
    replaced = await door.replace(person, text, message_id=message.message_id)
    if replaced:
        return await gatherer.turn_or_wait(person, urgent=False)
    name = f"{message.message_id}/{message.edit_date}"
    if (await door.keep(person, text, forwarded=False, message_id=name)).known_already:
        return None
    turn = await gatherer.turn_or_wait(person, urgent=True)
    return Turn((Reply("edited"), *(turn.replies if turn else ())), turn.locale if turn else None)
