"""A Bot API server on the loopback: the real bot is driven over HTTP, without Telegram and without mocks."""

from bot.loopback.faults import (
    Dropped,
    Fault,
    Garbled,
    Refused,
    Slow,
    forbidden,
    server_error,
    too_many_requests,
)
from bot.loopback.screen import Heard, NotHeard
from bot.loopback.server import TOKEN, LoopbackBotApi
from bot.loopback.visitor import Group, Visitor

__all__ = [
    "TOKEN",
    "Dropped",
    "Fault",
    "Garbled",
    "Group",
    "Heard",
    "LoopbackBotApi",
    "NotHeard",
    "Refused",
    "Slow",
    "Visitor",
    "forbidden",
    "server_error",
    "too_many_requests",
]
