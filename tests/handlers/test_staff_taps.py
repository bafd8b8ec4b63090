"""How many presses a case takes: at most five to accept or sign for it, at most eight to close it."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import a_case
from staffroom import a_door, seated

from cases.casework import case_by_code
from cases.database import Database
from cases.status import CaseStatus
from handlers.door import Door

pytestmark = pytest.mark.unit
S = CaseStatus
MOST_TO_SIGN = 5
MOST_TO_CLOSE = 8


@pytest.fixture
def door(database: Database, data_dir: Path) -> Door:
    return a_door(database, data_dir)


async def opened(database: Database, status: CaseStatus = S.ROUTED) -> str:
    async with database.transaction() as session:
        return (await a_case(session, status=status)).code


async def status_of(database: Database, code: str) -> CaseStatus:
    async with database.reading() as session:
        found = await case_by_code(session, code)
        assert found is not None
        return found.status


@pytest.mark.parametrize("from_notice", [True, False])
async def test_from_the_notice_or_from_staff_a_case_is_signed_for_and_closed(
    database: Database, door: Door, from_notice: bool
) -> None:
    worker, code = await seated(database, door, "grid-guihua"), await opened(database)
    if from_notice:
        await worker.sends(f"s:open:{code}")
    else:
        await worker.arrives()
        await worker.presses("staff_open", holding=code)
    await worker.presses("staff_take")
    assert await status_of(database, code) is S.SIGNED
    assert worker.taps <= MOST_TO_SIGN
    await worker.presses("staff_answer")
    await worker.says("已修好，请验收")
    await worker.presses("staff_close")
    await worker.presses("close_interim")
    assert await status_of(database, code) is S.CLOSED
    assert worker.taps <= MOST_TO_CLOSE


@pytest.mark.parametrize("from_notice", [True, False])
async def test_the_centre_accepts_within_five_presses(
    database: Database, door: Door, from_notice: bool
) -> None:
    centre, code = await seated(database, door, "centre-liuyin"), await opened(database, S.REGISTERED)
    if from_notice:
        await centre.sends(f"s:open:{code}")
    else:
        await centre.arrives()
        await centre.presses("staff_open", holding=code)
    await centre.presses("staff_accept")
    await centre.presses("family_debt")
    await centre.presses("leaf", holding="dispute:labour")
    assert await status_of(database, code) is S.ROUTED
    assert centre.taps <= MOST_TO_SIGN
