"""How is a resident's own case put into words: its timeline, its times and why, a copy of what was said?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.turn import Reply
from handlers.counter import Counter
from kb.case_words import say, until_when, why_then

REGISTERED = "registered"


def timeline(counter: Counter, reply: Reply) -> str:
    """Each step one line with its date, then who has it until when and why, and what comes next."""
    values, words = reply.values, counter.words
    steps = [line for step in values["steps"] for line in _step(counter, step)]
    first = values["first_owner"]
    return words.reply(
        reply.key,
        {
            "code": values["code"],
            "leaf": words.leaf(str(values["leaf"])),
            "status": words.status(str(values["status"])),
            "left_out": words.part("steps_left_out", number=values["left_out"]) if values["left_out"] else "",
            "steps": "\n".join(steps),
            "holder": words.part("has_it", unit=values["unit"]),
            "until": until(counter, values["owed"]) if values["owed"] else "",
            "first": words.part("answers_for_it", unit=first) if first else "",
            "next": words.part("comes_next", next=say("next", str(values["status"]), counter.locale)),
        },
    )


def _step(counter: Counter, step: Mapping[str, Any]) -> list[str]:
    told = say("steps", step["keys"], counter.locale, unit=step["unit"], when=step["when"])
    line = counter.words.part("step", at=step["at"], what=told)
    return [line, *(counter.words.part("step_words", words=text) for text in step["words"])]


def until(counter: Counter, owed: Mapping[str, Any]) -> str:
    """What happens until when, and why just then; or that the time stands still."""
    why = counter.words.part("why", why=why_then(counter.locale, owed)) if not owed["stopped_for"] else ""
    line = counter.words.part("until", until=until_when(counter.locale, owed, str(owed["due"])), why=why)
    return f"{line}\n{counter.words.part('until_late')}" if owed["late"] else line


def copy(counter: Counter, reply: Reply) -> str:
    """Everything that was told and answered, word for word."""
    values, words = reply.values, counter.words
    lines = [
        words.part("copy_own" if line["own"] else "copy_told", at=line["at"], text=line["text"])
        for line in values["lines"]
    ]
    return words.reply(
        reply.key,
        {
            **values,
            "leaf": words.leaf(str(values["leaf"])),
            "status": words.status(str(values["status"])),
            "where": " ".join(filter(None, [values["place"], values["address"]])) or words.part("none"),
            "contact": " ".join(filter(None, [values["name"], values["phone"]])) or words.part("none"),
            "lines": "\n".join(lines) or words.part("none"),
        },
    )


def opened_line(counter: Counter, values: Mapping[str, Any]) -> str:
    """Who has a case that was just opened, and what comes by when: still to be sorted, or with its unit."""
    part = "opened_to_sort" if values.get("stage") == REGISTERED else "opened_routed"
    blanks = {name: values.get(name, "") for name in ("unit", "due", "first_owner")}
    return counter.words.part(part, **blanks)


def opened(counter: Counter, reply: Reply) -> str:
    """The confirmation of a case that a person looks at first."""
    return counter.words.reply(reply.key, {**reply.values, "holder": opened_line(counter, reply.values)})
