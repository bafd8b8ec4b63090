"""Tasks: a unit is asked to do something by a time, is told, and strikes it off by saying what was done."""

from datetime import timedelta

import pytest
from builders import NOW, a_case, a_resident, at_once, linked
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, conflicts, meetings, staff_desk, tasks, timeline
from cases.actors import Audience
from cases.database import Database
from cases.errors import (
    CaseNotFound,
    ConflictOfInterest,
    MoveNotAllowed,
    NotAllowed,
    NotFound,
    NothingToSay,
    PlaceNotFound,
)
from cases.records import Case, MeetingKind, Notice, NoticeTo, ReadEntry, Staff, StatementKind, Task
from cases.staff import staff_by_code
from cases.statements import statements_of
from cases.status import CaseStatus

DUE = NOW + timedelta(days=3)


@pytest.fixture
async def worker(session: AsyncSession) -> Staff:
    return await linked(session, "grid-guihua")


@pytest.fixture
async def housing(session: AsyncSession) -> Staff:
    return await linked(session, "housing-hedong")


async def taken(session: AsyncSession, person: Staff, **more: object) -> str:
    code = (await a_case(session, **more)).code
    await staff_desk.take(session, person, code, NOW)
    return code


async def asked(session: AsyncSession, person: Staff, code: str, unit: str = "hedong-housing") -> Task:
    return await tasks.set_task(session, person, code, "看一下防水", NOW, unit_code=unit, due_at=DUE)


async def the_case(session: AsyncSession, code: str) -> Case:
    found = await casework.case_by_code(session, code)
    assert found is not None
    return found


async def test_a_unit_is_told_reads_its_task_but_not_the_case_and_strikes_it_off(
    session: AsyncSession, worker: Staff, housing: Staff
) -> None:
    code = await taken(session, worker)
    task = await asked(session, worker, code)
    told = select(Notice.key).where(Notice.to_kind == NoticeTo.STAFF, Notice.to_id == housing.id)
    assert (await session.scalars(told)).all() == ["notice_task"]
    (line,) = await tasks.open_tasks(session, housing, NOW)
    assert (line.id, line.case_code, line.text, line.due_at) == (task.id, code, "看一下防水", DUE)
    assert (line.overdue(DUE), line.overdue(DUE + timedelta(seconds=1))) == (False, True)
    with pytest.raises(CaseNotFound):
        await staff_desk.note(session, housing, code, "x", NOW)
    struck = await tasks.strike_task(session, housing, task.id, "防水已重做，有照片", NOW)
    assert (struck.handled_at, struck.handled_by_id) == (NOW, housing.id)
    assert await tasks.open_tasks(session, housing, NOW) == []
    case = await the_case(session, code)
    assert await tasks.tasks_of(session, case, only_open=True) == []
    assert [one.id for one in await tasks.tasks_of(session, case)] == [task.id]


async def test_setting_and_striking_stand_in_the_timeline_and_the_words_stay_inside(
    session: AsyncSession, worker: Staff, housing: Staff
) -> None:
    code = await taken(session, worker)
    task = await asked(session, worker, code)
    await tasks.strike_task(session, housing, task.id, "防水已重做", NOW)
    case = await the_case(session, code)
    set_, struck = (await timeline.entries(session, case))[-2:]
    assert (set_.action, set_.facts["unit"], set_.facts["due"]) == (
        "task_set",
        "hedong-housing",
        DUE.isoformat(),
    )
    assert (struck.action, struck.facts["task"], struck.actor_id) == ("task_struck", task.id, housing.id)
    assert {set_.audience, struck.audience} == {Audience.STAFF}
    inner = await statements_of(session, case, frozenset({Audience.STAFF}))
    assert [(one.kind, one.body) for one in inner] == [
        (StatementKind.TASK, "看一下防水"),
        (StatementKind.NOTE, "防水已重做"),
    ]
    assert timeline.replay_status(await timeline.entries(session, case)) is case.status
    assert (await timeline.verify(session, case)).whole


async def test_reading_and_striking_a_task_is_logged(
    session: AsyncSession, worker: Staff, housing: Staff
) -> None:
    code = await taken(session, worker)
    task = await asked(session, worker, code)
    await tasks.open_tasks(session, housing, NOW)
    await tasks.strike_task(session, housing, task.id, "修好了", NOW)
    looked = select(ReadEntry.act).where(ReadEntry.staff_id == housing.id).order_by(ReadEntry.id)
    assert (await session.scalars(looked)).all() == ["read", "note"]


async def test_a_task_is_struck_once_and_with_words(
    session: AsyncSession, worker: Staff, housing: Staff
) -> None:
    task = await asked(session, worker, await taken(session, worker))
    with pytest.raises(NothingToSay):
        await tasks.strike_task(session, housing, task.id, "  ", NOW)
    await tasks.strike_task(session, housing, task.id, "修好了", NOW)
    with pytest.raises(MoveNotAllowed) as refused:
        await tasks.strike_task(session, housing, task.id, "修好了", NOW)
    assert CaseStatus.IN_PROGRESS in refused.value.ways
    with pytest.raises(NotFound):
        await tasks.strike_task(session, housing, task.id + 1, "修好了", NOW)


