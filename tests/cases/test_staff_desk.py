"""Staff take, answer, note, hand over and close; the resident is told; of two at once one wins."""

from datetime import timedelta

import pytest
from builders import NOW, a_case, a_resident, at_once, linked
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, reopening, staff_desk, timeline
from cases.actors import Audience
from cases.database import Database
from cases.errors import (
    CaseNotFound,
    MoveNotAllowed,
    NeedsSecondLook,
    NothingToSay,
    StaffNotFound,
    TakenByAnother,
)
from cases.records import Invitation, Notice, NoticeTo, Staff
from cases.staff import add_staff, staff_by_code
from cases.statements import statements_of
from cases.status import CaseStatus, ClosingKind


@pytest.fixture
async def worker(session: AsyncSession) -> Staff:
    return await linked(session, "grid-guihua")


async def to_resident(session: AsyncSession) -> list[Notice]:
    query = select(Notice).where(Notice.to_kind == NoticeTo.RESIDENT).order_by(Notice.id)
    return list((await session.scalars(query)).all())


async def test_from_the_door_to_a_closed_case(session: AsyncSession, worker: Staff) -> None:
    resident = await a_resident(session)
    code = (await a_case(session, resident=resident)).code
    page = await staff_desk.queue(session, worker)
    assert [item.code for item in page.items] == [code]
    taken = await staff_desk.take(session, worker, code, NOW)
    assert (taken.status, taken.assignee_id) == (CaseStatus.SIGNED, worker.id)
    answered = await staff_desk.answer(session, worker, code, "管道已修好", NOW)
    assert (answered.status, answered.answered_at) == (CaseStatus.JUDGING, NOW)
    assert (await staff_desk.queue(session, worker)).items == ()
    case = await reopening.judge(session, answered, resident, NOW, solved=True)
    assert (case.status, case.closing_kind, case.solved) == (
        CaseStatus.CLOSED,
        ClosingKind.SUBSTANTIVE,
        True,
    )
    assert [notice.key for notice in await to_resident(session)] == ["notice_taken", "notice_answered"]
    assert (await to_resident(session))[1].values["answer"] == "管道已修好"
    assert timeline.replay_status(await timeline.entries(session, case)) is CaseStatus.CLOSED
    assert (await timeline.verify(session, case)).whole


async def test_answering_begins_the_work_so_that_no_stage_is_skipped(
    session: AsyncSession, worker: Staff
) -> None:
    code = (await a_case(session)).code
    await staff_desk.take(session, worker, code, NOW)
    case = await staff_desk.answer(session, worker, code, "已修好", NOW)
    moves = [entry.to_status for entry in await timeline.entries(session, case)]
    assert moves[-4:] == [
        CaseStatus.SIGNED,
        CaseStatus.IN_PROGRESS,
        CaseStatus.ANSWERED,
        CaseStatus.JUDGING,
    ]


async def test_answering_a_case_that_waits_goes_on_with_it_first(session: AsyncSession) -> None:
    worker = await linked(session, "grid-guihua")
    code = (await a_case(session, status=CaseStatus.WAITING)).code
    case = await staff_desk.answer(session, worker, code, "已修好", NOW)
    reasons = [entry.facts["reason"] for entry in await timeline.entries(session, case) if entry.from_status]
    assert reasons[-3:] == ["waited_enough", "answered", "put_to_resident"]
    assert (case.status, case.waiting_for) == (CaseStatus.JUDGING, None)


@pytest.mark.parametrize("status", [CaseStatus.IN_PROGRESS, CaseStatus.WAITING])
async def test_work_is_begun_once(session: AsyncSession, worker: Staff, status: CaseStatus) -> None:
    code = (await a_case(session, status=status)).code
    with pytest.raises(MoveNotAllowed):
        await staff_desk.start(session, worker, code, NOW)


async def test_work_can_be_begun_by_itself(session: AsyncSession, worker: Staff) -> None:
    code = (await a_case(session)).code
    await staff_desk.take(session, worker, code, NOW)
    assert (await staff_desk.start(session, worker, code, NOW)).status is CaseStatus.IN_PROGRESS


