"""What is offered can really be done, and what is not offered is refused: every status, on both databases."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from builders import NOW, a_case, a_resident
from sqlalchemy.ext.asyncio import AsyncSession

from cases.casework import case_by_code
from cases.database import Database
from cases.errors import DoorError
from cases.staff import staff_by_code
from cases.staff_side.deeds import NEEDS, Deed
from cases.staff_side.doing import STEPS
from cases.staff_side.offers import offered
from cases.staff_side.standing import standing, still_seen
from cases.staff_turns import StaffDesk
from cases.status import CaseStatus
from cases.turn import Reply, Turn

New = Callable[[CaseStatus], Awaitable[str]]
S = CaseStatus
PEOPLE = ("grid-guihua", "centre-liuyin", "auditor-yunting")
WORDS = "已核实，情况如上"


async def desk_of(session: AsyncSession, code: str) -> StaffDesk:
    person = await staff_by_code(session, code)
    channel = await a_resident(session, 9_100 + person.id, channel="terminal")
    return StaffDesk(session, person, channel, NOW)


def first_choice(turn: Turn) -> str | None:
    """The first button that is neither cancel nor the next page."""
    acts = [button.act for reply in turn.replies for row in reply.buttons for button in row]
    return next((act for act in acts if not act.startswith(("s:cancel", "s:queue"))), None)


async def carry_through(desk: StaffDesk, deed: Deed, code: str, other: str) -> Reply:
    """Presses an act, the first of every choice, writes what is asked for, says yes."""
    typed = {Deed.MERGE: other, Deed.INVITE: "lawyer-2", Deed.MEET: "lawyer-2"}
    turn = await desk.press(deed, code)
    step = STEPS[deed]
    while turn.replies[-1].key in {choice.question for choice in step.choices}:
        act = first_choice(turn)
        assert act is not None
        turn = await desk.press(*act.split(":", 2)[1:])
    if turn.replies[-1].key == step.asks:
        turn = await desk.said(typed.get(deed, WORDS))
    if turn.replies[-1].key in ("staff_preview", step.warns):
        act = first_choice(turn)
        assert act is not None
        turn = await desk.press(*act.split(":", 2)[1:])
    return turn.replies[-1]


@pytest.fixture
def new(database: Database) -> New:
    async def opened(status: CaseStatus) -> str:
        async with database.transaction() as session:
            return (await a_case(session, status=status)).code

    return opened


async def held(database: Database, name: str, code: str) -> tuple[Deed, ...] | None:
    """What somebody is offered; None where they do not see the case."""
    async with database.reading() as session:
        person = await staff_by_code(session, name)
        case = await case_by_code(session, code)
        assert case is not None
        if not await still_seen(session, person, case):
            return None
        return offered(await standing(session, person, case, NOW))


@pytest.mark.parametrize("status", list(S))
async def test_what_is_offered_can_be_done_to_its_end(
    database: Database, new: New, status: CaseStatus
) -> None:
    code, other = await new(status), await new(S.ROUTED)
    for name in PEOPLE:
        for deed in await held(database, name, code) or ():
            async with database.transaction() as session:
                said = await carry_through(await desk_of(session, name), deed, code, other)
                if said.key != "staff_nothing_to_choose":
                    assert said.key == STEPS[deed].tells, f"{name} {deed}: {said.key}"
                await session.rollback()


@pytest.mark.parametrize("status", list(S))
async def test_what_is_not_offered_is_refused_at_the_first_press(
    database: Database, new: New, status: CaseStatus
) -> None:
    code = await new(status)
    for name in PEOPLE:
        refused = set(NEEDS) - set(await held(database, name, code) or ())
        # A refusal comes before anything is written, so one transaction serves them all.
        async with database.transaction() as session:
            desk = await desk_of(session, name)
            case = await case_by_code(session, code)
            assert case is not None
            for deed in refused - ({Deed.TAKE} if case.assignee_id == desk.person.id else set()):
                with pytest.raises(DoorError):
                    await desk.press(deed, code)
            await session.rollback()
