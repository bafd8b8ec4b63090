"""Repeats become one case; each resident gets an answer all the same, whatever becomes of the main case."""

from datetime import timedelta

import pytest
from builders import NOW, a_case, a_resident, at_once
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, centre_desk, merging, reopening, staff_desk, timeline
from cases.database import Database
from cases.errors import CaseNotFound, ChangedMeanwhile, MoveNotAllowed, NotAllowed, TooLateToReopen
from cases.records import Case, Notice, NoticeTo, Resident, Staff
from cases.staff import staff_by_code
from cases.status import CaseStatus

S = CaseStatus


@pytest.fixture
async def centre(session: AsyncSession) -> Staff:
    return await staff_by_code(session, "centre-liuyin")


@pytest.fixture
async def worker(session: AsyncSession) -> Staff:
    return await staff_by_code(session, "grid-guihua")


async def a_pair(session: AsyncSession, centre: Staff) -> tuple[Case, Case, Resident]:
    """The main case, a repeat merged into it, and the repeat's own resident."""
    neighbour = await a_resident(session, channel_id=8)
    main, repeat = await a_case(session), await a_case(session, resident=neighbour)
    await merging.merge(session, centre, repeat.code, main.code, NOW)
    return main, repeat, neighbour


async def told(session: AsyncSession, resident: Resident) -> list[tuple[str, str | None]]:
    query = select(Notice).where(Notice.to_kind == NoticeTo.RESIDENT, Notice.to_id == resident.id)
    found = (await session.scalars(query.order_by(Notice.id))).all()
    return [(one.key, one.values.get("answer") or one.values.get("why")) for one in found]


async def test_a_repeat_is_handled_in_the_other_case_and_its_resident_told(
    session: AsyncSession, centre: Staff
) -> None:
    main, repeat, neighbour = await a_pair(session, centre)
    assert (repeat.status, repeat.merged_into_id, repeat.owed) == (S.MERGED, main.id, False)
    assert await told(session, neighbour) == [("notice_merged", None)]
    assert (await timeline.entries(session, repeat))[-1].facts == {"reason": "repeat", "into": main.code}
    last = (await timeline.entries(session, main))[-1]
    assert (last.action, last.facts) == ("took_in", {"case": repeat.code})
    for case in (main, repeat):
        assert (await timeline.verify(session, case)).whole


async def test_each_resident_gets_the_answer_under_their_own_number(
    session: AsyncSession, centre: Staff, worker: Staff
) -> None:
    main, repeat, neighbour = await a_pair(session, centre)
    await staff_desk.take(session, worker, main.code, NOW)
    await staff_desk.answer(session, worker, main.code, "管道已修好", NOW)
    assert (await told(session, neighbour))[-1] == ("notice_answered", "管道已修好")
    assert (await told(session, await a_resident(session)))[-1] == ("notice_answered", "管道已修好")
    notice = (await session.scalars(select(Notice).where(Notice.to_id == neighbour.id))).all()[-1]
    assert notice.values["code"] == repeat.code
    last = (await timeline.entries(session, repeat, timeline.FOR_RESIDENT))[-1]
    assert (last.action, last.facts) == ("answered_in_other", {"case": main.code})


async def test_the_repeat_of_a_repeat_is_answered_too(
    session: AsyncSession, centre: Staff, worker: Staff
) -> None:
    first, second, _ = await a_pair(session, centre)
    main = await a_case(session, grid_code="guihua-02")
    await merging.merge(session, centre, first.code, main.code, NOW)
    assert {case.code for case in await merging.repeats_of(session, main)} == {first.code, second.code}
    await staff_desk.take(session, worker, main.code, NOW)
    await staff_desk.answer(session, worker, main.code, "管道已修好", NOW)
    for case in (first, second):
        assert (await timeline.entries(session, case))[-1].action == "answered_in_other"


@pytest.mark.parametrize("way", ["declined", "transferred"])
async def test_turning_the_main_case_away_tells_everybody_why(
    session: AsyncSession, centre: Staff, way: str
) -> None:
    main, _, neighbour = await a_pair(session, centre)
    if way == "declined":
        await centre_desk.decline(session, centre, main.code, "请向法院起诉", NOW)
    else:
        await centre_desk.transfer(session, centre, main.code, "court", "请向法院起诉", NOW)
    assert (await told(session, neighbour))[-1] == (f"notice_{way}", "请向法院起诉")


