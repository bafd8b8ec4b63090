"""A queue: danger first, then what is due soonest, page by page without losing or repeating a case."""

from datetime import timedelta

import pytest
from builders import NOW, a_case, a_resident, step
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework
from cases.casework import NewCase
from cases.danger import DangerLevel
from cases.queue import overview, queue
from cases.records import Staff
from cases.staff import staff_by_code
from cases.status import OWED, CaseStatus


@pytest.fixture
async def worker(session: AsyncSession) -> Staff:
    return await staff_by_code(session, "grid-guihua")


async def opened(session: AsyncSession, hours: int, *danger: str) -> str:
    new = NewCase(
        resident=await a_resident(session),
        story=("漏水",),
        leaf="dispute:neighbour",
        grid_code="guihua-01",
        danger=danger,
    )
    return (await casework.open_case(session, new, NOW + timedelta(hours=hours))).code


async def test_danger_comes_first_then_what_is_due(session: AsyncSession, worker: Staff) -> None:
    calm_late = await opened(session, 30)
    calm = await opened(session, 0)
    yellow = await opened(session, 5, "livelihood")
    page = await queue(session, worker)
    assert [item.code for item in page.items] == [yellow, calm, calm_late]
    assert page.items[0].danger is DangerLevel.YELLOW
    assert page.next is None


async def test_pages_follow_each_other_without_gap_or_repeat(session: AsyncSession, worker: Staff) -> None:
    made = [await opened(session, hours % 3, *(["livelihood"] if hours % 2 else [])) for hours in range(11)]
    whole = [item.code for item in (await queue(session, worker)).items]
    paged: list[str] = []
    mark = None
    while True:
        page = await queue(session, worker, after=mark, limit=3)
        paged += [item.code for item in page.items]
        mark = page.next
        if mark is None:
            break
    assert paged == whole
    assert sorted(paged) == sorted(made)


async def test_a_page_stays_in_place_when_a_case_above_it_goes(session: AsyncSession, worker: Staff) -> None:
    for hours in range(4):
        await opened(session, hours * 24)
    first = await queue(session, worker, limit=2)
    rest = [item.code for item in (await queue(session, worker, after=first.next)).items]
    await casework.withdraw(session, await a_resident(session), first.items[0].code, NOW)
    assert [item.code for item in (await queue(session, worker, after=first.next)).items] == rest


@pytest.mark.parametrize("mark", ["", "x", "W10=", "WzEsMiwzXQ==", "汉字", "WzEsICIyMDI2LTAxLTAxIiwgMV0="])
async def test_a_mark_nobody_issued_begins_at_the_start(
    session: AsyncSession, worker: Staff, mark: str
) -> None:
    code = await opened(session, 0)
    assert [item.code for item in (await queue(session, worker, after=mark)).items] == [code]


@pytest.mark.parametrize("status", list(CaseStatus))
async def test_a_queue_holds_exactly_what_is_owed(
    session: AsyncSession, worker: Staff, status: CaseStatus
) -> None:
    case = await a_case(session, status=status)
    case.unit_id = worker.unit_id
    await session.flush()
    listed = {item.code for item in (await queue(session, worker)).items}
    assert (case.code in listed) == (status in OWED)
    assert len(listed - {case.code}) == (1 if status is CaseStatus.MERGED else 0)


async def test_an_item_says_place_time_and_whose_it_is(session: AsyncSession, worker: Staff) -> None:
    case = await a_case(session)
    await step(session, case, CaseStatus.SIGNED, worker)
    item = (await queue(session, worker)).items[0]
    assert (item.unit_zh, item.place_zh) == ("桂花社区", "河东区柳荫街道桂花社区第一网格")
    assert item.mine
    assert not item.overdue(NOW)
    assert item.overdue(item.due_at + timedelta(seconds=1))


async def test_an_overview_reaches_over_the_whole_area(session: AsyncSession) -> None:
    for code in ("guihua-01", "shuanggang-02", "liuhe-01"):
        await a_case(session, grid_code=code)
    centre = await staff_by_code(session, "centre-liuyin")
    assert len((await overview(session, centre)).items) == 2
    assert (await queue(session, centre)).items == ()


@pytest.mark.parametrize("who", ["admin-yunting", "auditor-yunting", "volunteer-guihua"])
async def test_who_does_not_work_on_cases_has_an_empty_queue(session: AsyncSession, who: str) -> None:
    await a_case(session)
    assert (await queue(session, await staff_by_code(session, who))).items == ()
