"""Every status × every move: what the table allows happens, the rest is refused and changes nothing."""

import pytest
from builders import NOW, WAYS, a_case, actor_of
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timeline
from cases.actors import ActorKind
from cases.case_moves import move
from cases.errors import MoveNotAllowed
from cases.records import Case, TimelineEntry
from cases.staff import staff_by_code
from cases.status import AT_REST, IN_HAND, MOVES, OWED, CaseStatus, ClosingKind, may_move


@pytest.mark.unit
def test_every_status_has_its_row_and_every_row_only_statuses() -> None:
    assert set(MOVES) == set(CaseStatus) == set(WAYS)
    assert all(set(row) <= set(CaseStatus) and start not in row for start, row in MOVES.items())
    assert all(kinds for row in MOVES.values() for kinds in row.values())


@pytest.mark.unit
def test_nothing_leaves_the_archive() -> None:
    assert not MOVES[CaseStatus.ARCHIVED]


@pytest.mark.unit
def test_every_status_can_be_reached_from_registration() -> None:
    reached, edge = {CaseStatus.REGISTERED}, {CaseStatus.REGISTERED}
    while edge:
        edge = {to for start in edge for to in MOVES[start]} - reached
        reached |= edge
    assert reached == set(CaseStatus)


@pytest.mark.unit
def test_a_resident_can_withdraw_whatever_is_not_at_rest() -> None:
    for status in set(CaseStatus) - AT_REST:
        assert may_move(status, CaseStatus.WITHDRAWN, ActorKind.RESIDENT)


@pytest.mark.unit
def test_only_staff_sign_begin_and_answer() -> None:
    for to in (*IN_HAND, CaseStatus.ANSWERED):
        kinds = {kind for row in MOVES.values() for kind in row.get(to, ())}
        assert kinds == {ActorKind.STAFF}


@pytest.mark.parametrize("start", list(CaseStatus))
async def test_a_case_makes_the_moves_of_the_table_and_no_other(
    session: AsyncSession, start: CaseStatus
) -> None:
    case = await a_case(session, status=start)
    worker = await staff_by_code(session, "grid-guihua")
    for to in CaseStatus:
        for kind in ActorKind:
            await _try(session, case, to, kind, worker.id)


async def _try(session: AsyncSession, case: Case, to: CaseStatus, kind: ActorKind, worker_id: int) -> None:
    start, length = case.status, case.chain_length
    actor = actor_of(kind, case.resident_id, worker_id)
    closing = ClosingKind.INTERIM if to is CaseStatus.CLOSED else None
    savepoint = await session.begin_nested()
    if not may_move(start, to, kind):
        with pytest.raises(MoveNotAllowed):
            await move(session, case, to, actor=actor, reason="test", now=NOW, closing=closing)
        assert (case.status, case.chain_length) == (start, length)
        await savepoint.rollback()
        return
    case.assignee_id = worker_id
    entry = await move(session, case, to, actor=actor, reason="test", now=NOW, closing=closing)
    assert case.status is to
    assert case.owed == (to in OWED)
    assert (entry.seq, entry.from_status, entry.to_status) == (length + 1, start, to)
    assert timeline.replay_status(await timeline.entries(session, case)) is to
    await savepoint.rollback()
    await session.refresh(case)
    assert case.status is start


async def test_closing_says_how_and_nothing_else_does(session: AsyncSession) -> None:
    case = await a_case(session, status=CaseStatus.ANSWERED)
    actor = actor_of(ActorKind.RESIDENT, case.resident_id, 0)
    with pytest.raises(ValueError, match="closing"):
        await move(session, case, CaseStatus.CLOSED, actor=actor, reason="test", now=NOW)
    with pytest.raises(ValueError, match="closing"):
        await move(
            session,
            case,
            CaseStatus.REOPENED,
            actor=actor,
            reason="test",
            now=NOW,
            closing=ClosingKind.INTERIM,
        )


async def test_reopening_forgets_how_it_was_closed_and_counts(session: AsyncSession) -> None:
    case = await a_case(session, status=CaseStatus.CLOSED)
    assert case.closing_kind is ClosingKind.PROCEDURAL
    actor = actor_of(ActorKind.RESIDENT, case.resident_id, 0)
    await move(session, case, CaseStatus.REOPENED, actor=actor, reason="not_solved", now=NOW)
    assert (case.closing_kind, case.closed_at, case.reopenings, case.owed) == (None, None, 1, True)


async def test_each_move_is_one_entry(session: AsyncSession) -> None:
    case = await a_case(session, status=CaseStatus.ANSWERED)
    query = select(TimelineEntry.to_status).where(TimelineEntry.case_id == case.id)
    told = (await session.scalars(query.order_by(TimelineEntry.seq))).all()
    assert told == [
        CaseStatus.REGISTERED,
        CaseStatus.ROUTED,
        CaseStatus.SIGNED,
        CaseStatus.IN_PROGRESS,
        CaseStatus.ANSWERED,
    ]
