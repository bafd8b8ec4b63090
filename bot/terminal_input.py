"""How a typed line becomes an update of the channel: words, a button's number, or a file."""

from __future__ import annotations

import asyncio
import itertools
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiogram.types import Update

from bot.calling import from_caller
from bot.terminal_session import Screen
from bot.words import words

_numbers = itertools.count(int(time.time() * 1000))
FILES = {"!photo": "photo", "!voice": "voice", "!file": "document"}
EMPTY = " "
"""A channel never sends a message without any text; an empty line is answered like one of blanks."""
LONGEST_BUTTON = 2
"""Digits of a button's number; longer numbers are words, such as a code or a phone."""


class Unusable(Exception):
    """The line names a file, place or button that is not there; `sentence` says so."""

    def __init__(self, key: str, **values: Any) -> None:
        self.sentence = words(key, **values)
        super().__init__(self.sentence)


class Lines:
    """Standard input, a line at a time, while the rest of the program goes on."""

    def __init__(self) -> None:
        # Not sys.stdin: Python waits at exit for whoever still reads from that, and so for a last Enter.
        self._stream = open(sys.stdin.fileno(), "rb", closefd=False)  # noqa: SIM115  # for the whole run

    async def next(self, prompt: str) -> str | None:
        """The next line, broken encodings made readable; None at the end of input. OSError is raised."""
        loop = asyncio.get_running_loop()
        line: asyncio.Future[str | None] = loop.create_future()

        def tell(read: str | OSError | None) -> None:
            if line.cancelled():
                return
            if isinstance(read, OSError):
                line.set_exception(read)
            else:
                line.set_result(read)

        def wait_for_it() -> None:
            read = self._read(prompt)
            with suppress(RuntimeError):  # the conversation has ended meanwhile
                loop.call_soon_threadsafe(tell, read)

        # A daemon, so that Ctrl-C ends a conversation nobody is typing into.
        threading.Thread(target=wait_for_it, name="reading", daemon=True).start()
        return await line

    def _read(self, prompt: str) -> str | OSError | None:
        try:
            if prompt:
                sys.stdout.write(prompt)
                sys.stdout.flush()
            raw = self._stream.readline()
        except OSError as error:
            return error
        return raw.decode("utf-8", errors="replace").rstrip("\r\n") if raw else None


def update_from(line: str, screen: Screen, speaker: int) -> Update:
    """A number presses the button of that number; `!photo FILE`, `!voice FILE`, `!file FILE`,
    `!location LAT LON` and `!forward TEXT` send the other kinds; everything else is words."""
    number = next(_numbers)
    person = {"id": speaker, "is_bot": False, "first_name": "·"}
    chat = {"id": speaker, "type": "private"}
    message: dict[str, Any] = {"message_id": number, "date": int(time.time()), "chat": chat, "from": person}
    pressed = _button(line, screen)
    if pressed is not None:
        query = {"id": str(number), "from": person, "chat_instance": "1", "data": pressed, "message": message}
        return Update.model_validate({"update_id": number, "callback_query": query})
    return Update.model_validate({"update_id": number, "message": message | _content(line, screen)})


def _button(line: str, screen: Screen) -> str | None:
    """What the button of that number carries; None for words."""
    typed = line.strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_BUTTON and screen.buttons):
        return None
    if not 1 <= int(typed) <= len(screen.buttons):
        raise Unusable("talk_no_button", last=len(screen.buttons))
    return screen.buttons[int(typed) - 1][1]


def _content(line: str, screen: Screen) -> dict[str, Any]:
    command, _, rest = line.partition(" ")
    if command in FILES:
        return _file(FILES[command], rest.strip(), screen)
    if command == "!location":
        return {"location": _location(rest)}
    if command == "!forward":
        origin = {"type": "hidden_user", "date": int(time.time()), "sender_user_name": "·"}
        return {"text": rest or EMPTY, "forward_origin": origin}
    return {"text": line or EMPTY} | _command_entity(line)


def _command_entity(line: str) -> dict[str, Any]:
    if not line.startswith("/"):
        return {}
    return {"entities": [{"type": "bot_command", "offset": 0, "length": len(line.split(" ", 1)[0])}]}


def _file(kind: str, name: str, screen: Screen) -> dict[str, Any]:
    path = _existing(name)
    key = f"file{len(screen.files) + 1}"
    screen.files[key] = path
    one: dict[str, Any] = {"file_id": key, "file_unique_id": key, "file_size": path.stat().st_size}
    if kind == "photo":
        return {"photo": [one | {"width": 1, "height": 1}]}
    return {kind: one | ({"duration": 1} if kind == "voice" else {"file_name": path.name})}


def _existing(name: str) -> Path:
    with suppress(OSError, RuntimeError, ValueError):  # too long, a home nobody has, a NUL
        path = from_caller(name)
        if path.is_file():
            return path
    raise Unusable("talk_no_file")


def _location(text: str) -> dict[str, float]:
    try:
        latitude, longitude = (float(part) for part in text.replace(",", " ").split())
    except ValueError:
        raise Unusable("talk_no_place") from None
    return {"latitude": latitude, "longitude": longitude}
