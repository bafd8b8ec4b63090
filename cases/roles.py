"""What may each role do with a case they see?"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from cases.records import Role


class Act(StrEnum):
    """What somebody may do with a case they see."""

    VIEW = "view"
    """see that it is there: codes, place, status, timeline"""
    READ = "read"
    """read what was said on it"""
    TAKE = "take"
    """sign for it"""
    WORK = "work"
    """begin, ask the resident, wait, answer"""
    NOTE = "note"
    """write an inner note, add a danger signal"""
    MEET = "meet"
    """call a meeting or record a visit, set tasks"""
    MEDIATE = "mediate"
    """record a mediation or an agreement"""
    EXTEND = "extend"
    """ask for more time"""
    CLOSE = "close"
    SEND_BACK = "send_back"
    """say that it is not this unit's"""
    HAND_OVER = "hand_over"
    """give it to a colleague"""
    CORRECT = "correct"
    """say what it really is about"""
    INVITE = "invite"
    """let a volunteer or expert see it"""
    RECUSE = "recuse"
    """step back because of a conflict of interest"""
    REPLY = "reply"
    """answer a letter"""
    ACCEPT = "accept"
    ROUTE = "route"
    """give it to another unit; rule whose it is"""
    DECLINE = "decline"
    TRANSFER = "transfer"
    """hand it to police, court, arbitration, review or petition"""
    MERGE = "merge"
    REVIEW = "review"
    """look at a reopened case; class it as unreachable or not lawful"""
    GRANT = "grant"
    """decide on an extension"""
    LETTER = "letter"
    """send a letter of supervision"""
    VISIT = "visit"
    """the return visit after the closing"""
    ARCHIVE = "archive"
    LOWER_DANGER = "lower_danger"
    REVIEW_DANGER = "review_danger"
    EXPORT = "export"
    """write the whole dossier"""
    TRAIL = "trail"
    """read who looked at it"""


_SEE = frozenset({Act.VIEW, Act.READ})
_HANDLE = _SEE | {
    Act.TAKE,
    Act.WORK,
    Act.NOTE,
    Act.MEET,
    Act.EXTEND,
    Act.CLOSE,
    Act.SEND_BACK,
    Act.HAND_OVER,
    Act.CORRECT,
    Act.INVITE,
    Act.RECUSE,
    Act.REPLY,
}
_COORDINATE = frozenset(
    {
        Act.ACCEPT,
        Act.ROUTE,
        Act.DECLINE,
        Act.TRANSFER,
        Act.MERGE,
        Act.REVIEW,
        Act.GRANT,
        Act.LETTER,
        Act.VISIT,
        Act.ARCHIVE,
        Act.LOWER_DANGER,
        Act.REVIEW_DANGER,
        Act.EXPORT,
    }
)
ROLE_MAY: Mapping[Role, frozenset[Act]] = {
    Role.VOLUNTEER: _SEE | {Act.NOTE, Act.RECUSE},
    Role.EXPERT: _SEE | {Act.NOTE, Act.RECUSE},
    Role.GRID_WORKER: _HANDLE | {Act.MEDIATE},
    Role.MEDIATOR: _HANDLE | {Act.MEDIATE},
    Role.POLICE: _HANDLE | {Act.LOWER_DANGER, Act.REVIEW_DANGER},
    Role.HANDLER: _HANDLE | {Act.MEDIATE},
    Role.CENTRE: _HANDLE | _COORDINATE,
    Role.AUDITOR: frozenset({Act.VIEW, Act.TRAIL}),
    Role.ADMIN: frozenset(),
}
# Only with a case that is with one's own unit: nobody handles the substance in another's place.
OWN_UNIT_ONLY = frozenset(
    {Act.TAKE, Act.WORK, Act.SEND_BACK, Act.EXTEND, Act.MEDIATE, Act.HAND_OVER, Act.REPLY}
)
# With a case of another unit only for a centre, as the second pair of eyes: police who see a case because it
# is dangerous do not close it.
CENTRE_ANYWHERE = frozenset({Act.CLOSE})
# Not with a conflict of interest (回避): whatever decides something. Handing it on and stepping back remain.
WITHOUT_CONFLICT = frozenset(
    {
        Act.TAKE,
        Act.WORK,
        Act.MEDIATE,
        Act.CLOSE,
        Act.ACCEPT,
        Act.ROUTE,
        Act.DECLINE,
        Act.TRANSFER,
        Act.MERGE,
        Act.GRANT,
        Act.REVIEW,
        Act.VISIT,
        Act.ARCHIVE,
        Act.LOWER_DANGER,
    }
)
# What an administrator may do for a while, with a reason, on the record.
BREAK_GLASS = _SEE
