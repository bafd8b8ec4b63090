"""The methods by which a bot gets its updates: long polling or a webhook, never both."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.loopback.calls import Call
from bot.loopback.refusals import Json, bad_request, conflict
from bot.loopback.switchboard import Switchboard
from bot.loopback.webhook import CONNECTIONS, Target

LONGEST_POLL = 50
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}\Z")
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"


async def get_updates(board: Switchboard, call: Call) -> list[Json]:
    """Waits for updates as long as the bot wishes; a second call ends the first, as in the Bot API."""
    if board.webhook.target:
        raise conflict(WEBHOOK_ACTIVE)
    board.updates.allow(_kinds(call))
    board.polls += 1
    mine = board.polls
    offset, limit = call.number("offset", 0), call.number("limit", 100)
    board.bell.ring()

    def look() -> list[Json] | None:
        if board.polls != mine:
            raise conflict(OTHER_POLL)
        batch = [update.as_json() for update in board.updates.batch(offset, limit)]
        return batch or ([] if board.closing or board.webhook.target else None)

    seconds = max(0, min(call.number("timeout", 0), LONGEST_POLL))
    return await board.bell.until(look, within=seconds) or []


async def set_webhook(board: Switchboard, call: Call) -> bool:
    """Like a Bot API server in local mode: any address and port, and HTTP too."""
    url = call.text("url")
    if url is None:
        return await delete_webhook(board, call)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = call.text("secret_token")
    if secret is not None and not SECRET.match(secret):
        raise bad_request("secret token contains unallowed characters")
    board.updates.allow(_kinds(call))
    if call.flag("drop_pending_updates"):
        board.updates.drop()
    connections = max(1, min(call.number("max_connections", CONNECTIONS), 100))
    board.webhook.point(Target(url, secret, connections))
    return True


async def delete_webhook(board: Switchboard, call: Call) -> bool:
    if call.flag("drop_pending_updates"):
        board.updates.drop()
    board.webhook.point(None)
    return True


async def get_webhook_info(board: Switchboard, call: Call) -> Json:  # noqa: ARG001  # one shape for all methods
    target, error = board.webhook.target, board.webhook.last_error
    answer: Json = {
        "url": target.url if target else "",
        "has_custom_certificate": False,
        "pending_update_count": len(board.updates.pending),
    }
    if target:
        answer |= {"max_connections": target.connections, "ip_address": "127.0.0.1"}
    if error:
        answer |= {"last_error_date": error[0], "last_error_message": error[1]}
    if board.updates.allowed is not None:
        answer["allowed_updates"] = board.updates.allowed
    return answer


def _kinds(call: Call) -> list[str] | None:
    kinds = call.structure("allowed_updates")
    if kinds is not None and not (isinstance(kinds, list) and all(isinstance(one, str) for one in kinds)):
        raise bad_request("can't parse allowed_updates JSON array")
    return kinds
