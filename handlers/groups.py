"""What is said in a group: one line, and only when the bot was called by a command."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import Message

from cases.turn import Reply, Turn


def router() -> Router:
    """Takes every group message, so that nothing said in a group is read or kept."""
    groups = Router(name="groups")
    groups.message.filter(F.chat.type != "private")
    groups.edited_message.filter(F.chat.type != "private")
    groups.message.register(called, Command("start", "help", "check", "cases"))
    groups.message.register(overheard)
    groups.edited_message.register(overheard)
    return groups


async def called(_message: Message) -> Turn:
    return Turn((Reply("group_private"),))


async def overheard(_message: Message) -> None:
    """Talk between others is none of ours."""
