"""Residents are found again, spoken to in their language, and reachable when they speak."""

from datetime import timedelta

import pytest
from builders import NOW, a_case, a_resident, at_once
from sqlalchemy.ext.asyncio import AsyncSession

from cases import notices, people
from cases.database import Database
from cases.errors import TooLong


async def test_the_same_channel_id_is_the_same_resident(session: AsyncSession) -> None:
    first = await a_resident(session, channel_id=7)
    again = await a_resident(session, channel_id=7, locale="en")
    text_id = await people.resident_for(session, channel="telegram", channel_id="7", locale="en", now=NOW)
    assert first.id == again.id == text_id.id
    assert again.locale == "zh-Hans"


async def test_the_same_id_on_another_channel_is_somebody_else(session: AsyncSession) -> None:
    assert (await a_resident(session)).id != (await a_resident(session, channel="terminal")).id


async def test_two_first_messages_at_once_make_one_resident(database: Database) -> None:
    async def once() -> int:
        async with database.transaction() as session:
            return (await a_resident(session)).id

    assert len(set(await at_once(*(once() for _ in range(5))))) == 1


async def test_a_language_is_kept(session: AsyncSession) -> None:
    resident = await a_resident(session)
    await people.set_locale(session, resident, "en")
    session.expire_all()
    assert (await a_resident(session)).locale == "en"


async def test_contact_is_kept_and_nothing_given_leaves_it(session: AsyncSession) -> None:
    resident = await a_resident(session)
    await people.remember_contact(session, resident, name="王大爷")
    await people.remember_contact(session, resident, phone="13812345678")
    await session.refresh(resident)
    assert (resident.name, resident.phone) == ("王大爷", "13812345678")


@pytest.mark.parametrize("given", [{"name": "王" * 61}, {"phone": "1" * 31}])
async def test_overlong_contact_is_refused(session: AsyncSession, given: dict[str, str]) -> None:
    resident = await a_resident(session)
    with pytest.raises(TooLong):
        await people.remember_contact(session, resident, **given)


async def test_who_speaks_again_is_sent_what_was_blocked(session: AsyncSession) -> None:
    case = await a_case(session)
    resident = await people.resident_by_id(session, case.resident_id)
    assert resident is not None
    await notices.enqueue(
        session,
        to_kind="resident",
        to_id=resident.id,
        key="notice_taken",
        values={"code": case.code},
        idempotency_key="k",
        now=NOW,
    )
    claimed = await notices.due(session, ["telegram"], NOW)
    await notices.failed(session, claimed[0], NOW, reason="blocked", blocked=True)
    session.expire_all()
    assert await notices.due(session, ["telegram"], NOW + timedelta(hours=1)) == []
    later = NOW + timedelta(hours=2)
    await a_resident(session, now=later)
    assert [one.key for one in await notices.due(session, ["telegram"], later)] == ["notice_taken"]
