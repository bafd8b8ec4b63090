"""The channel side of a conversation: events in, plain values to the desk, replies rendered out."""

from __future__ import annotations

from aiogram import Router

from handlers import buttons, commands, conversation, evidence, groups, unknown


def routers() -> list[Router]:
    """All routers in the order in which they are asked; the catch-all is last."""
    return [
        groups.router(),
        commands.router(),
        buttons.router(),
        evidence.router(),
        conversation.router(),
        unknown.router(),
    ]
