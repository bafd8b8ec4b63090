"""The baseline of a turn: an aiogram bot that makes the same calls as ours and does nothing else.

`python -m bot.benchmarks.echo` reads ONEDOOR_BOT_API and ONEDOOR_BOT_TOKEN and polls as the real bot does. It
imports nothing else of ours, so that its memory is aiogram's own.
"""

from __future__ import annotations

import asyncio
import io
import signal

import segno
from aiogram import Bot, Dispatcher
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)

from bot.telegram import open_bot
from cases.settings import read_settings

UPDATES = ["message", "edited_message", "callback_query"]
NEXT, LAST = "next", "last"
BUTTONS = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text=NEXT, callback_data=NEXT),
            InlineKeyboardButton(text=LAST, callback_data=LAST),
        ]
    ]
)


def picture() -> bytes:
    """A picture like the one a case is opened with, made anew each time as that one is."""
    drawn = io.BytesIO()
    segno.make("http://127.0.0.1:8080/c/YM-000000-0000", error="m").save(drawn, kind="png", scale=8, border=3)
    return drawn.getvalue()


async def said(message: Message) -> None:
    """Words come back as they were, with buttons below."""
    await message.answer(message.text or LAST, reply_markup=BUTTONS)


async def pressed(query: CallbackQuery, bot: Bot) -> None:
    """A press is answered and followed by a message; the last one by a picture too."""
    await query.answer()
    chat = query.from_user.id
    await bot.send_message(chat, query.data or "", reply_markup=BUTTONS)
    if query.data == LAST:
        await bot.send_photo(chat, BufferedInputFile(picture(), filename="qr.png"), caption=LAST)


async def run() -> None:
    """Polls until a signal."""
    bot = open_bot(read_settings())
    dispatcher = Dispatcher()
    dispatcher.message.register(said)
    dispatcher.callback_query.register(pressed)
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as together:
        polling = together.create_task(
            dispatcher.start_polling(
                bot, handle_signals=False, allowed_updates=UPDATES, close_bot_session=True
            )
        )
        loop.add_signal_handler(signal.SIGTERM, polling.cancel)


if __name__ == "__main__":
    asyncio.run(run())
