"""A paper says what was known when it was issued, is drawn once, and is forgotten with its resident."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from builders import NOW, a_case, a_resident, at_once, linked
from letters import a_sent_letter, clocks_of, text_of, the_case
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases import people, timeline
from cases.database import Database
from cases.errors import ChainBroken, NotAllowed, NotFound, SealBroken
from cases.papers import correspondence, forms, issuing
from cases.papers.at_hand import frozen, of_clock, thawed
from cases.papers.drawing import document_of
from cases.papers.keeping import sweep
from cases.papers.kinds import LETTERS, PaperKind
from cases.papers.names import has_name, name_of, route_left, sentence
from cases.papers.sets import PaperSet
from cases.records import Case, CaseClock, City, Paper, StatementKind
from cases.status import CaseStatus, ClosingKind

K = PaperKind
NAME, STORY, PHONE = "王大爷", "楼上天天漏水", "13812345678"


def files(folder: Path) -> list[Path]:
    """Everything that lies below a data folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


# --- documents ---


async def a_full_case(session: AsyncSession) -> Case:
    resident = await a_resident(session)
    await people.remember_contact(session, resident, name=NAME, phone=PHONE)
    return await a_case(session, resident=resident, contact_name=NAME, contact_phone=PHONE)


async def test_a_document_says_number_and_case_and_nothing_personal_to_a_unit(
    session: AsyncSession, tmp_path: Path
) -> None:
    case = await a_full_case(session)
    for kind in sorted(LETTERS):
        paper = await a_sent_letter(session, case, kind=kind)
        said = text_of(await document_of(session, paper, folder=tmp_path, now=NOW))
        assert paper.number in said
        assert case.code in said
        assert case.unit.name_zh in said
        assert not any(word in said for word in (NAME, STORY, PHONE))


async def test_a_paper_of_the_file_names_the_resident_and_their_words(
    session: AsyncSession, tmp_path: Path
) -> None:
    worker = await linked(session, "grid-guihua")
    case = await a_full_case(session)
    paper = await forms.form(session, worker, case.code, K.ACCEPTANCE_FORM, NOW)
    said = text_of(await document_of(session, paper, folder=tmp_path, now=NOW))
    assert all(word in said for word in (NAME, STORY, "邻里纠纷", paper.number, "2026年11月23日"))


async def test_a_document_is_drawn_once_and_stays_the_same_bytes(
    session: AsyncSession, tmp_path: Path
) -> None:
    case = await a_case(session)
    paper = await a_sent_letter(session, case)
    first = await document_of(session, paper, folder=tmp_path, now=NOW)
    case = await the_case(session, case.code)
    length = case.chain_length
    case.leaf = "dispute:property"
    again = await document_of(session, paper, folder=tmp_path, now=NOW + timedelta(days=400))
    assert first == again
    assert (paper.sha256, paper.size) == (sha256(first).hexdigest(), len(first))
    assert case.chain_length == length
    entry = (await timeline.entries(session, case))[-1]
    assert (entry.action, entry.facts) == ("paper_drawn", {"paper": paper.id, "sha256": paper.sha256})
    (file,) = files(tmp_path)
    assert first[:64] not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


async def test_two_who_ask_at_once_get_the_same_document(database: Database, tmp_path: Path) -> None:
    async with database.transaction() as session:
        number = (await a_sent_letter(session, await a_case(session))).id

    async def drawn() -> bytes:
        async with database.transaction() as session:
            paper = await session.get_one(Paper, number)
            return await document_of(session, paper, folder=tmp_path, now=NOW)

    first, second = await at_once(drawn(), drawn())
    assert isinstance(first, bytes)
    assert first == second
    async with database.reading() as session:
        paper = await session.get_one(Paper, number)
        assert await document_of(session, paper, folder=tmp_path, now=NOW) == first


