"""How are times, rules and what happened said in one line each, for staff?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.wording import Wording


def part_or(words: Wording, key: str, other: str, **values: Any) -> str:
    """The part of that key, or another one for a code of a later program version."""
    return words.part(key if key in words.sections["parts"] else other, **values)


def length_of_time(words: Wording, length: int, unit: str) -> str:
    """So many hours, days or working days."""
    return words.part(f"time_{unit}", length=length)


def due_line(words: Wording, values: Mapping[str, Any]) -> str:
    """What is due when, and under which rule; or that the clock stands still."""
    if values.get("stands"):
        what = words.part(f"waits_{values['stands']}")
        return words.part("case_due_stands", what=what, due=values["due"])
    step = part_or(words, f"step_{values['step']}", "step_other", step=values["step"])
    return words.part("case_due", due=values["due"], step=step, ground=_ground(words, values))


def _ground(words: Wording, values: Mapping[str, Any]) -> str:
    length = length_of_time(words, values["length"], values["unit_of_time"])
    basis = values["basis"]
    if values["template"]:
        return words.part("ground_template_after" if basis else "ground_template", length=length, basis=basis)
    key = "ground_rule" if basis else "ground_city"
    return words.part(key, basis=basis, article=_article(words, values["article"]), length=length)


def _article(words: Wording, article: str) -> str:
    return words.part("article", article=article) if article else ""


def point_line(words: Wording, key: str, values: Mapping[str, Any]) -> str:
    """One point of why something is due just then; moments in it are written out already."""
    known = dict(values)
    match key:
        case "start":
            known["event"] = words.part(f"event_{values['event']}")
        case "length":
            known["length"] = length_of_time(words, values["length"], values["unit"])
        case "extended":
            known["length"] = length_of_time(words, values["length"], values["unit"])
            known["who"] = words.part(f"grants_{values['who']}")
        case "paused" | "still_paused":
            known["reason"] = words.part(f"waits_{values['reason']}")
        case "template" | "basis":
            return _basis(words, key, values)
    return words.part(f"why_{key}", **known)


def _basis(words: Wording, key: str, values: Mapping[str, Any]) -> str:
    basis = values["basis"]
    if key == "template":
        after = words.part("why_template_basis", basis=basis) if basis else ""
        return words.part("why_template", basis=after)
    if not basis:
        return words.part("why_city")
    return words.part("why_basis", basis=basis, article=_article(words, values["article"]))


def entry_line(words: Wording, entry: Mapping[str, Any]) -> str:
    """When, who, what, why, and whether the resident reads it."""
    who = words.part(f"by_{entry['kind']}", name=entry["name"])
    what = part_or(words, f"did_{entry['action']}", "did_other", action=entry["action"])
    if entry["action"] == "moved":
        what = words.part("moved_to", status=words.status(entry["to"]))
    reason = entry["reason"]
    known = part_or(words, f"reason_of_{reason}", "did_other", action=reason) if reason else ""
    return words.part(
        "entry",
        at=entry["at"],
        who=who,
        what=what,
        reason=words.part("entry_reason", reason=known) if known else "",
        seen=words.part("entry_seen" if entry["visible"] else "entry_inner"),
    )
