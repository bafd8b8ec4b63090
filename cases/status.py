"""Which statuses may a case have, and which moves between them are allowed to whom, for what reasons?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cases.actors import ActorKind


class CaseStatus(StrEnum):
    """Where a case stands."""

    REGISTERED = "registered"
    """登记: kept and confirmed; nobody has said yet whether it is accepted"""
    ACCEPTED = "accepted"
    """受理: the door has taken it up; it is not (or no longer) with a unit"""
    DECLINED = "declined"
    """不予受理: not accepted, with a reason and the lawful way, which the resident reads"""
    ROUTED = "routed"
    """分流: with a unit that has yet to sign for it; its clocks run"""
    SIGNED = "signed"
    """签收: somebody of the unit has it"""
    IN_PROGRESS = "in_progress"
    """办理中: work has begun"""
    WAITING = "waiting"
    """等待: for the resident or for an appraisal; the clocks stand still"""
    ANSWERED = "answered"
    """反馈: the unit has answered"""
    JUDGING = "judging"
    """待评判: the answer is with the resident, who judges it"""
    CLOSED = "closed"
    """办结: the unit owes nothing more; four kinds, of which one is solved"""
    ARCHIVED = "archived"
    """归档: struck off after a second person has looked at result and evidence"""
    REOPENED = "reopened"
    """重办: the resident was not satisfied; the same number, looked at by the superior"""
    WITHDRAWN = "withdrawn"
    """撤回: the resident took it back"""
    TRANSFERRED = "transferred"
    """移送: handed to police, court, arbitration, review or petition"""
    MERGED = "merged"
    """并单: a repeat, handled in another case; its resident is answered all the same"""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Who may make a move, for which reasons (codes), and whether it must be said in words as well."""

    actors: frozenset[ActorKind]
    reasons: frozenset[str]
    words: bool = False


def _may(actors: str, reasons: str, *, words: bool = False) -> Allowed:
    return Allowed(frozenset(ActorKind(name) for name in actors.split()), frozenset(reasons.split()), words)


S = CaseStatus
_WITHDRAW = _may("resident", "resident_wishes erased")
_MERGE = _may("staff", "repeat")
_TRANSFER = _may("staff", "police court arbitration review petition", words=True)
_DECLINE = _may("staff", "out_of_remit already_in_procedure no_facts not_a_party unlawful other", words=True)
_SIGN = _may("staff", "taken")
_SEND_BACK_OR_RECALL = _may("staff", "not_ours reassigned", words=True)
_RECALL = _may("staff", "reassigned", words=True)
_REOPEN = _may("resident staff", "not_solved not_kept person_wanted new_facts visit_not_solved")
# A repeat whose main case was taken back before its own resident was answered.
_RELEASE = Allowed(_REOPEN.actors | {ActorKind.RULE}, _REOPEN.reasons | {"main_withdrawn"})
_PUT_AWAY = _may("staff clock", "put_away")

# What is not listed is refused: status → status → who, for which reasons, with words or without.
MOVES: Mapping[CaseStatus, Mapping[CaseStatus, Allowed]] = {
    S.REGISTERED: {
        S.ACCEPTED: _may("rule staff", "in_remit sorted"),
        S.DECLINED: _DECLINE,
        S.WITHDRAWN: _WITHDRAW,
        S.TRANSFERRED: _TRANSFER,
        S.MERGED: _MERGE,
    },
    S.ACCEPTED: {
        S.ROUTED: _may("rule staff", "rules by_centre ruling"),
        S.DECLINED: _DECLINE,
        S.WITHDRAWN: _WITHDRAW,
        S.TRANSFERRED: _TRANSFER,
        S.MERGED: _MERGE,
    },
    S.DECLINED: {S.ARCHIVED: _PUT_AWAY, S.REOPENED: _REOPEN},
    S.ROUTED: {
        S.SIGNED: _SIGN,
        S.ACCEPTED: _SEND_BACK_OR_RECALL,
        S.DECLINED: _DECLINE,
        S.WITHDRAWN: _WITHDRAW,
        S.TRANSFERRED: _TRANSFER,
        S.MERGED: _MERGE,
    },
    S.SIGNED: {
        S.IN_PROGRESS: _may("staff", "begun"),
        S.ACCEPTED: _SEND_BACK_OR_RECALL,
        S.WITHDRAWN: _WITHDRAW,
        S.TRANSFERRED: _TRANSFER,
        S.MERGED: _MERGE,
    },
    S.IN_PROGRESS: {
        S.WAITING: _may("staff", "resident appraisal hearing", words=True),
        S.ANSWERED: _may("staff", "answered", words=True),
        S.ACCEPTED: _RECALL,
        S.WITHDRAWN: _WITHDRAW,
        S.TRANSFERRED: _TRANSFER,
        S.MERGED: _MERGE,
    },
    S.WAITING: {
        S.ACCEPTED: _RECALL,
        S.IN_PROGRESS: _may("resident staff clock", "resident_spoke appraisal_in hearing_held waited_enough"),
        S.WITHDRAWN: _WITHDRAW,
        S.TRANSFERRED: _TRANSFER,
        S.MERGED: _MERGE,
    },
    S.ANSWERED: {S.JUDGING: _may("rule staff", "put_to_resident"), S.WITHDRAWN: _WITHDRAW},
    S.JUDGING: {
        S.CLOSED: _may("resident staff clock", "solved closed not_judged"),
        S.REOPENED: _REOPEN,
        S.WITHDRAWN: _WITHDRAW,
    },
    S.CLOSED: {S.ARCHIVED: _PUT_AWAY, S.REOPENED: _REOPEN},
    S.ARCHIVED: {S.REOPENED: _REOPEN},
    S.REOPENED: {
        S.SIGNED: _SIGN,
        S.ROUTED: _may("staff", "redo ruling"),
        S.CLOSED: _may("staff", "upheld", words=True),
        S.ACCEPTED: _may("staff", "not_ours reassigned", words=True),
        S.WITHDRAWN: _WITHDRAW,
        S.TRANSFERRED: _TRANSFER,
        S.MERGED: _MERGE,
    },
    S.WITHDRAWN: {S.ARCHIVED: _PUT_AWAY},
    S.TRANSFERRED: {S.ARCHIVED: _PUT_AWAY, S.REOPENED: _REOPEN},
    S.MERGED: {S.ARCHIVED: _PUT_AWAY, S.REOPENED: _RELEASE},
}

# The unit owes something: these are its queue.
OWED = frozenset({S.REGISTERED, S.ACCEPTED, S.ROUTED, S.SIGNED, S.IN_PROGRESS, S.WAITING, S.REOPENED})
# Somebody of the unit has it in hand.
IN_HAND = frozenset({S.SIGNED, S.IN_PROGRESS, S.WAITING})
# Nothing more happens unless the resident or a person opens it again.
AT_REST = frozenset({S.CLOSED, S.ARCHIVED, S.WITHDRAWN, S.DECLINED, S.TRANSFERRED, S.MERGED})


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
    allowed = MOVES[start].get(to)
    return allowed is not None and kind in allowed.actors


def ways_from(start: CaseStatus, kind: ActorKind) -> tuple[CaseStatus, ...]:
    """Where an actor of that kind may move a case from here: what a refusal names."""
    return tuple(to for to, allowed in MOVES[start].items() if kind in allowed.actors)
