"""What a pressed button does; its data names the draft, check or case it belongs to."""

from __future__ import annotations

from contextlib import suppress

from aiogram import Router
from aiogram.exceptions import AiogramError
from aiogram.types import CallbackQuery

from cases.turn import Turn
from handlers.door import Door
from handlers.person import Person


def router() -> Router:
    """Every button; the desk tells a live one from a stale one."""
    buttons = Router(name="buttons")
    buttons.callback_query.register(pressed)
    return buttons


async def pressed(query: CallbackQuery, person: Person, door: Door) -> Turn:
    # It only stops a spinner: too late for that is no reason to ignore the press.
    with suppress(AiogramError):
        await query.answer()
    return await door.pressed(person, query.data or "")
