"""How a notice owed to somebody becomes a message, in their language."""

from __future__ import annotations

from typing import Any

from cases.announce import Told
from cases.dialogue.choices import Choice, of_case
from cases.notices import DueNotice
from cases.records import NoticeTo
from cases.turn import Button
from handlers.counter import Counter
from handlers.rendering import Outgoing, inline, split
from handlers.times import shown_time
from handlers.wording import wording
from kb.library import Library

Rows = tuple[tuple[Button, ...], ...]
# Whose words a notice carries, whatever they are called there.
WORDS = ("answer", "why", "question", "note")
# What is asked for below a notice to a resident: label and act of each button.
JUDGE = (("solved", "solved"), ("unsolved", "unsolved"))
ASKED: dict[str, tuple[tuple[str, str], ...]] = {
    Told.ANSWERED: JUDGE,
    Told.PLEASE_JUDGE: JUDGE,
    Told.CLOSED: JUDGE,
    Told.RETURN_VISIT: (("solved", "visit_solved"), ("unsolved", "visit_unsolved")),
    Told.KEPT: (("kept", "kept"), ("not_kept", "not_kept")),
    Told.QUESTION: (("case_answer", Choice.ANSWER),),
    Told.DECLINED: (("case_reopen", Choice.REOPEN), ("to_person", Choice.PERSON)),
    Told.TRANSFERRED: (("to_person", Choice.PERSON),),
    Told.TIME_ASKED: (("time_yes", "time_yes"), ("time_no", "time_no")),
    Told.MORE_TIME: (("to_person", Choice.PERSON),),
}


def render_notice(library: Library, notice: DueNotice) -> list[Outgoing]:
    """The messages of a notice, the last with its buttons."""
    words = wording(notice.locale)
    counter = Counter(library, words)
    text = words.notice(notice.key, _values(counter, notice))
    pieces = split(text)
    keyboard = inline(counter, _buttons(notice))
    return [*(Outgoing(piece) for piece in pieces[:-1]), Outgoing(pieces[-1], keyboard)]


def _values(counter: Counter, notice: DueNotice) -> dict[str, Any]:
    values, words = dict(notice.values), counter.words
    side = "en" if counter.locale == "en" else "zh"
    return values | {
        "leaf": words.leaf(str(values["leaf"])),
        "danger": words.danger(str(values["danger"])),
        "status": words.status(str(values["status"])),
        "unit": values.get(f"unit_{side}"),
        "place": values.get(f"place_{side}") or words.part("none"),
        "due": shown_time(str(values["due_at"])),
        "text": next((values[name] for name in WORDS if values.get(name)), ""),
        "step": words.step(str(values.get("step") or "other")),
        "to": words.way(str(values["to"])) if values.get("to") else "",
    }


def _buttons(notice: DueNotice) -> Rows:
    """Staff open the case; a resident answers what is asked, and can always look how it stands."""
    code = str(notice.values["code"])
    if notice.to_kind is NoticeTo.STAFF:
        return ((Button("staff_open", f"s:open:{code}", {"code": code}),),)
    asked = tuple(of_case(label, code, act) for label, act in ASKED.get(notice.key, ()))
    return (*((asked,) if asked else ()), (of_case("case_view", code, "view"),))
