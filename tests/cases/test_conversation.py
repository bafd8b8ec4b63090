"""What was heard, where a draft stands, which checks were asked: a restart loses nothing."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from builders import NOW, a_resident
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases import checks, drafts, heard
from cases.database import Database
from cases.drafts import Draft
from cases.errors import StaleDraft


async def test_a_message_is_kept_and_waits_until_taken(session: AsyncSession) -> None:
    resident = await a_resident(session)
    assert await heard.keep(session, resident, "楼上漏水", False, 1, NOW)
    assert await heard.keep(session, resident, "天天漏", True, "2", NOW)
    waiting = await heard.waiting(session, resident)
    assert [(one.text, one.forwarded) for one in waiting] == [("楼上漏水", False), ("天天漏", True)]
    await heard.mark_taken(session, waiting, NOW)
    assert await heard.waiting(session, resident) == []


async def test_a_message_delivered_twice_is_kept_once(session: AsyncSession) -> None:
    resident, other = await a_resident(session), await a_resident(session, channel_id=8)
    assert await heard.keep(session, resident, "楼上漏水", False, 1, NOW)
    assert not await heard.keep(session, resident, "楼上漏水", False, "1", NOW)
    assert await heard.keep(session, other, "别人的", False, 1, NOW)
    assert len(await heard.waiting(session, resident)) == 1


async def test_after_a_crash_those_who_wait_are_found(session: AsyncSession) -> None:
    resident = await a_resident(session)
    await heard.keep(session, resident, "楼上漏水", False, 1, NOW)
    later = NOW + timedelta(minutes=1)
    assert [one.id for one in await heard.residents_waiting(session, later)] == [resident.id]
    assert await heard.residents_waiting(session, NOW) == []
    await heard.mark_taken(session, await heard.waiting(session, resident), NOW)
    assert await heard.residents_waiting(session, later) == []


async def test_what_was_taken_up_is_forgotten_and_what_waits_is_not(session: AsyncSession) -> None:
    resident = await a_resident(session)
    await heard.keep(session, resident, "一", False, 1, NOW)
    await heard.mark_taken(session, await heard.waiting(session, resident), NOW)
    await heard.keep(session, resident, "二", False, 2, NOW)
    await heard.forget_before(session, NOW + timedelta(days=30))
    assert (await session.execute(text("SELECT count(*) FROM heard"))).scalar_one() == 1
    assert [one.text for one in await heard.waiting(session, resident)] == ["二"]


async def test_who_never_told_anything_has_an_idle_draft(session: AsyncSession) -> None:
    assert await drafts.load(session, await a_resident(session)) == Draft(0, "idle", {}, None)


async def test_a_draft_survives_a_restart(database: Database) -> None:
    async with database.transaction() as session:
        kept = await drafts.save(
            session, await a_resident(session), Draft(stage="place", facts={"story": ["漏水"]}), NOW
        )
    async with database.transaction() as session:
        assert await drafts.load(session, await a_resident(session)) == kept
    assert kept == Draft(1, "place", {"story": ["漏水"]}, NOW)


async def test_each_save_counts_one_up(session: AsyncSession) -> None:
    resident = await a_resident(session)
    draft = Draft()
    for number in (1, 2, 3):
        draft = await drafts.save(session, resident, draft, NOW)
        assert draft.number == number


async def test_a_draft_that_moved_on_is_not_written_over(session: AsyncSession) -> None:
    resident = await a_resident(session)
    old = await drafts.save(session, resident, Draft(stage="place"), NOW)
    new = await drafts.save(session, resident, old, NOW)
    for stale in (old, Draft()):
        with pytest.raises(StaleDraft):
            await drafts.save(session, resident, stale, NOW)
    assert await drafts.load(session, resident) == new


async def test_amending_keeps_the_number(session: AsyncSession) -> None:
    resident = await a_resident(session)
    first = await drafts.save(session, resident, Draft(stage="place"), NOW)
    more = Draft(first.number, "place", {"grid": "guihua-01"})
    assert (await drafts.amend(session, resident, more, NOW)).number == first.number
    assert (await drafts.load(session, resident)).facts == {"grid": "guihua-01"}


async def test_an_old_button_never_fits_a_draft_begun_after_clearing(session: AsyncSession) -> None:
    resident = await a_resident(session)
    first = await drafts.save(session, resident, Draft(stage="place", facts={"story": ["漏水"]}), NOW)
    cleared = await drafts.clear(session, resident, NOW)
    assert (cleared.stage, cleared.facts) == ("idle", {})
    again = await drafts.save(session, resident, cleared, NOW)
    assert again.number > cleared.number > first.number


async def test_clearing_nothing_is_fine(session: AsyncSession) -> None:
    assert await drafts.clear(session, await a_resident(session), NOW) == Draft()


async def test_what_is_told_is_noise_on_disk(session: AsyncSession) -> None:
    resident = await a_resident(session)
    await drafts.save(session, resident, Draft(facts={"story": ["SECRETWORD"]}), NOW)
    await heard.keep(session, resident, "SECRETWORD", False, 1, NOW)
    await checks.record_check(
        session,
        resident,
        text="SECRETWORD",
        verdict={"risk": "danger", "reasons": ["SECRETWORD"]},
        state=None,
        for_other=False,
        now=NOW,
    )
    for table in ("drafts", "heard", "checks"):
        row = (await session.execute(text(f"SELECT * FROM {table}"))).one()
        assert b"SECRETWORD" not in b"|".join(
            value if isinstance(value, bytes) else str(value).encode() for value in row
        )


@dataclass(frozen=True)
class AVerdict:
    risk: str
    scam_type: str | None
    reasons: tuple[str, ...] = ()


async def test_a_check_is_kept_with_its_verdict(session: AsyncSession) -> None:
    resident = await a_resident(session)
    check = await checks.record_check(
        session,
        resident,
        text="点链接领补贴",
        verdict=AVerdict("danger", "phishing", ("点链接",)),
        state="received",
        for_other=True,
        now=NOW,
    )
    await session.refresh(check)
    assert (check.risk, check.scam_type, check.state, check.for_other) == (
        "danger",
        "phishing",
        "received",
        True,
    )
    assert check.verdict == {"risk": "danger", "scam_type": "phishing", "reasons": ["点链接"]}
    assert [one.id for one in await checks.checks_of(session, resident)] == [check.id]


async def test_a_state_is_told_later(session: AsyncSession) -> None:
    resident = await a_resident(session)
    check = await checks.record_check(
        session, resident, text="x", verdict={"risk": "unsure"}, state=None, for_other=False, now=NOW
    )
    later = NOW + timedelta(minutes=5)
    await checks.set_state(session, check, "paid", later)
    found = await checks.check_by_id(session, check.id, resident)
    assert found is not None
    assert (found.state, found.state_at) == ("paid", later)
    with pytest.raises(ValueError, match="danger state"):
        await checks.set_state(session, check, "rich", later)


async def test_a_check_belongs_to_who_asked(session: AsyncSession) -> None:
    resident, other = await a_resident(session), await a_resident(session, channel_id=8)
    check = await checks.record_check(
        session, resident, text="x", verdict={"risk": "none"}, state=None, for_other=False, now=NOW
    )
    assert await checks.check_by_id(session, check.id, other) is None
    assert await checks.check_by_id(session, check.id + 1, resident) is None


@pytest.mark.unit
def test_a_verdict_is_a_value_not_a_sentence() -> None:
    with pytest.raises(TypeError):
        checks.as_json("danger")  # type: ignore[arg-type]  # the very mistake
