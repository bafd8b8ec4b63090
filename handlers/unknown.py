"""What is said to a message nobody else understood."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import Message

from cases.turn import Reply, Turn


def router() -> Router:
    """The catch-all, last in the order."""
    unknown = Router(name="unknown")
    unknown.message.register(unsupported)
    return unknown


async def unsupported(_message: Message) -> Turn:
    return Turn((Reply("unsupported"),))
