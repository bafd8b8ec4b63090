"""Notices: owed once, claimed by one worker, tried again with patience, never lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from builders import NOW, a_resident, at_once, linked
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases import notices
from cases.database import Database
from cases.notices import LEASE, LONGEST_PAUSE, OLD, DueNotice, delivered, due, enqueue, failed
from cases.records import Notice, NoticeState, Resident, Staff, StaffChannel
from cases.staff import invite, link, retire

MINUTE = timedelta(minutes=1)


async def owe(session: AsyncSession, key: str = "k", **more: Any) -> bool:
    told: dict[str, Any] = {
        "to_kind": "resident",
        "key": "notice_taken",
        "values": {"code": "YM"},
        "now": NOW,
    }
    if "to_id" not in more:
        told["to_id"] = (await a_resident(session)).id
    return await enqueue(session, idempotency_key=key, **(told | more))


async def the_notice(session: AsyncSession) -> Notice:
    session.expire_all()
    return (await session.scalars(select(Notice))).one()


async def one_due(session: AsyncSession, now: datetime = NOW) -> DueNotice:
    (found,) = await due(session, ["telegram"], now)
    return found


async def test_the_same_key_is_owed_once(session: AsyncSession) -> None:
    assert await owe(session)
    assert not await owe(session, values={"code": "other"})
    assert (await the_notice(session)).values == {"code": "YM"}


async def test_a_due_notice_has_all_a_worker_needs(session: AsyncSession) -> None:
    await owe(session)
    found = await one_due(session)
    assert (found.key, found.values, found.channel, found.channel_id, found.locale, found.attempts) == (
        "notice_taken",
        {"code": "YM"},
        "telegram",
        "7",
        "zh-Hans",
        1,
    )


async def test_what_is_claimed_is_not_due_until_its_lease_ends(session: AsyncSession) -> None:
    await owe(session)
    first = await one_due(session)
    assert await due(session, ["telegram"], NOW + LEASE - timedelta(seconds=1)) == []
    second = await one_due(session, NOW + LEASE)
    assert second.attempts == 2
    assert not await delivered(session, first, NOW + LEASE)
    assert (await the_notice(session)).state is NoticeState.SENDING
    assert await delivered(session, second, NOW + LEASE)
    assert (await the_notice(session)).state is NoticeState.SENT


async def test_a_late_failure_does_not_disturb_the_present_worker(session: AsyncSession) -> None:
    await owe(session)
    first = await one_due(session)
    second = await one_due(session, NOW + LEASE)
    assert not await failed(session, first, NOW + LEASE, reason="timeout")
    assert await delivered(session, second, NOW + LEASE)


async def test_what_was_sent_is_never_due_again(session: AsyncSession) -> None:
    await owe(session)
    await delivered(session, await one_due(session), NOW)
    assert await due(session, ["telegram"], NOW + timedelta(days=1)) == []


async def test_two_workers_never_claim_the_same(database: Database) -> None:
    async with database.transaction() as session:
        for number in range(30):
            await owe(session, key=f"k{number}")

    async def claim() -> list[str]:
        async with database.transaction() as session:
            return [one.idempotency_key for one in await due(session, ["telegram"], NOW, 10)]

    claimed = [key for keys in await at_once(claim(), claim(), claim()) for key in keys]
    assert len(claimed) == len(set(claimed)) == 30


async def test_pauses_double_up_to_an_hour_with_a_little_spread(session: AsyncSession) -> None:
    await owe(session)
    now, pauses = NOW, []
    for _ in range(14):
        found = await one_due(session, now)
        await failed(session, found, now, reason="network")
        notice = await the_notice(session)
        pauses.append((notice.not_before - now).total_seconds())
        now = notice.not_before
    for number, pause in enumerate(pauses):
        plain = min(5 * 2**number, LONGEST_PAUSE.total_seconds())
        assert plain <= pause <= plain * 1.2
    assert (await the_notice(session)).failure == "network"


async def test_the_channels_own_word_on_waiting_is_obeyed(session: AsyncSession) -> None:
    await owe(session)
    await failed(session, await one_due(session), NOW, reason="flood", retry_after=17)
    assert (await the_notice(session)).not_before == NOW + timedelta(seconds=17)
    assert await due(session, ["telegram"], NOW + timedelta(seconds=16)) == []
    assert await one_due(session, NOW + timedelta(seconds=17))


async def test_who_refuses_messages_is_left_alone(session: AsyncSession) -> None:
    await owe(session)
    await owe(session, key="another", now=NOW + MINUTE)
    await failed(session, await one_due(session), NOW, reason="forbidden", blocked=True)
    session.expire_all()
    assert (await session.scalars(select(Resident))).one().unreachable_since == NOW
    assert await due(session, ["telegram"], NOW + timedelta(hours=5)) == []


async def test_an_unknown_channel_waits(session: AsyncSession) -> None:
    await owe(session)
    assert await due(session, ["terminal"], NOW) == []
    assert await due(session, [], NOW) == []
    assert len(await due(session, ["terminal", "telegram"], NOW)) == 1


async def test_urgent_ones_go_first(session: AsyncSession) -> None:
    await owe(session, key="calm")
    await owe(session, key="urgent", urgent=True)
    assert [one.idempotency_key for one in await due(session, ["telegram"], NOW, 1)] == ["urgent"]


async def test_a_notice_for_later_waits(session: AsyncSession) -> None:
    await owe(session, now=NOW + MINUTE)
    assert await due(session, ["telegram"], NOW) == []
    assert await one_due(session, NOW + MINUTE)


@pytest.mark.parametrize("claimed", [False, True])
async def test_what_is_too_old_is_given_up(session: AsyncSession, claimed: bool) -> None:
    await owe(session)
    if claimed:
        await one_due(session)
    assert await due(session, ["telegram"], NOW + OLD) == []
    notice = await the_notice(session)
    assert (notice.state, notice.claim, notice.settled_at) == (NoticeState.GIVEN_UP, None, NOW + OLD)


async def test_staff_are_reached_on_the_first_channel_named(session: AsyncSession) -> None:
    person = await linked(session, "grid-guihua", channel_id=5)
    await _link_terminal(session, person)
    await owe(session, to_kind="staff", to_id=person.id)
    (found,) = await due(session, ["terminal", "telegram"], NOW)
    assert (found.channel, found.channel_id) == ("terminal", "tty")
    (found,) = await due(session, ["telegram", "terminal"], NOW + LEASE)
    assert (found.channel, found.channel_id) == ("telegram", "5")


async def _link_terminal(session: AsyncSession, person: Staff) -> None:
    code = await invite(session, person, NOW)
    await link(session, channel="terminal", channel_id="tty", code=code, now=NOW)


async def test_a_member_of_staff_who_refuses_on_one_channel_is_reached_on_another(
    session: AsyncSession,
) -> None:
    person = await linked(session, "grid-guihua", channel_id=5)
    await _link_terminal(session, person)
    await owe(session, to_kind="staff", to_id=person.id)
    (found,) = await due(session, ["telegram", "terminal"], NOW)
    await failed(session, found, NOW, reason="forbidden", blocked=True)
    await owe(session, key="next", to_kind="staff", to_id=person.id)
    session.expire_all()
    (found,) = await due(session, ["telegram", "terminal"], NOW)
    assert found.channel == "terminal"


async def test_nobody_is_told_after_their_account_is_closed(session: AsyncSession) -> None:
    person = await linked(session, "grid-guihua")
    await owe(session, to_kind="staff", to_id=person.id)
    await retire(session, person, NOW)
    assert (await session.scalars(select(StaffChannel))).all() == []
    assert await due(session, ["telegram"], NOW) == []


async def test_what_a_notice_says_is_sealed(session: AsyncSession) -> None:
    await owe(session, values={"answer": "管道已修好"})
    row = (await session.execute(text("SELECT * FROM notices"))).one()
    assert "管道".encode() not in b"".join(value for value in row if isinstance(value, bytes))
    assert "管道" not in repr(tuple(row))


@pytest.mark.unit
def test_the_lease_is_shorter_than_the_patience_of_a_resident() -> None:
    assert timedelta(minutes=1) >= LEASE
    assert notices.FIRST_PAUSE < LEASE
