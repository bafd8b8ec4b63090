"""The methods about the bot itself: who it is, which commands it offers, which files it may fetch."""

from __future__ import annotations

import re

from bot.loopback.calls import Call
from bot.loopback.refusals import Json, bad_request
from bot.loopback.switchboard import Switchboard

MOST_COMMANDS = 100
LONGEST_DESCRIPTION = 256
COMMAND = re.compile(r"[a-z0-9_]{1,32}\Z")


async def get_me(board: Switchboard, call: Call) -> Json:  # noqa: ARG001  # one shape for all methods
    return board.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


async def get_file(board: Switchboard, call: Call) -> Json:
    stored = board.shelf.fetchable(call.text("file_id"))
    return stored.as_json() | {"file_path": stored.path}


async def set_my_commands(board: Switchboard, call: Call) -> bool:
    commands = call.structure("commands")
    if not isinstance(commands, list) or len(commands) > MOST_COMMANDS:
        raise bad_request("can't parse commands JSON array")
    for one in commands:
        if not COMMAND.match(str(one.get("command", ""))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(one.get("description", ""))) <= LONGEST_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    board.commands[_scope(call)] = commands
    return True


async def get_my_commands(board: Switchboard, call: Call) -> list[Json]:
    return board.commands.get(_scope(call), [])


def _scope(call: Call) -> tuple[str, str]:
    """For whom commands are meant: each scope and language has a list of its own."""
    return call.text("scope") or "", call.text("language_code") or ""
