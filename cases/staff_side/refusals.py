"""How is a member of staff told why something was not done, and what they can do instead?"""

from __future__ import annotations

from cases.actors import ActorKind
from cases.errors import (
    CaseNotFound,
    DoorError,
    MoveNotAllowed,
    NotFound,
    NothingToSay,
    TakenByAnother,
    TooLong,
)
from cases.records import Case
from cases.staff_side.asking import Asked
from cases.staff_side.card import who_has_it
from cases.staff_side.deeds import Deed
from cases.staff_side.doing import BACK, NEXT_SHOWN, case_by_code, ways_on
from cases.staff_side.standing import still_seen
from cases.staff_side.steps import Seated, data
from cases.status import ways_from
from cases.turn import Button, Reply

TYPES_A_CODE = frozenset({Deed.MERGE})
TYPED_WRONG = (NothingToSay, TooLong, NotFound)
"""What was typed can be typed again: the question stands."""


def to_type_again(error: DoorError, asked: Asked) -> bool:
    """Whether only what was typed was wrong: the question stands while the case can still be acted on."""
    if not isinstance(error, TYPED_WRONG):
        return False
    about_the_case = isinstance(error, CaseNotFound) and asked.deed not in TYPES_A_CODE
    return not about_the_case


def again(error: DoorError, asked: Asked) -> list[Reply]:
    """What was wrong with the words, and that they can be typed again."""
    cancel = Button("staff_cancel", data("cancel", asked.given.code))
    return [Reply(error.reply_key), Reply("staff_type_again", {}, ((cancel,),))]


async def told(at: Seated, error: DoorError, code: str | None, asked: Asked | None) -> list[Reply]:
    """The sentence for a refusal with the buttons that lead on, and what became of words just written."""
    case = await _case(at, code or (asked.given.code if asked else None))
    unused = [Reply("staff_words_unused")] if asked is not None else []
    if case is None:
        return [*unused, Reply(error.reply_key, {}, ((BACK,),))]
    return [*unused, await _about(at, error, case)]


async def _about(at: Seated, error: DoorError, case: Case) -> Reply:
    buttons = await ways_on(at, case, NEXT_SHOWN)
    if isinstance(error, TakenByAnother):
        return Reply("staff_taken_first", {"code": case.code, "name": await who_has_it(at, case)}, buttons)
    if type(error) is MoveNotAllowed:
        ways = error.ways or ways_from(case.status, ActorKind.STAFF)
        values = {"code": case.code, "status": case.status.value, "ways": [str(way) for way in ways]}
        return Reply("staff_cannot_now", values, buttons)
    return Reply(error.reply_key, {}, buttons)


async def _case(at: Seated, code: str | None) -> Case | None:
    """The case, if this person may see it; a refusal says nothing about any other."""
    if code is None:
        return None
    try:
        case = await case_by_code(at, code)
    except NotFound:
        return None
    return case if await still_seen(at.session, at.person, case) else None
