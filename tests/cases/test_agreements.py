"""Agreements: kept as said, asked about later, reopened when not kept, confirmed by a court outside."""

from datetime import datetime, timedelta

import pytest
from builders import NOW, a_case, a_resident, linked
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import agreements, casework, conflicts, reopening, staff_desk, timeline
from cases.actors import BY_CLOCK, Audience, by_resident, by_staff
from cases.clocks import running
from cases.errors import (
    CaseNotFound,
    ConflictOfInterest,
    MoveNotAllowed,
    NoMoreTime,
    NotAllowed,
    NotFound,
    NothingToSay,
    NotMediated,
    TakenByAnother,
)
from cases.records import Agreement, Case, Notice, NoticeTo, Resident, Staff, StatementKind
from cases.staff import staff_by_code
from cases.statements import statements_of
from cases.status import CaseStatus

DAY = timedelta(days=1)
ASKED = {"agreement_performed_30", "agreement_performed_90"}


@pytest.fixture
async def worker(session: AsyncSession) -> Staff:
    return await linked(session, "grid-guihua")


@pytest.fixture
async def resident(session: AsyncSession) -> Resident:
    return await a_resident(session)


async def taken(session: AsyncSession, person: Staff, **more: object) -> str:
    code = (await a_case(session, **more)).code
    await staff_desk.take(session, person, code, NOW)
    return code


async def agreed(session: AsyncSession, person: Staff, code: str, *, by: datetime | None = None) -> Agreement:
    return await agreements.record_agreement(
        session, person, code, "楼上赔一千元", NOW, oral=False, perform_by=by
    )


async def closed(session: AsyncSession, worker: Staff, resident: Resident) -> Agreement:
    """An agreement of a case that its resident called solved afterwards."""
    code = await taken(session, worker, resident=resident)
    agreement = await agreed(session, worker, code, by=NOW + 20 * DAY)
    await staff_desk.answer(session, worker, code, "谈好了", NOW)
    await reopening.judge(session, await the_case(session, code), resident, NOW, solved=True)
    return agreement


async def the_case(session: AsyncSession, code: str) -> Case:
    found = await casework.case_by_code(session, code)
    assert found is not None
    return found


async def case_of(session: AsyncSession, agreement: Agreement) -> Case:
    code = (await session.get_one(Case, agreement.case_id)).code
    return await the_case(session, code)


async def asked_later(session: AsyncSession, case: Case) -> set[str]:
    return {one.step for one in await running.running(session, case)} & ASKED


async def keys_to(session: AsyncSession, person: Staff) -> list[str]:
    query = select(Notice.key).where(Notice.to_kind == NoticeTo.STAFF, Notice.to_id == person.id)
    return list((await session.scalars(query.order_by(Notice.id))).all())


async def is_whole(session: AsyncSession, case: Case) -> bool:
    chain = await timeline.entries(session, case)
    return timeline.replay_status(chain) is case.status and (await timeline.verify(session, case)).whole


@pytest.mark.parametrize("oral", [True, False])
async def test_an_agreement_is_read_by_the_resident_and_asked_about_later(
    session: AsyncSession, worker: Staff, oral: bool
) -> None:
    code = await taken(session, worker)
    by = NOW + 10 * DAY
    agreement = await agreements.record_agreement(
        session, worker, code, "楼上赔一千元", NOW, oral=oral, perform_by=by
    )
    case = await the_case(session, code)
    assert (agreement.oral, agreement.perform_by, agreement.performed) == (oral, by, None)
    shown = await statements_of(session, case, timeline.FOR_RESIDENT)
    assert [(one.id, one.kind) for one in shown][1:] == [(agreement.statement_id, StatementKind.AGREEMENT)]
    due = {one.step: one.due_at for one in await running.running(session, case) if one.step in ASKED}
    assert set(due) == ASKED
    assert NOW + 29 * DAY < due["agreement_performed_30"] < due["agreement_performed_90"]
    entry, paper = (await timeline.entries(session, case))[-2:]
    assert (entry.action, entry.audience) == ("agreed", Audience.RESIDENT)
    assert paper.facts["kind"] in ("oral_agreement", "mediation_agreement")
    assert (entry.facts["oral"], entry.facts["perform_by"]) == (oral, by.isoformat())
    assert (case.status, case.contacted_at) == (CaseStatus.IN_PROGRESS, NOW)
    assert [one.id for one in await agreements.agreements_of(session, case)] == [agreement.id]
    assert await is_whole(session, case)


