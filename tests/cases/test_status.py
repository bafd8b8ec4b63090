"""Every status × every move × every kind of actor: the table happens, the rest changes nothing."""

from typing import Any

import pytest
from builders import NOW, WAYS, a_case, actor_of, said
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timeline
from cases.actors import Actor, ActorKind
from cases.case_moves import move
from cases.casework import case_by_code
from cases.errors import MoveNotAllowed
from cases.records import Case, TimelineEntry
from cases.staff import staff_by_code
from cases.status import AT_REST, IN_HAND, MOVES, OWED, CaseStatus, ClosingKind, may_move, ways_from

S = CaseStatus
pure = pytest.mark.unit
ROW = [(start, to) for start, row in MOVES.items() for to in row]
EVERY_REASON = {reason for start, to in ROW for reason in MOVES[start][to].reasons}
EXPLAINED = [(start, to) for start, to in ROW if MOVES[start][to].words]


def a_reason(start: CaseStatus, to: CaseStatus) -> str:
    return min(MOVES[start][to].reasons) if to in MOVES[start] else "taken"


@pure
def test_every_status_has_its_row_and_every_row_only_statuses() -> None:
    assert set(MOVES) == set(CaseStatus) == set(WAYS)
    assert all(set(row) <= set(CaseStatus) and start not in row for start, row in MOVES.items())


@pure
@pytest.mark.parametrize(("start", "to"), ROW)
def test_every_move_says_who_makes_it_and_for_what_reasons(start: CaseStatus, to: CaseStatus) -> None:
    allowed = MOVES[start][to]
    assert allowed.actors
    assert allowed.reasons
    assert allowed.actors <= set(ActorKind)
    assert all(reason.isidentifier() and reason.islower() for reason in allowed.reasons)


@pure
def test_the_archive_is_left_only_by_opening_again() -> None:
    assert set(MOVES[S.ARCHIVED]) == {S.REOPENED}


@pure
def test_what_was_taken_back_is_only_put_away() -> None:
    assert set(MOVES[S.WITHDRAWN]) == {S.ARCHIVED}


@pure
def test_every_status_can_be_reached_from_registration() -> None:
    reached, edge = {S.REGISTERED}, {S.REGISTERED}
    while edge:
        edge = {to for start in edge for to in MOVES[start]} - reached
        reached |= edge
    assert reached == set(CaseStatus)


@pure
def test_from_every_status_there_is_a_way_to_the_archive() -> None:
    reaching, grown = {S.ARCHIVED}, True
    while grown:
        fresh = {start for start, row in MOVES.items() if reaching & set(row)} - reaching
        reaching, grown = reaching | fresh, bool(fresh)
    assert reaching == set(CaseStatus)


@pure
def test_a_resident_can_withdraw_whatever_is_not_at_rest() -> None:
    for status in set(CaseStatus) - AT_REST:
        assert may_move(status, S.WITHDRAWN, ActorKind.RESIDENT)
        assert not may_move(status, S.WITHDRAWN, ActorKind.STAFF)


@pure
def test_a_resident_can_open_again_whatever_somebody_else_ended() -> None:
    for status in AT_REST - {S.WITHDRAWN}:
        assert may_move(status, S.REOPENED, ActorKind.RESIDENT)


@pure
def test_only_staff_sign_begin_wait_answer_decline_transfer_and_merge() -> None:
    for to in (S.SIGNED, S.WAITING, S.ANSWERED, S.DECLINED, S.TRANSFERRED, S.MERGED):
        assert {kind for row in MOVES.values() if to in row for kind in row[to].actors} == {ActorKind.STAFF}
    assert MOVES[S.SIGNED][S.IN_PROGRESS].actors == {ActorKind.STAFF}


@pure
def test_no_stage_between_door_and_closing_is_skipped() -> None:
    """分流, 签收, 办理, 反馈, 评判: each is left only for the next one, an ending, or back to the centre."""
    after = {
        S.REGISTERED: {S.ACCEPTED},
        S.ACCEPTED: {S.ROUTED},
        S.ROUTED: {S.SIGNED, S.ACCEPTED},
        S.SIGNED: {S.IN_PROGRESS, S.ACCEPTED},
        S.IN_PROGRESS: {S.WAITING, S.ANSWERED, S.ACCEPTED},
        S.WAITING: {S.IN_PROGRESS, S.ACCEPTED},
        S.ANSWERED: {S.JUDGING},
        S.JUDGING: {S.CLOSED, S.REOPENED},
    }
    for start, onward in after.items():
        assert set(MOVES[start]) - (AT_REST - {S.CLOSED}) == onward
    assert {start for start, row in MOVES.items() if S.CLOSED in row} == {S.JUDGING, S.REOPENED}


