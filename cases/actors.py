"""Who did something to a case, and who may read about it?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What kind of actor stands behind a timeline entry."""

    RESIDENT = "resident"
    """the person at the door (群众)"""
    STAFF = "staff"
    """somebody of a unit, or a volunteer"""
    RULE = "rule"
    """a rule of the program, such as routing"""
    CLOCK = "clock"
    """a clock that ran out"""


class Audience(StrEnum):
    """Who may read a timeline entry or a text."""

    STAFF = "staff"
    """only those who may see the case from inside; what is not said to be for the resident is this"""
    RESIDENT = "resident"
    """the resident of the case as well"""


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor by kind and id; never by name, so that erasing a person leaves every entry valid."""

    kind: ActorKind
    id: int | None = None


BY_RULE = Actor(ActorKind.RULE)
BY_CLOCK = Actor(ActorKind.CLOCK)


def by_resident(resident_id: int) -> Actor:
    """The resident as an actor."""
    return Actor(ActorKind.RESIDENT, resident_id)


def by_staff(staff_id: int) -> Actor:
    """A member of staff as an actor."""
    return Actor(ActorKind.STAFF, staff_id)
