"""Which statuses may a case have, and which moves between them are allowed to whom?"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from cases.actors import ActorKind


class CaseStatus(StrEnum):
    """Where a case stands."""

    REGISTERED = "registered"
    """登记: kept and confirmed, not (or no longer) with a unit that accepts it"""
    ROUTED = "routed"
    """分流: with a unit that has yet to sign for it"""
    SIGNED = "signed"
    """签收: somebody of the unit has it"""
    IN_PROGRESS = "in_progress"
    """办理中: work has begun"""
    ANSWERED = "answered"
    """已答复: the unit has answered; the resident judges"""
    CLOSED = "closed"
    """结案: nothing more is owed"""
    ARCHIVED = "archived"
    """归档: put away for good"""
    REOPENED = "reopened"
    """重办: the resident was not satisfied; the same unit owes again"""
    WITHDRAWN = "withdrawn"
    """撤回: the resident took it back"""
    DECLINED = "declined"
    """不予受理: not accepted, with a reason the resident reads"""


S, A = CaseStatus, ActorKind
_STAFF = frozenset({A.STAFF})
_RULE_OR_STAFF = frozenset({A.RULE, A.STAFF})
_RESIDENT = frozenset({A.RESIDENT})
_RESIDENT_OR_STAFF = frozenset({A.RESIDENT, A.STAFF})
_ANY_PERSON_OR_CLOCK = frozenset({A.RESIDENT, A.STAFF, A.CLOCK})
_STAFF_OR_CLOCK = frozenset({A.STAFF, A.CLOCK})

# What is not listed is refused: status → status → kinds of actor that may make the move.
MOVES: Mapping[CaseStatus, Mapping[CaseStatus, frozenset[ActorKind]]] = {
    S.REGISTERED: {S.ROUTED: _RULE_OR_STAFF, S.DECLINED: _STAFF, S.WITHDRAWN: _RESIDENT},
    S.ROUTED: {S.SIGNED: _STAFF, S.REGISTERED: _STAFF, S.DECLINED: _STAFF, S.WITHDRAWN: _RESIDENT},
    S.SIGNED: {S.IN_PROGRESS: _STAFF, S.REGISTERED: _STAFF, S.WITHDRAWN: _RESIDENT},
    S.IN_PROGRESS: {S.ANSWERED: _STAFF, S.WITHDRAWN: _RESIDENT},
    S.ANSWERED: {S.CLOSED: _ANY_PERSON_OR_CLOCK, S.REOPENED: _RESIDENT_OR_STAFF, S.WITHDRAWN: _RESIDENT},
    S.CLOSED: {S.ARCHIVED: _STAFF_OR_CLOCK, S.REOPENED: _RESIDENT_OR_STAFF},
    S.REOPENED: {S.SIGNED: _STAFF, S.REGISTERED: _STAFF, S.WITHDRAWN: _RESIDENT},
    S.WITHDRAWN: {S.ARCHIVED: _STAFF_OR_CLOCK},
    S.DECLINED: {S.ARCHIVED: _STAFF_OR_CLOCK, S.REOPENED: _RESIDENT_OR_STAFF},
    S.ARCHIVED: {},
}

# The unit owes something: these are its queue.
OWED = frozenset({S.REGISTERED, S.ROUTED, S.SIGNED, S.IN_PROGRESS, S.REOPENED})
# Somebody of the unit has it in hand.
IN_HAND = frozenset({S.SIGNED, S.IN_PROGRESS})
# Nothing more happens unless the resident or a person opens it again.
AT_REST = frozenset({S.CLOSED, S.ARCHIVED, S.WITHDRAWN, S.DECLINED})


class ClosingKind(StrEnum):
    """How a case was closed; only `substantive` counts as solved."""

    SUBSTANTIVE = "substantive"
    """实质性: the matter itself is settled"""
    INTERIM = "interim"
    """阶段性: settled for now"""
    PROCEDURAL = "procedural"
    """程序性: led on to the proper procedure"""
    SUSPENDED = "suspended"
    """中止: cannot go on for the time being"""


def may_move(start: CaseStatus, to: CaseStatus, kind: ActorKind) -> bool:
    """Whether an actor of that kind may move a case from `start` to `to`."""
    return kind in MOVES[start].get(to, frozenset())
