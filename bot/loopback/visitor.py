"""What a person does with a phone: says, forwards, shows, presses, corrects, blocks, and reads answers."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.loopback.refusals import Json
from bot.loopback.screen import PATIENCE, Heard, NotHeard, now
from bot.loopback.shelf import Stored, picture_size
from bot.loopback.switchboard import Chat, Query, Switchboard

Wanted = str | re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Sent:
    """Something a person sent: the number of the message and of its update, and when (event loop's time)."""

    message_id: int
    update_id: int
    at: float


class _Reader:
    """Somebody in front of a chat's screen."""

    def __init__(self, board: Switchboard, chat: Chat) -> None:
        self._board = board
        self.chat = chat

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def heard(self) -> list[Heard]:
        """All messages of the bot in this chat, oldest first."""
        return self.chat.screen.heard

    @property
    def unread(self) -> tuple[Heard, ...]:
        """The messages no `hears` has passed yet."""
        return self.chat.screen.unread

    async def hears(self, *wanted: Wanted, within: float = PATIENCE) -> Heard:
        """The next unread message that says all of `wanted`; NotHeard when it does not come."""
        return await self.chat.screen.hears(*wanted, within=within)

    async def hears_no_more(self, *, for_: float) -> None:
        """NotHeard when anything unread is there or comes within the given seconds."""
        await self.chat.screen.hears_no_more(for_=for_)

    async def sees(self, message: Heard, *wanted: Wanted, within: float = PATIENCE) -> Heard:
        """A message of before once it was edited to say all of `wanted`."""
        return await self.chat.screen.shows(message, *wanted, within=within)


class Group(_Reader):
    """A group with the bot in it."""

    def __init__(self, board: Switchboard, number: int, title: str) -> None:
        super().__init__(board, board.new_chat(number, "group", {"title": title}, known=True))


class Visitor(_Reader):
    """One person and their private chat with the bot; the numbers of both are the same, as in Telegram."""

    def __init__(self, board: Switchboard, number: int, name: str, language: str) -> None:
        super().__init__(board, board.new_chat(number, "private", {"first_name": name}))
        self.account = {"id": number, "is_bot": False, "first_name": name, "language_code": language}

    async def says(self, text: str, *, to: Group | None = None) -> Sent:
        """Words, to the bot or in a group."""
        return self._send(_words(text), to)

    async def forwards(self, text: str, *, from_: str = "陌生人") -> Sent:
        """A message of somebody whose account does not show."""
        origin = {"type": "hidden_user", "sender_user_name": from_, "date": int(time.time())}
        return self._send({**_words(text), "forward_origin": origin})

    async def edits(self, sent: Sent, text: str) -> Sent:
        """A message of before now says something else, in its text or below its picture."""
        message = self._board.messages[self.id, sent.message_id]
        now_says = _words(text) if "text" in message else _caption(text)
        message |= {**now_says, "edit_date": int(time.time())}
        update = self._board.post("edited_message", message, lane=self.id)
        return Sent(sent.message_id, update, now())

    async def sends_photo(self, content: bytes, *, caption: str | None = None) -> Sent:
        """A picture (PNG or JPEG) in two sizes, as Telegram offers them."""
        return self._send({"photo": self._sizes(content), **_caption(caption)})

    async def sends_album(self, pictures: Sequence[bytes], *, caption: str | None = None) -> list[Sent]:
        """Several pictures as one album: one message each, the caption with the first."""
        album = str(self._board.number())
        return [
            self._send(
                {"photo": self._sizes(one), "media_group_id": album, **_caption(None if place else caption)}
            )
            for place, one in enumerate(pictures)
        ]

    async def sends_document(
        self, content: bytes, *, name: str = "合同.pdf", mime: str = "application/pdf", claimed: int = 0
    ) -> Sent:
        """A file; `claimed` lets it pass for one of that many bytes."""
        stored = self._board.shelf.put(content, folder="documents", name=name, mime=mime, claimed=claimed)
        return self._send({"document": stored.as_document()})

    async def sends_voice(self, content: bytes, *, seconds: int = 3) -> Sent:
        stored = self._board.shelf.put(content, folder="voice", name="voice.oga", mime="audio/ogg")
        return self._send({"voice": stored.as_json() | {"duration": seconds, "mime_type": stored.mime}})

    async def sends_video(self, content: bytes, *, seconds: int = 5) -> Sent:
        stored = self._board.shelf.put(content, folder="videos", name="video.mp4", mime="video/mp4")
        picture = {"width": 640, "height": 480, "duration": seconds}
        return self._send({"video": stored.as_document() | picture})

    async def sends_sticker(self, emoji: str = "👍") -> Sent:
        stored = self._board.shelf.put(b"RIFF", folder="stickers", name="sticker.webp", mime="image/webp")
        kind = {"type": "regular", "is_animated": False, "is_video": False, "emoji": emoji}
        return self._send({"sticker": stored.as_json() | kind | {"width": 512, "height": 512}})

    async def shares_location(self, latitude: float, longitude: float) -> Sent:
        return self._send({"location": {"latitude": latitude, "longitude": longitude}})

    async def shares_contact(self, phone: str, name: str) -> Sent:
        return self._send({"contact": {"phone_number": phone, "first_name": name}})

    async def sends(self, content: Json) -> Sent:
        """A message of any content, also of one that does not exist yet."""
        return self._send(content)

    async def presses(self, label: str, *, on: Heard | None = None, within: float = PATIENCE) -> Query:
        """Presses a button: on the newest message that bears it, or on the one named.

        Returns once the bot has answered the press, as it must: until then the button keeps spinning.
        """
        message = on or await self.chat.screen.bearing(label, within=within)
        query = self.presses_unanswered(label, on=message)
        if await self._board.bell.until(lambda: query.answer, within=within) is None:
            raise NotHeard(f"the press of {label!r} was not answered")
        return query

    def presses_unanswered(self, label: str, *, on: Heard) -> Query:
        """Presses a button and does not look whether it stops spinning."""
        act = on.act(label)
        if act is None:
            raise NotHeard(f"no button {label!r} to press; there were: {on.labels}")
        return self._press(on, act)

    async def presses_forged(self, message: Heard, act: str, *, within: float = PATIENCE) -> Query:
        """Sends what no button of the message would: a changed client can."""
        query = self._press(message, act)
        if await self._board.bell.until(lambda: query.answer, within=within) is None:
            raise NotHeard("the press was not answered")
        return query

    async def blocks(self) -> None:
        """From now on the bot cannot write to this person."""
        self.chat.blocked = True
        self._membership("member", "kicked")

    async def unblocks(self) -> None:
        self.chat.blocked = False
        self._membership("kicked", "member")

    def _press(self, message: Heard, act: str) -> Query:
        query = Query(str(self._board.number()), message_id=message.message_id)
        self._board.queries[query.id] = query
        body = {
            "id": query.id,
            "from": self.account,
            "message": dict(self._board.messages[message.chat, message.message_id]),
            "chat_instance": str(self.id),
            "data": act,
        }
        query.update_id = self._board.post("callback_query", body, lane=self.id)
        query.at = now()
        return query

    def _send(self, content: Json, group: Group | None = None) -> Sent:
        chat = group.chat if group else self.chat
        chat.known = True
        message = self._board.new_message(chat, self.account, content)
        update = self._board.post("message", message, lane=chat.id)
        return Sent(message["message_id"], update, now())

    def _sizes(self, content: bytes) -> list[Json]:
        width, height = picture_size(content)
        small = self._board.shelf.put(content[:100], folder="photos", name="small.jpg", mime="image/jpeg")
        full = self._board.shelf.put(content, folder="photos", name="photo.jpg", mime="image/jpeg")
        return [_size(small, min(width, 90), min(height, 90)), _size(full, width, height)]

    def _membership(self, before: str, after: str) -> None:
        body: Json = {
            "chat": self.chat.as_json(),
            "from": self.account,
            "date": int(time.time()),
            "old_chat_member": self._member(before),
            "new_chat_member": self._member(after),
        }
        self._board.post("my_chat_member", body, lane=self.id)

    def _member(self, status: str) -> dict[str, Any]:
        return {"user": self._board.bot, "status": status} | ({"until_date": 0} if status == "kicked" else {})


def _words(text: str) -> Json:
    """A text with the mark Telegram puts on a command."""
    if not text.startswith("/"):
        return {"text": text}
    length = len(text.split(maxsplit=1)[0].encode("utf-16-le")) // 2
    return {"text": text, "entities": [{"type": "bot_command", "offset": 0, "length": length}]}


def _caption(caption: str | None) -> Json:
    return {} if caption is None else {"caption": caption}


def _size(stored: Stored, width: int, height: int) -> Json:
    return stored.as_json() | {"width": width, "height": height}
