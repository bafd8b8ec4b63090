"""What a call of the Bot API says: its method, its fields and its files, however they were encoded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.loopback.refusals import Refusal, bad_request

LARGEST_REQUEST = 52 << 20
"""Telegram takes files of up to 50 MB from bots; the rest of the request needs room too."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    content: bytes


@dataclass(slots=True)
class Call:
    """One call, kept for tests to look at.

    `status` is the HTTP status it was answered with, 0 when the line was cut, None while it is being
    worked on; `at` is the event loop's time of its arrival.
    """

    method: str
    fields: Mapping[str, str]
    files: Mapping[str, Upload] = field(default_factory=dict)
    at: float = 0.0
    status: int | None = None

    def text(self, name: str) -> str | None:
        """A field's text; None when it is missing or empty, which is the same to Telegram."""
        return self.fields.get(name) or None

    def number(self, name: str, default: int) -> int:
        """A whole number; Telegram takes what is none for absent, except where it names a chat."""
        try:
            return int(self.fields.get(name, default))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        return self.fields.get(name, "").lower() in ("true", "1", "yes")

    def structure(self, name: str) -> Any:
        """A field that holds JSON; None when it is missing."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return json.loads(text)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    @property
    def chat(self) -> int | None:
        """The chat the call is about, if it names one by number."""
        try:
            return int(self.fields.get("chat_id", ""))
        except ValueError:
            return None


async def read_call(request: web.Request, *, at: float) -> Call:
    """The call in a request: query string, form, multipart form or JSON. Refusal when it cannot be read."""
    call = Call(request.match_info["method"], {}, at=at)
    try:
        fields, files = await _body(request)
    except web.HTTPRequestEntityTooLarge:
        raise Refusal(413, "Request Entity Too Large") from None
    except UnicodeDecodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    except ValueError:
        raise bad_request("request body can't be parsed") from None
    call.fields = {**request.query, **fields}
    call.files = files
    return call


async def _body(request: web.Request) -> tuple[dict[str, str], dict[str, Upload]]:
    if request.content_type == "application/json":
        return fields_of(await request.json()), {}
    fields: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = Upload(value.filename, value.file.read())
        elif isinstance(value, str):
            fields[name] = value
        else:
            fields[name] = bytes(value).decode()
    return fields, files


def fields_of(body: Any) -> dict[str, str]:
    """The fields of a JSON body, as text like those of a form; ValueError when it is no object."""
    if not isinstance(body, dict):
        raise ValueError("a call is a JSON object")  # noqa: TRY004  # its caller answers 400 to both
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in body.items()
        if value is not None
    }