async def test_an_agreement_needs_words_a_day_to_come_and_a_case_in_ones_hands(
    session: AsyncSession, worker: Staff
) -> None:
    code = (await a_case(session)).code
    with pytest.raises(MoveNotAllowed):
        await agreed(session, worker, code)
    await staff_desk.take(session, worker, code, NOW)
    with pytest.raises(MoveNotAllowed):
        await agreed(session, worker, code, by=NOW - DAY)
    with pytest.raises(NothingToSay):
        await agreements.record_agreement(session, worker, code, " ", NOW, oral=True, perform_by=None)
    with pytest.raises(TakenByAnother):
        await agreed(session, await staff_by_code(session, "leader-guihua"), code)
    with pytest.raises(NotAllowed):
        await agreed(session, await staff_by_code(session, "centre-liuyin"), code)


async def test_where_nobody_may_mediate_no_agreement_is_recorded(
    session: AsyncSession, worker: Staff, resident: Resident
) -> None:
    code = await taken(session, worker, resident=resident)
    case = await the_case(session, code)
    case.danger_codes = ["domestic_violence"]
    with pytest.raises(NotMediated):
        await agreed(session, worker, code)
    case.danger_codes = []
    await casework.refuse_mediation(session, resident, code, NOW)
    with pytest.raises(NotMediated):
        await agreed(session, worker, code)


async def test_somebody_with_a_stake_records_no_agreement(session: AsyncSession, worker: Staff) -> None:
    code = await taken(session, worker)
    await conflicts.step_back(session, worker, await the_case(session, code), NOW)
    with pytest.raises(ConflictOfInterest):
        await agreed(session, worker, code)


async def test_a_kept_agreement_is_not_asked_about_any_more(
    session: AsyncSession, worker: Staff, resident: Resident
) -> None:
    agreement = await closed(session, worker, resident)
    case = await case_of(session, agreement)
    assert await asked_later(session, case) == ASKED
    said = await agreements.say_kept(session, agreement, NOW + DAY, actor=by_resident(resident.id), kept=True)
    assert (said.performed, said.performed_at) == (True, NOW + DAY)
    case = await case_of(session, agreement)
    assert await asked_later(session, case) == set()
    assert case.status is CaseStatus.CLOSED
    entry = (await timeline.entries(session, case))[-1]
    assert (entry.action, entry.audience) == ("kept", Audience.RESIDENT)
    assert await is_whole(session, case)


async def test_the_resident_reopens_a_case_by_saying_that_the_agreement_was_not_kept(
    session: AsyncSession, worker: Staff, resident: Resident
) -> None:
    centre = await linked(session, "centre-liuyin")
    agreement = await closed(session, worker, resident)
    await agreements.say_kept(session, agreement, NOW + 21 * DAY, actor=by_resident(resident.id), kept=False)
    case = await case_of(session, agreement)
    assert (agreement.performed, case.status) == (False, CaseStatus.REOPENED)
    said, moved = (await timeline.entries(session, case))[-2:]
    assert (said.action, moved.facts) == ("not_kept", {"reason": "not_kept"})
    assert (await keys_to(session, worker))[-1] == "notice_reopened"
    assert (await keys_to(session, centre))[-1] == "notice_review"
    assert await is_whole(session, case)


async def test_the_centre_that_asked_reopens_it_at_any_time(
    session: AsyncSession, worker: Staff, resident: Resident
) -> None:
    centre = await linked(session, "centre-liuyin")
    agreement = await closed(session, worker, resident)
    await agreements.say_kept(session, agreement, NOW + 90 * DAY, actor=by_staff(centre.id), kept=False)
    assert (await case_of(session, agreement)).status is CaseStatus.REOPENED


async def test_too_late_for_the_resident_to_reopen_the_fact_is_kept_and_the_unit_told(
    session: AsyncSession, worker: Staff, resident: Resident
) -> None:
    agreement = await closed(session, worker, resident)
    await agreements.say_kept(session, agreement, NOW + 31 * DAY, actor=by_resident(resident.id), kept=False)
    case = await case_of(session, agreement)
    assert (agreement.performed, case.status) == (False, CaseStatus.CLOSED)
    assert (await keys_to(session, worker))[-1] == "notice_more_said"
    assert await is_whole(session, case)


async def test_a_case_still_worked_on_stays_where_it_is(
    session: AsyncSession, worker: Staff, resident: Resident
) -> None:
    code = await taken(session, worker, resident=resident)
    agreement = await agreed(session, worker, code)
    await agreements.say_kept(session, agreement, NOW + DAY, actor=by_resident(resident.id), kept=False)
    assert (await the_case(session, code)).status is CaseStatus.IN_PROGRESS
    assert (await keys_to(session, worker))[-1] == "notice_more_said"


