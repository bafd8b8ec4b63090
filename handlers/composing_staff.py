"""How are the screens of staff put together: lists, a case, its details, and an auditor's trail?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cases.papers.kinds import PaperKind, title
from cases.staff_side.lists import MOST_COUNTED
from cases.turn import Reply
from handlers.counter import Counter
from handlers.route_words import route_lines
from handlers.staff_lines import due_line, entry_line, point_line
from handlers.wording import Wording

URGENT = ("orange", "red")
NO_DANGER = "none"


def staff_queue(counter: Counter, reply: Reply) -> str:
    """The first list, with what is grave or late marked."""
    lines = [_list_line(counter.words, case) for case in reply.values["cases"]]
    return counter.words.reply(reply.key, {"unit": reply.values["unit"], "lines": "\n".join(lines)})


def staff_list(counter: Counter, reply: Reply) -> str:
    """Any other list, under its own title; also one that is empty."""
    words = counter.words
    lines = [_list_line(words, case) for case in reply.values.get("cases", ())]
    name = words.part(f"list_{reply.values['list']}", unit=reply.values["unit"])
    return words.reply(reply.key, {"title": name, "lines": "\n".join(lines)})


def counted(words: Wording, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a list's button: a count that was broken off says so."""
    count = values.get("count", 0)
    shown = words.part("more_than", count=MOST_COUNTED) if count > MOST_COUNTED else count
    return {**values, "count": shown}


def _list_line(words: Wording, case: Mapping[str, Any]) -> str:
    urgent = words.part("urgent_mark") if case["danger"] in URGENT else ""
    late = words.part("late_mark") if case.get("late") else ""
    values = {
        "mark": urgent + late,
        "code": case["code"],
        "leaf": words.leaf(case["leaf"]),
        "status": words.status(case["status"]),
        "due": words.part("line_due", due=case["due"]) if case["due"] else "",
    }
    return words.reply("staff_queue_line", values)


def _heading(words: Wording, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": values["code"],
        "leaf": words.leaf(values["leaf"]),
        "status": words.status(values["status"]),
        "unit": values["unit"],
    }


def staff_case(counter: Counter, reply: Reply) -> str:
    """The first screen of a case: at most twelve lines."""
    words, values = counter.words, reply.values
    lines = {
        **_heading(words, values),
        "waiting": _waiting(words, values),
        "danger": _danger(words, values),
        "place": values.get("place") or words.part("none"),
        "due": due_line(words, values) if values.get("due") else "",
        "holder": _holder(words, values),
        "first": words.part("case_first", unit=values["first_unit"], name=values["first_name"]).rstrip(),
        "why": _why(words, values, "why", "case_why"),
        "story": values["story"] + (words.part("case_more") if values.get("cut") else ""),
        "last": _last(words, values),
        "counts": words.part("case_counts", **values["counts"]),
    }
    return words.reply(reply.key, lines)


def _waiting(words: Wording, values: Mapping[str, Any]) -> str:
    what = values.get("waiting_for")
    return words.part("case_waiting", what=words.part(f"waits_{what}")) if what else ""


def _danger(words: Wording, values: Mapping[str, Any]) -> str:
    if values["danger"] == NO_DANGER:
        return ""
    names = words.part("and_also").join(words.button(f"signal_{one}", {}) for one in values["signals"])
    signals = words.part("case_signals", signals=names) if names else ""
    return words.part("case_danger", danger=words.danger(values["danger"]), signals=signals)


def _holder(words: Wording, values: Mapping[str, Any]) -> str:
    key = "case_holder" if values.get("holder") else "case_holder_nobody"
    return words.part(key, unit=values["unit"], name=values.get("holder"))


def _why(words: Wording, values: Mapping[str, Any], side: str, key: str) -> str:
    """Why the unit has it, or why others do not, in one line."""
    against = values.get("not_there", ()) if side == "not_there" else ()
    lines = route_lines(values["why"], against, named=values["named"], say=words)
    told = lines.why if side == "why" else lines.not_there
    return words.part(key, why=words.part("and_also").join(told)) if told else ""


def _last(words: Wording, values: Mapping[str, Any]) -> str:
    lines = [entry_line(words, one) for one in values["last"]]
    return words.part("case_last", line=lines[0]) if lines else ""


