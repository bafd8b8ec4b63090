"""How is an act carried out step by step: offered, chosen, said, looked at once more, and told?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cases.access import case_for
from cases.acts import local_time
from cases.codes import read_case_code
from cases.errors import CaseNotFound, NotAllowed
from cases.records import Case, Resident, Role
from cases.staff_side.asking import Asked, ask, asked_now, put_aside
from cases.staff_side.centre_steps import CENTRE_STEPS
from cases.staff_side.deeds import Deed, act_of
from cases.staff_side.meet_steps import MEET_STEPS
from cases.staff_side.offers import BESIDE_THE_CASE, offered, refusal
from cases.staff_side.standing import standing, still_seen
from cases.staff_side.steps import (
    PAGE,
    Choice,
    Given,
    Option,
    Seated,
    Step,
    data,
    deed_button,
    in_rows,
)
from cases.staff_side.work_steps import WORK_STEPS
from cases.turn import Button, Reply

STEPS: Mapping[Deed, Step] = {**WORK_STEPS, **CENTRE_STEPS, **MEET_STEPS}
STALE = Reply("button_stale")
NEXT_SHOWN = 4
FIRST_SHOWN = 6
"""Acts below a case; the others are one press away."""
BACK = Button("staff_back", "s:queue:")


async def pressed(at: Seated, resident: Resident, deed: Deed, given: Given) -> Reply:
    """An act was pressed: the next question, or what came of it. Raises what says why it is not offered."""
    step = STEPS[deed]
    case = await _case(at, deed, given.code)
    chosen: list[str] = []
    rest = list(given.chosen)
    for choice in step.choices:
        options = await choice.options(at, case, tuple(chosen))
        taken = _taken(choice, options, rest)
        if taken is None:
            return _question(choice, options, deed, given, rest)
        chosen.append(taken)
    if rest:
        return STALE
    return await _next(at, resident, deed, Given(given.code, tuple(chosen)))


def _taken(choice: Choice, options: Sequence[Option], rest: list[str]) -> str | None:
    """What was chosen here; it is removed from what the button brought."""
    known = [option.argument for option in options]
    if rest and rest[0] in known:
        return rest.pop(0)
    return known[0] if choice.sure and len(known) == 1 else None


def _question(
    choice: Choice, options: Sequence[Option], deed: Deed, given: Given, rest: Sequence[str]
) -> Reply:
    first = _first_shown(rest)
    if first is None:
        return STALE
    before = given.chosen[: len(given.chosen) - len(rest)]
    cancel = Button("staff_cancel", data("cancel", given.code))
    if not options:
        return Reply("staff_nothing_to_choose", {"code": given.code}, ((cancel,),))
    shown = options[first : first + PAGE]
    buttons = [Button(one.key, data(deed, given.code, *before, one.argument), one.values) for one in shown]
    left = len(options) - first - len(shown)
    more = [Button("staff_more", data(deed, given.code, *before, f"+{first + PAGE}"))] if left > 0 else []
    rows = (*in_rows(buttons), (*more, cancel))
    return Reply(choice.question, {"code": given.code}, rows)


def _first_shown(rest: Sequence[str]) -> int | None:
    """Where the page begins that a button asks for; None for what no button of ours carries."""
    if not rest:
        return 0
    page = rest[0].removeprefix("+")
    return int(page) if len(rest) == 1 and rest[0].startswith("+") and page.isdecimal() else None


async def _next(at: Seated, resident: Resident, deed: Deed, given: Given) -> Reply:
    step = STEPS[deed]
    cancel = Button("staff_cancel", data("cancel", given.code))
    if step.asks:
        number = await ask(at.session, resident, deed, given, at.now)
        skip = (Button("staff_skip", f"s:skip:{number}"),) if step.skippable else ()
        text = await step.shows(at, given) if step.shows else ""
        return Reply(step.asks, {"code": given.code, "text": text}, ((*skip, cancel),))
    if step.warns:
        number = await ask(at.session, resident, deed, given, at.now, unsure=True)
        return Reply(step.warns, {"code": given.code}, ((_yes(number), cancel),))
    return await _carry(at, resident, deed, given)


def _yes(number: int) -> Button:
    return Button("staff_yes", f"s:yes:{number}")


async def said(at: Seated, resident: Resident, asked: Asked, words: str) -> Reply:
    """Words came: they go to what was asked, after a second look where the resident would read them."""
    given = Given(asked.given.code, asked.given.chosen, words)
    step = STEPS[asked.deed]
    if step.shown_first and words.strip():
        number = await ask(at.session, resident, asked.deed, given, at.now, unsure=True)
        cancel = Button("staff_cancel", data("cancel", given.code))
        return Reply("staff_preview", {"code": given.code, "text": words}, ((_yes(number), cancel),))
    if not step.asks:
        return Reply("staff_press_please", {"code": given.code}, ((_yes(asked.number),),))
    return await _carry(at, resident, asked.deed, given)


async def confirmed(at: Seated, resident: Resident, number: str, *, skips: bool = False) -> Reply:
    """A yes, or a skip, to what is being asked; one to what was asked before is out of date."""
    asked = await asked_now(at.session, resident)
    if asked is None or number != str(asked.number):
        return STALE
    if skips and (asked.unsure or not STEPS[asked.deed].skippable):
        return STALE
    if not skips and not asked.unsure:
        return STALE
    return await _carry(at, resident, asked.deed, asked.given)


async def _carry(at: Seated, resident: Resident, deed: Deed, given: Given) -> Reply:
    step = STEPS[deed]
    await step.carry(at, given)
    await put_aside(at.session, resident, at.now, at_work=at.person.role is not Role.VOLUNTEER)
    case = await case_by_code(at, given.code)
    values = {
        "code": case.code,
        "leaf": case.leaf,
        "status": case.status.value,
        "unit": case.unit.name(at.locale),
        "due": await local_time(at.session, case.unit, case.due_at),
    }
    return Reply(step.tells, values, await ways_on(at, case, NEXT_SHOWN))


async def ways_on(at: Seated, case: Case, shown: int) -> tuple[tuple[Button, ...], ...]:
    """The acts a case offers now, as buttons; only the way back where it is not seen any more."""
    if not await still_seen(at.session, at.person, case) and at.person.role is not Role.ADMIN:
        return ((BACK,),)
    deeds = offered(await standing(at.session, at.person, case, at.now))
    rows = in_rows([deed_button(deed, case.code) for deed in deeds[:shown]])
    more = (Button("staff_all", data("acts", case.code)),) if len(deeds) > shown else ()
    return (*rows, (*more, Button("staff_look", data("open", case.code)), BACK))


async def _case(at: Seated, deed: Deed, code: str) -> Case:
    """The case this act may be done with, or the reason why not."""
    if deed is Deed.GLASS:
        if at.person.role is not Role.ADMIN:
            raise NotAllowed
        return await case_by_code(at, code)
    if deed in BESIDE_THE_CASE:
        case = await case_by_code(at, code, lock=True)
    else:
        # Held from the first: a look that is logged, and only then a lock, would let two wait for each other.
        act = act_of(deed, at.person.role)
        case = await case_for(at.session, at.person, code, act, at.now, lock=True)
    at_it = await standing(at.session, at.person, case, at.now)
    # To sign for what one has already is no error, and of two at once the act itself says who was faster.
    if deed is not Deed.TAKE and deed not in offered(at_it):
        seen = deed not in BESIDE_THE_CASE or await still_seen(at.session, at.person, case)
        raise refusal(deed, at_it) if seen else CaseNotFound
    return case


async def case_by_code(at: Seated, code: str, *, lock: bool = False) -> Case:
    """The case with unit and grid, whoever asks: for what was allowed already, or shows nothing of it."""
    query = select(Case).where(Case.code == (read_case_code(code) or ""))
    query = query.options(selectinload(Case.unit), selectinload(Case.grid))
    if lock:
        query = query.with_for_update(of=Case)
    case = (await at.session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if case is None:
        raise CaseNotFound
    return case
