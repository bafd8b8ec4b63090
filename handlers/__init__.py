"""The channel side of a conversation: events in, plain values to the desk, replies rendered out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiogram import Router


def routers() -> list[Router]:
    """All routers in the order in which they are asked; the catch-all is last."""
    # Here, because aiogram takes seconds to import and `./onedoor cases` only wants the wording beside it.
    from handlers import buttons, commands, conversation, evidence, groups, unknown

    return [
        groups.router(),
        commands.router(),
        buttons.router(),
        evidence.router(),
        conversation.router(),
        unknown.router(),
    ]