def staff_details(counter: Counter, reply: Reply) -> str:
    """Everything behind the first screen; a part that has nothing is left out."""
    words, values = counter.words, reply.values
    points = [point_line(words, key, known) for key, known in values["points"]]
    why = [_why(words, values, "why", "case_why"), _why(words, values, "not_there", "case_why_not")]
    lines = {
        **_heading(words, values),
        "story": values["story"],
        "texts": _section(words, "texts", (_text(words, one) for one in values["texts"])),
        "why": "\n".join(line for line in why if line),
        "due": _section(words, "due", points),
        "entries": _section(words, "entries", (entry_line(words, one) for one in values["entries"])),
        "letters": _section(words, "letters", (_letter(words, one) for one in values["letters"])),
        "meetings": _section(words, "meetings", (_meeting(words, one) for one in values["meetings"])),
        "tasks": _section(words, "tasks", (_task(words, one) for one in values["tasks"])),
        "agreements": _section(words, "agreements", (_agreement(words, one) for one in values["agreements"])),
    }
    return words.reply(reply.key, lines)


def _section(words: Wording, name: str, lines: Iterable[str]) -> str:
    told = list(lines)
    return "\n".join([words.part(f"head_{name}"), *told]) if told else ""


def _text(words: Wording, one: Mapping[str, Any]) -> str:
    seen = words.part("entry_seen" if one["visible"] else "entry_inner")
    kind = words.part(f"text_{one['kind']}")
    return words.part("text_line", at=one["at"], kind=kind, seen=seen, body=one["body"])


def _letter(words: Wording, one: Mapping[str, Any]) -> str:
    reply = words.part("letter_owed", at=one["owed"]) if one["owed"] else ""
    reply = words.part("letter_replied", at=one["replied"]) if one["replied"] else reply
    kind = title(PaperKind(one["kind"]), words.locale)
    return words.part("letter_line", at=one["at"], kind=kind, number=one["number"], reply=reply)


def _meeting(words: Wording, one: Mapping[str, Any]) -> str:
    outcome = words.part(f"result_{one['outcome']}") if one["outcome"] else ""
    return words.part("meeting_line", at=one["at"], kind=words.part(f"kind_{one['kind']}"), outcome=outcome)


def _task(words: Wording, one: Mapping[str, Any]) -> str:
    struck = words.part("task_struck") if one["struck"] else ""
    return words.part("task_line", due=one["due"], unit=one["unit"], struck=struck, body=one["body"])


def _agreement(words: Wording, one: Mapping[str, Any]) -> str:
    form = words.part("agreement_oral" if one["oral"] else "agreement_written")
    by = words.part("agreement_by", by=one["by"]) if one["by"] else words.part("agreement_no_day")
    said = {True: "agreement_kept", False: "agreement_not_kept"}.get(one["performed"])
    return words.part("agreement_line", form=form, by=by, kept=words.part(said) if said else "")


def staff_why(counter: Counter, reply: Reply) -> str:
    """Why something is due just then, point by point."""
    words, values = counter.words, reply.values
    lines = [f"· {point_line(words, key, known)}" for key, known in values["points"]]
    if not lines:
        return words.reply("staff_why_nothing", values)
    return words.reply(reply.key, {"code": values["code"], "lines": "\n".join(lines)})


def staff_trail(counter: Counter, reply: Reply) -> str:
    """Who did what, which letters went out, who looked: nothing anybody said."""
    words, values = counter.words, reply.values
    lines = {
        **_heading(words, values),
        "entries": _section(words, "entries", (entry_line(words, one) for one in values["entries"])),
        "letters": _section(words, "letters", (_letter(words, one) for one in values["letters"])),
        "looks": _section(words, "looks", (_look(words, one) for one in values["looks"])),
    }
    return words.reply(reply.key, lines)


def _look(words: Wording, one: Mapping[str, Any]) -> str:
    glass = words.part("look_glass", reason=one["glass_reason"]) if one["glass"] else ""
    act = words.part(f"looked_{one['act']}")
    return words.part("look_line", at=one["at"], code=one["code"], act=act, glass=glass)


def staff_cannot_now(counter: Counter, reply: Reply) -> str:
    """What a case is, and what it can become from there."""
    words, values = counter.words, reply.values
    names = [words.status(way) for way in values["ways"]]
    joint = words.route("joint")
    status = words.status(values["status"])
    ways = joint.join(names) or words.part("none")
    return words.reply(reply.key, {"code": values["code"], "status": status, "ways": ways})


def staff_taken_first(counter: Counter, reply: Reply) -> str:
    """A colleague was faster: who, and what to do next."""
    words = counter.words
    return words.reply(reply.key, {**reply.values, "name": reply.values["name"] or words.part("colleague")})


STAFF_COMPOSED: dict[str, Callable[[Counter, Reply], str]] = {
    "staff_queue": staff_queue,
    "staff_list": staff_list,
    "staff_list_empty": staff_list,
    "staff_case": staff_case,
    "staff_details": staff_details,
    "staff_why": staff_why,
    "staff_trail": staff_trail,
    "staff_cannot_now": staff_cannot_now,
    "staff_taken_first": staff_taken_first,
}
