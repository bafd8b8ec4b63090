"""A resident who presses twice at the same moment is heard once, on both databases."""

import pytest
from builders import NOW, a_case, a_resident, at_once
from sqlalchemy import func, select

from cases.database import Database
from cases.desk import Desk
from cases.records import Case, TimelineEntry
from cases.status import CaseStatus
from cases.turn import Turn

S = CaseStatus


async def press(database: Database, code: str, act: str) -> Turn:
    async with database.transaction() as session:
        desk = Desk(session, await a_resident(session), NOW, public_base="http://d.example")
        return await desk.press_case(code, act)


async def a_code(database: Database, status: CaseStatus) -> str:
    async with database.transaction() as session:
        return (await a_case(session, status=status)).code


async def entries(database: Database, code: str, action: str, to: CaseStatus | None = None) -> int:
    query = select(func.count()).select_from(TimelineEntry).join(Case, Case.id == TimelineEntry.case_id)
    query = query.where(Case.code == code, TimelineEntry.action == action)
    async with database.reading() as session:
        return await session.scalar(query.where(TimelineEntry.to_status == to) if to else query) or 0


@pytest.mark.parametrize("act", ["unsolved", "visit_unsolved"])
async def test_not_solved_pressed_twice_at_once_opens_the_case_again_once(
    database: Database, act: str
) -> None:
    code = await a_code(database, S.CLOSED)
    turns = await at_once(*(press(database, code, act) for _ in range(2)))
    assert sorted(turn.keys[0] for turn in turns) == ["judged_not_now", "rated_unsolved"]
    assert await entries(database, code, "moved", S.REOPENED) == 1


async def test_solved_pressed_twice_at_once_is_noted_once(database: Database) -> None:
    code = await a_code(database, S.JUDGING)
    turns = await at_once(*(press(database, code, "solved") for _ in range(2)))
    assert sorted(turn.keys[0] for turn in turns) == ["judged_already", "rated"]
    assert await entries(database, code, "judged") == 1


async def test_two_ways_out_at_once_leave_one_judgement_and_a_whole_case(database: Database) -> None:
    code = await a_code(database, S.JUDGING)
    turns = await at_once(press(database, code, "solved"), press(database, code, "unsolved"))
    assert all(isinstance(turn, Turn) for turn in turns)
    async with database.reading() as session:
        case = (await session.scalars(select(Case).where(Case.code == code))).one()
    # Solved, then not: a reopening. Not solved, then solved: there is nothing to judge until it is answered.
    assert case.status is S.REOPENED
    assert case.solved is False
