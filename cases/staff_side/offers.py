"""Which acts does a case offer to this person just now, and why not the others?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cases.actors import ActorKind
from cases.errors import (
    ConflictOfInterest,
    DoorError,
    MoveNotAllowed,
    NeedsConsent,
    NeedsSecondLook,
    NotAllowed,
    TakenByAnother,
)
from cases.records import Role
from cases.roles import BREAK_GLASS, OWN_UNIT_ONLY, ROLE_MAY, WITHOUT_CONFLICT, Act
from cases.staff_side.deeds import NEEDS, Deed, act_of
from cases.status import IN_HAND, MOVES, OWED, CaseStatus, ways_from

S = CaseStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a case and a member of staff stand to each other: everything that decides on what is offered."""

    role: Role
    status: CaseStatus
    own_unit: bool = False
    """with their unit, or in their hands"""
    mine: bool = False
    """in their hands"""
    filed_by_me: bool = False
    conflict: bool = False
    """they have a stake in it, or stepped back"""
    sent_back: bool = False
    ruled: bool = False
    review_due: bool = False
    judged: bool = False
    """the resident has judged it, or a second person has classed it"""
    unmediated: bool = False
    """violence, minors, self-harm, or a party that refused"""
    mediation_to_end: bool = False
    """a party refused, or a session was held, and nobody has ended it"""
    danger: bool = False
    danger_review_due: bool = False
    more_time: bool = False
    """the handling clock may be lengthened and nobody has asked"""
    time_asked: bool = False
    """somebody else waits for a decision on more time"""
    consent_missing: bool = False
    """more time needs both parties, and the resident has not agreed"""
    leader_wanted: bool = False
    """more time is granted by a leader, and this is none"""
    letter_waits: bool = False
    """a letter to their unit has no reply"""
    meeting_waits: bool = False
    agreement_waits: bool = False
    """nobody has said whether an agreement was kept"""
    task_waits: bool = False
    glass: bool = False
    """an administrator has broken the glass"""


def _goes(to: CaseStatus, reason: str) -> Callable[[Standing], bool]:
    """Whether the table of moves lets staff move it there for that reason."""

    def holds(at: Standing) -> bool:
        allowed = MOVES[at.status].get(to)
        return allowed is not None and ActorKind.STAFF in allowed.actors and reason in allowed.reasons

    return holds


def _in_my_hands(at: Standing) -> bool:
    return at.mine and at.status in IN_HAND


def _active(at: Standing) -> bool:
    return at.mine and at.status in (S.SIGNED, S.IN_PROGRESS)


def _with_a_unit(at: Standing) -> bool:
    return at.status in IN_HAND or at.status in (S.ROUTED, S.REOPENED)


def _to_be_ruled(at: Standing) -> bool:
    return (at.status is S.ACCEPTED and at.sent_back) or (at.status is S.REOPENED and at.review_due)


def _reviewable(at: Standing) -> bool:
    return at.status is S.REOPENED and at.review_due and not at.mine