BACK_TO_THE_CENTRE = (S.ROUTED, S.SIGNED, S.IN_PROGRESS, S.WAITING, S.REOPENED)


@pure
def test_what_turns_a_resident_away_is_said_in_words() -> None:
    for to in (S.DECLINED, S.TRANSFERRED):
        assert all(row[to].words for row in MOVES.values() if to in row)
    assert MOVES[S.REOPENED][S.CLOSED].words
    assert all(MOVES[start][S.ACCEPTED].words for start in BACK_TO_THE_CENTRE)


@pure
def test_what_is_owed_is_neither_at_rest_nor_with_the_resident() -> None:
    assert OWED | AT_REST | {S.ANSWERED, S.JUDGING} == set(CaseStatus)
    assert not OWED & AT_REST
    assert IN_HAND <= OWED


@pytest.mark.parametrize("start", list(CaseStatus))
async def test_a_case_makes_the_moves_of_the_table_and_no_other(
    session: AsyncSession, start: CaseStatus
) -> None:
    case = await a_case(session, status=start)
    worker = await staff_by_code(session, "grid-guihua")
    facts = await said(session, case, actor_of(ActorKind.STAFF, 0, worker.id))
    for to in CaseStatus:
        for kind in ActorKind:
            actor = actor_of(kind, case.resident_id, worker.id)
            if may_move(start, to, kind):
                case = await _made_and_undone(session, case, to, actor, facts)
            else:
                await _refused(session, case, to, actor, facts)
    assert case.status is start


async def _made_and_undone(
    session: AsyncSession, case: Case, to: CaseStatus, actor: Actor, facts: dict[str, Any]
) -> Case:
    start, length, reason, code = case.status, case.chain_length, a_reason(case.status, to), case.code
    savepoint = await session.begin_nested()
    case.assignee_id = case.assignee_id or 1
    case.transferred_to, case.merged_into_id = "police", case.id
    closing = ClosingKind.INTERIM if to is S.CLOSED else None
    entry = await move(session, case, to, actor=actor, reason=reason, now=NOW, facts=facts, closing=closing)
    assert (case.status, case.owed) == (to, to in OWED)
    assert (entry.seq, entry.from_status, entry.to_status) == (length + 1, start, to)
    assert (entry.actor_kind, entry.facts["reason"]) == (actor.kind, reason)
    assert timeline.replay_status(await timeline.entries(session, case)) is to
    await savepoint.rollback()
    found = await case_by_code(session, code)
    assert found is not None
    assert (found.status, found.chain_length) == (start, length)
    return found


async def _refused(
    session: AsyncSession, case: Case, to: CaseStatus, actor: Actor, facts: dict[str, Any]
) -> None:
    start, length = case.status, case.chain_length
    with pytest.raises(MoveNotAllowed) as refused:
        await move(session, case, to, actor=actor, reason=a_reason(start, to), now=NOW, facts=facts)
    assert (case.status, case.chain_length) == (start, length)
    assert refused.value.ways == ways_from(start, actor.kind)
    assert to not in refused.value.ways


@pytest.mark.parametrize("start", list(CaseStatus))
async def test_a_move_needs_a_reason_of_its_own(session: AsyncSession, start: CaseStatus) -> None:
    case = await a_case(session, status=start)
    length = case.chain_length
    for to, allowed in MOVES[start].items():
        elsewhere = {reason for row in MOVES.values() if to in row for reason in row[to].reasons}
        for foreign in elsewhere - allowed.reasons:
            with pytest.raises(MoveNotAllowed):
                await _by_whoever_may(session, case, to, foreign, {"texts": [1]})
        for unknown in (EVERY_REASON | {"", "because", "TAKEN"}) - elsewhere:
            with pytest.raises(ValueError, match="is no reason"):
                await _by_whoever_may(session, case, to, unknown, {"texts": [1]})
    assert (case.status, case.chain_length) == (start, length)


