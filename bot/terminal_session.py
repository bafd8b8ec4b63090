"""A Bot API session that shows messages in a terminal instead of calling Telegram."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import segno
from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import GetFile, GetMe, SendMessage, SendPhoto, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Chat, File, InlineKeyboardMarkup, Message, ReplyKeyboardMarkup, User

BOT = User(id=1, is_bot=True, first_name="一扇门", username="onedoor")
PIECE = 65536


@dataclass
class Screen:
    """What stands on the screen: where lines go, and which numbered buttons can be pressed."""

    show: Callable[[str], None]
    buttons: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    qr_as_picture: bool = False

    def message(self, text: str, keyboard: object) -> None:
        if isinstance(keyboard, ReplyKeyboardMarkup):
            return  # a phone's own button; here a place is shared with !location
        self.show(text)
        if isinstance(keyboard, InlineKeyboardMarkup):
            for row in keyboard.inline_keyboard:
                self.show(
                    "  ".join(self._numbered(button.text, button.callback_data or "") for button in row)
                )

    def _numbered(self, label: str, act: str) -> str:
        self.buttons.append((label, act))
        return f"[{len(self.buttons)}] {label}"

    def picture(self, caption: str | None) -> None:
        if caption and self.qr_as_picture:
            self.show(qr_text(caption))
        self.show(f"▣ {caption or ''}")


def qr_text(content: str) -> str:
    """A QR code of half-height blocks."""
    rows = [list(row) for row in segno.make(content, error="m").matrix_iter(border=2)]
    rows += [[0] * len(rows[0])] * (len(rows) % 2)
    # Light on dark: a terminal's background is dark, so the light modules are drawn.
    blocks = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    return "\n".join(
        "".join(blocks[bool(upper), bool(lower)] for upper, lower in zip(top, bottom, strict=True))
        for top, bottom in zip(rows[::2], rows[1::2], strict=True)
    )


class TerminalSession(BaseSession):
    """Answers the methods the handlers use; the rest is taken as done."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self.screen = screen
        self._message_id = 0

    async def close(self) -> None:
        """Nothing is open."""

    async def make_request(
        self,
        bot: Bot,  # noqa: ARG002  # aiogram's signature
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ARG002, ASYNC109  # aiogram's signature
    ) -> TelegramType:
        answer: Any = True
        match method:
            case GetMe():
                answer = BOT
            case SendMessage():
                self.screen.message(method.text, method.reply_markup)
                answer = self._sent(method.text)
            case SendPhoto():
                self.screen.picture(method.caption)
                answer = self._sent(None)
            case GetFile():
                answer = self._file(method.file_id)
        return cast(TelegramType, answer)

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,  # noqa: ARG002  # aiogram's signature
        timeout: int = 30,  # noqa: ARG002, ASYNC109  # aiogram's signature
        chunk_size: int = PIECE,
        raise_for_status: bool = True,  # noqa: ARG002  # aiogram's signature
    ) -> AsyncGenerator[bytes, None]:
        """The bytes of a file named on the command line."""
        path = self.screen.files[url.rsplit("/", 1)[-1]]
        content = path.read_bytes()  # one local file, read while nobody else waits
        for start in range(0, len(content), chunk_size):
            yield content[start : start + chunk_size]

    def _sent(self, text: str | None) -> Message:
        self._message_id += 1
        return Message(
            message_id=self._message_id,
            date=int(time.time()),  # type: ignore[arg-type]  # pydantic turns it into a time
            chat=Chat(id=1, type="private"),
            text=text,
        )

    def _file(self, file_id: str) -> File:
        return File(
            file_id=file_id,
            file_unique_id=file_id,
            file_size=self.screen.files[file_id].stat().st_size,
            file_path=file_id,
        )
