"""What Telegram refuses in a message: texts and keyboards out of their bounds."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from bot.loopback.refusals import Json, bad_request

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
CALLBACK_BYTES = 64
MOST_BUTTONS = 100
# Each inline button does exactly one of these.
INLINE_ACTS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "copy_text",
    "pay",
)
WIDEST_ROW = 8


def check_text(text: str | None) -> str:
    """The text of a message, without the white space around it, which Telegram drops."""
    trimmed = (text or "").strip()
    if not trimmed:
        raise bad_request("message text is empty")
    if len(trimmed) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return trimmed


def check_caption(caption: str | None) -> str:
    trimmed = (caption or "").strip()
    if len(trimmed) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return trimmed


def check_parse_mode(mode: str | None) -> None:
    """Marked-up text is not interpreted here, so that it cannot pass for plain text."""
    if mode:
        raise bad_request("unsupported parse_mode")


def check_keyboard(markup: Any, *, inline_only: bool = False) -> Json | None:
    """A reply markup as Telegram would keep it; None when there is none."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline_keyboard(markup)
    if inline_only:
        raise bad_request("inline keyboard expected")
    if "keyboard" in markup:
        for button in _buttons(markup["keyboard"], "keyboard"):
            _check_label(button, "keyboard")
    elif not (markup.get("remove_keyboard") or markup.get("force_reply")):
        raise bad_request("object expected as reply markup")
    return markup


def _inline_keyboard(markup: Json) -> Json | None:
    buttons = _buttons(markup["inline_keyboard"], "inline keyboard")
    for button in buttons:
        _check_inline(button)
    return markup if buttons else None


def _buttons(rows: Any, name: str) -> list[Any]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{name.replace(" ", "_")}" must be of type Array of Arrays')
    buttons = [button for row in rows for button in row]
    if len(buttons) > MOST_BUTTONS or any(len(row) > WIDEST_ROW for row in rows):
        raise bad_request("reply markup is too long")
    return buttons


def _check_label(button: Any, name: str) -> Json:
    if isinstance(button, str) and name == "keyboard":
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request(f"can't parse {name} button: {name} button must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request(f'can\'t parse {name} button: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request(f"{name} button text must be non-empty")
    return button


def _check_inline(button: Any) -> None:
    known = _check_label(button, "inline keyboard")
    acts = [act for act in INLINE_ACTS if act in known]
    if not acts:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(acts) > 1:
        raise bad_request("can't parse inline keyboard button: exactly one optional field must be specified")
    if "callback_data" in known:
        _check_callback(known["callback_data"])
    if "url" in known:
        _check_url(str(known["url"]))


def _check_callback(act: Any) -> None:
    if not isinstance(act, str) or not 1 <= len(act.encode()) <= CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme in ("tg", "mailto"):
        return
    # A host without a dot, such as "localhost", is nothing Telegram would lead anybody to.
    if parts.scheme not in ("http", "https") or "." not in (parts.hostname or ""):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
