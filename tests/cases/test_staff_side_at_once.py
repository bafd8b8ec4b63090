"""Several members of staff press the same button at the same moment, on both databases."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from builders import NOW, a_case
from staffroom import AtTheDoor, a_door, seated

from cases.casework import case_by_code
from cases.database import Database
from cases.staff import add_staff
from cases.status import CaseStatus

S = CaseStatus
HANDS = 5


async def crowd(database: Database, folder: Path) -> list[AtTheDoor]:
    """Workers of one community, each with a channel and a door of their own."""
    async with database.transaction() as session:
        for number in range(HANDS):
            await add_staff(
                session,
                name=f"同事{number}",
                role="grid_worker",
                unit_code="guihua",
                now=NOW,
                code=f"hand-{number}",
            )
    return [await seated(database, a_door(database, folder), f"hand-{number}") for number in range(HANDS)]


async def opened(database: Database, status: CaseStatus) -> str:
    async with database.transaction() as session:
        return (await a_case(session, status=status)).code


async def test_of_many_who_sign_at_once_one_has_it_and_the_others_are_told_who(
    database: Database, tmp_path: Path
) -> None:
    people, code = await crowd(database, tmp_path), await opened(database, S.ROUTED)
    for person in people:
        await person.sends(f"s:open:{code}")
    await asyncio.gather(*(person.presses("staff_take") for person in people))
    won = [person for person in people if person.turn.keys == ("staff_taken",)]
    lost = [person for person in people if person not in won]
    assert len(won) == 1
    assert {person.turn.keys for person in lost} == {("staff_taken_first",)}
    async with database.reading() as session:
        case = await case_by_code(session, code)
        assert case is not None
        winner = case.assignee_id
    assert winner is not None
    for person in lost:
        screen = person.reads()
        assert "已经先接手" in screen
        assert "回到待办" in screen
        assert {"staff_look", "staff_back"} <= person.keys
        assert "staff_answer" not in person.keys


async def test_two_centres_decide_on_one_extension_once(database: Database, tmp_path: Path) -> None:
    code = await opened(database, S.IN_PROGRESS)
    worker = await seated(database, a_door(database, tmp_path), "grid-guihua")
    await worker.sends(f"s:extend:{code}")
    await worker.says("等配件")
    one = await seated(database, a_door(database, tmp_path), "centre-liuyin")
    two = await seated(database, a_door(database, tmp_path), "director-liuyin")
    await asyncio.gather(one.sends(f"s:refuse:{code}"), two.sends(f"s:refuse:{code}"))
    said = sorted((one.turn.keys[-1], two.turn.keys[-1]))
    assert said[0] == "staff_cannot_now"
    assert said[1] == "staff_refused"


async def test_two_words_for_one_letter_make_one_reply(database: Database, tmp_path: Path) -> None:
    code = await opened(database, S.ROUTED)
    centre = await seated(database, a_door(database, tmp_path), "centre-liuyin")
    await centre.sends(f"s:letter:{code}.prompt_letter")
    await centre.says("请尽快签收")
    one = await seated(database, a_door(database, tmp_path), "grid-guihua")
    two = await seated(database, a_door(database, tmp_path), "leader-guihua")
    for person in (one, two):
        await person.sends(f"s:reply:{code}")
    await asyncio.gather(one.says("今天签收"), two.says("马上签收"))
    assert sorted((one.turn.keys[-1], two.turn.keys[-1])) == ["error_letter_answered", "staff_replied"]
    loser = one if "error_letter_answered" in one.turn.keys else two
    assert loser.turn.keys[0] == "staff_words_unused"


@pytest.mark.parametrize("deed", ["take", "begin", "go_on"])
async def test_one_person_pressing_twice_at_once_harms_nothing(
    database: Database, tmp_path: Path, deed: str
) -> None:
    status = {"take": S.ROUTED, "begin": S.SIGNED, "go_on": S.WAITING}[deed]
    worker, code = (
        await seated(database, a_door(database, tmp_path), "grid-guihua"),
        await opened(database, status),
    )
    twice = [AtTheDoor(worker.door, worker.person), AtTheDoor(worker.door, worker.person)]
    await asyncio.gather(*(person.sends(f"s:{deed}:{code}") for person in twice))
    said = {person.turn.keys[-1] for person in twice}
    assert said <= {
        "staff_taken",
        "staff_begun",
        "staff_goes_on",
        "staff_cannot_now",
        "error_changed_meanwhile",
        "error_stale_draft",
    }
    assert said & {"staff_taken", "staff_begun", "staff_goes_on"}
