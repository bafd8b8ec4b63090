"""The timeline only grows, tells tampering, and leads to the stored status."""

from datetime import timedelta
from typing import Any

import pytest
from builders import NOW, a_case
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, timeline
from cases.actors import BY_CLOCK, BY_RULE, Actor, ActorKind, Audience, by_resident
from cases.database import Database
from cases.errors import ChainBroken, ChangedMeanwhile
from cases.records import Case, Statement, TimelineEntry
from cases.status import CaseStatus

GUARDS = {
    "sqlite": ("timeline_entries_no_update", "timeline_entries_no_delete", "cases_status_has_entry"),
    "postgresql": (
        "timeline_entries_append_only ON timeline_entries",
        "timeline_entries_no_truncate ON timeline_entries",
        "cases_status_has_entry ON cases",
    ),
}


async def unguarded(session: AsyncSession) -> None:
    """Somebody with full rights on the database removes the triggers."""
    for guard in GUARDS[session.get_bind().dialect.name]:
        await session.execute(text(f"DROP TRIGGER {guard}"))


async def fault_of(session: AsyncSession, case: Case) -> str | None:
    code = case.code
    session.expire_all()
    found = await casework.case_by_code(session, code)
    assert found is not None
    return (await timeline.verify(session, found)).fault


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE timeline_entries SET action = 'slept'",
        "UPDATE timeline_entries SET at = at",
        "DELETE FROM timeline_entries",
        "DELETE FROM timeline_entries WHERE seq = 2",
    ],
)
async def test_the_database_refuses_to_change_the_timeline(database: Database, change: str) -> None:
    async with database.transaction() as session:
        await a_case(session)
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.transaction() as session:
            await session.execute(text(change))


async def test_postgresql_refuses_to_truncate_it(database: Database) -> None:
    if database.engine.dialect.name == "sqlite":
        return  # SQLite has no TRUNCATE: emptying is a DELETE, which is refused above
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.transaction() as session:
            await session.execute(text("TRUNCATE timeline_entries"))


async def test_the_database_refuses_a_status_without_its_entry(database: Database) -> None:
    async with database.transaction() as session:
        case = await a_case(session)
    skipping = update(Case).where(Case.id == case.id).values(status=CaseStatus.WITHDRAWN, owed=False)
    with pytest.raises(DBAPIError, match="only with a timeline entry"):
        async with database.transaction() as session:
            await session.execute(skipping)


async def test_a_whole_chain_is_whole(session: AsyncSession) -> None:
    case = await a_case(session, status=CaseStatus.CLOSED)
    check = await timeline.verify(session, case)
    assert (check.whole, check.entries, check.fault) == (True, 8, None)


@pytest.mark.parametrize(
    "change",
    [
        {"action": "slept"},
        {"actor_id": 99},
        {"actor_kind": ActorKind.CLOCK},
        {"facts": {"unit": "elsewhere"}},
        {"at": NOW + timedelta(days=1)},
        {"audience": Audience.STAFF},
        {"to_status": CaseStatus.DECLINED},
        {"prev_hash": "0" * 64},
        {"hash": "0" * 64},
    ],
)
async def test_a_changed_entry_is_found(session: AsyncSession, change: dict[str, Any]) -> None:
    case = await a_case(session)
    await unguarded(session)
    await session.execute(update(TimelineEntry).where(TimelineEntry.seq == 2).values(**change))
    assert await fault_of(session, case) == "An entry was changed."


async def test_a_removed_entry_is_found(session: AsyncSession) -> None:
    case = await a_case(session, status=CaseStatus.SIGNED)
    await unguarded(session)
    await session.execute(delete(TimelineEntry).where(TimelineEntry.seq == 2))
    assert await fault_of(session, case) == "An entry is missing."


async def test_a_shortened_chain_is_found(session: AsyncSession) -> None:
    case = await a_case(session, status=CaseStatus.SIGNED)
    await unguarded(session)
    await session.execute(delete(TimelineEntry).where(TimelineEntry.seq == case.chain_length))
    assert await fault_of(session, case) == "The end of the timeline is not the one that was sealed."


