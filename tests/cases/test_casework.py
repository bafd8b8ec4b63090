"""What a resident does with a case: open, add, take back, ask for a person, judge."""

from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest
from builders import NOW, a_case, a_resident, at_once, linked
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, handling, timeline
from cases.actors import by_resident, by_staff
from cases.attachments import keep_file
from cases.casework import NewCase
from cases.checks import record_check
from cases.danger import DangerLevel
from cases.database import Database
from cases.errors import (
    CaseNotFound,
    ChangedMeanwhile,
    MoveNotAllowed,
    NothingToSay,
    NotMediated,
    NowhereToRoute,
    TooLong,
)
from cases.records import Case, Check, Notice, NoticeTo, StatementKind
from cases.staff import staff_by_code
from cases.statements import statements_of
from cases.status import CaseStatus


async def keys_to(session: AsyncSession, to_kind: NoticeTo, to_id: int) -> list[str]:
    query = select(Notice.key).where(Notice.to_kind == to_kind, Notice.to_id == to_id).order_by(Notice.id)
    return list((await session.scalars(query)).all())


async def test_a_case_says_its_code_who_has_it_and_until_when(session: AsyncSession) -> None:
    case = await a_case(session)
    assert case.code.startswith("YM-261123-")
    assert case.secret_once is not None
    assert len(case.secret_once) == 6
    assert case.unit.name("zh-Hans") == "桂花社区"
    assert case.grid is not None
    assert case.grid.code == "guihua-01"
    assert case.due_at == datetime(2026, 11, 26, 15, 59, 59, tzinfo=UTC)
    assert (case.status, case.clock_template, case.needs_person) == (CaseStatus.ROUTED, True, False)


async def test_the_secret_is_shown_once_and_kept_as_a_hash(session: AsyncSession) -> None:
    case = await a_case(session)
    secret = str(case.secret_once)
    code = case.code
    session.expunge_all()
    found = await casework.case_by_code(session, code)
    assert found is not None
    assert found.secret_once is None
    row = (await session.execute(text("SELECT * FROM cases"))).one()
    assert secret not in [str(value) for value in row]


async def test_the_story_is_kept_message_by_message(session: AsyncSession) -> None:
    case = await a_case(session, story=("楼上漏水", " ", "找过物业"))
    told = await statements_of(session, case)
    assert [(one.kind, one.body) for one in told] == [
        (StatementKind.STORY, "楼上漏水"),
        (StatementKind.STORY, "找过物业"),
    ]


async def test_the_timeline_tells_how_it_was_routed_and_no_words(session: AsyncSession) -> None:
    case = await a_case(session)
    first, second, third = await timeline.entries(session, case)
    assert first.facts["leaf"] == "dispute:neighbour"
    assert first.facts["grid"] == "guihua-01"
    assert (second.to_status, second.facts) == (CaseStatus.ACCEPTED, {"reason": "in_remit"})
    assert third.to_status is CaseStatus.ROUTED
    assert third.facts["reason"] == "rules"
    assert third.facts["unit"] == "guihua"
    assert "rule:neighbour" in third.facts["why"]
    assert not any("漏水" in str(entry.facts) for entry in (first, second, third))


async def test_the_day_in_the_code_is_the_citys(session: AsyncSession) -> None:
    resident = await a_resident(session)
    late = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    case = await casework.open_case(session, NewCase(resident=resident, story=("漏水",)), late)
    assert case.code.startswith("YM-261124-")


async def test_a_code_drawn_twice_is_drawn_again(session: AsyncSession) -> None:
    resident = await a_resident(session)
    drawn = chain(["YM-261123-AAAA", "YM-261123-AAAA", "YM-261123-AAAA", "YM-261123-CCCC"])
    codes = []
    for _ in range(2):
        new = NewCase(resident=resident, story=("漏水",))
        case = await casework.open_case(session, new, NOW, draw=lambda _day, _attempt: next(drawn))
        codes.append(case.code)
    assert codes == ["YM-261123-AAAA", "YM-261123-CCCC"]


async def test_without_a_free_code_nothing_is_half_opened(session: AsyncSession) -> None:
    resident = await a_resident(session)
    same = repeat("YM-261123-AAAA")
    new = NewCase(resident=resident, story=("漏水",))
    await casework.open_case(session, new, NOW, draw=lambda _day, _attempt: next(same))
    with pytest.raises(ChangedMeanwhile):
        await casework.open_case(session, new, NOW, draw=lambda _day, _attempt: next(same))


async def test_pressing_twice_opens_one_case(session: AsyncSession) -> None:
    resident = await a_resident(session)
    first = await a_case(session, resident=resident, opening_key="draft:1:4")
    code, secret = first.code, first.secret_once
    session.expunge_all()
    again = await a_case(session, resident=await a_resident(session), opening_key="draft:1:4")
    assert again.code == code
    assert secret is not None
    assert again.secret_once is None
    assert again.unit.code == "guihua"


