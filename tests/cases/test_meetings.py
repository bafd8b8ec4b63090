"""Meetings: who is asked and told, hearings stop clocks, minutes stay inside, and when nobody may mediate."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from builders import NOW, a_case, a_resident, at_once, linked
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, conflicts, meetings, staff_desk, timeline
from cases.actors import Audience
from cases.clocks import running
from cases.database import Database
from cases.errors import (
    CaseNotFound,
    ConflictOfInterest,
    MoveNotAllowed,
    NotAllowed,
    NotFound,
    NothingToSay,
    NotMediated,
    StaffNotFound,
    TakenByAnother,
)
from cases.records import (
    Case,
    CaseClock,
    Conflict,
    Invitation,
    Meeting,
    MeetingGuest,
    MeetingKind,
    Notice,
    NoticeTo,
    Staff,
    StatementKind,
)
from cases.staff import staff_by_code
from cases.statements import statements_of
from cases.status import CaseStatus

K = MeetingKind
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
async def worker(session: AsyncSession) -> Staff:
    return await linked(session, "grid-guihua")


async def begun(session: AsyncSession, person: Staff, **more: object) -> str:
    code = (await a_case(session, **more)).code
    await staff_desk.take(session, person, code, NOW)
    await staff_desk.start(session, person, code, NOW)
    return code


async def called(
    session: AsyncSession, person: Staff, code: str, kind: MeetingKind = K.JOINT, *guests: str
) -> Meeting:
    return await meetings.call_meeting(
        session, person, code, NOW, kind=kind, planned_at=TOMORROW, guests=guests
    )


async def the_case(session: AsyncSession, code: str) -> Case:
    found = await casework.case_by_code(session, code)
    assert found is not None
    return found


async def keys_to(session: AsyncSession, person: Staff) -> list[str]:
    query = select(Notice.key).where(Notice.to_kind == NoticeTo.STAFF, Notice.to_id == person.id)
    return list((await session.scalars(query.order_by(Notice.id))).all())


async def clock(session: AsyncSession, case: Case, step: str) -> CaseClock:
    query = select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.step == step)
    return (await session.scalars(query)).one()


async def is_whole(session: AsyncSession, case: Case) -> bool:
    chain = await timeline.entries(session, case)
    return timeline.replay_status(chain) is case.status and (await timeline.verify(session, case)).whole


async def test_guests_of_a_joint_meeting_are_told_and_may_see_the_case(
    session: AsyncSession, worker: Staff
) -> None:
    judge, colleague = [await staff_by_code(session, code) for code in ("judge-hedong", "leader-guihua")]
    code = await begun(session, worker)
    meeting = await called(session, worker, code, K.JOINT, "judge-hedong", "leader-guihua", "judge-hedong")
    asked = select(MeetingGuest.staff_id).where(MeetingGuest.meeting_id == meeting.id)
    assert set((await session.scalars(asked)).all()) == {judge.id, colleague.id}
    assert await keys_to(session, judge) == ["notice_meeting"]
    assert await keys_to(session, colleague) == ["notice_meeting"]
    assert "notice_meeting" not in await keys_to(session, worker)
    # The colleague sees the case anyway; only who does not is let in.
    assert (await session.scalars(select(Invitation.staff_id))).all() == [judge.id]
    await staff_desk.note(session, judge, code, "先听听双方", NOW)
    case = await the_case(session, code)
    called_at = next(one for one in await timeline.entries(session, case) if one.action == "meeting_called")
    assert called_at.audience is Audience.STAFF
    assert called_at.facts == {
        "meeting": meeting.id,
        "kind": "joint",
        "at": TOMORROW.isoformat(),
        "guests": 2,
    }
    assert await is_whole(session, case)


async def test_who_has_the_case_in_hand_is_told_of_a_meeting_the_centre_calls(
    session: AsyncSession, worker: Staff
) -> None:
    centre = await linked(session, "centre-liuyin")
    code = await begun(session, worker)
    await called(session, centre, code)
    assert (await keys_to(session, worker))[-1] == "notice_meeting"
    assert "notice_meeting" not in await keys_to(session, centre)


async def test_who_calls_a_meeting_is_not_their_own_guest(session: AsyncSession, worker: Staff) -> None:
    code = await begun(session, worker)
    await called(session, worker, code, K.JOINT, worker.code)
    assert (await session.scalars(select(MeetingGuest))).all() == []
    assert "notice_meeting" not in await keys_to(session, worker)


async def test_a_guest_with_a_stake_is_not_asked(session: AsyncSession, worker: Staff) -> None:
    judge = await staff_by_code(session, "judge-hedong")
    code = await begun(session, worker)
    await conflicts.step_back(session, judge, await the_case(session, code), NOW)
    with pytest.raises(ConflictOfInterest):
        await called(session, worker, code, K.JOINT, judge.code)
    assert (await session.scalars(select(Meeting))).all() == []
    assert await keys_to(session, judge) == []


@pytest.mark.parametrize(
    ("guest", "error"), [("auditor-yunting", NotAllowed), ("admin-yunting", NotAllowed), ("x", StaffNotFound)]
)
async def test_who_may_not_read_cases_is_no_guest(
    session: AsyncSession, worker: Staff, guest: str, error: type[Exception]
) -> None:
    code = await begun(session, worker)
    with pytest.raises(error):
        await called(session, worker, code, K.JOINT, guest)


async def test_a_guest_does_not_call_meetings_over_the_case(session: AsyncSession, worker: Staff) -> None:
    guest = await linked(session, "housing-hedong")
    code = await begun(session, worker)
    with pytest.raises(CaseNotFound):
        await called(session, guest, code)
    await called(session, worker, code, K.JOINT, guest.code)
    with pytest.raises(NotAllowed):
        await called(session, guest, code)


async def test_somebody_with_a_stake_neither_meets_nor_mediates(session: AsyncSession, worker: Staff) -> None:
    code = await begun(session, worker)
    await conflicts.step_back(session, worker, await the_case(session, code), NOW)
    with pytest.raises(ConflictOfInterest):
        await called(session, worker, code)
    with pytest.raises(ConflictOfInterest):
        await meetings.record_visit(session, worker, code, "看过了", NOW)
    with pytest.raises(ConflictOfInterest):
        await meetings.record_mediation(session, worker, code, "谈过了", NOW, outcome="agreed")


@pytest.mark.parametrize(
    ("kind", "planned_at", "fits"),
    [
        (K.JOINT, NOW, True),
        (K.JOINT, NOW - timedelta(minutes=1), False),
        (K.FOLLOW_UP, NOW, False),
        (K.FOLLOW_UP, TOMORROW, True),
    ],
)
async def test_a_meeting_is_called_for_a_time_to_come(
    session: AsyncSession, worker: Staff, kind: MeetingKind, planned_at: datetime, fits: bool
) -> None:
    code = await begun(session, worker)
    call = meetings.call_meeting(session, worker, code, NOW, kind=kind, planned_at=planned_at)
    if fits:
        assert (await call).planned_at == planned_at
        return
    with pytest.raises(MoveNotAllowed):
        await call


@pytest.mark.parametrize("kind", [K.DESK, K.VISIT, K.JOINT, K.HEARING, K.MEDIATION])
async def test_nobody_meets_over_a_closed_case_except_to_look_again(
    session: AsyncSession, worker: Staff, kind: MeetingKind
) -> None:
    code = (await a_case(session, status=CaseStatus.CLOSED)).code
    with pytest.raises(MoveNotAllowed) as refused:
        await called(session, worker, code, kind)
    assert CaseStatus.REOPENED in refused.value.ways
    assert (await called(session, worker, code, K.FOLLOW_UP)).kind is K.FOLLOW_UP


async def test_nobody_looks_again_at_a_withdrawn_case(session: AsyncSession, worker: Staff) -> None:
    code = (await a_case(session, status=CaseStatus.WITHDRAWN)).code
    with pytest.raises(MoveNotAllowed):
        await called(session, worker, code, K.FOLLOW_UP)


async def test_the_time_of_a_hearing_is_not_counted(session: AsyncSession) -> None:
    person = await linked(session, "market-hedong")
    code = await begun(session, person, leaf="dispute:contract")
    meeting = await called(session, person, code, K.HEARING)
    case = await the_case(session, code)
    handle = await clock(session, case, "handle")
    before = handle.due_at
    assert (case.status, case.waiting_for, handle.stopped_for) == (CaseStatus.WAITING, "hearing", "hearing")
    inner = await statements_of(session, case, frozenset({Audience.STAFF}))
    assert [(one.kind, one.body) for one in inner] == [(StatementKind.REASON, "2026-11-24 16:00")]
    held_at = NOW + timedelta(days=3)
    await meetings.hold_meeting(session, person, meeting.id, "双方都说了", held_at, outcome="done")
    assert (case.status, case.waiting_for, handle.stopped_at) == (CaseStatus.IN_PROGRESS, None, None)
    assert handle.due_at > before
    assert (await timeline.entries(session, case))[-1].facts == {"reason": "hearing_held"}
    assert await is_whole(session, case)


async def test_only_who_has_the_case_or_the_centre_lets_it_wait_for_a_hearing(
    session: AsyncSession, worker: Staff
) -> None:
    code = await begun(session, worker)
    with pytest.raises(TakenByAnother):
        await called(session, await staff_by_code(session, "leader-guihua"), code, K.HEARING)
    await called(session, await staff_by_code(session, "centre-liuyin"), code, K.HEARING)
    assert (await the_case(session, code)).status is CaseStatus.WAITING


async def test_a_hearing_before_the_work_has_begun_moves_nothing(session: AsyncSession) -> None:
    code = (await a_case(session)).code
    centre = await staff_by_code(session, "centre-liuyin")
    meeting = await called(session, centre, code, K.HEARING)
    assert (await the_case(session, code)).status is CaseStatus.ROUTED
    await meetings.hold_meeting(session, centre, meeting.id, "双方都说了", TOMORROW, outcome="done")
    assert (await the_case(session, code)).status is CaseStatus.ROUTED


async def test_minutes_stay_inside_and_a_meeting_is_held_once(session: AsyncSession, worker: Staff) -> None:
    code = await begun(session, worker)
    meeting = await called(session, worker, code)
    held = await meetings.hold_meeting(session, worker, meeting.id, "住建局出面", TOMORROW, outcome="done")
    case = await the_case(session, code)
    assert (held.held_at, held.outcome) == (TOMORROW, "done")
    inner = await statements_of(session, case, frozenset({Audience.STAFF}))
    assert [(one.id, one.kind, one.body) for one in inner] == [
        (held.statement_id, StatementKind.MINUTES, "住建局出面")
    ]
    with pytest.raises(MoveNotAllowed):
        await meetings.hold_meeting(session, worker, meeting.id, "又开了", TOMORROW, outcome="done")
    assert [one.id for one in await meetings.meetings_of(session, case)] == [meeting.id]
    assert await is_whole(session, case)


async def test_a_meeting_nobody_called_or_without_words_is_not_held(
    session: AsyncSession, worker: Staff
) -> None:
    code = await begun(session, worker)
    meeting = await called(session, worker, code)
    with pytest.raises(NotFound):
        await meetings.hold_meeting(session, worker, meeting.id + 1, "x", NOW, outcome="done")
    with pytest.raises(NothingToSay):
        await meetings.hold_meeting(session, worker, meeting.id, " ", NOW, outcome="done")
    with pytest.raises(MoveNotAllowed):
        await meetings.hold_meeting(session, worker, meeting.id, "x", NOW, outcome="refused")
    mediation = await called(session, worker, code, K.MEDIATION)
    with pytest.raises(MoveNotAllowed):
        await meetings.hold_meeting(session, worker, mediation.id, "x", NOW, outcome="done")
    stranger = await linked(session, "grid-shuanggang")
    with pytest.raises(CaseNotFound):
        await meetings.hold_meeting(session, stranger, meeting.id, "x", NOW, outcome="done")


async def test_of_two_who_write_the_minutes_at_once_one_is_kept(database: Database) -> None:
    async with database.transaction() as session:
        worker = await staff_by_code(session, "grid-guihua")
        code = await begun(session, worker)
        number = (await called(session, worker, code)).id

    async def hold(words: str) -> None:
        async with database.transaction() as session:
            person = await staff_by_code(session, "grid-guihua")
            await meetings.hold_meeting(session, person, number, words, TOMORROW, outcome="done")

    results = await at_once(hold("一"), hold("二"))
    assert sorted(type(one).__name__ for one in results) == ["MoveNotAllowed", "NoneType"]
    async with database.reading() as session:
        case = await the_case(session, code)
        actions = [entry.action for entry in await timeline.entries(session, case)]
        assert actions.count("meeting_held") == 1
        assert (await timeline.verify(session, case)).whole


@pytest.mark.parametrize(
    ("kind", "outcome", "counts"),
    [
        (K.DESK, "done", True),
        (K.VISIT, "done", True),
        (K.HEARING, "done", True),
        (K.MEDIATION, "not_agreed", True),
        (K.MEDIATION, "adjourned", False),
        (K.JOINT, "done", False),
        (K.FOLLOW_UP, "done", False),
    ],
)
async def test_a_meeting_is_a_contact_only_where_the_resident_was_there(
    session: AsyncSession, worker: Staff, kind: MeetingKind, outcome: str, counts: bool
) -> None:
    code = await begun(session, worker)
    meeting = await called(session, worker, code, kind)
    await meetings.hold_meeting(session, worker, meeting.id, "记下了", TOMORROW, outcome=outcome)
    case = await the_case(session, code)
    assert case.contacted_at == (TOMORROW if counts else None)
    steps = [one.step for one in await running.running(session, case)]
    assert ("first_answer" in steps) is not counts


async def test_a_visit_is_kept_as_held(session: AsyncSession, worker: Staff) -> None:
    code = (await a_case(session)).code
    visit = await meetings.record_visit(session, worker, code, "水管裂了", NOW)
    case = await the_case(session, code)
    assert (visit.kind, visit.planned_at, visit.held_at, visit.outcome) == (K.VISIT, NOW, NOW, "done")
    entry = (await timeline.entries(session, case))[-1]
    assert (entry.action, entry.audience) == ("meeting_held", Audience.RESIDENT)
    assert case.contacted_at == NOW


async def mediate(session: AsyncSession, person: Staff, code: str, outcome: str = "agreed") -> Meeting:
    result: Any = outcome
    return await meetings.record_mediation(session, person, code, "谈过了", NOW, outcome=result)


async def test_a_mediation_begins_the_work_of_who_took_the_case(session: AsyncSession, worker: Staff) -> None:
    code = (await a_case(session)).code
    with pytest.raises(MoveNotAllowed):
        await mediate(session, worker, code)
    await staff_desk.take(session, worker, code, NOW)
    assert (await mediate(session, worker, code)).outcome == "agreed"
    case = await the_case(session, code)
    assert case.status is CaseStatus.IN_PROGRESS
    assert await is_whole(session, case)
    with pytest.raises(TakenByAnother):
        await mediate(session, await staff_by_code(session, "leader-guihua"), code)


async def test_the_centre_does_not_mediate_in_the_units_place(session: AsyncSession, worker: Staff) -> None:
    code = await begun(session, worker)
    with pytest.raises(NotAllowed):
        await mediate(session, await staff_by_code(session, "centre-liuyin"), code)


async def test_once_a_party_refuses_nobody_mediates_any_more(session: AsyncSession, worker: Staff) -> None:
    code = await begun(session, worker)
    planned = await called(session, worker, code, K.MEDIATION)
    assert (await mediate(session, worker, code, "refused")).outcome == "refused"
    case = await the_case(session, code)
    assert case.mediation_refused
    entry = (await timeline.entries(session, case))[-1]
    assert (entry.action, entry.audience) == ("mediation_refused", Audience.RESIDENT)
    with pytest.raises(NotMediated):
        await mediate(session, worker, code)
    with pytest.raises(NotMediated):
        await called(session, worker, code, K.MEDIATION)
    with pytest.raises(NotMediated):
        await meetings.hold_meeting(session, worker, planned.id, "x", TOMORROW, outcome="agreed")
    await called(session, worker, code, K.JOINT)


async def test_a_resident_who_refused_is_not_mediated(session: AsyncSession, worker: Staff) -> None:
    resident = await a_resident(session)
    code = await begun(session, worker, resident=resident)
    await casework.refuse_mediation(session, resident, code, NOW)
    with pytest.raises(NotMediated):
        await mediate(session, worker, code)


@pytest.mark.parametrize(
    ("change", "protected"),
    [
        ({"danger_codes": ["minor"]}, True),
        ({"danger_codes": ["violence", "alcohol"]}, True),
        ({"leaf": "dispute:domestic_violence"}, True),
        ({"secondary": ["dispute:domestic_violence"]}, True),
        ({"danger_codes": ["alcohol"]}, False),
    ],
)
async def test_violence_and_minors_are_never_mediated(
    session: AsyncSession, worker: Staff, change: dict[str, Any], protected: bool
) -> None:
    code = await begun(session, worker)
    case = await the_case(session, code)
    for name, value in change.items():
        setattr(case, name, value)
    if not protected:
        assert (await mediate(session, worker, code)).outcome == "agreed"
        return
    with pytest.raises(NotMediated):
        await mediate(session, worker, code)
    with pytest.raises(NotMediated):
        await called(session, worker, code, K.MEDIATION)


async def test_the_end_of_mediation_is_told_to_the_resident_with_the_ways_left(
    session: AsyncSession, worker: Staff
) -> None:
    code = await begun(session, worker)
    with pytest.raises(MoveNotAllowed):
        await meetings.terminate_mediation(session, worker, code, "可以去法院起诉", NOW)
    await mediate(session, worker, code, "not_agreed")
    case = await meetings.terminate_mediation(session, worker, code, "可以去法院起诉", NOW)
    assert case.mediation_refused
    shown = await statements_of(session, case, timeline.FOR_RESIDENT)
    assert [one.body for one in shown] == ["楼上天天漏水", "可以去法院起诉"]
    told = select(Notice).where(Notice.to_kind == NoticeTo.RESIDENT).order_by(Notice.id.desc())
    last = (await session.scalars(told)).first()
    assert last is not None
    assert (last.key, last.values["note"]) == ("notice_visible_note", "可以去法院起诉")
    with pytest.raises(NotMediated):
        await mediate(session, worker, code)
    with pytest.raises(MoveNotAllowed):
        await meetings.terminate_mediation(session, worker, code, "再说一次", NOW)
    assert await is_whole(session, case)


async def test_after_a_refusal_the_ways_left_are_still_named(session: AsyncSession, worker: Staff) -> None:
    code = await begun(session, worker)
    await mediate(session, worker, code, "refused")
    with pytest.raises(NothingToSay):
        await meetings.terminate_mediation(session, worker, code, " ", NOW)
    case = await meetings.terminate_mediation(session, worker, code, "可以申请仲裁", NOW)
    last = (await timeline.entries(session, case))[-2:]
    assert [entry.action for entry in last] == ["mediation_ended", "paper_issued"]
    assert last[-1].facts["kind"] == "mediation_terminated"


async def test_the_ways_left_are_named_to_a_resident_who_refused_before_anybody_met(
    session: AsyncSession, worker: Staff
) -> None:
    resident = await a_resident(session)
    code = await begun(session, worker, resident=resident)
    await casework.refuse_mediation(session, resident, code, NOW)
    case = await meetings.terminate_mediation(session, worker, code, "可以去法院起诉", NOW)
    last = (await timeline.entries(session, case))[-2:]
    assert [entry.action for entry in last] == ["mediation_ended", "paper_issued"]
    assert last[-1].facts["kind"] == "mediation_terminated"


async def test_a_stake_in_the_matter_counts_as_much_as_having_stepped_back(
    session: AsyncSession, worker: Staff
) -> None:
    code = await begun(session, worker)
    judge = await staff_by_code(session, "judge-hedong")
    session.add(Conflict(staff_id=judge.id, leaf="dispute:*"))
    await session.flush()
    with pytest.raises(ConflictOfInterest):
        await called(session, worker, code, K.JOINT, judge.code)
