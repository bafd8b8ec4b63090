"""How the Bot API is reached: Telegram's own server, a self-hosted one, or a loopback one in tests."""

from __future__ import annotations

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.utils.token import TokenValidationError

from bot.words import CommandFailed
from cases.settings import Settings


def open_bot(settings: Settings) -> Bot:
    """The Bot API client for the token and server in the settings."""
    session = AiohttpSession(timeout=20)
    if settings.bot_api:
        session.api = TelegramAPIServer.from_base(settings.bot_api.rstrip("/"))
    token = settings.bot_token.get_secret_value() if settings.bot_token else ""
    try:
        return Bot(token, session=session)
    except TokenValidationError:
        raise CommandFailed("token_malformed") from None