async def test_taking_ones_own_case_again_changes_nothing(session: AsyncSession, worker: Staff) -> None:
    code = (await a_case(session)).code
    first = await staff_desk.take(session, worker, code, NOW)
    length = first.chain_length
    assert (await staff_desk.take(session, worker, code, NOW)).chain_length == length
    assert len(await to_resident(session)) == 1


async def a_colleague(session: AsyncSession) -> Staff:
    return await add_staff(session, name="乙", role="grid_worker", unit_code="guihua", now=NOW)


async def test_a_case_in_a_colleagues_hands_stays_there(session: AsyncSession, worker: Staff) -> None:
    colleague = await a_colleague(session)
    code = (await a_case(session)).code
    await staff_desk.take(session, worker, code, NOW)
    for act in (staff_desk.take, staff_desk.start):
        with pytest.raises(TakenByAnother):
            await act(session, colleague, code, NOW)
    with pytest.raises(TakenByAnother):
        await staff_desk.answer(session, colleague, code, "x", NOW)


async def test_of_two_who_take_at_once_one_wins_and_the_other_is_told(database: Database) -> None:
    async with database.transaction() as session:
        code = (await a_case(session)).code
        people = [await staff_by_code(session, "grid-guihua"), await a_colleague(session)]

    async def take(person: Staff) -> str:
        async with database.transaction() as session:
            return str((await staff_desk.take(session, person, code, NOW)).assignee_id)

    results = await at_once(*(take(person) for person in people))
    assert sorted(type(one).__name__ for one in results) == ["TakenByAnother", "str"]
    async with database.reading() as session:
        case = await casework.case_by_code(session, code)
        assert case is not None
        winner = next(one for one in results if isinstance(one, str))
        assert str(case.assignee_id) == winner
        assert (await timeline.verify(session, case)).whole
        moves = [entry.to_status for entry in await timeline.entries(session, case)]
        assert moves.count(CaseStatus.SIGNED) == 1


async def test_staff_taking_and_resident_withdrawing_at_once_leave_one_story(database: Database) -> None:
    async with database.transaction() as session:
        resident = await a_resident(session)
        code = (await a_case(session, resident=resident)).code
        person = await staff_by_code(session, "grid-guihua")

    async def take() -> None:
        async with database.transaction() as session:
            await staff_desk.take(session, person, code, NOW)

    async def withdraw() -> None:
        async with database.transaction() as session:
            await casework.withdraw(session, resident, code, NOW)

    results = await at_once(take(), withdraw())
    assert results[1] is None
    assert results[0] is None or isinstance(results[0], MoveNotAllowed)
    async with database.reading() as session:
        case = await casework.case_by_code(session, code)
        assert case is not None
        assert case.status is CaseStatus.WITHDRAWN
        assert timeline.replay_status(await timeline.entries(session, case)) is CaseStatus.WITHDRAWN


async def test_a_case_nobody_has_taken_cannot_be_answered(session: AsyncSession, worker: Staff) -> None:
    code = (await a_case(session)).code
    with pytest.raises(MoveNotAllowed):
        await staff_desk.answer(session, worker, code, "x", NOW)


async def test_an_answer_needs_words(session: AsyncSession, worker: Staff) -> None:
    code = (await a_case(session)).code
    await staff_desk.take(session, worker, code, NOW)
    with pytest.raises(NothingToSay):
        await staff_desk.answer(session, worker, code, "  ", NOW)


async def answered(session: AsyncSession, worker: Staff, **more: object) -> str:
    code = (await a_case(session, **more)).code
    await staff_desk.take(session, worker, code, NOW)
    await staff_desk.answer(session, worker, code, "已修好", NOW)
    return code


