"""How a typed line becomes an update of the channel: words, a button's number, or a file."""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path
from typing import Any

from aiogram.types import Update

from bot.terminal_session import Screen
from bot.words import words

_numbers = itertools.count(int(time.time() * 1000))
FILES = {"!photo": "photo", "!voice": "voice", "!file": "document"}


class Unusable(Exception):
    """The line names a file or place that cannot be used; `sentence` says so."""

    def __init__(self, key: str) -> None:
        self.sentence = words(key)
        super().__init__(self.sentence)


def read_line(prompt: str) -> str | None:
    """The next line, broken encodings made readable; None at the end of input."""
    if prompt:
        sys.stdout.write(prompt)
        sys.stdout.flush()
    raw = sys.stdin.buffer.readline()
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
    stripped = line.strip()
    if stripped.isascii() and stripped.isdigit() and 1 <= int(stripped) <= len(screen.buttons):
        return screen.buttons[int(stripped) - 1][1]
    return None


def _content(line: str, screen: Screen) -> dict[str, Any]:
    command, _, rest = line.partition(" ")
    if command in FILES:
        return _file(FILES[command], rest.strip(), screen)
    if command == "!location":
        return {"location": _location(rest)}
    if command == "!forward":
        origin = {"type": "hidden_user", "date": int(time.time()), "sender_user_name": "·"}
        return {"text": rest, "forward_origin": origin}
    return {"text": line} | _command_entity(line)


def _command_entity(line: str) -> dict[str, Any]:
    if not line.startswith("/"):
        return {}
    return {"entities": [{"type": "bot_command", "offset": 0, "length": len(line.split(" ", 1)[0])}]}


def _file(kind: str, name: str, screen: Screen) -> dict[str, Any]:
    path = Path(name).expanduser()
    if not path.is_file():
        raise Unusable("talk_no_file")
    key = f"file{len(screen.files) + 1}"
    screen.files[key] = path
    one: dict[str, Any] = {"file_id": key, "file_unique_id": key, "file_size": path.stat().st_size}
    if kind == "photo":
        return {"photo": [one | {"width": 1, "height": 1}]}
    return {kind: one | ({"duration": 1} if kind == "voice" else {"file_name": path.name})}


def _location(text: str) -> dict[str, float]:
    try:
        latitude, longitude = (float(part) for part in text.replace(",", " ").split())
    except ValueError:
        raise Unusable("talk_no_place") from None
    return {"latitude": latitude, "longitude": longitude}
