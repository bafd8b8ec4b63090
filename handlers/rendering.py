"""How a reply becomes a message of the channel: text, keyboard, QR picture."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from cases.turn import Button, Reply
from handlers.composing import Counter, compose
from handlers.composing_staff import counted

# Telegram: 4096 characters a message; the last of several carries the keyboard.
LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message ready to be sent; `picture` is a PNG."""

    text: str
    keyboard: InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None = None
    picture: bytes | None = None
    picture_text: str | None = None


def render(counter: Counter, reply: Reply) -> list[Outgoing]:
    """The messages of one reply, in order, none longer than the channel allows."""
    texts = split(compose(counter, reply))
    keyboard = inline(counter, reply.buttons)
    outgoing = [Outgoing(text) for text in texts[:-1]] + [Outgoing(texts[-1], keyboard)]
    if reply.ask_location:
        label = counter.words.button("share_location", {})
        share = ReplyKeyboardMarkup(
            keyboard=[[KeyboardButton(text=label, request_location=True)]],
            resize_keyboard=True,
            one_time_keyboard=True,
        )
        outgoing.append(Outgoing(counter.words.part("share_hint"), share))
    if reply.qr:
        outgoing.append(Outgoing("", None, qr_png(reply.qr), reply.qr))
    return outgoing


def inline(counter: Counter, rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    """The inline keyboard of a reply's buttons; None where it has none."""
    if not rows:
        return None
    return InlineKeyboardMarkup(inline_keyboard=[[_button(counter, one) for one in row] for row in rows])


def _button(counter: Counter, button: Button) -> InlineKeyboardButton:
    values = dict(button.values)
    if "leaf" in values:
        values["leaf"] = counter.words.leaf(str(values["leaf"]))
    if "count" in values:
        values = counted(counter.words, values)
    text = counter.words.button(button.key, values)
    if button.url:
        return InlineKeyboardButton(text=text, url=button.url)
    return InlineKeyboardButton(text=text, callback_data=button.act)


def split(text: str, limit: int = LONGEST) -> list[str]:
    """The text in pieces of at most `limit` characters, cut at line ends where there are any."""
    pieces: list[str] = []
    rest = text
    while len(rest) > limit:
        cut = rest.rfind("\n", 1, limit)
        cut = cut if cut > 0 else limit
        pieces.append(rest[:cut])
        rest = rest[cut:].lstrip("\n")
    return [*pieces, rest]


def qr_png(text: str) -> bytes:
    """A QR code large enough to be read from a phone held by somebody else."""
    picture = io.BytesIO()
    segno.make(text, error="m").save(picture, kind="png", scale=8, border=3)
    return picture.getvalue()