async def test_saying_the_same_again_changes_nothing_and_what_was_said_may_be_put_right(
    session: AsyncSession, worker: Staff, resident: Resident
) -> None:
    agreement = await closed(session, worker, resident)
    actor = by_resident(resident.id)
    await agreements.say_kept(session, agreement, NOW + DAY, actor=actor, kept=True)
    length = (await case_of(session, agreement)).chain_length
    await agreements.say_kept(session, agreement, NOW + 2 * DAY, actor=actor, kept=True)
    assert (await case_of(session, agreement)).chain_length == length
    assert agreement.performed_at == NOW + DAY
    await agreements.say_kept(session, agreement, NOW + 3 * DAY, actor=actor, kept=False)
    assert (await case_of(session, agreement)).status is CaseStatus.REOPENED


async def test_while_another_agreement_is_open_somebody_still_asks(
    session: AsyncSession, worker: Staff, resident: Resident
) -> None:
    code = await taken(session, worker, resident=resident)
    first, second = await agreed(session, worker, code), await agreed(session, worker, code)
    actor = by_resident(resident.id)
    await agreements.say_kept(session, first, NOW + DAY, actor=actor, kept=True)
    assert await asked_later(session, await the_case(session, code)) == ASKED
    await agreements.say_kept(session, second, NOW + DAY, actor=actor, kept=True)
    assert await asked_later(session, await the_case(session, code)) == set()


async def test_only_those_concerned_say_whether_it_was_kept(
    session: AsyncSession, worker: Staff, resident: Resident
) -> None:
    agreement = await closed(session, worker, resident)
    other = await a_resident(session, 8)
    stranger = await staff_by_code(session, "mediator-liuyin")
    expert = await staff_by_code(session, "judge-hedong")
    for actor in (by_resident(other.id), by_staff(stranger.id), by_staff(expert.id)):
        with pytest.raises(CaseNotFound):
            await agreements.say_kept(session, agreement, NOW, actor=actor, kept=True)
    with pytest.raises(NotAllowed):
        await agreements.say_kept(session, agreement, NOW, actor=BY_CLOCK, kept=True)
    centre = await staff_by_code(session, "centre-liuyin")
    await conflicts.step_back(session, centre, await case_of(session, agreement), NOW)
    with pytest.raises(ConflictOfInterest):
        await agreements.say_kept(session, agreement, NOW, actor=by_staff(centre.id), kept=True)
    await agreements.say_kept(session, agreement, NOW, actor=by_staff(worker.id), kept=True)
    assert agreement.performed is True


async def test_the_time_for_a_court_counts_from_the_agreement_and_ends_with_the_confirmation(
    session: AsyncSession, worker: Staff
) -> None:
    code = await taken(session, worker)
    agreement = await agreed(session, worker, code)
    clock = await agreements.open_confirmation(session, worker, agreement.id, NOW + 5 * DAY)
    assert (clock.step, clock.started_at, clock.owed_by) == ("judicial_confirmation", NOW, "resident")
    assert NOW + 29 * DAY < clock.due_at < NOW + 32 * DAY
    with pytest.raises(MoveNotAllowed):
        await agreements.open_confirmation(session, worker, agreement.id, NOW + 6 * DAY)
    await agreements.record_confirmed(session, worker, agreement.id, NOW + 20 * DAY)
    assert (agreement.confirmed_at, clock.ending) == (NOW + 20 * DAY, "met")
    case = await the_case(session, code)
    entry = (await timeline.entries(session, case))[-1]
    assert (entry.action, entry.audience, entry.facts) == (
        "confirmed",
        Audience.RESIDENT,
        {"agreement": agreement.id},
    )
    with pytest.raises(MoveNotAllowed):
        await agreements.record_confirmed(session, worker, agreement.id, NOW + 21 * DAY)
    assert await is_whole(session, case)


async def test_after_thirty_days_no_confirmation_is_begun(session: AsyncSession, worker: Staff) -> None:
    agreement = await agreed(session, worker, await taken(session, worker))
    with pytest.raises(NoMoreTime):
        await agreements.open_confirmation(session, worker, agreement.id, NOW + 40 * DAY)


async def test_confirmation_is_recorded_by_those_who_have_the_case_on_an_agreement_there_is(
    session: AsyncSession, worker: Staff
) -> None:
    agreement = await agreed(session, worker, await taken(session, worker))
    with pytest.raises(NotFound):
        await agreements.record_confirmed(session, worker, agreement.id + 1, NOW)
    stranger = await staff_by_code(session, "grid-shuanggang")
    with pytest.raises(CaseNotFound):
        await agreements.record_confirmed(session, stranger, agreement.id, NOW)
    centre = await staff_by_code(session, "centre-liuyin")
    assert (await agreements.record_confirmed(session, centre, agreement.id, NOW)).confirmed_at == NOW
