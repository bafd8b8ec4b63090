"""How is it said why a case came to this unit, and why not to the others?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cases.routing import OF_PEOPLE, Named, Why
from handlers.wording import Wording

OF_RULES = frozenset({Why.RULE, Why.NO_UNIT})
OF_UNITS = frozenset(
    {
        Why.COMPETENT,
        Why.ALL_THE_SAME,
        Why.NIGHT,
        Why.STANDS_IN,
        Why.NOBODY_THERE,
        Why.OPENS_LATER,
    }
)


@dataclass(frozen=True, slots=True)
class RouteLines:
    """One sentence a line, in the language of who reads them."""

    why: tuple[str, ...]
    not_there: tuple[str, ...]


def route_lines(why: Sequence[str], not_there: Sequence[str], *, named: Named, say: Wording) -> RouteLines:
    """The codes of an explanation as sentences; units with the same reason share a line.

    `named` comes from `cases.routing.named_in`. A code of another program version is left out.
    """
    lines = (_why_line(*_parted(code), named, say) for code in why)
    return RouteLines(tuple(line for line in lines if line), tuple(_against_lines(not_there, named, say)))


def _parted(code: str) -> tuple[str, list[str]]:
    head, *about = code.split(":")
    return head, about


def _why_line(head: str, about: list[str], named: Named, say: Wording) -> str | None:
    first = about[0] if about else ""
    if head in OF_RULES:
        return say.route(head, rule=first)
    if head in OF_PEOPLE:
        return say.route(head, person=_person(first, named))
    if head in OF_UNITS:
        return say.route(head, units=_unit(first, named))
    return _odd_line(head, about, named, say)


def _odd_line(head: str, about: list[str], named: Named, say: Wording) -> str | None:
    first = about[0] if about else ""
    match head:
        case Why.FALLBACK:
            return say.route("fallback_area" if first == "area" else "fallback")
        case Why.LEVEL:
            return say.route("level", level=say.sections["routes"].get(first, first))
        case Why.LOAD:
            return say.route("load", units=_unit(first, named), count=_count(about))
        case Why.OFF_DUTY:
            return say.route("off_duty_at", units=_unit(first, named))
        case Why.NOT_MEDIATED | Why.CONFLICT:
            return say.route("against", units=_unit(first, named), reason=say.route(head))
    return None


def _against_lines(not_there: Sequence[str], named: Named, say: Wording) -> list[str]:
    units: dict[str, list[str]] = {}
    for code in not_there:
        head, about = _parted(code)
        key = "load_more" if head == Why.LOAD else head
        if about and key in say.sections["routes"]:
            reason = say.route(key, count=_count(about))
            units.setdefault(reason, []).append(_unit(about[0], named))
    joint = say.route("joint")
    return [say.route("against", units=joint.join(names), reason=reason) for reason, names in units.items()]


def _unit(code: str, named: Named) -> str:
    return named.units.get(code, code)


def _person(about: str, named: Named) -> str:
    return named.people.get(int(about), about) if about.isdigit() else about


def _count(about: list[str]) -> str:
    return about[1] if len(about) > 1 else "0"