_OPEN = OWED | {S.ANSWERED, S.JUDGING}
WHEN: Mapping[Deed, Callable[[Standing], bool]] = {
    Deed.ACCEPT: _goes(S.ACCEPTED, "sorted"),
    Deed.TAKE: _goes(S.SIGNED, "taken"),
    Deed.BEGIN: lambda at: at.mine and at.status is S.SIGNED,
    Deed.ANSWER: _in_my_hands,
    Deed.GO_ON: lambda at: at.mine and at.status is S.WAITING,
    Deed.CLOSE: lambda at: (
        _goes(S.CLOSED, "closed")(at) and not at.filed_by_me and not (at.review_due and at.mine)
    ),
    Deed.REDO: _reviewable,
    Deed.UPHOLD: _reviewable,
    Deed.RULE: lambda at: _to_be_ruled(at) and not at.mine,
    Deed.ROUTE: lambda at: not _to_be_ruled(at) and at.status in (S.REGISTERED, S.ACCEPTED, S.IN_PROGRESS),
    Deed.CHECK_DANGER: lambda at: at.danger_review_due,
    Deed.GRANT: lambda at: at.time_asked and not at.mine and not at.consent_missing and not at.leader_wanted,
    Deed.REFUSE: lambda at: at.time_asked and not at.mine,
    Deed.REPLY: lambda at: at.letter_waits,
    Deed.VISITED: lambda at: at.status is S.CLOSED and not at.mine,
    Deed.ARCHIVE: lambda at: (
        _goes(S.ARCHIVED, "put_away")(at) and not at.mine and (at.judged or at.status is not S.CLOSED)
    ),
    Deed.ASK: _active,
    Deed.TELL: _in_my_hands,
    Deed.NOTE: lambda at: at.status is not S.ARCHIVED,
    Deed.ADVISE: lambda at: at.role is Role.EXPERT and at.status in _OPEN and not at.conflict,
    Deed.CONTACT: _in_my_hands,
    Deed.CALL_ON: _in_my_hands,
    Deed.MEDIATE: lambda at: _in_my_hands(at) and not at.unmediated,
    Deed.AGREE: lambda at: _in_my_hands(at) and not at.unmediated,
    Deed.KEPT: lambda at: at.agreement_waits and at.status not in (S.WITHDRAWN, S.DECLINED),
    Deed.END_MEDIATION: lambda at: _in_my_hands(at) and at.mediation_to_end,
    Deed.WAIT: _active,
    Deed.EXTEND: lambda at: _in_my_hands(at) and at.more_time,
    Deed.SEND_BACK: lambda at: (
        _goes(S.ACCEPTED, "not_ours")(at)
        and not at.sent_back
        and not at.ruled
        and (at.mine or at.status is not S.SIGNED)
    ),
    Deed.DECLINE: _goes(S.DECLINED, "out_of_remit"),
    Deed.TRANSFER: _goes(S.TRANSFERRED, "police"),
    Deed.MERGE: _goes(S.MERGED, "repeat"),
    Deed.MEET: _with_a_unit,
    Deed.HOLD: lambda at: at.meeting_waits and at.status in _OPEN,
    Deed.TASK: _with_a_unit,
    Deed.STRIKE: lambda at: at.task_waits,
    Deed.LETTER: lambda at: _with_a_unit(at) and not at.own_unit,
    Deed.SORT: lambda at: at.status in OWED and at.status is not S.REGISTERED,
    Deed.HAND_OVER: lambda at: at.status in IN_HAND,
    Deed.INVITE: lambda at: at.status in OWED,
    Deed.RAISE: lambda at: at.status in _OPEN,
    Deed.LOWER: lambda at: at.danger and at.status in _OPEN,
    Deed.CLASSIFY: lambda at: at.status in (S.JUDGING, S.CLOSED) and not at.mine and not at.judged,
    Deed.RECUSE: lambda at: at.status in _OPEN and not at.conflict,
}
# Only who has it in hand: to anybody else it is a colleague's.
OF_WHO_HAS_IT = frozenset(
    {
        Deed.BEGIN,
        Deed.ANSWER,
        Deed.GO_ON,
        Deed.ASK,
        Deed.TELL,
        Deed.CALL_ON,
        Deed.MEDIATE,
        Deed.AGREE,
        Deed.END_MEDIATION,
        Deed.CONTACT,
        Deed.WAIT,
        Deed.EXTEND,
        Deed.SEND_BACK,
    }
)


# A letter or a task is its unit's, wherever the case is now and whether or not they see it.
BESIDE_THE_CASE = frozenset({Deed.REPLY, Deed.STRIKE})
WITHOUT_STAKE = frozenset(
    {Deed.EXTEND, Deed.KEPT, Deed.MEET, Deed.HOLD, Deed.TASK, Deed.CALL_ON, Deed.STRIKE, Deed.ADVISE}
)


def offered(at: Standing) -> tuple[Deed, ...]:
    """What this person can press on the case as it stands, the most pressing first."""
    return tuple(
        deed for deed in NEEDS if _within_role(deed, at) and not _at_odds(deed, at) and WHEN[deed](at)
    )


def _within_role(deed: Deed, at: Standing) -> bool:
    act = act_of(deed, at.role)
    may = BREAK_GLASS if at.glass else ROLE_MAY[at.role]
    if deed in BESIDE_THE_CASE:
        return act in may
    if act is Act.MEET and at.role is not Role.CENTRE:
        return act in may and at.own_unit
    return act in may and (at.own_unit or act not in OWN_UNIT_ONLY)


def _at_odds(deed: Deed, at: Standing) -> bool:
    return at.conflict and (NEEDS[deed] in WITHOUT_CONFLICT or deed in WITHOUT_STAKE)


def refusal(deed: Deed, at: Standing) -> DoorError:
    """Why something is not offered, as the error that says so."""
    if not _within_role(deed, at):
        return NotAllowed()
    if _at_odds(deed, at):
        return ConflictOfInterest()
    if deed is Deed.GRANT and at.consent_missing:
        return NeedsConsent()
    if deed is Deed.GRANT and at.leader_wanted:
        return NeedsSecondLook()
    others = at.status in IN_HAND and not at.mine
    if others and (deed in OF_WHO_HAS_IT or deed is Deed.TAKE):
        return TakenByAnother()
    ways = ways_from(at.status, ActorKind.STAFF)
    return MoveNotAllowed(f"A case that is {at.status} does not offer {deed}.", ways)
