"""What slash commands do; free text needs none of them."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import Message

from cases.turn import Turn
from handlers.door import Door
from handlers.person import Person


def router() -> Router:
    """/start with or without a poster's code, and the named commands."""
    commands = Router(name="commands")
    commands.message.register(started, CommandStart())
    commands.message.register(staff, Command("staff"))
    commands.message.register(named, Command("help", "cases", "check", "delete", "language"))
    return commands


async def started(_message: Message, command: CommandObject, person: Person, door: Door) -> Turn:
    argument = command.args or ""
    if argument.startswith("g_"):
        return await door.arrived(person, argument[2:])
    return await door.commanded(person, "start")


async def named(_message: Message, command: CommandObject, person: Person, door: Door) -> Turn:
    return await door.commanded(person, command.command)


async def staff(_message: Message, command: CommandObject, person: Person, door: Door) -> Turn:
    return await door.staff_arrived(person, command.args)
