"""How a notice owed to somebody becomes a message, in their language."""

from __future__ import annotations

from typing import Any

from cases.announce import Told
from cases.notices import DueNotice
from cases.records import NoticeTo
from cases.turn import Button
from handlers.composing import Counter
from handlers.rendering import Outgoing, inline, split
from handlers.times import shown_time
from handlers.wording import wording
from kb.library import Library

JUDGED = (Told.ANSWERED, Told.CLOSED)
"""Notices after which the resident is asked for their own judgement."""


def render_notice(library: Library, notice: DueNotice) -> list[Outgoing]:
    """The messages of a notice, the last with its buttons."""
    words = wording(notice.locale)
    counter = Counter(library, words)
    text = words.notice(notice.key, _values(counter, notice))
    pieces = split(text)
    keyboard = inline(counter, _buttons(notice))
    return [*(Outgoing(piece) for piece in pieces[:-1]), Outgoing(pieces[-1], keyboard)]


def _values(counter: Counter, notice: DueNotice) -> dict[str, Any]:
    values = dict(notice.values)
    side = "en" if counter.locale == "en" else "zh"
    return values | {
        "leaf": counter.words.leaf(str(values["leaf"])),
        "danger": counter.words.danger(str(values["danger"])),
        "unit": values.get(f"unit_{side}"),
        "place": values.get(f"place_{side}") or counter.words.part("none"),
        "due": shown_time(str(values["due_at"])),
        "text": values.get("answer") or values.get("why") or "",
    }


def _buttons(notice: DueNotice) -> tuple[tuple[Button, ...], ...]:
    code = str(notice.values["code"])
    if notice.to_kind is NoticeTo.STAFF:
        return ((Button("staff_open", f"s:open:{code}", {"code": code}),),)
    if notice.key not in JUDGED:
        return ()
    return ((Button("solved", f"c:{code}:solved"), Button("unsolved", f"c:{code}:unsolved")),)
