"""A resident who asks to be forgotten is; what is left is valid and says nothing of them."""

from pathlib import Path

import pytest
from builders import NOW, a_case, a_resident, linked
from sqlalchemy import inspect, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, drafts, heard, people, staff_desk, timeline
from cases.attachments import keep_file
from cases.checks import check_by_id, record_check
from cases.drafts import Draft
from cases.records import Notice, NoticeTo, Resident
from cases.statements import statements_of
from cases.status import AT_REST, CaseStatus

WORDS = ("楼上天天漏水", "王大爷", "13812345678", "桂花苑3号楼", "已修好", "独居老人")


async def a_full_life(session: AsyncSession, folder: Path) -> tuple[Resident, str]:
    """A resident with a trace in every table that can hold one."""
    resident = await a_resident(session)
    await people.remember_contact(session, resident, name="王大爷", phone="13812345678")
    file = await keep_file(
        session, resident, folder=folder, kind="photo", mime="image/png", content=b"x", now=NOW
    )
    case = await a_case(
        session,
        resident=resident,
        address="桂花苑3号楼",
        contact_name="王大爷",
        contact_phone="13812345678",
        told={"when": "每天夜里"},
        attachment_ids=(file.id,),
    )
    worker = await linked(session, "grid-guihua")
    await staff_desk.take(session, worker, case.code, NOW)
    await staff_desk.note(session, worker, case.code, "独居老人", NOW)
    await staff_desk.answer(session, worker, case.code, "已修好", NOW)
    await heard.keep(session, resident, "在吗", False, "1", NOW)
    await drafts.save(session, resident, Draft(stage="details", facts={"story": ["在吗"]}), NOW)
    await record_check(
        session, resident, text="中奖了", verdict={"risk": "danger"}, state="paid", for_other=False, now=NOW
    )
    return resident, case.code


async def test_everything_personal_is_gone(session: AsyncSession, tmp_path: Path) -> None:
    resident, code = await a_full_life(session, tmp_path)
    number = resident.id
    await people.erase(session, resident, NOW)
    session.expire_all()
    case = await casework.case_by_code(session, code)
    assert case is not None
    assert (case.address, case.contact_name, case.contact_phone, case.told) == (None, None, None, None)
    assert {one.body for one in await statements_of(session, case)} == {None}
    left = await people.resident_by_id(session, number)
    assert left is not None
    assert (left.channel_id, left.channel_index, left.name, left.phone) == (None, None, None, None)
    assert await check_by_id(session, 1, left) is None


async def test_no_sealed_column_of_theirs_holds_anything(session: AsyncSession, tmp_path: Path) -> None:
    resident, _ = await a_full_life(session, tmp_path)
    await people.erase(session, resident, NOW)
    connection = await session.connection()
    tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    own = set(tables) - {"staff", "staff_channels", "units", "cities", "grids"}
    for table in sorted(own):
        for row in await session.execute(text(f"SELECT * FROM {table}")):
            sealed = [value for value in row if isinstance(value, bytes | memoryview)]
            # Notices to staff hold codes and places, never the resident's words.
            assert not sealed or table == "notices", table


async def test_the_timeline_stays_whole_and_says_what_happened(session: AsyncSession, tmp_path: Path) -> None:
    resident, code = await a_full_life(session, tmp_path)
    await people.erase(session, resident, NOW)
    session.expire_all()
    case = await casework.case_by_code(session, code)
    assert case is not None
    assert (await timeline.verify(session, case)).whole
    chain = await timeline.entries(session, case)
    assert timeline.replay_status(chain) is case.status is CaseStatus.WITHDRAWN
    assert [entry.action for entry in chain][-2:] == ["moved", "erased"]
    assert not any(word in str(entry.facts) for entry in chain for word in WORDS)


async def test_nothing_is_sent_to_them_any_more_and_the_unit_is_told(
    session: AsyncSession, tmp_path: Path
) -> None:
    resident, _ = await a_full_life(session, tmp_path)
    await people.erase(session, resident, NOW)
    rows = (await session.scalars(select(Notice).order_by(Notice.id))).all()
    assert {notice.to_kind for notice in rows} == {NoticeTo.STAFF}
    assert rows[-1].key == "notice_withdrawn"


async def test_who_comes_back_is_somebody_new(session: AsyncSession, tmp_path: Path) -> None:
    resident, code = await a_full_life(session, tmp_path)
    await people.erase(session, resident, NOW)
    again = await a_resident(session)
    assert again.id != resident.id
    assert await casework.cases_of(session, again) == []
    assert await casework.case_by_code(session, code, again) is None
    assert await drafts.load(session, again) == Draft()


@pytest.mark.parametrize("status", list(CaseStatus))
async def test_a_case_of_any_status_can_be_erased(session: AsyncSession, status: CaseStatus) -> None:
    case = await a_case(session, status=status)
    resident = await people.resident_by_id(session, case.resident_id)
    assert resident is not None
    await people.erase(session, resident, NOW)
    await session.refresh(case)
    assert case.status in AT_REST
    assert case.status is (status if status in AT_REST else CaseStatus.WITHDRAWN)
    assert (await timeline.verify(session, case)).whole


async def test_erasing_twice_changes_nothing(session: AsyncSession) -> None:
    case = await a_case(session)
    resident = await people.resident_by_id(session, case.resident_id)
    assert resident is not None
    await people.erase(session, resident, NOW)
    await session.refresh(case)
    length = case.chain_length
    await people.erase(session, resident, NOW)
    await session.refresh(case)
    assert case.chain_length == length


async def test_others_are_not_touched(session: AsyncSession) -> None:
    other = await a_case(session, resident=await a_resident(session, channel_id=8))
    await people.erase(session, await a_resident(session), NOW)
    await session.refresh(other)
    assert other.status is CaseStatus.ROUTED
    assert [one.body for one in await statements_of(session, other)] == ["楼上天天漏水"]
