"""Code and six digits open a status page; guessing them does not."""

from datetime import timedelta

import pytest
from builders import NOW, a_case, at_once
from sqlalchemy.ext.asyncio import AsyncSession

from cases.casework import case_by_code, public_status
from cases.database import Database
from cases.errors import TooManyAttempts
from cases.public_status import TRIES
from cases.status import CaseStatus


def another(secret: str) -> str:
    return f"{(int(secret) + 1) % 10**6:06}"


async def test_the_page_says_where_it_stands_and_nothing_anybody_said(session: AsyncSession) -> None:
    case = await a_case(session, status=CaseStatus.SIGNED)
    found = await public_status(session, case.code.lower(), f" {case.secret_once} ", NOW)
    assert found is not None
    assert (found.status, found.unit_zh, found.due_at) == (CaseStatus.SIGNED, "桂花社区", case.due_at)
    assert [step.status for step in found.steps] == ["registered", "accepted", "routed", "signed"]
    assert "漏水" not in repr(found)


async def test_nothing_is_due_once_nothing_is_owed(session: AsyncSession) -> None:
    case = await a_case(session, status=CaseStatus.CLOSED)
    found = await public_status(session, case.code, str(case.secret_once), NOW)
    assert found is not None
    assert found.due_at is None


async def test_wrong_digits_and_unknown_codes_look_alike(session: AsyncSession) -> None:
    case = await a_case(session)
    secret = str(case.secret_once)
    assert await public_status(session, case.code, another(secret), NOW) is None
    assert await public_status(session, "YM-261123-XXXX", secret, NOW) is None
    assert await public_status(session, "no code", secret, NOW) is None


async def test_digits_of_another_case_open_nothing(session: AsyncSession) -> None:
    first, second = await a_case(session), await a_case(session)
    if first.secret_once != second.secret_once:
        assert await public_status(session, first.code, str(second.secret_once), NOW) is None


async def test_five_wrong_tries_close_the_page_even_for_the_right_digits(session: AsyncSession) -> None:
    case = await a_case(session)
    secret = str(case.secret_once)
    for _ in range(TRIES):
        assert await public_status(session, case.code, another(secret), NOW) is None
    with pytest.raises(TooManyAttempts):
        await public_status(session, case.code, secret, NOW)
    assert await public_status(session, case.code, secret, NOW + timedelta(minutes=15)) is not None


async def test_each_further_lock_is_twice_as_long_up_to_a_day(session: AsyncSession) -> None:
    case = await a_case(session)
    secret, code, now = str(case.secret_once), case.code, NOW
    locks = []
    for _ in range(9):
        for _ in range(TRIES):
            await public_status(session, code, another(secret), now)
        await session.refresh(case)
        assert case.secret_locked_until is not None
        locks.append(case.secret_locked_until - now)
        now = case.secret_locked_until
    assert locks[:3] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]
    assert locks[-1] == timedelta(hours=24)


async def test_the_right_digits_forgive_what_came_before(session: AsyncSession) -> None:
    case = await a_case(session)
    secret = str(case.secret_once)
    for _ in range(3):
        for _ in range(TRIES - 1):
            assert await public_status(session, case.code, another(secret), NOW) is None
        assert await public_status(session, case.code, secret, NOW) is not None


async def test_tries_at_the_same_moment_are_each_counted(database: Database) -> None:
    async with database.transaction() as session:
        case = await a_case(session)
    wrong = another(str(case.secret_once))

    async def guess() -> object:
        async with database.transaction() as session:
            return await public_status(session, case.code, wrong, NOW)

    results = await at_once(*(guess() for _ in range(12)))
    assert sum(1 for one in results if one is None) == TRIES
    assert sum(1 for one in results if isinstance(one, TooManyAttempts)) == 12 - TRIES


async def test_looking_does_not_disturb_whoever_works_on_the_case(session: AsyncSession) -> None:
    case = await a_case(session)
    version = case.version
    await public_status(session, case.code, str(case.secret_once), NOW)
    found = await case_by_code(session, case.code)
    assert found is not None
    assert found.version == version
