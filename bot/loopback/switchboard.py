"""What Telegram's side knows: the bot, the chats, the messages in them and the buttons pressed."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field

from bot.loopback.bell import Bell
from bot.loopback.calls import Call
from bot.loopback.faults import Script
from bot.loopback.refusals import Json, bad_request, forbidden_to_bots
from bot.loopback.screen import Heard, Screen, now
from bot.loopback.shelf import Shelf
from bot.loopback.updates import Updates
from bot.loopback.webhook import Webhook

BOT_NAME = "onedoor_loopback_bot"


@dataclass(slots=True)
class Chat:
    """One chat of the bot: a private one with a person, or a group.

    `known` is whether the bot may write: a private chat begins with the person's first word.
    """

    id: int
    kind: str
    fields: Json
    screen: Screen
    known: bool = False
    blocked: bool = False
    actions: list[str] = field(default_factory=list)

    def as_json(self) -> Json:
        return {"id": self.id, "type": self.kind, **self.fields}


@dataclass(slots=True)
class Query:
    """A press of a button on a message; `answer` is the answerCallbackQuery the bot gave, None so far."""

    id: str
    message_id: int
    update_id: int = 0
    at: float = 0.0
    answer: Call | None = None


class Switchboard:
    """Everything one loopback server keeps; it lives as long as the server."""

    webhook: Webhook
    """set by the server, which has what pushing needs"""

    def __init__(self, token: str) -> None:
        self.token = token
        self.bell = Bell()
        self.script = Script()
        self.updates = Updates()
        self.shelf = Shelf()
        self.chats: dict[int, Chat] = {}
        self.messages: dict[tuple[int, int], Json] = {}
        self.queries: dict[str, Query] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.calls: list[Call] = []
        self.polls = 0
        self.closing = False
        self._numbers = itertools.count(1)

    @property
    def bot(self) -> Json:
        return {
            "id": int(self.token.split(":", 1)[0]),
            "is_bot": True,
            "first_name": "一扇门",
            "username": BOT_NAME,
        }

    def new_chat(self, chat_id: int, kind: str, fields: Json, *, known: bool = False) -> Chat:
        chat = Chat(chat_id, kind, fields, Screen(self.bell), known)
        self.chats[chat_id] = chat
        return chat

    def number(self) -> int:
        """A number never given before: of a message, a query, an album."""
        return next(self._numbers)

    def post(self, kind: str, body: Json, *, lane: int, asked_for: bool = False) -> int:
        """An update for the bot, which takes it at once if it waits for one; its number.

        Telegram drops what a bot does not want; such an update has the number 0.
        """
        update = self.updates.add(kind, dict(body), lane=lane, asked_for=asked_for)
        self.wake()
        return update.id if update else 0

    def wake(self) -> None:
        """There may be something new to take."""
        self.bell.ring()
        self.webhook.wake()

    def new_message(self, chat: Chat, sender: Json, content: Json) -> Json:
        """A message of anybody in a chat, as both sides keep it."""
        message: Json = {
            "message_id": self.number(),
            "from": sender,
            "chat": chat.as_json(),
            "date": int(time.time()),
            **content,
        }
        self.messages[chat.id, message["message_id"]] = message
        return message

    def chat_for(self, call: Call) -> Chat:
        """The chat a call names and may write to, or Telegram's refusal."""
        name = call.text("chat_id")
        if name is None:
            raise bad_request("chat_id is empty")
        chat = self.chats.get(call.chat or 0)
        if chat is None:
            raise bad_request("chat not found")
        if chat.blocked:
            raise forbidden_to_bots("bot was blocked by the user")
        if not chat.known:
            raise forbidden_to_bots("bot can't initiate conversation with a user")
        return chat

    def show(self, chat: Chat, content: Json, keyboard: Json | None, *, bytes_: bytes | None = None) -> Json:
        """A message of the bot: kept, and put on the screen of who reads the chat."""
        shown = {"reply_markup": keyboard} if keyboard and "inline_keyboard" in keyboard else {}
        message = self.new_message(chat, self.bot, {**content, **shown})
        chat.screen.show(
            Heard(
                message_id=message["message_id"],
                chat=chat.id,
                text=str(content.get("text") or content.get("caption") or ""),
                at=now(),
                kind=next((kind for kind in ("photo", "document") if kind in content), "text"),
                keyboard=keyboard,
                content=bytes_,
            )
        )
        return message

    def own_message(self, call: Call, *, missing: str) -> Json:
        """The bot's own message a call names, or Telegram's refusal."""
        chat = self.chat_for(call)
        message = self.messages.get((chat.id, call.number("message_id", 0)))
        if message is None:
            raise bad_request(missing)
        if message["from"] != self.bot:
            raise bad_request("message can't be edited")
        return message

    def answered(self, call: Call, status: int) -> None:
        """A call was answered; whoever waits for it may look."""
        call.status = status
        self.bell.ring()
