"""Papers are numbered without gaps, and nothing but the reply of its unit closes a letter."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from builders import NOW, a_case, at_once, linked
from letters import a_letter, a_sent_letter, clocks_of, committed_case, notices_to, the_case
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import staff, staff_desk, statements, timeline
from cases.actors import Audience
from cases.database import Database
from cases.errors import LetterAnswered, NotAllowed, NotFound, NothingToSay
from cases.papers import correspondence
from cases.papers.kinds import LETTERS, PaperKind
from cases.papers.numbers import read_number, short_name
from cases.records import Paper, PaperNumber, StatementKind, Unit
from cases.status import CaseStatus, ClosingKind

K = PaperKind


# --- numbers ---


async def test_numbers_count_by_unit_kind_and_year(session: AsyncSession) -> None:
    case = await a_case(session)
    first = [await a_sent_letter(session, case) for _ in range(3)]
    other_kind = await a_sent_letter(session, case, kind=K.WARNING_LETTER)
    city_centre = (await session.scalars(select(Unit).where(Unit.code == "yt-centre"))).one()
    other_unit = await a_sent_letter(session, case, unit=city_centre)
    assert [paper.seq for paper in (*first, other_kind, other_unit)] == [1, 2, 3, 1, 1]
    read = read_number(first[2].number)
    assert read is not None
    assert (read.kind, read.year, read.seq) == (K.PROMPT_LETTER, 2026, 3)
    assert other_unit.number == "云汀市综治中心〔2026〕提示函第0001号"


async def test_the_year_is_the_one_of_the_citys_own_clock(session: AsyncSession) -> None:
    case = await a_case(session)
    still = NOW.replace(month=12, day=31, hour=15, minute=59)
    old = await a_sent_letter(session, case, now=still)
    new = await a_sent_letter(session, case, now=still + timedelta(minutes=1))
    assert [(paper.year, paper.seq) for paper in (old, new)] == [(2026, 1), (2027, 1)]


async def test_many_transactions_at_once_leave_no_gap_and_no_double(database: Database) -> None:
    codes = [await committed_case(database) for _ in range(6)]

    async def one(code: str) -> None:
        async with database.transaction() as session:
            await a_sent_letter(session, await the_case(session, code))

    assert await at_once(*(one(code) for code in codes)) == [None] * 6
    async with database.reading() as session:
        found = await session.scalars(select(Paper.seq).where(Paper.kind == K.PROMPT_LETTER))
        assert sorted(found) == [1, 2, 3, 4, 5, 6]


async def test_a_second_issuer_waits_for_the_first_and_gets_its_number_when_that_one_fails(
    database: Database,
) -> None:
    codes = [await committed_case(database) for _ in range(2)]
    numbered, seen = asyncio.Event(), []

    async def failing() -> None:
        async with database.transaction() as session:
            seen.append((await a_sent_letter(session, await the_case(session, codes[0]))).seq)
            numbered.set()
            await asyncio.sleep(0.3)
            raise NotFound

    async def lasting() -> int:
        await numbered.wait()
        async with database.transaction() as session:
            return (await a_sent_letter(session, await the_case(session, codes[1]))).seq

    failed, lasted = await at_once(failing(), lasting())
    assert (type(failed), seen, lasted) == (NotFound, [1], 1)


async def test_a_key_issues_one_paper_and_uses_up_one_number(session: AsyncSession) -> None:
    case = await a_case(session)
    first = await a_letter(session, case, key="clock:17:2")
    length = case.chain_length
    assert await a_letter(session, case, key="clock:17:2") is None
    assert case.chain_length == length
    other = await a_sent_letter(session, case, key="clock:17:3")
    assert first is not None
    assert (first.seq, other.seq) == (1, 2)


async def test_of_two_at_once_with_one_key_one_issues(database: Database) -> None:
    codes = [await committed_case(database) for _ in range(4)]

    async def one(code: str) -> int | None:
        async with database.transaction() as session:
            paper = await a_letter(session, await the_case(session, code), key="round:7")
            await asyncio.sleep(0.05)
            return paper.seq if paper else None

    told = await at_once(*(one(code) for code in codes))
    assert sorted(told, key=str) == [1, None, None, None]
    async with database.reading() as session:
        assert (await session.scalars(select(PaperNumber.last))).all() == [1]


async def test_what_a_failed_savepoint_took_is_given_back(session: AsyncSession) -> None:
    case = await a_case(session)
    savepoint = await session.begin_nested()
    await a_sent_letter(session, case)
    await savepoint.rollback()
    await session.refresh(case, ["unit", "grid"])
    assert (await a_sent_letter(session, case)).seq == 1


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("云汀市综治中心（示例）", "云汀市综治中心"),
        ("河东区 公安分局〔交警〕", "河东区公安分局"),
        ("（示例）", "示例"),
    ],
)
@pytest.mark.unit
def test_a_number_bears_the_units_name_without_what_is_said_aside(name: str, short: str) -> None:
    assert short_name(name) == short


# --- letters ---


async def test_a_letter_starts_its_clock_and_tells_its_unit_and_the_timeline(session: AsyncSession) -> None:
    worker = await linked(session, "grid-guihua")
    case = await a_case(session)
    paper = await a_sent_letter(session, case)
    (clock,) = await clocks_of(session, paper)
    assert (clock.step, clock.owed_unit_id, clock.ended_at) == ("letter_reply", case.unit_id, None)
    assert paper.reply_due_at == clock.due_at > NOW
    assert await notices_to(session, worker, "notice_letter") == 1
    entry = (await timeline.entries(session, case))[-1]
    assert (entry.action, entry.audience) == ("paper_issued", Audience.STAFF)
    assert entry.facts == {
        "paper": paper.id,
        "kind": "prompt_letter",
        "year": 2026,
        "seq": 1,
        "to": case.unit.code,
    }


async def test_a_slip_without_a_reply_owes_nothing_unless_asked_to(session: AsyncSession) -> None:
    case = await a_case(session)
    quiet = await a_sent_letter(session, case, kind=K.ASSIGNMENT_SLIP)
    asked = await a_sent_letter(session, case, kind=K.ASSIGNMENT_SLIP, reply=True)
    assert await clocks_of(session, quiet) == []
    assert len(await clocks_of(session, asked)) == 1
    assert [one.paper_id for one in await correspondence.open_letters(session, case.unit)] == [asked.id]


async def test_a_letter_to_nobody_and_a_field_that_does_not_exist_are_refused(session: AsyncSession) -> None:
    case = await a_case(session)
    with pytest.raises(ValueError, match="addressed"):
        await a_letter(session, case, to_unit=None)
    with pytest.raises(ValueError, match="no paper has the field"):
        await a_letter(session, case, fields={"resaon": "x"})


async def test_a_reply_closes_a_letter_and_tells_the_sender(session: AsyncSession) -> None:
    worker, centre = await linked(session, "grid-guihua"), await linked(session, "centre-liuyin")
    case = await a_case(session)
    paper = await a_sent_letter(session, case)
    answered = await correspondence.reply(session, worker, paper.id, "明天上门", NOW + timedelta(hours=1))
    (clock,) = await clocks_of(session, paper)
    assert (clock.ending, clock.acts_at) == ("met", None)
    assert (answered.replied_at, answered.reply_by_id) == (NOW + timedelta(hours=1), worker.id)
    assert await notices_to(session, centre, "notice_letter_answered") == 1
    said = (await statements.statements_of(session, case))[-1]
    assert (said.kind, said.body, said.audience) == (StatementKind.LETTER_REPLY, "明天上门", Audience.STAFF)
    entry = (await timeline.entries(session, case))[-1]
    assert (entry.action, entry.facts["paper"]) == ("letter_replied", paper.id)
    assert (await timeline.verify(session, case)).whole
    assert await correspondence.open_letters(session, case.unit) == []


async def test_a_late_reply_is_called_late(session: AsyncSession) -> None:
    worker = await linked(session, "grid-guihua")
    paper = await a_sent_letter(session, await a_case(session))
    await correspondence.reply(session, worker, paper.id, "迟了", NOW + timedelta(days=30))
    assert [clock.ending for clock in await clocks_of(session, paper)] == ["late"]


async def test_a_second_reply_is_refused_and_changes_nothing(session: AsyncSession) -> None:
    worker = await linked(session, "grid-guihua")
    case = await a_case(session)
    paper = await a_sent_letter(session, case)
    await correspondence.reply(session, worker, paper.id, "明天上门", NOW)
    length = (await the_case(session, case.code)).chain_length
    with pytest.raises(LetterAnswered):
        await correspondence.reply(session, worker, paper.id, "还有一句", NOW)
    assert (await the_case(session, case.code)).chain_length == length


async def test_of_two_replies_at_once_one_counts(database: Database) -> None:
    async with database.transaction() as session:
        worker = await linked(session, "grid-guihua")
        case = await a_case(session)
        paper = await a_sent_letter(session, case)

    async def answer(words: str) -> None:
        async with database.transaction() as session:
            await correspondence.reply(session, worker, paper.id, words, NOW)

    told = await at_once(answer("一"), answer("二"))
    assert sorted(type(one).__name__ for one in told) == ["LetterAnswered", "NoneType"]


@pytest.mark.parametrize("code", ["centre-liuyin", "centre-yunting", "police-yunting", "auditor-yunting"])
async def test_nobody_of_another_unit_or_role_replies(session: AsyncSession, code: str) -> None:
    case = await a_case(session)
    paper = await a_sent_letter(session, case)
    with pytest.raises(NotAllowed):
        await correspondence.reply(session, await linked(session, code), paper.id, "我来答", NOW)
    assert paper.replied_at is None


async def test_a_volunteer_of_the_unit_does_not_reply(session: AsyncSession) -> None:
    person = await staff.add_staff(session, name="志愿者", role="volunteer", unit_code="guihua", now=NOW)
    paper = await a_sent_letter(session, await a_case(session))
    with pytest.raises(NotAllowed):
        await correspondence.reply(session, person, paper.id, "我来答", NOW)


async def test_a_reply_needs_words_and_a_letter(session: AsyncSession) -> None:
    worker = await linked(session, "grid-guihua")
    case = await a_case(session)
    paper = await a_sent_letter(session, case)
    slip = await a_sent_letter(session, case, kind=K.ASSIGNMENT_SLIP)
    with pytest.raises(NothingToSay):
        await correspondence.reply(session, worker, paper.id, " ", NOW)
    for number in (slip.id, 10_000):
        with pytest.raises(NotFound):
            await correspondence.reply(session, worker, number, "好", NOW)


async def test_nothing_that_happens_to_the_case_closes_a_letter(session: AsyncSession) -> None:
    worker, centre = await linked(session, "grid-guihua"), await linked(session, "centre-liuyin")
    case = await a_case(session)
    paper = await a_sent_letter(session, case)
    await staff_desk.take(session, worker, case.code, NOW)
    await staff_desk.answer(session, worker, case.code, "已修好", NOW)
    await staff_desk.close(session, centre, case.code, NOW, kind=ClosingKind.SUBSTANTIVE)
    assert (await the_case(session, case.code)).status is CaseStatus.CLOSED
    assert [clock.ended_at for clock in await clocks_of(session, paper)] == [None]
    (still,) = await correspondence.open_letters(session, case.unit)
    assert (still.paper_id, still.case_code, still.overdue(NOW)) == (paper.id, case.code, False)
    assert still.overdue(NOW + timedelta(days=30))
    await correspondence.reply(session, worker, paper.id, "已办结", NOW)
    assert await correspondence.open_letters(session, case.unit) == []


async def test_a_unit_still_replies_when_the_case_has_moved_on(session: AsyncSession) -> None:
    worker = await linked(session, "grid-guihua")
    case = await a_case(session)
    paper = await a_sent_letter(session, case)
    elsewhere = (await session.scalars(select(Unit).where(Unit.code == "yt-mediation"))).one()
    case.unit = elsewhere
    await session.flush()
    await correspondence.reply(session, worker, paper.id, "已转出", NOW)
    assert paper.replied_at == NOW


async def test_the_centre_writes_by_hand_and_its_words_are_vouched_for(session: AsyncSession) -> None:
    centre = await linked(session, "centre-liuyin")
    case = await a_case(session)
    for kind in sorted(LETTERS):
        paper = await correspondence.send_letter(session, centre, case.code, kind, "群众说没人联系", NOW)
        assert (paper.by_id, paper.to_unit_id) == (centre.id, case.unit_id)
        assert "群众说没人联系" in paper.fields.values()
        assert (await timeline.entries(session, case))[-1].facts["texts"]
    assert (await timeline.verify(session, case)).whole


async def test_who_may_not_write_letters_does_not(session: AsyncSession) -> None:
    case = await a_case(session)
    worker, centre = await linked(session, "grid-guihua"), await linked(session, "centre-liuyin")
    with pytest.raises(NotAllowed):
        await correspondence.send_letter(session, worker, case.code, K.PROMPT_LETTER, "快办", NOW)
    with pytest.raises(NothingToSay):
        await correspondence.send_letter(session, centre, case.code, K.PROMPT_LETTER, " ", NOW)
    with pytest.raises(ValueError, match="not a letter"):
        await correspondence.send_letter(session, centre, case.code, K.DISPATCH_SLIP, "快办", NOW)
    case.unit = await session.get_one(Unit, centre.unit_id)
    await session.flush()
    with pytest.raises(NotAllowed):
        await correspondence.send_letter(session, centre, case.code, K.PROMPT_LETTER, "快办", NOW)