async def test_pressing_twice_at_the_same_moment_opens_one_case(database: Database) -> None:
    async with database.transaction() as session:
        resident = await a_resident(session)

    async def press() -> str:
        async with database.transaction() as session:
            new = NewCase(resident=resident, story=("漏水",), opening_key="draft:1:4")
            return (await casework.open_case(session, new, NOW)).code

    assert len(set(await at_once(press(), press(), press()))) == 1
    async with database.reading() as session:
        assert len((await session.scalars(select(Case))).all()) == 1


async def test_an_unknown_place_goes_to_the_citys_centre(session: AsyncSession) -> None:
    case = await a_case(session, grid_code="nowhere-01", address="桂花苑3号楼")
    assert case.unit.code == "yt-centre"
    assert case.grid is None
    assert case.address == "桂花苑3号楼"


async def test_what_nobody_could_sort_waits_for_a_person(session: AsyncSession) -> None:
    case = await a_case(session, leaf="to_sort")
    assert case.needs_person
    assert (case.status, case.unit.code) == (CaseStatus.REGISTERED, "liuyin-centre")
    assert [entry.action for entry in await timeline.entries(session, case)] == ["registered", "to_be_sorted"]


async def test_danger_does_not_wait_for_a_person_to_sort(session: AsyncSession) -> None:
    police = await linked(session, "police-liuyin")
    case = await a_case(session, leaf="to_sort")
    actor = by_resident(case.resident_id)
    await casework.add_statement(session, case, "他拿着刀", actor=actor, now=NOW, danger=["weapon"])
    assert case.status is CaseStatus.ROUTED
    assert case.due_at == NOW + timedelta(hours=2)
    assert len(set(await keys_to(session, NoticeTo.STAFF, police.id))) == 1
    assert (await timeline.verify(session, case)).whole


async def test_a_faint_signal_leaves_it_to_the_person(session: AsyncSession) -> None:
    case = await a_case(session, leaf="to_sort")
    actor = by_resident(case.resident_id)
    await casework.add_statement(session, case, "他喝了酒", actor=actor, now=NOW, danger=["alcohol"])
    assert (case.status, case.danger_level) == (CaseStatus.REGISTERED, DangerLevel.BLUE)


@pytest.mark.parametrize(
    ("danger", "level", "hours"),
    [
        (["minor"], DangerLevel.YELLOW, 48),
        (["stalking"], DangerLevel.ORANGE, 24),
        (["weapon"], DangerLevel.RED, 2),
    ],
)
async def test_danger_shortens_the_clock(
    session: AsyncSession, danger: list[str], level: DangerLevel, hours: int
) -> None:
    case = await a_case(session, danger=tuple(danger))
    assert (case.danger_level, case.danger_codes) == (level, danger)
    assert case.due_at - NOW == timedelta(hours=hours)


async def test_the_unit_is_told_without_the_residents_words(session: AsyncSession) -> None:
    worker = await linked(session, "grid-guihua")
    other = await linked(session, "grid-shuanggang")
    case = await a_case(session)
    notice = (await session.scalars(select(Notice))).one()
    assert (notice.to_kind, notice.to_id, notice.key) == (NoticeTo.STAFF, worker.id, "notice_new_case")
    assert notice.values["code"] == case.code
    assert "楼上" not in str(notice.values)
    assert await keys_to(session, NoticeTo.STAFF, other.id) == []


async def test_from_orange_on_the_police_post_is_told_too(session: AsyncSession) -> None:
    police = await linked(session, "police-liuyin")
    await a_case(session, leaf="dispute:labour", danger=("crowd",))
    notice = (await session.scalars(select(Notice))).one()
    assert (notice.to_id, notice.key, notice.urgent) == (police.id, "notice_danger", True)


async def test_the_police_is_not_told_twice_of_its_own_case(session: AsyncSession) -> None:
    police = await linked(session, "police-liuyin")
    await a_case(session, leaf="dispute:family", danger=("domestic_violence",))
    assert await keys_to(session, NoticeTo.STAFF, police.id) == ["notice_new_case"]


async def test_a_check_is_bound_to_the_case_it_led_to(session: AsyncSession) -> None:
    resident = await a_resident(session)
    check = await record_check(
        session,
        resident,
        text="点击链接",
        verdict={"risk": "danger", "scam_type": "phishing"},
        state="paid",
        for_other=False,
        now=NOW,
    )
    case = await a_case(session, resident=resident, leaf="scam:phishing", check_id=check.id)
    await session.refresh(check)
    assert check.case_id == case.id


