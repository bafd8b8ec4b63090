"""Every timeline is proved, a few cases at a time, and the broken ones are named."""

from __future__ import annotations

import pytest
from histories import on, opened
from sqlalchemy.ext.asyncio import AsyncSession

from cases.measures.verify import verify_all
from cases.records import Case


async def test_every_chain_is_proved_and_the_broken_one_is_named(session: AsyncSession) -> None:
    cases = [await opened(session, on(2)) for _ in range(3)]
    proof = await verify_all(session)
    assert (proof.cases, proof.broken, proof.codes) == (3, 0, [])
    assert proof.entries == sum(case.chain_length for case in cases)
    (await session.get_one(Case, cases[1].id)).chain_head = "0" * 64
    await session.flush()
    proof = await verify_all(session)
    assert (proof.whole, proof.broken, proof.codes) == (False, 1, [cases[1].code])


@pytest.mark.parametrize(("number", "told"), [(0, []), (1, []), (2, [2]), (3, [2]), (4, [2, 4])])
async def test_more_cases_than_are_proved_at_once_are_all_proved(
    session: AsyncSession, number: int, told: list[int]
) -> None:
    for _ in range(number):
        await opened(session, on(2))
    heard: list[int] = []
    assert (await verify_all(session, heard.append, at_once=2)).cases == number
    assert heard == told
