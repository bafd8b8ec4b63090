"""Whether the console will be able to listen where the settings say."""

from __future__ import annotations

import socket

from bot.words import CommandFailed
from cases.settings import Settings


def refused_address(settings: Settings) -> OSError | None:
    """Why the console's address cannot be listened on right now; None when it can."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            settings.console_host, settings.console_port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as refused:
        return refused
    return None


def address_unusable(settings: Settings, refused: OSError) -> CommandFailed:
    """The sentence for an address that is not merely taken."""
    host, port = settings.console_host, settings.console_port
    return CommandFailed("address_unusable", host=host, port=port, reason=refused.strerror)
