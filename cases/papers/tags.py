"""Does a template ask only for what there is: names of fields, loops over lists, plain conditions?

Word templates are edited by clerks, so they may hold names and nothing that computes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cases.papers.fields import LISTS, PLAIN

TAG = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}|\{#.*?#\}", re.DOTALL)
LEFT_OPEN = re.compile(r"\{\{|\{%|\{#")
INSIDE_MARKUP = re.compile(r"<[^<>]*(?:\{\{|\{%|\{#)[^<>]*>")
NAME = r"[a-z][a-z_]*"
FOR = re.compile(rf"for ({NAME}) in ({NAME})")
IF = re.compile(rf"if (?:not )?({NAME}(?:\.{NAME})?)")


@dataclass(slots=True)
class _Place:
    """Where in nested loops and conditions a reader of tags stands."""

    opened: list[str] = field(default_factory=list)
    loops: dict[str, str] = field(default_factory=dict)


def first_fault(xml: str) -> str | None:
    """The first thing in a template's text that cannot be filled, as a clause; None where all is well."""
    if INSIDE_MARKUP.search(xml):
        return "a field stands where there is no text, such as a picture's name"
    place = _Place()
    for found in TAG.finditer(xml):
        shown, told = found[1], found[2]
        fault = None
        if shown is not None:
            fault = _name_fault(shown.strip(), place)
        elif told is not None:
            fault = _step_fault(" ".join(told.split()), place)
        if fault is not None:
            return fault
    if LEFT_OPEN.search(TAG.sub("", xml)):
        return "a field is opened with braces that are never closed"
    return f"`{place.opened[-1]}` is never closed" if place.opened else None


def _name_fault(name: str, place: _Place) -> str | None:
    head, _, column = name.partition(".")
    known = column in LISTS[place.loops[head]] if head in place.loops else name in PLAIN
    return None if known else f"the field {{{{ {_short(name)} }}}} is not known"


def _step_fault(step: str, place: _Place) -> str | None:
    if loop := FOR.fullmatch(step):
        return _loop_fault(loop[1], loop[2], place)
    if condition := IF.fullmatch(step):
        place.opened.append("if")
        return None if condition[1] in LISTS else _name_fault(condition[1], place)
    if step == "else" and place.opened[-1:] == ["if"]:
        return None
    if step in {"endfor", "endif"} and place.opened[-1:] == [step.removeprefix("end")]:
        if place.opened.pop() == "for":
            place.loops.popitem()
        return None
    return f"`{_short(step)}` cannot stand here"


def _loop_fault(name: str, listed: str, place: _Place) -> str | None:
    if listed not in LISTS:
        return f"the list {_short(listed)} is not known"
    if name in PLAIN or name in LISTS or name in place.loops:
        return f"a loop cannot use the name {_short(name)}"
    place.opened.append("for")
    place.loops[name] = listed
    return None


def _short(words: str) -> str:
    """What a clerk typed, without markup and not at length."""
    return re.sub(r"<[^>]*>", "", words)[:60]
