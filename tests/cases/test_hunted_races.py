"""A round and somebody who presses a button at the same moment: neither waits for the other for ever."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from builders import NOW, a_case, a_resident, linked

from cases import staff, staff_desk
from cases.access import Act, case_for
from cases.clocks.rounds import make_round
from cases.database import Database
from cases.status import CaseStatus

LATE = NOW + timedelta(hours=4)


async def test_who_signs_while_a_round_is_made_is_not_turned_away(database: Database) -> None:
    async with database.transaction() as session:
        await linked(session, "grid-guihua")
        codes = [(await a_case(session, resident=await a_resident(session, n))).code for n in range(1, 6)]

    async with database.transaction() as session:
        worker = await staff.staff_by_code(session, "grid-guihua")
        await case_for(session, worker, codes[2], Act.TAKE, LATE, lock=True)
        round_ = asyncio.create_task(make_round(database, LATE))
        await asyncio.sleep(0.5)
        case = await staff_desk.take(session, worker, codes[2], LATE)
        assert case.status is CaseStatus.SIGNED
    await round_
    assert not (await make_round(database, LATE)).clocks
