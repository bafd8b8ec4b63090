"""What waits for whom, and what a case shows, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import NOW, a_case, a_resident
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from cases.actors import by_staff
from cases.extensions import ask_extension
from cases.papers.correspondence import send_letter
from cases.papers.kinds import PaperKind
from cases.raising import raise_danger
from cases.reopening import judge
from cases.review_desk import return_visit
from cases.staff import staff_by_code
from cases.staff_side import card, lists
from cases.staff_side.steps import Seated
from cases.staff_side.trail import trail
from cases.staff_turns import StaffDesk
from cases.status import CaseStatus
from cases.tasks import set_task

S = CaseStatus


async def seat(session: AsyncSession, code: str) -> Seated:
    return Seated(session, await staff_by_code(session, code), NOW, "zh-Hans")


async def codes(at: Seated, name: str) -> list[str]:
    return [str(line["code"]) for line in (await lists.page(at, name)).lines]


async def test_each_list_holds_what_waits_there_and_nothing_else(session: AsyncSession) -> None:
    centre, worker = await seat(session, "centre-liuyin"), await seat(session, "grid-guihua")
    plain = await a_case(session)
    late = await a_case(session, status=S.IN_PROGRESS)
    await ask_extension(session, worker.person, late.code, "等配件", NOW)
    red = await a_case(session)
    await raise_danger(session, red, ["weapon"], actor=by_staff(worker.person.id), now=NOW)
    warned = await a_case(session)
    kind = PaperKind.PROMPT_LETTER
    await send_letter(session, centre.person, warned.code, kind, "请签收", NOW)
    asked = await a_case(session)
    await set_task(
        session, centre.person, asked.code, "去看看", NOW, unit_code="guihua", due_at=NOW.replace(year=2027)
    )
    again = await a_case(session, status=S.JUDGING)
    await judge(session, again, await a_resident(session), NOW, solved=False)
    closed = await a_case(session, status=S.CLOSED)
    solved = await a_case(session, status=S.CLOSED)
    await return_visit(session, centre.person, solved.code, NOW, solved=True, satisfied=True)

    assert await codes(centre, "time") == [late.code]
    assert await codes(centre, "danger") == [red.code]
    assert await codes(centre, "reviews") == [again.code]
    assert await codes(centre, "visits") == [closed.code]
    assert await codes(centre, "put_away") == [solved.code]
    assert await codes(worker, "letters") == [warned.code]
    assert await codes(worker, "tasks") == [asked.code]
    assert await codes(worker, "mine") == [late.code, again.code]
    owed = {plain.code, late.code, red.code, warned.code, asked.code, again.code}
    assert set(await codes(worker, "queue")) == owed
    assert (await codes(worker, "queue"))[0] == red.code
    assert set(await codes(centre, "area")) == owed
    assert await codes(centre, "queue") == []
    assert await lists.counts(centre) == {
        "danger": 1,
        "reviews": 1,
        "time": 1,
        "visits": 1,
        "put_away": 1,
        "area": 6,
    }


async def test_nobody_sees_another_area_in_any_list(session: AsyncSession) -> None:
    case = await a_case(session, status=S.IN_PROGRESS)
    owner = await staff_by_code(session, "grid-guihua")
    await ask_extension(session, owner, case.code, "等配件", NOW)
    await raise_danger(session, case, ["weapon"], actor=by_staff(owner.id), now=NOW)
    for name in ("grid-xinghu", "centre-chengguan", "police-chengguan", "lawyer-2", "volunteer-guihua"):
        assert await lists.counts(await seat(session, name)) == {}, name
    assert await lists.counts(await seat(session, "admin-yunting")) == {}
    assert set(await lists.counts(await seat(session, "auditor-yunting"))) == {"area"}


@pytest.mark.parametrize("count", [lists.SHOWN - 1, lists.SHOWN, lists.SHOWN + 1, 2 * lists.SHOWN + 1])
async def test_pages_hold_every_case_once(session: AsyncSession, count: int) -> None:
    made = {(await a_case(session)).code for _ in range(count)}
    worker = await seat(session, "grid-guihua")
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = await lists.page(worker, "queue", after)
        seen += [str(line["code"]) for line in page.lines]
        after = page.after
    assert len(seen) == len(set(seen)) == count
    assert set(seen) == made


async def test_what_is_to_be_struck_off_comes_by_its_closing_page_by_page(session: AsyncSession) -> None:
    near, far = await seat(session, "centre-liuyin"), await seat(session, "centre-hedong")
    made = []
    for number in range(lists.SHOWN + 2):
        case = await a_case(session, status=S.CLOSED)
        await return_visit(session, near.person, case.code, NOW, solved=True, satisfied=True)
        # Two of them in the same moment, and none in the order of their numbers.
        case.closed_at = NOW - timedelta(hours=number // 2)
        made.append(case)
    await session.flush()
    wanted = [one.code for one in sorted(made, key=lambda one: (one.closed_at or NOW, one.id))]
    for at in (near, far):
        first = await lists.page(at, "put_away")
        rest = await lists.page(at, "put_away", first.after or "")
        assert [line["code"] for line in (*first.lines, *rest.lines)] == wanted
        assert rest.after is None
        assert (await lists.counts(at))["put_away"] == len(wanted)


@pytest.mark.parametrize(
    ("name", "of", "looked_up"),
    [
        ("centre-hedong", "area", ["ix_cases_by_urgency"]),
        ("centre-yunting", "put_away", ["ix_cases_to_put_away"]),
        ("centre-liuyin", "put_away", ["ix_cases_to_put_away_grid_id", "ix_cases_to_put_away_unit_id"]),
        ("centre-liuyin", "area", ["ix_cases_grid_id_owed", "ix_cases_unit_id_owed_danger_due_at_id"]),
        ("centre-liuyin", "visits", ["ix_case_clocks_running"]),
        ("centre-liuyin", "time", ["ix_extensions_undecided"]),
        ("grid-guihua", "letters", ["ix_papers_reply_owed"]),
        ("grid-guihua", "queue", ["ix_cases_assignee_id_owed", "ix_cases_unit_id_owed_danger_due_at_id"]),
    ],
)
async def test_no_list_reads_all_cases(
    session: AsyncSession, name: str, of: str, looked_up: list[str]
) -> None:
    connection = await session.connection()
    if connection.dialect.name != "sqlite":
        pytest.skip("the server decides by how many rows there are")
    at, asked = await seat(session, name), []

    def hear(_: object, __: object, told: str, given: object, *___: object) -> None:
        if "ORDER BY cases" in told:
            asked.append((told, given))

    event.listen(connection.sync_connection, "before_cursor_execute", hear)
    await lists.page(at, of)
    event.remove(connection.sync_connection, "before_cursor_execute", hear)
    ((told, given),) = asked
    found = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {told}", given)
    plan = "\n".join(str(row[3]) for row in found)
    assert [index for index in looked_up if f"{index} " not in f"{plan}\n".replace("\n", " \n")] == []
    assert "SCAN cases\n" not in f"{plan}\n"


async def test_nothing_is_counted_beyond_what_is_shown(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_COUNTED", 2)
    worker = await seat(session, "grid-guihua")
    for count in (1, 2, 3, 3):
        await a_case(session)
        assert (await lists.counts(worker))["queue"] == count


async def test_a_case_and_its_trail_are_shown_by_codes_and_names(session: AsyncSession) -> None:
    case = await a_case(session, status=S.IN_PROGRESS)
    worker, auditor = await seat(session, "grid-guihua"), await seat(session, "auditor-yunting")
    first = await card.first_screen(worker, case)
    assert (first["holder"], first["step"], first["template"]) == ("网格员甲（示例）", "first_answer", True)
    assert first["why"][0] == "rule:neighbour"
    rest = await card.details(worker, case)
    assert [one["to"] for one in rest["entries"]][-1] == "in_progress"
    assert rest["points"][0][0] == "start"
    assert "story" not in await trail(auditor, case)


async def test_home_is_one_screen_for_every_role(session: AsyncSession) -> None:
    await a_case(session)
    first = {
        "grid-guihua": "staff_queue",
        "centre-liuyin": "staff_queue_empty",
        "auditor-yunting": "staff_queue",
        "admin-yunting": "staff_home_admin",
        "volunteer-guihua": "volunteer_home",
        "lawyer-2": "staff_queue_empty",
    }
    for number, (name, key) in enumerate(first.items()):
        person = await staff_by_code(session, name)
        channel = await a_resident(session, 8_800 + number)
        turn = await StaffDesk(session, person, channel, NOW).home()
        assert turn.keys[0] == key, name