@pytest.mark.parametrize("start", sorted({start for start, _ in EXPLAINED}))
async def test_some_moves_are_explained_in_words(session: AsyncSession, start: CaseStatus) -> None:
    case = await a_case(session, status=start)
    length = case.chain_length
    for to, allowed in MOVES[start].items():
        for facts in ({}, {"texts": []}) if allowed.words else ():
            with pytest.raises(ValueError, match="in words"):
                await _by_whoever_may(session, case, to, a_reason(start, to), facts)
    assert (case.status, case.chain_length) == (start, length)


async def _by_whoever_may(
    session: AsyncSession, case: Case, to: CaseStatus, reason: str, facts: dict[str, Any]
) -> None:
    actor = actor_of(min(MOVES[case.status][to].actors), case.resident_id, 1)
    closing = ClosingKind.INTERIM if to is S.CLOSED else None
    await move(session, case, to, actor=actor, reason=reason, now=NOW, facts=facts, closing=closing)


async def test_a_refused_move_names_what_is_possible(session: AsyncSession) -> None:
    case = await a_case(session, status=S.CLOSED)
    resident = actor_of(ActorKind.RESIDENT, case.resident_id, 0)
    with pytest.raises(MoveNotAllowed) as refused:
        await move(session, case, S.WITHDRAWN, actor=resident, reason="resident_wishes", now=NOW)
    assert refused.value.ways == (S.REOPENED,)
    clock = actor_of(ActorKind.CLOCK, 0, 0)
    with pytest.raises(MoveNotAllowed) as by_clock:
        await move(session, case, S.REOPENED, actor=clock, reason="not_solved", now=NOW)
    assert by_clock.value.ways == (S.ARCHIVED,)
    rule = actor_of(ActorKind.RULE, 0, 0)
    with pytest.raises(MoveNotAllowed) as by_rule:
        await move(session, case, S.REOPENED, actor=rule, reason="not_solved", now=NOW)
    assert by_rule.value.ways == ()


async def test_closing_says_how_and_nothing_else_does(session: AsyncSession) -> None:
    case = await a_case(session, status=S.JUDGING)
    actor = actor_of(ActorKind.RESIDENT, case.resident_id, 0)
    with pytest.raises(ValueError, match="closing"):
        await move(session, case, S.CLOSED, actor=actor, reason="solved", now=NOW)
    with pytest.raises(ValueError, match="closing"):
        await move(
            session,
            case,
            S.REOPENED,
            actor=actor,
            reason="not_solved",
            now=NOW,
            closing=ClosingKind.INTERIM,
        )
    assert case.status is S.JUDGING


async def test_reopening_forgets_how_it_was_closed_and_counts(session: AsyncSession) -> None:
    case = await a_case(session, status=S.CLOSED)
    assert case.closing_kind is ClosingKind.PROCEDURAL
    case.solved, case.satisfied, case.unsolved_class = True, False, "unreachable"
    actor = actor_of(ActorKind.RESIDENT, case.resident_id, 0)
    await move(session, case, S.REOPENED, actor=actor, reason="not_solved", now=NOW)
    assert (case.closing_kind, case.closed_at, case.reopenings, case.owed) == (None, None, 1, True)
    assert (case.solved, case.satisfied, case.judged_at, case.unsolved_class) == (None, None, None, None)


async def test_given_to_a_unit_again_a_case_is_in_nobodys_hands(session: AsyncSession) -> None:
    case = await a_case(session, status=S.IN_PROGRESS)
    assert case.assignee_id is not None
    actor = actor_of(ActorKind.STAFF, 0, case.assignee_id)
    facts = await said(session, case, actor)
    await move(session, case, S.ACCEPTED, actor=actor, reason="reassigned", now=NOW, facts=facts)
    assert (case.assignee_id, case.signed_at, case.routings) == (None, None, 1)
    await move(session, case, S.ROUTED, actor=actor, reason="by_centre", now=NOW)
    assert (case.routings, case.dispatched_at) == (2, NOW)


async def test_each_move_is_one_entry_the_resident_may_read(session: AsyncSession) -> None:
    case = await a_case(session, status=S.CLOSED)
    query = select(TimelineEntry.to_status).where(TimelineEntry.case_id == case.id)
    told = (await session.scalars(query.order_by(TimelineEntry.seq))).all()
    assert told == [
        S.REGISTERED,
        S.ACCEPTED,
        S.ROUTED,
        S.SIGNED,
        S.IN_PROGRESS,
        S.ANSWERED,
        S.JUDGING,
        S.CLOSED,
    ]
    shown = await timeline.entries(session, case, timeline.FOR_RESIDENT)
    assert [entry.to_status for entry in shown] == told
