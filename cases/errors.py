"""What can go wrong on the database side, and which sentence the person reads.

DoorError
├── NotFound             CaseNotFound · PlaceNotFound · StaffNotFound · AttachmentNotFound
├── Refused
│   ├── NotAllowed       NeedsSecondLook · ConflictOfInterest
│   ├── MoveNotAllowed   AlreadySentBack · NotMediated · TooLateToReopen · ReviewFirst · NoMoreTime ·
│   │                    NeedsConsent
│   ├── TakenByAnother
│   ├── ChangedMeanwhile StaleDraft
│   ├── TooManyAttempts
│   ├── LetterAnswered
│   ├── FileRefused      FileTooLarge · FileKindUnknown · TooManyFiles · FileEmpty
│   ├── TooLong
│   └── NothingToSay
├── CityRefused
├── NowhereToRoute
├── ChainBroken
└── Unavailable          DatabaseBusy · DatabaseUnreachable · DatabaseInconsistent · KeyUnusable · SealBroken

A class's docstring is its log message; `reply_key` names the wording the person reads. Neither holds an id
or a person's words.
"""

from __future__ import annotations

from typing import ClassVar


class DoorError(Exception):
    """Something at the door went wrong."""

    reply_key: ClassVar[str] = "error"

    def __str__(self) -> str:
        given = super().__str__()
        return given or (type(self).__doc__ or "").strip()


class NotFound(DoorError):
    """What was asked for does not exist, or may not be seen by who asks."""

    reply_key = "error_not_found"


class CaseNotFound(NotFound):
    """No case of that code may be seen by who asks."""

    reply_key = "error_case_not_found"


class PlaceNotFound(NotFound):
    """No grid or unit of that code is in use."""

    reply_key = "error_place_not_found"


class StaffNotFound(NotFound):
    """No member of staff of that code is active."""

    reply_key = "error_staff_not_found"


class AttachmentNotFound(NotFound):
    """The attachment does not exist, is not theirs, or has been erased."""

    reply_key = "error_attachment_not_found"


class Refused(DoorError):
    """The act is understood and not permitted."""

    reply_key = "error_refused"


class NotAllowed(Refused):
    """This role or unit may not do that."""

    reply_key = "error_not_allowed"


class NeedsSecondLook(NotAllowed):
    """A second person, or the resident, has to look at this before it is closed."""

    reply_key = "error_needs_second_look"


class ConflictOfInterest(NotAllowed):
    """Somebody with a stake in a case keeps out of it."""

    reply_key = "error_conflict_of_interest"


class MoveNotAllowed(Refused):
    """The case cannot go from its status to that one, or not by this actor; `ways` is where it can go."""

    reply_key = "error_move_not_allowed"

    def __init__(self, sentence: str = "", ways: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.ways = ways


class AlreadySentBack(MoveNotAllowed):
    """A case may be sent back only once, and never after a ruling."""

    reply_key = "error_already_sent_back"


class NotMediated(MoveNotAllowed):
    """Violence, self-harm, minors, or a party that refused: such a case is not mediated."""

    reply_key = "error_not_mediated"


class TooLateToReopen(MoveNotAllowed):
    """A case is opened again within thirty days of its closing."""

    reply_key = "error_too_late_to_reopen"


class ReviewFirst(MoveNotAllowed):
    """A reopened case is looked at by the superior before its unit closes it again."""

    reply_key = "error_review_first"


class NeedsConsent(MoveNotAllowed):
    """More time for a mediation needs both parties, and the resident has not agreed."""

    reply_key = "error_needs_consent"


class NoMoreTime(MoveNotAllowed):
    """The clock knows no further extension."""

    reply_key = "error_no_more_time"


class TakenByAnother(Refused):
    """Somebody else already has this case."""

    reply_key = "error_taken_by_another"


class ChangedMeanwhile(Refused):
    """Somebody else changed this at the same moment; look again and repeat."""

    reply_key = "error_changed_meanwhile"


class StaleDraft(ChangedMeanwhile):
    """The draft has moved on since it was read."""

    reply_key = "error_stale_draft"


class TooManyAttempts(Refused):
    """Too many wrong secrets; the status page is closed for this case for a while."""

    reply_key = "error_too_many_attempts"


class LetterAnswered(Refused):
    """The letter was replied to already; a letter is answered once."""

    reply_key = "error_letter_answered"


class FileRefused(Refused):
    """The file cannot be kept."""

    reply_key = "error_file_refused"


class FileTooLarge(FileRefused):
    """The file is larger than 20 MB."""

    reply_key = "error_file_too_large"


class FileKindUnknown(FileRefused):
    """The file is of a kind that is not kept."""

    reply_key = "error_file_kind_unknown"


class FileEmpty(FileRefused):
    """The file has no content."""

    reply_key = "error_file_empty"


class TooManyFiles(FileRefused):
    """This resident has sent as many files as are kept in a day."""

    reply_key = "error_too_many_files"


class TooLong(Refused):
    """The text is longer than what is kept in one piece."""

    reply_key = "error_too_long"


class NothingToSay(Refused):
    """An answer or statement needs words."""

    reply_key = "error_nothing_to_say"


class CityRefused(DoorError):
    """The city's files cannot be loaded; each fault is one plain sentence."""

    reply_key = "error_city_refused"

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


class NowhereToRoute(DoorError):
    """No unit is in use, so nobody could receive a case: load a city first."""

    reply_key = "error_nowhere_to_route"


class ChainBroken(DoorError):
    """The timeline does not lead to what is stored."""

    reply_key = "error_chain_broken"


class Unavailable(DoorError):
    """Something the door stands on is not there right now."""

    reply_key = "error_unavailable"


class DatabaseBusy(Unavailable):
    """Other writers held the database longer than we wait."""

    reply_key = "error_unavailable"


class DatabaseUnreachable(Unavailable):
    """The database does not answer."""

    reply_key = "error_unavailable"


class DatabaseInconsistent(Unavailable):
    """A migration would leave rows that refer to nothing; it was undone."""

    reply_key = "error_unavailable"


class KeyUnusable(Unavailable):
    """The secret key is missing, malformed, or readable by others."""

    reply_key = "error_unavailable"


class SealBroken(Unavailable):
    """A sealed field cannot be opened with this key, or was tampered with."""

    reply_key = "error_unavailable"