async def test_a_tampered_file_or_row_is_found(session: AsyncSession, tmp_path: Path) -> None:
    paper = await a_sent_letter(session, await a_case(session))
    await document_of(session, paper, folder=tmp_path, now=NOW)
    (file,) = files(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(SealBroken):
        await document_of(session, paper, folder=tmp_path, now=NOW)
    file.unlink()
    with pytest.raises(NotFound):
        await document_of(session, paper, folder=tmp_path, now=NOW)
    file.write_bytes(whole)
    paper.sha256 = "0" * 64
    await session.flush()
    with pytest.raises(ChainBroken):
        await document_of(session, paper, folder=tmp_path, now=NOW)


async def test_erasing_a_resident_forgets_what_their_papers_say(
    session: AsyncSession, tmp_path: Path
) -> None:
    worker = await linked(session, "grid-guihua")
    case = await a_full_case(session)
    paper = await forms.form(session, worker, case.code, K.ACCEPTANCE_FORM, NOW)
    await document_of(session, paper, folder=tmp_path, now=NOW)
    other = await a_sent_letter(session, await a_case(session, resident=await a_resident(session, 8)))
    kept = await document_of(session, other, folder=tmp_path, now=NOW)
    resident = await people.resident_by_id(session, case.resident_id)
    assert resident is not None
    await people.erase(session, resident, NOW)
    await session.refresh(paper)
    assert (paper.fields, paper.file_key, paper.sha256) == (None, None, None)
    assert paper.number
    with pytest.raises(NotFound):
        await document_of(session, paper, folder=tmp_path, now=NOW)
    assert await document_of(session, other, folder=tmp_path, now=NOW) == kept
    later = NOW + timedelta(days=3650)
    assert (
        await sweep(session, folder=tmp_path, now=NOW),
        await sweep(session, folder=tmp_path, now=later),
    ) == (0, 1)
    assert await document_of(session, other, folder=tmp_path, now=NOW) == kept
    assert (await timeline.verify(session, await the_case(session, case.code))).whole


# --- forms ---

MAKERS = {
    K.DISPATCH_SLIP: "centre-liuyin",
    K.ASSIGNMENT_SLIP: "centre-liuyin",
    K.NOT_ACCEPTED: "centre-liuyin",
    K.RETURN_VISIT_RECORD: "centre-liuyin",
    K.DOSSIER_COVER: "centre-liuyin",
    K.DOSSIER_INDEX: "centre-liuyin",
    **dict.fromkeys(LETTERS, "centre-liuyin"),
}


@pytest.mark.parametrize("kind", list(PaperKind))
async def test_every_kind_can_be_written_by_hand_and_drawn(
    session: AsyncSession, tmp_path: Path, kind: PaperKind
) -> None:
    case = await a_full_case(session)
    maker = await linked(session, MAKERS.get(kind, "grid-guihua"))
    paper = await forms.form(session, maker, case.code, kind, NOW)
    assert paper.unit_id == maker.unit_id
    said = text_of(await document_of(session, paper, folder=tmp_path, now=NOW))
    assert paper.number in said
    assert case.code in said
    assert (len(await clocks_of(session, paper)) == 1) is (kind in LETTERS)
    assert [one.id for one in await issuing.papers_of(session, case)] == [paper.id]


@pytest.mark.parametrize("kind", sorted(set(PaperKind) - MAKERS.keys()))
async def test_the_centre_does_not_write_papers_in_the_handlers_place(
    session: AsyncSession, kind: PaperKind
) -> None:
    case = await a_case(session)
    centre = await linked(session, "centre-liuyin")
    if kind is K.RISK_NOTICE:
        assert (await forms.form(session, centre, case.code, kind, NOW)).to_unit_id
    else:
        with pytest.raises(NotAllowed):
            await forms.form(session, centre, case.code, kind, NOW)


async def test_a_reply_slip_goes_to_the_sender_and_names_the_letter(
    session: AsyncSession, tmp_path: Path
) -> None:
    worker = await linked(session, "grid-guihua")
    case = await a_case(session)
    letter = await a_sent_letter(session, case)
    await correspondence.reply(session, worker, letter.id, "明天上门", NOW)
    slip = await forms.form(session, worker, case.code, K.REPLY_SLIP, NOW)
    assert slip.to_unit_id == letter.unit_id
    said = text_of(await document_of(session, slip, folder=tmp_path, now=NOW))
    assert letter.number in said
    assert "明天上门" in said


async def test_the_set_is_the_citys_own_or_ours(session: AsyncSession) -> None:
    case = await a_case(session)
    city = await session.get_one(City, case.unit.city_id)
    city.choices = {name: value for name, value in city.choices.items() if name != "papers"}
    assert await forms.paper_set(session, case) == PaperSet()
    city.choices = {**city.choices, "papers": {"letters": ["warning_letter"], "forms": []}}
    own = await forms.paper_set(session, case)
    assert own.holds(K.WARNING_LETTER)
    assert not own.holds(K.PROMPT_LETTER)
    centre = await linked(session, "centre-liuyin")
    assert (await forms.form(session, centre, case.code, K.PROMPT_LETTER, NOW)).seq == 1


async def test_a_clock_that_ran_out_gives_a_letter_its_reason(session: AsyncSession) -> None:
    case = await a_case(session)
    clock = (await session.scalars(select(CaseClock).where(CaseClock.step == "sign"))).first()
    assert clock is not None
    told = of_clock(clock, "Asia/Shanghai")
    assert told["reason"].startswith("“签收”应于2026年")
    assert clock.rule["template"]
    assert told["basis"] == sentence("template")
    clock.rule = {**clock.rule, "template": False, "basis": "信访工作条例", "article": "34"}
    assert of_clock(clock, "Asia/Shanghai")["basis"] == "信访工作条例 34"
    await session.execute(update(CaseClock).where(CaseClock.id == clock.id).values(step="own_step"))
    await session.refresh(clock)
    assert of_clock(clock, "Asia/Shanghai")["reason"].startswith("应办的环节")
    letter = await a_sent_letter(session, case, fields=told)
    assert letter.fields["reason"] == told["reason"]


@pytest.mark.unit
def test_fields_come_back_as_they_were_kept() -> None:
    day = NOW.astimezone()
    told = {
        "due_on": day,
        "closed_on": day.date(),
        "solved": False,
        "attachments": ("照片（1）",),
        "reason": None,
    }
    assert thawed(frozen(told)) == {name: value for name, value in told.items() if value is not None}


@pytest.mark.unit
def test_every_leaf_of_the_taxonomy_has_the_taxonomys_name() -> None:
    from kb import taxonomy

    for label in taxonomy.labels():
        if label.startswith(("scam:", "dispute:")) or label == "service":
            assert [name_of("leaves", label, one) for one in ("zh-Hans", "en")] == [
                taxonomy.name(label, one) for one in ("zh-Hans", "en")
            ]
    assert has_name("leaves", "to_sort")
    assert route_left("dispute:labour") != route_left("dispute:neighbour")


@pytest.mark.unit
def test_every_code_of_a_case_has_a_name() -> None:
    from cases.danger import DANGER_CODES, DangerLevel

    assert all(has_name("statuses", status) for status in CaseStatus)
    assert all(has_name("closings", kind) for kind in ClosingKind)
    assert all(has_name("dangers", level.code) for level in DangerLevel)
    assert all(has_name("signs", code) for code in DANGER_CODES)
    assert all(has_name("statements", kind) for kind in StatementKind)
    assert name_of("signs", "a_citys_own") == "a_citys_own"
