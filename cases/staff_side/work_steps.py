"""What does each act of who works on a case need, and what carries it out?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

from cases import extensions, handling, staff_desk
from cases.access import Act, case_for
from cases.centre_desk import report_danger, send_back
from cases.conflicts import step_back
from cases.errors import StaffNotFound
from cases.papers import correspondence
from cases.records import Staff
from cases.staff_side import choices
from cases.staff_side.asked_texts import letter_text
from cases.staff_side.deeds import Deed
from cases.staff_side.steps import Choice, Given, Seated, Step, options_of
from cases.status import ClosingKind


async def _take(at: Seated, given: Given) -> None:
    await staff_desk.take(at.session, at.person, given.code, at.now)


async def _begin(at: Seated, given: Given) -> None:
    await staff_desk.start(at.session, at.person, given.code, at.now)


async def _answer(at: Seated, given: Given) -> None:
    await staff_desk.answer(at.session, at.person, given.code, given.words, at.now)


async def _go_on(at: Seated, given: Given) -> None:
    await handling.go_on(at.session, at.person, given.code, at.now)


async def _close(at: Seated, given: Given) -> None:
    kind = ClosingKind(given.chosen[0])
    await staff_desk.close(at.session, at.person, given.code, at.now, kind=kind)


async def _ask(at: Seated, given: Given) -> None:
    await handling.ask_resident(at.session, at.person, given.code, given.words, at.now)


async def _tell(at: Seated, given: Given) -> None:
    await handling.visible_note(at.session, at.person, given.code, given.words, at.now)


async def _note(at: Seated, given: Given) -> None:
    await staff_desk.note(at.session, at.person, given.code, given.words, at.now)


async def _contact(at: Seated, given: Given) -> None:
    await handling.record_contact(at.session, at.person, given.code, given.words, at.now)


async def _advise(at: Seated, given: Given) -> None:
    await handling.opinion(at.session, at.person, given.code, given.words, at.now)


async def _wait(at: Seated, given: Given) -> None:
    what = cast(Literal["appraisal", "hearing"], given.chosen[0])
    await handling.wait_for(at.session, at.person, given.code, what, given.words, at.now)


async def _extend(at: Seated, given: Given) -> None:
    await extensions.ask_extension(at.session, at.person, given.code, given.words, at.now)


async def _send_back(at: Seated, given: Given) -> None:
    await send_back(at.session, at.person, given.code, given.words, at.now)


async def _hand_over(at: Seated, given: Given) -> None:
    colleague = await at.session.get(Staff, int(given.chosen[0]))
    if colleague is None:
        raise StaffNotFound
    await staff_desk.hand_over(at.session, at.person, given.code, colleague.code, at.now)


async def _invite(at: Seated, given: Given) -> None:
    await staff_desk.invite_to(at.session, at.person, given.code, given.words, at.now)


async def _raise(at: Seated, given: Given) -> None:
    await report_danger(at.session, at.person, given.code, given.chosen[0], at.now)


async def _recuse(at: Seated, given: Given) -> None:
    case = await case_for(at.session, at.person, given.code, Act.RECUSE, at.now, lock=True)
    await step_back(at.session, at.person, case, at.now)


async def _reply(at: Seated, given: Given) -> None:
    await correspondence.reply(at.session, at.person, int(given.chosen[0]), given.words, at.now)


WORK_STEPS: Mapping[Deed, Step] = {
    Deed.TAKE: Step(_take, "staff_taken"),
    Deed.BEGIN: Step(_begin, "staff_begun"),
    Deed.ANSWER: Step(_answer, "staff_answered", asks="staff_answer_ask"),
    Deed.GO_ON: Step(_go_on, "staff_goes_on"),
    Deed.CLOSE: Step(_close, "staff_closed", (Choice("staff_close_ask", choices.closings),)),
    Deed.ASK: Step(_ask, "staff_asked", asks="staff_ask_ask"),
    Deed.TELL: Step(_tell, "staff_told", asks="staff_tell_ask", shown_first=True),
    Deed.NOTE: Step(_note, "staff_noted", asks="staff_note_ask"),
    Deed.ADVISE: Step(_advise, "staff_advised", asks="staff_advise_ask"),
    Deed.CONTACT: Step(_contact, "staff_contacted", asks="staff_contact_ask"),
    Deed.WAIT: Step(
        _wait,
        "staff_waits",
        (Choice("staff_wait_for_what", options_of("appraisal", "hearing", key="wait_")),),
        asks="staff_wait_ask",
    ),
    Deed.EXTEND: Step(_extend, "staff_time_asked", asks="staff_extend_ask"),
    Deed.SEND_BACK: Step(_send_back, "staff_sent_back", asks="staff_back_ask"),
    Deed.HAND_OVER: Step(
        _hand_over, "staff_handed_over", (Choice("staff_hand_to_whom", choices.colleagues),)
    ),
    Deed.INVITE: Step(_invite, "staff_invited", asks="staff_invite_ask"),
    Deed.RAISE: Step(_raise, "staff_raised", (Choice("staff_which_signal", choices.signals),)),
    Deed.RECUSE: Step(_recuse, "staff_recused", warns="staff_recuse_sure"),
    Deed.REPLY: Step(
        _reply,
        "staff_replied",
        (Choice("staff_which_letter", choices.letters_waiting, sure=True),),
        asks="staff_reply_ask",
        shows=letter_text,
    ),
}