async def test_of_two_who_strike_at_once_one_is_kept(database: Database) -> None:
    async with database.transaction() as session:
        worker = await staff_by_code(session, "grid-guihua")
        code = await taken(session, worker)
        number = (await asked(session, worker, code)).id

    async def strike(words: str) -> None:
        async with database.transaction() as session:
            person = await staff_by_code(session, "housing-hedong")
            await tasks.strike_task(session, person, number, words, NOW)

    results = await at_once(strike("一"), strike("二"))
    assert sorted(type(one).__name__ for one in results) == ["MoveNotAllowed", "NoneType"]
    async with database.reading() as session:
        case = await the_case(session, code)
        actions = [entry.action for entry in await timeline.entries(session, case)]
        assert actions.count("task_struck") == 1
        assert (await timeline.verify(session, case)).whole


@pytest.mark.parametrize("who", ["grid-guihua", "centre-liuyin", "labour-hedong"])
async def test_no_other_unit_strikes_it_off(session: AsyncSession, worker: Staff, who: str) -> None:
    task = await asked(session, worker, await taken(session, worker))
    with pytest.raises(NotAllowed):
        await tasks.strike_task(session, await staff_by_code(session, who), task.id, "修好了", NOW)


async def test_volunteers_of_the_unit_neither_read_its_tasks_nor_strike_them(
    session: AsyncSession, worker: Staff
) -> None:
    task = await asked(session, worker, await taken(session, worker), "guihua")
    volunteer = await staff_by_code(session, "volunteer-guihua")
    with pytest.raises(NotAllowed):
        await tasks.open_tasks(session, volunteer, NOW)
    with pytest.raises(NotAllowed):
        await tasks.strike_task(session, volunteer, task.id, "修好了", NOW)
    await tasks.strike_task(session, worker, task.id, "修好了", NOW)


async def test_somebody_with_a_stake_does_not_strike_it_off(
    session: AsyncSession, worker: Staff, housing: Staff
) -> None:
    code = await taken(session, worker)
    task = await asked(session, worker, code)
    await conflicts.step_back(session, housing, await the_case(session, code), NOW)
    with pytest.raises(ConflictOfInterest):
        await tasks.strike_task(session, housing, task.id, "修好了", NOW)


async def test_a_task_may_come_from_a_meeting_of_the_same_case(session: AsyncSession, worker: Staff) -> None:
    centre = await linked(session, "centre-liuyin")
    code, other = await taken(session, worker), await taken(session, worker)
    meeting = await meetings.call_meeting(session, centre, code, NOW, kind=MeetingKind.JOINT, planned_at=NOW)
    told = {"unit_code": "guihua", "due_at": DUE, "meeting_id": meeting.id}
    task = await tasks.set_task(session, centre, code, "再上门", NOW, **told)  # type: ignore[arg-type]
    assert task.meeting_id == meeting.id
    entry = (await timeline.entries(session, await the_case(session, code)))[-1]
    assert entry.facts["meeting"] == meeting.id
    with pytest.raises(NotFound):
        await tasks.set_task(session, centre, other, "再上门", NOW, **told)  # type: ignore[arg-type]


async def test_a_task_is_for_a_unit_there_is_and_a_time_to_come(session: AsyncSession, worker: Staff) -> None:
    code = await taken(session, worker)
    with pytest.raises(PlaceNotFound):
        await asked(session, worker, code, "nowhere")
    with pytest.raises(MoveNotAllowed):
        await tasks.set_task(session, worker, code, "去看", NOW, unit_code="guihua", due_at=NOW)
    with pytest.raises(NothingToSay):
        await tasks.set_task(session, worker, code, " ", NOW, unit_code="guihua", due_at=DUE)


async def test_who_sees_a_case_only_as_a_guest_sets_no_tasks(
    session: AsyncSession, worker: Staff, housing: Staff
) -> None:
    code = await taken(session, worker)
    with pytest.raises(CaseNotFound):
        await asked(session, housing, code)
    await staff_desk.invite_to(session, worker, code, housing.code, NOW)
    with pytest.raises(NotAllowed):
        await asked(session, housing, code)


async def test_of_a_withdrawn_case_nothing_is_left_to_be_done(
    session: AsyncSession, worker: Staff, housing: Staff
) -> None:
    resident = await a_resident(session)
    code = await taken(session, worker, resident=resident)
    task = await asked(session, worker, code)
    await casework.withdraw(session, resident, code, NOW)
    assert await tasks.open_tasks(session, housing, NOW) == []
    with pytest.raises(MoveNotAllowed):
        await tasks.strike_task(session, housing, task.id, "修好了", NOW)
    with pytest.raises(MoveNotAllowed):
        await asked(session, worker, code)
