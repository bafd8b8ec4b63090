"""Is the bot alive, and under which name is it found? Both stand in files of the data folder."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

HEARTBEAT_FILE = "heartbeat-bot"
NAME_FILE = "bot-name"
# The bot touches its file every second; a long batch of notices may hold it up.
SILENT_AFTER = timedelta(seconds=60)
# Telegram: 5 to 32 Latin letters, digits and underscores.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
# Telegram: a start parameter has at most 64 of these.
START = re.compile(r"[A-Za-z0-9_-]{1,64}")


def is_beating(data_dir: Path, now: datetime) -> bool:
    """Whether the bot touched its file within the last minute."""
    try:
        last = (data_dir / HEARTBEAT_FILE).stat().st_mtime
    except OSError:
        return False
    return now.timestamp() - last <= SILENT_AFTER.total_seconds()


def bot_name(data_dir: Path) -> str | None:
    """The bot's Telegram name as it last told it (`data_dir/bot-name`), or None."""
    try:
        told = (data_dir / NAME_FILE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    name = told[:64].strip().removeprefix("@")
    return name if NAME.fullmatch(name) else None


def chat_link(name: str, start: str | None = None) -> str:
    """The address that opens the chat; a start parameter Telegram would refuse is left out."""
    link = f"https://t.me/{name}"
    return f"{link}?start={start}" if start and START.fullmatch(start) else link


def app_link(name: str, start: str | None = None) -> str:
    """The same for a phone that has the app but cannot reach the web address."""
    link = f"tg://resolve?domain={name}"
    return f"{link}&start={start}" if start and START.fullmatch(start) else link