async def test_taking_the_main_case_back_leaves_nobody_without_an_answer(
    session: AsyncSession, centre: Staff, worker: Staff
) -> None:
    main, repeat, neighbour = await a_pair(session, centre)
    code = repeat.code
    await casework.withdraw(session, await a_resident(session), main.code, NOW)
    case = await casework.own_case(session, neighbour, code)
    assert (case.status, case.merged_into_id, case.owed) == (S.REOPENED, None, True)
    moved = (await timeline.entries(session, case))[-1]
    assert (moved.actor_kind, moved.facts["reason"]) == ("rule", "main_withdrawn")
    await staff_desk.take(session, worker, code, NOW)
    await staff_desk.answer(session, worker, code, "管道已修好", NOW)
    assert (await told(session, neighbour))[-1] == ("notice_answered", "管道已修好")


async def test_who_was_answered_already_is_not_called_back(
    session: AsyncSession, centre: Staff, worker: Staff
) -> None:
    main, repeat, _ = await a_pair(session, centre)
    await staff_desk.take(session, worker, main.code, NOW)
    await staff_desk.answer(session, worker, main.code, "管道已修好", NOW)
    await casework.withdraw(session, await a_resident(session), main.code, NOW)
    assert (main.status, repeat.status) == (S.WITHDRAWN, S.MERGED)


async def test_a_resident_who_is_not_content_has_a_case_of_their_own_again(
    session: AsyncSession, centre: Staff, worker: Staff
) -> None:
    main, repeat, neighbour = await a_pair(session, centre)
    await staff_desk.take(session, worker, main.code, NOW)
    await staff_desk.answer(session, worker, main.code, "管道已修好", NOW)
    with pytest.raises(TooLateToReopen):
        await reopening.judge(session, repeat, neighbour, NOW + timedelta(days=31), solved=False)
    await reopening.judge(session, repeat, neighbour, NOW + timedelta(days=1), solved=False)
    assert (repeat.status, repeat.merged_into_id, main.status) == (S.REOPENED, None, S.JUDGING)


@pytest.mark.parametrize("status", [S.CLOSED, S.WITHDRAWN, S.DECLINED, S.MERGED])
async def test_nothing_is_merged_into_a_case_at_rest(
    session: AsyncSession, centre: Staff, status: CaseStatus
) -> None:
    main, repeat = await a_case(session, status=status), await a_case(session)
    with pytest.raises(MoveNotAllowed):
        await merging.merge(session, centre, repeat.code, main.code, NOW)
    assert repeat.status is S.ROUTED


async def test_a_case_is_not_merged_into_itself_however_its_code_is_typed(
    session: AsyncSession, centre: Staff
) -> None:
    code = (await a_case(session)).code
    for typed in (code, code.lower(), f" {code} "):
        with pytest.raises(MoveNotAllowed):
            await merging.merge(session, centre, code, typed, NOW)


async def test_only_a_centre_merges_and_only_what_it_sees(
    session: AsyncSession, centre: Staff, worker: Staff
) -> None:
    main, repeat = await a_case(session), await a_case(session)
    with pytest.raises(NotAllowed):
        await merging.merge(session, worker, repeat.code, main.code, NOW)
    far = await a_case(session, leaf="dispute:labour", grid_code="liuhe-01")
    with pytest.raises(CaseNotFound):
        await merging.merge(session, centre, repeat.code, far.code, NOW)


async def test_two_centres_merging_two_cases_into_each_other_at_once_leave_one_of_them_open(
    database: Database,
) -> None:
    async with database.transaction() as session:
        first, second = (await a_case(session)).code, (await a_case(session)).code
        people = [await staff_by_code(session, code) for code in ("centre-liuyin", "centre-hedong")]

    async def merge(person: Staff, code: str, into: str) -> None:
        async with database.transaction() as session:
            await merging.merge(session, person, code, into, NOW)

    results = await at_once(merge(people[0], first, second), merge(people[1], second, first))
    assert sum(one is None for one in results) == 1
    assert all(one is None or isinstance(one, MoveNotAllowed | ChangedMeanwhile) for one in results)
    async with database.reading() as session:
        found = [await casework.case_by_code(session, code) for code in (first, second)]
        assert sorted(case.status for case in found if case) == [S.MERGED, S.ROUTED]
