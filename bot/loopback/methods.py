"""Which methods of the Bot API are spoken here; names count in any case, as with Telegram."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.loopback import account, receiving, sending
from bot.loopback.calls import Call
from bot.loopback.refusals import Refusal
from bot.loopback.switchboard import Switchboard

Method = Callable[[Switchboard, Call], Awaitable[Any]]

METHODS: dict[str, Method] = {
    "getme": account.get_me,
    "getfile": account.get_file,
    "setmycommands": account.set_my_commands,
    "getmycommands": account.get_my_commands,
    "getupdates": receiving.get_updates,
    "setwebhook": receiving.set_webhook,
    "deletewebhook": receiving.delete_webhook,
    "getwebhookinfo": receiving.get_webhook_info,
    "sendmessage": sending.send_message,
    "sendphoto": sending.send_photo,
    "senddocument": sending.send_document,
    "sendchataction": sending.send_chat_action,
    "editmessagetext": sending.edit_message_text,
    "editmessagereplymarkup": sending.edit_message_reply_markup,
    "answercallbackquery": sending.answer_callback_query,
}


async def carry_out(board: Switchboard, call: Call) -> Any:
    """The result of a call, or Refusal."""
    method = METHODS.get(call.method.lower())
    if method is None:
        raise Refusal(404, "Not Found: method not found")
    return await method(board, call)
