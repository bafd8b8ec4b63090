"""Where is nobody there when danger comes: communities without police, offices without a night?"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto

from cases.cityfiles.naming import told_of
from cases.cityfiles.whole import CityPlan, PlacedUnit
from cases.duty import always_somebody
from cases.records import UnitKind

RECEIVE_DANGER = (UnitKind.POLICE, UnitKind.CENTRE)


class _Night(Enum):
    """How the nights of a unit end."""

    SOMEBODY = auto()
    NO_FALLBACK = auto()
    ENDS_WITH_NOBODY = auto()
    CIRCLE = auto()


def nobody_there(plan: CityPlan) -> Iterator[str]:
    """Sentences on places and hours at which nobody would receive what cannot wait."""
    yield from _communities_without_police(plan)
    by_night: dict[_Night, list[str]] = {}
    for unit in plan.book.units.values():
        if unit.kind in RECEIVE_DANGER:
            by_night.setdefault(_night_of(plan, unit), []).append(unit.code)
    yield from told_of(
        by_night.get(_Night.NO_FALLBACK, []),
        "The unit {} receives danger, but is not always there and names no `night` unit.",
        "{} units receive danger, but are not always there and name no `night` unit",
    )
    yield from told_of(
        by_night.get(_Night.ENDS_WITH_NOBODY, []),
        "At night the unit {} sends danger on to where nobody is either.",
        "At night {} units send danger on to where nobody is either",
    )
    yield from told_of(
        by_night.get(_Night.CIRCLE, []),
        "At night the unit {} sends danger round in a circle in which at times nobody is there.",
        "At night {} units send danger round in a circle in which at times nobody is there",
    )


def _night_of(plan: CityPlan, unit: PlacedUnit) -> _Night:
    """Follows the `night` units until, all together, somebody is always there."""
    seen: list[str] = []
    duty: list[str] = []
    at: PlacedUnit | None = unit
    while at is not None:
        if at.code in seen:
            return _Night.CIRCLE
        seen.append(at.code)
        duty += at.duty
        if not at.duty or always_somebody(duty):
            return _Night.SOMEBODY
        at = plan.book.units.get(at.night) if at.night is not None else None
    return _Night.NO_FALLBACK if len(seen) == 1 else _Night.ENDS_WITH_NOBODY


def _communities_without_police(plan: CityPlan) -> Iterator[str]:
    policed = {unit.parent for unit in plan.book.units.values() if unit.kind is UnitKind.POLICE}
    if not policed or plan.city.code in policed:
        return
    without = [
        code
        for code, area in plan.book.areas.items()
        if area.kind is UnitKind.COMMUNITY
        and not policed.intersection(above.code for above in plan.book.up_from(code))
    ]
    yield from told_of(
        without,
        "The community {} is served by no police post.",
        "{} communities are served by no police post",
    )