async def test_somebody_elses_check_is_not_bound(session: AsyncSession) -> None:
    other = await a_resident(session, channel_id=8)
    check = await record_check(
        session, other, text="x", verdict={"risk": "none"}, state=None, for_other=False, now=NOW
    )
    await a_case(session, check_id=check.id)
    assert (await session.scalars(select(Check.case_id))).one() is None


@pytest.mark.parametrize("story", [(), ("",), (" ", "\n")])
async def test_a_case_needs_a_story(session: AsyncSession, story: tuple[str, ...]) -> None:
    with pytest.raises(NothingToSay):
        await a_case(session, story=story)


async def test_a_leaf_has_a_form(session: AsyncSession) -> None:
    with pytest.raises(ValueError, match="leaf"):
        await a_case(session, leaf="Dispute: whatever")


async def test_without_a_city_there_is_nowhere_to_route(empty_database: Database) -> None:
    await empty_database.prepare()
    with pytest.raises(NowhereToRoute):
        await _open(empty_database)


async def _open(database: Database) -> None:
    async with database.transaction() as session:
        new = NewCase(resident=await a_resident(session), story=("漏水",))
        await casework.open_case(session, new, NOW)


async def test_a_case_filed_by_a_worker_names_them_as_actor(session: AsyncSession) -> None:
    worker = await linked(session, "grid-guihua")
    case = await a_case(session, filed_by=worker.id)
    first = (await timeline.entries(session, case))[0]
    assert (first.actor_kind, first.actor_id) == ("staff", worker.id)


