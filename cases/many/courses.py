"""Which courses do cases take, entry by entry, and how often each?"""

from __future__ import annotations

from dataclasses import dataclass

from cases.actors import ActorKind, Audience
from cases.records import StatementKind
from cases.status import CaseStatus

S = CaseStatus
HOUR, DAY = 60.0, 24 * 60.0
R, U, C, W = ActorKind.RESIDENT, ActorKind.RULE, ActorKind.CLOCK, ActorKind.STAFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One entry: what, by whom, to which status, with which facts (JSON inside braces), how much later."""

    action: str = "moved"
    to: CaseStatus | None = None
    by: ActorKind
    facts: str = ""
    after: float = 0.0
    """minutes since the entry before, at most; at least a tenth of it"""
    audience: Audience = Audience.RESIDENT
    words: StatementKind | None = None
    """what kind of text the entry vouches for"""


def _move(
    to: CaseStatus, by: ActorKind, reason: str, after: float = 0.0, *, words: StatementKind | None = None
) -> Step:
    return Step(to=to, by=by, facts=f'"reason":"{reason}"', after=after, words=words)


def _closed(by: ActorKind, reason: str, kind: str, after: float) -> Step:
    return Step(to=S.CLOSED, by=by, facts=f'"closing":"{kind}","reason":"{reason}"', after=after)


REGISTERED = Step(action="registered", to=S.REGISTERED, by=R, words=StatementKind.STORY)
SORTED_LATER = Step(action="to_be_sorted", by=U, facts='"unit":"%unit"', audience=Audience.STAFF)
ACCEPTED = _move(S.ACCEPTED, U, "in_remit")
ROUTED = Step(to=S.ROUTED, by=U, facts='"not_there":[],"reason":"rules","unit":"%unit","why":%why')
SIGNED = _move(S.SIGNED, W, "taken", 4 * HOUR)
BEGUN = _move(S.IN_PROGRESS, W, "begun", 10 * HOUR)
CONTACTED = Step(action="contacted", by=W, after=1 * DAY)
WAITING = _move(S.WAITING, W, "resident", 2 * DAY, words=StatementKind.QUESTION)
SPOKE = _move(S.IN_PROGRESS, R, "resident_spoke", 3 * DAY)
ANSWERED = _move(S.ANSWERED, W, "answered", 10 * DAY, words=StatementKind.ANSWER)
JUDGING = _move(S.JUDGING, U, "put_to_resident")
SOLVED = _closed(R, "solved", "substantive", 4 * DAY)
JUDGED = Step(action="judged", by=R, facts='"satisfied":%yes,"solved":true')
JUDGED_NOT = Step(action="judged", by=R, facts='"solved":false')
NOT_JUDGED = _closed(C, "not_judged", "procedural", 4 * DAY)
VISITED = Step(
    action="return_visited", by=W, facts='"reached":true,"satisfied":%yes,"solved":true', after=5 * DAY
)
NOT_REACHED = Step(
    action="return_visited", by=W, facts='"reached":false,"satisfied":null,"solved":null', after=5 * DAY
)
PUT_AWAY = _move(S.ARCHIVED, W, "put_away", 6 * DAY)
CLASSED = Step(
    action="classified",
    by=W,
    facts='"class":"unreachable"',
    after=1 * DAY,
    audience=Audience.STAFF,
    words=StatementKind.REASON,
)
REOPENED = _move(S.REOPENED, R, "not_solved", 2 * DAY)
SENT_BACK = _move(S.ACCEPTED, W, "not_ours", 4 * HOUR, words=StatementKind.REASON)
BY_CENTRE = Step(to=S.ROUTED, by=W, facts='"reason":"by_centre","unit":"%unit"', after=6 * HOUR)
WITHDRAWN = _move(S.WITHDRAWN, R, "resident_wishes", 2 * DAY)
DECLINED = _move(S.DECLINED, W, "out_of_remit", 1 * DAY, words=StatementKind.REASON)
TRANSFERRED = _move(S.TRANSFERRED, W, "court", 5 * DAY, words=StatementKind.REASON)
MERGED = _move(S.MERGED, W, "repeat", 4 * HOUR)

Course = tuple[Step, ...]
START: Course = (REGISTERED, ACCEPTED, ROUTED)
WORK: Course = (SIGNED, BEGUN, CONTACTED)
ANSWER: Course = (ANSWERED, JUDGING)
SETTLED: Course = (SOLVED, JUDGED)
AGAIN: Course = (*START, *WORK, *ANSWER, REOPENED, JUDGED_NOT)

# Weight, course: those that have come to rest and were put away.
RESTED: tuple[tuple[int, Course], ...] = (
    (22, (*START, *WORK, *ANSWER, *SETTLED, VISITED, PUT_AWAY)),
    (34, (*START, *WORK, *ANSWER, *SETTLED, PUT_AWAY)),
    (8, (*START, *WORK, WAITING, SPOKE, *ANSWER, *SETTLED, PUT_AWAY)),
    (16, (*START, *WORK, *ANSWER, NOT_JUDGED, NOT_REACHED, CLASSED, PUT_AWAY)),
    (5, (*AGAIN, SIGNED, BEGUN, *ANSWER, *SETTLED, PUT_AWAY)),
    (4, (*START, SENT_BACK, BY_CENTRE, *WORK, *ANSWER, *SETTLED, PUT_AWAY)),
    (4, (*START, SIGNED, WITHDRAWN, PUT_AWAY)),
    (2, (*START, DECLINED, PUT_AWAY)),
    (3, (*START, SIGNED, BEGUN, TRANSFERRED, PUT_AWAY)),
    (2, (REGISTERED, ACCEPTED, MERGED)),
)
# … those that came to rest lately: nobody has put them away yet.
LATELY: tuple[tuple[int, Course], ...] = tuple(
    (weight, course[:-1] if course[-1] is PUT_AWAY else course) for weight, course in RESTED
)
# … and those that are still open.
OPEN: tuple[tuple[int, Course], ...] = (
    (4, (REGISTERED, SORTED_LATER)),
    (3, (*START, SENT_BACK)),
    (17, START),
    (12, (*START, SIGNED)),
    (16, (*START, SIGNED, BEGUN)),
    (20, (*START, *WORK)),
    (8, (*START, *WORK, WAITING)),
    (15, (*START, *WORK, *ANSWER)),
    (5, AGAIN),
)
