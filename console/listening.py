"""Where does the console listen, and what is wrong when it cannot?"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from cases.settings import Settings
from console.starting import CannotStart

BACKLOG = 256


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The socket of the settings, taken before anything else is touched; CannotStart if it cannot be."""
    host, port = settings.console_host, settings.console_port
    try:
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, kind)
    except OSError:
        raise CannotStart(settings.locale, "host_unknown", host=host) from None
    with taken:
        # A port just left is free again at once; one in use stays refused.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(where)
            taken.listen(BACKLOG)
        except OSError as error:
            raise CannotStart(settings.locale, _reason(error), host=host, port=port) from None
        yield taken


def _reason(error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return "port_taken"
        case errno.EACCES | errno.EPERM:
            return "port_forbidden"
        case _:
            return "host_unknown"


def address(settings: Settings, listener: socket.socket) -> str:
    """The address to open in a browser on this machine; with port 0 the one the system chose."""
    host, port = settings.console_host, listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
