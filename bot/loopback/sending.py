"""The methods that put something before a person: messages, pictures, files, changes, answers to presses."""

from __future__ import annotations

import json
import time

from bot.loopback.calls import Call, Upload
from bot.loopback.limits import check_caption, check_keyboard, check_parse_mode, check_text
from bot.loopback.refusals import Json, bad_request
from bot.loopback.shelf import Stored, check_photo
from bot.loopback.switchboard import Switchboard

ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
LONGEST_ALERT = 200
UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


async def send_message(board: Switchboard, call: Call) -> Json:
    chat = board.chat_for(call)
    check_parse_mode(call.text("parse_mode"))
    text = check_text(call.text("text"))
    return board.show(chat, {"text": text}, check_keyboard(call.structure("reply_markup")))


async def send_photo(board: Switchboard, call: Call) -> Json:
    chat = board.chat_for(call)
    caption, keyboard = _below(call)
    stored = _file(board, call, "photo")
    width, height = check_photo(stored.content)
    size = stored.as_json() | {"width": width, "height": height}
    return board.show(chat, {"photo": [size], **caption}, keyboard, bytes_=stored.content)


async def send_document(board: Switchboard, call: Call) -> Json:
    chat = board.chat_for(call)
    caption, keyboard = _below(call)
    stored = _file(board, call, "document")
    return board.show(chat, {"document": stored.as_document(), **caption}, keyboard, bytes_=stored.content)


async def send_chat_action(board: Switchboard, call: Call) -> bool:
    chat = board.chat_for(call)
    action = call.text("action") or ""
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.actions.append(action)
    return True


async def edit_message_text(board: Switchboard, call: Call) -> Json:
    message = board.own_message(call, missing="message to edit not found")
    check_parse_mode(call.text("parse_mode"))
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    keyboard = check_keyboard(call.structure("reply_markup"), inline_only=True)
    return _changed(board, message, check_text(call.text("text")), keyboard)


async def edit_message_reply_markup(board: Switchboard, call: Call) -> Json:
    message = board.own_message(call, missing="message to edit not found")
    keyboard = check_keyboard(call.structure("reply_markup"), inline_only=True)
    return _changed(board, message, message.get("text"), keyboard)


async def answer_callback_query(board: Switchboard, call: Call) -> bool:
    query = board.queries.get(call.text("callback_query_id") or "")
    if query is None or query.answer is not None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(call.text("text") or "") > LONGEST_ALERT:
        raise bad_request("MESSAGE_TOO_LONG")
    query.answer = call
    return True


def _changed(board: Switchboard, message: Json, text: str | None, keyboard: Json | None) -> Json:
    before = message.get("text"), json.dumps(message.get("reply_markup"), sort_keys=True)
    if before == (text, json.dumps(keyboard, sort_keys=True)):
        raise bad_request(UNCHANGED)
    if text is not None:
        message["text"] = text
    message.pop("reply_markup", None)
    message |= {"edit_date": int(time.time())} | ({"reply_markup": keyboard} if keyboard else {})
    shown = str(message.get("text") or message.get("caption") or "")
    board.chats[message["chat"]["id"]].screen.change(message["message_id"], text=shown, keyboard=keyboard)
    return message


def _below(call: Call) -> tuple[Json, Json | None]:
    """What stands below a picture or file: its caption and its keyboard."""
    check_parse_mode(call.text("parse_mode"))
    caption = check_caption(call.text("caption"))
    return ({"caption": caption} if caption else {}), check_keyboard(call.structure("reply_markup"))


def _file(board: Switchboard, call: Call, name: str) -> Stored:
    """The file of a call: sent along, attached under another name, or known by its id."""
    value = call.text(name) or ""
    upload = call.files.get(name) or call.files.get(value.removeprefix("attach://"))
    if upload is not None:
        return _kept(board, upload, name)
    if not value:
        raise bad_request(f"there is no {name} in the request")
    if value.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    stored = board.shelf.get(value)
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return stored


def _kept(board: Switchboard, upload: Upload, name: str) -> Stored:
    if not upload.content:
        raise bad_request("file must be non-empty")
    return board.shelf.put(upload.content, folder=f"{name}s", name=upload.name)
