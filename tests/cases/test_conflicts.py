"""Who has a stake in a case keeps out of it: known beforehand, or said by themselves."""

import pytest
from builders import NOW, a_case
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import centre_desk, conflicts, review_desk, staff_desk, timeline
from cases.access import case_for
from cases.errors import ConflictOfInterest
from cases.places import grid_by_code
from cases.records import Case, Conflict, Recusal, Staff
from cases.roles import ROLE_MAY, WITHOUT_CONFLICT, Act
from cases.staff import add_staff, staff_by_code
from cases.status import CaseStatus


@pytest.fixture
async def worker(session: AsyncSession) -> Staff:
    return await staff_by_code(session, "grid-guihua")


async def a_stake(
    session: AsyncSession, person: Staff, leaf: str | None = None, grid: str | None = None
) -> None:
    found = await grid_by_code(session, grid) if grid else None
    session.add(Conflict(staff_id=person.id, leaf=leaf, grid_id=found.id if found else None))
    await session.flush()


@pytest.mark.parametrize(
    ("leaf", "grid", "theirs"),
    [
        ("dispute:neighbour", None, True),
        ("dispute:*", None, True),
        ("*", None, True),
        (None, "guihua-01", True),
        ("dispute:neighbour", "guihua-01", True),
        ("dispute:*", "guihua-01", True),
        ("dispute:property", None, False),
        ("scam:*", None, False),
        (None, "guihua-02", False),
        ("dispute:neighbour", "guihua-02", False),
        ("dispute:property", "guihua-01", False),
    ],
)
async def test_a_known_stake_counts_where_matter_and_place_both_fit(
    session: AsyncSession, worker: Staff, leaf: str | None, grid: str | None, theirs: bool
) -> None:
    await a_stake(session, worker, leaf, grid)
    case = await a_case(session)
    assert await conflicts.has_conflict(session, worker.id, case) is theirs
    assert (worker.id in await conflicts.conflicted(session, case.leaf, case.grid_id)) is theirs
    if theirs:
        with pytest.raises(ConflictOfInterest):
            await staff_desk.take(session, worker, case.code, NOW)
    else:
        assert (await staff_desk.take(session, worker, case.code, NOW)).assignee_id == worker.id


async def test_a_stake_in_a_place_is_none_in_a_case_without_a_place(
    session: AsyncSession, worker: Staff
) -> None:
    await a_stake(session, worker, grid="guihua-01")
    case = await a_case(session, grid_code=None)
    assert not await conflicts.has_conflict(session, worker.id, case)


async def test_a_stake_is_of_one_person(session: AsyncSession, worker: Staff) -> None:
    await a_stake(session, worker, "dispute:neighbour")
    colleague = await add_staff(session, name="乙", role="grid_worker", unit_code="guihua", now=NOW)
    code = (await a_case(session)).code
    assert (await staff_desk.take(session, colleague, code, NOW)).assignee_id == colleague.id


async def test_who_corrects_a_case_into_their_own_stake_stops_there(
    session: AsyncSession, worker: Staff
) -> None:
    await a_stake(session, worker, "dispute:property")
    code = (await a_case(session)).code
    await staff_desk.take(session, worker, code, NOW)
    await centre_desk.correct(session, worker, code, "dispute:property", NOW)
    with pytest.raises(ConflictOfInterest):
        await staff_desk.answer(session, worker, code, "已修好", NOW)


async def stepped_back(session: AsyncSession, person: Staff, case: Case) -> bool:
    found = await case_for(session, person, case.code, Act.RECUSE, NOW)
    return await conflicts.step_back(session, person, found, NOW)


async def test_who_steps_back_may_read_and_hand_on_and_decide_nothing(
    session: AsyncSession, worker: Staff
) -> None:
    code = (await a_case(session)).code
    case = await staff_desk.take(session, worker, code, NOW)
    assert await stepped_back(session, worker, case)
    for act in WITHOUT_CONFLICT & ROLE_MAY[worker.role]:
        with pytest.raises(ConflictOfInterest):
            await case_for(session, worker, code, act, NOW)
    assert (await case_for(session, worker, code, Act.READ, NOW)).id == case.id
    colleague = await add_staff(session, name="乙", role="grid_worker", unit_code="guihua", now=NOW)
    handed = await staff_desk.hand_over(session, worker, code, colleague.code, NOW)
    assert handed.assignee_id == colleague.id
    assert (await staff_desk.answer(session, colleague, code, "已修好", NOW)).status is CaseStatus.JUDGING


async def test_stepping_back_is_kept_once_and_on_the_timeline(session: AsyncSession, worker: Staff) -> None:
    case = await a_case(session)
    assert await stepped_back(session, worker, case)
    assert not await stepped_back(session, worker, case)
    assert len((await session.scalars(select(Recusal))).all()) == 1
    chain = await timeline.entries(session, case)
    assert [(one.action, one.actor_id) for one in chain[-2:]] == [
        ("moved", None),
        ("stepped_back", worker.id),
    ]
    assert (await timeline.verify(session, case)).whole


async def test_stepping_back_from_one_case_leaves_the_others(session: AsyncSession, worker: Staff) -> None:
    first, second = await a_case(session), await a_case(session)
    await stepped_back(session, worker, first)
    assert await conflicts.has_conflict(session, worker.id, first)
    assert not await conflicts.has_conflict(session, worker.id, second)


async def test_a_case_is_not_handed_to_somebody_with_a_stake(session: AsyncSession, worker: Staff) -> None:
    colleague = await add_staff(session, name="乙", role="grid_worker", unit_code="guihua", now=NOW)
    await a_stake(session, colleague, "dispute:*")
    code = (await a_case(session)).code
    await staff_desk.take(session, worker, code, NOW)
    with pytest.raises(ConflictOfInterest):
        await staff_desk.hand_over(session, worker, code, colleague.code, NOW)


async def test_a_centre_with_a_stake_neither_declines_nor_visits_nor_puts_away(session: AsyncSession) -> None:
    centre = await staff_by_code(session, "centre-liuyin")
    await a_stake(session, centre, grid="guihua-01")
    open_case = (await a_case(session)).code
    closed = (await a_case(session, status=CaseStatus.CLOSED)).code
    with pytest.raises(ConflictOfInterest):
        await centre_desk.decline(session, centre, open_case, "请向法院起诉", NOW)
    with pytest.raises(ConflictOfInterest):
        await centre_desk.transfer(session, centre, open_case, "court", "请向法院起诉", NOW)
    with pytest.raises(ConflictOfInterest):
        await review_desk.return_visit(session, centre, closed, NOW, solved=True)
    with pytest.raises(ConflictOfInterest):
        await review_desk.archive(session, centre, closed, NOW)
    above = await staff_by_code(session, "centre-hedong")
    declined = await centre_desk.decline(session, above, open_case, "请向法院起诉", NOW)
    assert declined.status is CaseStatus.DECLINED
