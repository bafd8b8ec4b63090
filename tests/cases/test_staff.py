"""Accounts, one-time invites and links."""

from datetime import timedelta

import pytest
from builders import NOW, at_once, linked
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases import staff
from cases.database import Database
from cases.errors import PlaceNotFound, StaffNotFound, TooLong
from cases.records import Role, Staff, StaffGrid


async def test_somebody_is_added_invited_linked_and_found(session: AsyncSession) -> None:
    person = await staff.add_staff(session, name="李姐", role="volunteer", unit_code="guihua", now=NOW)
    assert person.code.startswith("volunteer-")
    code = await staff.invite(session, person, NOW)
    found = await staff.link(session, channel="telegram", channel_id=5, code=code, now=NOW)
    assert found is not None
    assert found.id == person.id
    known = await staff.staff_for(session, channel="telegram", channel_id="5")
    assert known is not None
    assert known.name == "李姐"
    assert await staff.staff_for(session, channel="telegram", channel_id=6) is None


async def test_an_invite_works_once(session: AsyncSession) -> None:
    person = await staff.staff_by_code(session, "grid-guihua")
    code = await staff.invite(session, person, NOW)
    assert await staff.link(session, channel="telegram", channel_id=5, code=code, now=NOW)
    assert await staff.link(session, channel="telegram", channel_id=6, code=code, now=NOW) is None


async def test_of_two_who_use_an_invite_at_once_one_is_linked(database: Database) -> None:
    async with database.transaction() as session:
        code = await staff.invite(session, await staff.staff_by_code(session, "grid-guihua"), NOW)

    async def use(channel_id: int) -> bool:
        async with database.transaction() as session:
            who = await staff.link(session, channel="telegram", channel_id=channel_id, code=code, now=NOW)
            return who is not None

    assert sorted(await at_once(use(5), use(6))) == [False, True]


async def test_an_old_or_wrong_invite_links_nobody(session: AsyncSession) -> None:
    person = await staff.staff_by_code(session, "grid-guihua")
    code = await staff.invite(session, person, NOW)
    late = NOW + staff.INVITE_LASTS
    assert await staff.link(session, channel="telegram", channel_id=5, code=code, now=late) is None
    for wrong in ("", "AAAAA-AAAAA", "一" * 50):
        assert await staff.link(session, channel="telegram", channel_id=5, code=wrong, now=NOW) is None


async def test_only_a_hash_of_the_invite_is_kept(session: AsyncSession) -> None:
    code = await staff.invite(session, await staff.staff_by_code(session, "grid-guihua"), NOW)
    row = (await session.execute(text("SELECT * FROM staff_invites"))).one()
    assert code not in repr(tuple(row))
    assert code.replace("-", "") not in repr(tuple(row))


async def test_a_channel_belongs_to_one_person_the_newest(session: AsyncSession) -> None:
    await linked(session, "grid-guihua", channel_id=5)
    await linked(session, "police-liuyin", channel_id=5)
    found = await staff.staff_for(session, channel="telegram", channel_id=5)
    assert found is not None
    assert found.code == "police-liuyin"


async def test_a_closed_account_ends_links_and_invites_at_once(session: AsyncSession) -> None:
    person = await linked(session, "grid-guihua", channel_id=5)
    code = await staff.invite(session, person, NOW)
    await staff.retire(session, person, NOW)
    assert await staff.staff_for(session, channel="telegram", channel_id=5) is None
    assert await staff.link(session, channel="telegram", channel_id=6, code=code, now=NOW) is None
    with pytest.raises(StaffNotFound):
        await staff.staff_by_code(session, "grid-guihua")


async def test_a_link_can_be_ended(session: AsyncSession) -> None:
    await linked(session, "grid-guihua", channel_id=5)
    assert await staff.unlink(session, channel="telegram", channel_id=5)
    assert not await staff.unlink(session, channel="telegram", channel_id=5)
    assert await staff.staff_for(session, channel="telegram", channel_id=5) is None


async def test_a_unit_or_grid_out_of_use_is_refused(session: AsyncSession) -> None:
    with pytest.raises(PlaceNotFound):
        await staff.add_staff(session, name="甲", role=Role.POLICE, unit_code="nowhere", now=NOW)
    with pytest.raises(PlaceNotFound):
        await staff.add_staff(
            session, name="甲", role=Role.GRID_WORKER, unit_code="guihua", now=NOW, grid_codes=["nope"]
        )
    with pytest.raises(PlaceNotFound):
        await staff.everybody(session, "nowhere")


async def test_a_role_nobody_knows_and_an_empty_name_are_refused(session: AsyncSession) -> None:
    with pytest.raises(ValueError, match="janitor"):
        await staff.add_staff(session, name="甲", role="janitor", unit_code="guihua", now=NOW)
    with pytest.raises(TooLong):
        await staff.add_staff(session, name=" ", role="police", unit_code="guihua", now=NOW)


async def test_grids_are_given_and_replaced(session: AsyncSession) -> None:
    person = await staff.staff_by_code(session, "grid-guihua")
    await staff.give_grids(session, person, ["guihua-02"])
    found = await session.scalars(select(StaffGrid).where(StaffGrid.staff_id == person.id))
    assert len(found.all()) == 1


async def test_everybody_is_listed_by_code(session: AsyncSession) -> None:
    codes = [one.code for one in await staff.everybody(session)]
    assert codes == sorted(codes)
    assert len(codes) == await session.scalar(select(func.count()).select_from(Staff)) > 36
    assert [one.code for one in await staff.everybody(session, "liuyin-police")] == ["police-liuyin"]


async def test_a_worker_who_is_back_is_reachable_again(session: AsyncSession) -> None:
    await linked(session, "grid-guihua", channel_id=5)
    await session.execute(text("UPDATE staff_channels SET unreachable_since = linked_at"))
    await staff.reachable_again(session, channel="telegram", channel_id=5, now=NOW + timedelta(days=1))
    left = "SELECT count(*) FROM staff_channels WHERE unreachable_since IS NOT NULL"
    assert (await session.execute(text(left))).scalar_one() == 0


async def test_a_name_is_sealed(session: AsyncSession) -> None:
    row = (await session.execute(text("SELECT name FROM staff WHERE code = 'grid-guihua'"))).scalar_one()
    assert "网格员".encode() not in bytes(row)
    person = (await session.scalars(select(Staff).where(Staff.code == "grid-guihua"))).one()
    assert person.name == "网格员甲（示例）"
