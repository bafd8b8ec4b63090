"""A round and somebody who presses a button at the same moment: neither waits for the other for ever."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from builders import NOW, a_case, a_resident, at_once, linked

from cases import staff, staff_desk
from cases.access import Act, case_for
from cases.clocks.rounds import RoundReport, make_round
from cases.database import Database
from cases.records import Case
from cases.status import CaseStatus

LATE = NOW + timedelta(hours=4)


async def test_who_signs_while_a_round_is_made_is_not_turned_away(database: Database) -> None:
    async with database.transaction() as session:
        await linked(session, "grid-guihua")
        codes = [(await a_case(session, resident=await a_resident(session, n))).code for n in range(1, 6)]
    held = asyncio.Event()

    async def sign() -> Case:
        async with database.transaction() as session:
            worker = await staff.staff_by_code(session, "grid-guihua")
            await case_for(session, worker, codes[2], Act.TAKE, LATE, lock=True)
            held.set()
            # Longer than the server waits before it looks for two who wait for each other.
            await asyncio.sleep(1.5)
            return await staff_desk.take(session, worker, codes[2], LATE)

    async def round_meanwhile() -> RoundReport:
        await held.wait()
        return await make_round(database, LATE)

    signed, made = await at_once(sign(), round_meanwhile())
    assert isinstance(signed, Case)
    assert signed.status is CaseStatus.SIGNED
    assert isinstance(made, RoundReport)
    assert not (await make_round(database, LATE)).clocks