@pytest.mark.parametrize("write", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "])
async def test_a_case_is_found_however_its_code_is_typed(session: AsyncSession, write: Any) -> None:
    case = await a_case(session)
    found = await casework.case_by_code(session, write(case.code))
    assert found is not None
    assert found.id == case.id


async def test_a_resident_finds_only_their_own(session: AsyncSession) -> None:
    case = await a_case(session)
    other = await a_resident(session, channel_id=8)
    assert await casework.case_by_code(session, case.code, other) is None
    assert await casework.case_by_code(session, "not a code") is None
    assert await casework.cases_of(session, other) == []
    with pytest.raises(CaseNotFound):
        await casework.own_case(session, other, case.code)
    with pytest.raises(CaseNotFound):
        await casework.withdraw(session, other, case.code, NOW)


async def test_own_cases_come_newest_first(session: AsyncSession) -> None:
    resident = await a_resident(session)
    codes = [(await a_case(session, resident=resident)).code for _ in range(3)]
    mine = await casework.cases_of(session, resident, limit=2)
    assert [case.code for case in mine] == [codes[2], codes[1]]
    assert mine[0].unit.code == "guihua"


async def test_words_are_added_and_the_unit_is_told(session: AsyncSession) -> None:
    worker = await linked(session, "grid-guihua")
    case = await a_case(session)
    await casework.add_statement(session, case, "又漏了", actor=by_resident(case.resident_id), now=NOW)
    assert [one.body for one in await statements_of(session, case)] == ["楼上天天漏水", "又漏了"]
    assert (await keys_to(session, NoticeTo.STAFF, worker.id))[-1] == "notice_more_said"
    assert (await timeline.verify(session, case)).whole


@pytest.mark.parametrize(("words", "error"), [(" ", NothingToSay), ("长" * 10_001, TooLong)])
async def test_words_that_cannot_be_kept_are_refused(
    session: AsyncSession, words: str, error: type[Exception]
) -> None:
    case = await a_case(session)
    with pytest.raises(error):
        await casework.add_statement(session, case, words, actor=by_resident(case.resident_id), now=NOW)


@pytest.mark.parametrize("status", [CaseStatus.WITHDRAWN, CaseStatus.ARCHIVED])
async def test_nothing_is_added_to_a_case_put_away(session: AsyncSession, status: CaseStatus) -> None:
    case = await a_case(session, status=status)
    actor = by_resident(case.resident_id)
    with pytest.raises(MoveNotAllowed):
        await casework.add_statement(session, case, "又漏了", actor=actor, now=NOW)
    with pytest.raises(MoveNotAllowed):
        await casework.hand_to_person(session, case, actor=actor, now=NOW)


async def test_new_danger_raises_the_level_shortens_the_clock_and_calls_the_police(
    session: AsyncSession,
) -> None:
    police = await linked(session, "police-liuyin")
    case = await a_case(session)
    later = NOW + timedelta(hours=3)
    actor = by_resident(case.resident_id)
    await casework.add_statement(session, case, "他拿着刀", actor=actor, now=later, danger=["weapon"])
    assert case.danger_level is DangerLevel.RED
    assert case.due_at == later + timedelta(hours=2)
    assert await keys_to(session, NoticeTo.STAFF, police.id) == ["notice_danger"]


async def test_danger_never_falls_by_itself_nor_moves_the_clock_back(session: AsyncSession) -> None:
    case = await a_case(session, danger=("weapon",))
    due_at = case.due_at
    actor = by_resident(case.resident_id)
    for codes in ([], ["alcohol"], ["weapon"]):
        assert await casework.raise_danger(session, case, codes, actor=actor, now=NOW) is DangerLevel.RED
    assert case.due_at == due_at
    assert case.danger_codes == ["alcohol", "weapon"]


async def test_old_signals_do_not_undo_what_a_person_lowered(session: AsyncSession) -> None:
    case = await a_case(session, danger=("weapon",))
    case.danger = int(DangerLevel.BLUE)
    actor = by_staff(1)
    assert await casework.raise_danger(session, case, ["alcohol"], actor=actor, now=NOW) is DangerLevel.BLUE
    assert await casework.raise_danger(session, case, ["minor"], actor=actor, now=NOW) is DangerLevel.YELLOW


async def test_a_person_is_always_granted(session: AsyncSession) -> None:
    worker = await linked(session, "grid-guihua")
    case = await a_case(session)
    await casework.hand_to_person(session, case, actor=by_resident(case.resident_id), now=NOW)
    assert case.needs_person
    assert (await keys_to(session, NoticeTo.STAFF, worker.id))[-1] == "notice_person_wanted"


@pytest.mark.parametrize(
    "status",
    [
        CaseStatus.JUDGING,
        CaseStatus.CLOSED,
        CaseStatus.DECLINED,
        CaseStatus.TRANSFERRED,
        CaseStatus.MERGED,
    ],
)
async def test_asking_for_a_person_opens_a_settled_case_again(
    session: AsyncSession, status: CaseStatus
) -> None:
    case = await a_case(session, status=status)
    await casework.hand_to_person(session, case, actor=by_resident(case.resident_id), now=NOW)
    assert (case.status, case.needs_person, case.owed) == (CaseStatus.REOPENED, True, True)


async def test_a_resident_takes_a_case_back(session: AsyncSession) -> None:
    worker = await linked(session, "grid-guihua")
    resident = await a_resident(session)
    code = (await a_case(session, resident=resident)).code
    case = await casework.withdraw(session, resident, code, NOW)
    assert (case.status, case.owed) == (CaseStatus.WITHDRAWN, False)
    assert (await keys_to(session, NoticeTo.STAFF, worker.id))[-1] == "notice_withdrawn"
    with pytest.raises(MoveNotAllowed):
        await casework.withdraw(session, resident, code, NOW)


@pytest.mark.parametrize("way", ["words", "file", "person"])
async def test_whatever_the_resident_does_ends_the_waiting_for_them(
    session: AsyncSession, tmp_path: Path, way: str
) -> None:
    resident = await a_resident(session)
    case = await a_case(session, resident=resident, status=CaseStatus.IN_PROGRESS)
    worker = await staff_by_code(session, "grid-guihua")
    await handling.ask_resident(session, worker, case.code, "请发一张照片", NOW)
    assert (case.status, case.waiting_for) == (CaseStatus.WAITING, "resident")
    actor = by_resident(resident.id)
    if way == "words":
        await casework.add_statement(session, case, "好的", actor=actor, now=NOW)
    elif way == "person":
        await casework.hand_to_person(session, case, actor=actor, now=NOW)
    else:
        photo = await keep_file(
            session, resident, folder=tmp_path, kind="photo", mime="image/png", content=b"x", now=NOW
        )
        await casework.attach(session, case, [photo.id], actor=actor, now=NOW)
    assert (case.status, case.waiting_for) == (CaseStatus.IN_PROGRESS, None)


async def test_words_of_the_resident_do_not_end_the_waiting_for_an_appraisal(session: AsyncSession) -> None:
    case = await a_case(session, status=CaseStatus.WAITING)
    assert case.waiting_for == "appraisal"
    await casework.add_statement(session, case, "多久", actor=by_resident(case.resident_id), now=NOW)
    assert (case.status, case.waiting_for) == (CaseStatus.WAITING, "appraisal")


async def test_refusing_mediation_is_said_once_and_the_unit_is_told(session: AsyncSession) -> None:
    worker = await linked(session, "grid-guihua")
    resident = await a_resident(session)
    code = (await a_case(session, resident=resident)).code
    case = await casework.refuse_mediation(session, resident, code, NOW)
    assert case.mediation_refused
    assert (await keys_to(session, NoticeTo.STAFF, worker.id))[-1] == "notice_mediation_refused"
    with pytest.raises(NotMediated):
        await casework.refuse_mediation(session, resident, code, NOW)
    with pytest.raises(CaseNotFound):
        await casework.refuse_mediation(session, await a_resident(session, channel_id=8), code, NOW)
