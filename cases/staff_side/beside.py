"""What does a unit see of a case it may not see otherwise: a letter to it, a task it was asked to do?"""

from __future__ import annotations

from cases.errors import CaseNotFound
from cases.records import Unit
from cases.staff_side.choices import letters_waiting, tasks_waiting
from cases.staff_side.deeds import Deed
from cases.staff_side.doing import BACK, case_by_code
from cases.staff_side.steps import Seated, deed_button
from cases.turn import Reply


async def beside(at: Seated, code: str) -> Reply:
    """What a unit owes on a case it may not see: letters and tasks; CaseNotFound where there are none."""
    case = await case_by_code(at, code)
    found = {
        Deed.REPLY: await letters_waiting(at, case, ()),
        Deed.STRIKE: await tasks_waiting(at, case, ()),
    }
    deeds = [deed for deed, options in found.items() if options]
    if not deeds:
        raise CaseNotFound
    unit = await at.session.get_one(Unit, at.person.unit_id)
    values = {"code": case.code, "leaf": case.leaf, "unit": unit.name(at.locale)}
    buttons = tuple(deed_button(deed, case.code) for deed in deeds)
    return Reply("staff_beside", values, (buttons, (BACK,)))