async def test_a_wholly_rewritten_chain_does_not_fit_the_seal(session: AsyncSession) -> None:
    case = await a_case(session)
    entries = list(await timeline.entries(session, case))
    await unguarded(session)
    last = entries[-1]
    last.action = "slept"
    forged = timeline.fingerprint(case.code, last)
    rewritten = update(TimelineEntry).where(TimelineEntry.id == last.id).values(action="slept", hash=forged)
    await session.execute(rewritten)
    await session.execute(update(Case).where(Case.id == case.id).values(chain_head=forged))
    assert await fault_of(session, case) == "The seal does not fit the timeline."


async def test_an_entry_moved_to_another_case_is_found(session: AsyncSession) -> None:
    first = await a_case(session)
    second = await a_case(session)
    await unguarded(session)
    await session.execute(delete(TimelineEntry).where(TimelineEntry.case_id == second.id))
    moved = update(TimelineEntry).where(TimelineEntry.case_id == first.id).values(case_id=second.id)
    await session.execute(moved)
    assert await fault_of(session, second) == "An entry was changed."


async def test_a_changed_text_is_found(session: AsyncSession) -> None:
    case = await a_case(session)
    await session.execute(update(Statement).values(body="somebody else's words"))
    assert await fault_of(session, case) == "A text is not the one that was written."


async def test_a_text_slipped_in_is_found(session: AsyncSession) -> None:
    case = await a_case(session)
    story = (await session.get_one(Statement, 1)).kind
    row = Statement(
        case_id=case.id,
        kind=story,
        author_kind=ActorKind.RESIDENT,
        author_id=case.resident_id,
        audience=Audience.RESIDENT,
        body="never said",
        salt=b"x" * 16,
        at=NOW,
    )
    session.add(row)
    await session.flush()
    assert await fault_of(session, case) == "A text was added that no entry vouches for."


async def test_a_removed_text_is_found(session: AsyncSession) -> None:
    case = await a_case(session)
    await session.execute(delete(Statement))
    assert await fault_of(session, case) == "A text is not the one that was written."


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "王大爷"},
        {"words": "the neighbour leaks water"},
        {"x": 1.5},
        {"x": {"deep": 1}},
        {"x": ["fine", "not fine"]},
        {"x": "a" * 121},
    ],
)
async def test_names_and_sentences_do_not_fit_into_a_timeline(
    session: AsyncSession, facts: dict[str, Any]
) -> None:
    case = await a_case(session)
    with pytest.raises(ValueError, match="ids, codes and numbers"):
        await timeline.append(session, case, "noted", actor=BY_RULE, now=NOW, facts=facts)


async def test_what_is_not_said_to_be_for_the_resident_is_for_staff(session: AsyncSession) -> None:
    case = await a_case(session)
    await timeline.append(session, case, "noted", actor=BY_CLOCK, now=NOW)
    shown = await timeline.entries(session, case, timeline.FOR_RESIDENT)
    assert [entry.action for entry in shown] == ["registered", "moved", "moved"]


async def test_replay_refuses_a_move_that_was_never_allowed(session: AsyncSession) -> None:
    case = await a_case(session)
    chain = list(await timeline.entries(session, case))
    with pytest.raises(ChainBroken):
        timeline.replay_status(chain[1:])
    with pytest.raises(ChainBroken):
        timeline.replay_status([])
    with session.no_autoflush:
        chain[1].actor_kind = ActorKind.RESIDENT
        with pytest.raises(ChainBroken):
            timeline.replay_status(chain)
        session.expunge_all()


async def somebody_was_faster(database: Database, code: str) -> None:
    async with database.transaction() as session:
        case = await casework.case_by_code(session, code)
        assert case is not None
        faster = update(Case).where(Case.id == case.id).values(version=Case.version + 1)
        await session.execute(faster.execution_options(synchronize_session=False))
        await timeline.append(session, case, "stated", actor=by_resident(case.resident_id), now=NOW)


async def test_a_case_changed_meanwhile_is_not_written_over(database: Database) -> None:
    async with database.transaction() as session:
        case = await a_case(session)
    with pytest.raises(ChangedMeanwhile):
        await somebody_was_faster(database, case.code)


async def test_an_actor_is_an_id_and_a_kind(session: AsyncSession) -> None:
    case = await a_case(session)
    first = (await timeline.entries(session, case))[0]
    assert Actor(first.actor_kind, first.actor_id) == by_resident(case.resident_id)