async def test_nobody_calls_their_own_work_solved(session: AsyncSession, worker: Staff) -> None:
    code = await answered(session, worker)
    with pytest.raises(NeedsSecondLook):
        await staff_desk.close(session, worker, code, NOW, kind=ClosingKind.SUBSTANTIVE)
    centre = await staff_by_code(session, "centre-liuyin")
    case = await staff_desk.close(session, centre, code, NOW, kind=ClosingKind.SUBSTANTIVE)
    assert (case.status, case.closing_kind, case.solved) == (
        CaseStatus.CLOSED,
        ClosingKind.SUBSTANTIVE,
        None,
    )


async def test_ones_own_work_can_be_closed_as_something_less(session: AsyncSession, worker: Staff) -> None:
    code = await answered(session, worker)
    case = await staff_desk.close(session, worker, code, NOW)
    assert case.closing_kind is ClosingKind.PROCEDURAL
    assert (await to_resident(session))[-1].key == "notice_closed"


async def test_who_filed_a_case_does_not_close_it(session: AsyncSession, worker: Staff) -> None:
    code = await answered(session, worker, filed_by=worker.id)
    with pytest.raises(NeedsSecondLook):
        await staff_desk.close(session, worker, code, NOW)


async def test_a_note_stays_inside(session: AsyncSession, worker: Staff) -> None:
    code = (await a_case(session)).code
    case = await staff_desk.note(session, worker, code, "家里有老人", NOW)
    inner = await statements_of(session, case, frozenset({Audience.STAFF}))
    assert [one.body for one in inner] == ["家里有老人"]
    shown = await statements_of(session, case, timeline.FOR_RESIDENT)
    assert [one.body for one in shown] == ["楼上天天漏水"]
    assert await to_resident(session) == []


async def test_a_case_is_handed_to_a_colleague_who_is_told(session: AsyncSession, worker: Staff) -> None:
    colleague = await a_colleague(session)
    code = (await a_case(session)).code
    await staff_desk.take(session, worker, code, NOW)
    case = await staff_desk.hand_over(session, worker, code, colleague.code, NOW)
    assert (case.assignee_id, case.status) == (colleague.id, CaseStatus.SIGNED)
    told = select(Notice.key).where(Notice.to_id == colleague.id)
    assert list((await session.scalars(told)).all()) == ["notice_handed_over"]
    with pytest.raises(TakenByAnother):
        await staff_desk.answer(session, worker, code, "x", NOW)


@pytest.mark.parametrize(("to", "error"), [("police-liuyin", MoveNotAllowed), ("nobody", StaffNotFound)])
async def test_a_case_is_not_handed_outside_the_unit(
    session: AsyncSession, worker: Staff, to: str, error: type[Exception]
) -> None:
    code = (await a_case(session)).code
    await staff_desk.take(session, worker, code, NOW)
    with pytest.raises(error):
        await staff_desk.hand_over(session, worker, code, to, NOW)


async def test_a_volunteer_sees_a_case_only_after_an_invitation(session: AsyncSession, worker: Staff) -> None:
    volunteer = await linked(session, "volunteer-guihua")
    code = (await a_case(session)).code
    with pytest.raises(CaseNotFound):
        await staff_desk.note(session, volunteer, code, "认识这位老人", NOW)
    await staff_desk.invite_to(session, worker, code, volunteer.code, NOW)
    await staff_desk.invite_to(session, worker, code, volunteer.code, NOW)
    assert len((await session.scalars(select(Invitation))).all()) == 1
    assert [item.code for item in (await staff_desk.queue(session, volunteer)).items] == [code]
    await staff_desk.note(session, volunteer, code, "认识这位老人", NOW)
    told = select(Notice.key).where(Notice.to_id == volunteer.id, Notice.to_kind == NoticeTo.STAFF)
    assert list((await session.scalars(told)).all()) == ["notice_invited"]


async def test_a_reopened_case_is_taken_again(session: AsyncSession, worker: Staff) -> None:
    resident = await a_resident(session)
    code = await answered(session, worker, resident=resident)
    own = await casework.own_case(session, resident, code)
    await reopening.judge(session, own, resident, NOW + timedelta(days=1), solved=False)
    case = await staff_desk.take(session, worker, code, NOW + timedelta(days=1))
    assert case.status is CaseStatus.SIGNED
