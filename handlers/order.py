"""In which order are the routers asked? The catch-all is last."""

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
