"""What stands on the screens of staff: short, in both languages, each thing where it is looked for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOW, a_case, a_resident
from staffroom import AtTheDoor, a_door, seated

from cases.actors import by_staff
from cases.casework import case_by_code
from cases.database import Database
from cases.raising import raise_danger
from cases.staff import staff_by_code
from cases.status import CaseStatus
from handlers.door import Door
from handlers.wording import LOCALES

pytestmark = pytest.mark.unit
S = CaseStatus
MOST_LINES = 12


@pytest.fixture
def door(database: Database, data_dir: Path) -> Door:
    return a_door(database, data_dir)


@pytest.fixture
async def worker(database: Database, door: Door) -> AtTheDoor:
    return await seated(database, door, "grid-guihua")


async def opened(database: Database, status: CaseStatus = S.ROUTED, **more: object) -> str:
    async with database.transaction() as session:
        return (await a_case(session, status=status, **more)).code


async def busy_case(database: Database, worker: AtTheDoor) -> str:
    """A case of which there is something to say on every line."""
    code = await opened(database, S.IN_PROGRESS, story=tuple(f"第{number}天又漏了" for number in range(30)))
    async with database.transaction() as session:
        case = await case_by_code(session, code)
        assert case is not None
        someone = await staff_by_code(session, "grid-guihua")
        await raise_danger(session, case, ["elder_alone"], actor=by_staff(someone.id), now=NOW)
    for deed, words in (("note", "内部：钥匙在门卫"), ("callon", "去看过了")):
        await worker.sends(f"s:{deed}:{code}")
        await worker.says(words)
    await worker.sends(f"s:meet:{code}.joint.d3")
    await worker.presses("staff_skip")
    await worker.sends(f"s:agree:{code}.oral.d30")
    await worker.says("一个月内修好")
    await worker.presses("staff_yes")
    return code


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("locale", LOCALES)
async def test_the_first_screen_has_at_most_twelve_lines(
    database: Database, door: Door, locale: str, status: CaseStatus
) -> None:
    centre, code = await seated(database, door, "centre-liuyin"), await opened(database, status)
    await centre.sends(f"s:open:{code}")
    assert len(centre.reads(locale).splitlines()) <= MOST_LINES


@pytest.mark.parametrize("locale", LOCALES)
async def test_the_fullest_first_screen_has_at_most_twelve_lines_and_details_the_rest(
    database: Database, worker: AtTheDoor, locale: str
) -> None:
    code = await busy_case(database, worker)
    await worker.sends(f"s:open:{code}")
    first = worker.reads(locale)
    assert len(first.splitlines()) <= MOST_LINES
    assert "第29天又漏了" not in first
    await worker.presses("staff_details")
    rest = worker.reads(locale)
    for told in ("第29天又漏了", "内部：钥匙在门卫", "去看过了", "一个月内修好"):
        assert told in rest


async def test_details_mark_what_the_resident_sees_and_what_is_inner(
    database: Database, worker: AtTheDoor
) -> None:
    code = await busy_case(database, worker)
    await worker.sends(f"s:more:{code}")
    lines = worker.reads().splitlines()
    assert all("〔内部〕" in line for line in lines if "钥匙在门卫" in line)
    assert any("〔群众可见〕" in line for line in lines if "一个月内修好" in line)
    assert any("〔群众可见〕" in line for line in lines if "转为“办理中”" in line)


async def test_the_first_screen_says_who_has_it_who_was_first_and_why_here(
    database: Database, worker: AtTheDoor
) -> None:
    code = await opened(database)
    await worker.sends(f"s:open:{code}")
    screen = worker.reads()
    for told in ("桂花社区", "还没人签收", "首问", "为什么在这里", "期限", "模板", "楼上天天漏水"):
        assert told in screen
    await worker.presses("staff_take")
    await worker.presses("staff_look")
    assert "网格员甲" in worker.reads()


@pytest.mark.parametrize("locale", LOCALES)
async def test_why_just_then_names_start_length_and_template_or_law(
    database: Database, worker: AtTheDoor, locale: str
) -> None:
    code = await opened(database)
    await worker.sends(f"s:why:{code}")
    screen = worker.reads(locale)
    expected = ("起算", "时长", "默认时限") if locale == "zh-Hans" else ("Counted from", "Length", "default")
    assert all(told in screen for told in expected)
    assert not [line for line in screen.splitlines() if "{" in line]


async def test_a_clock_that_stands_still_says_for_what(database: Database, worker: AtTheDoor) -> None:
    code = await opened(database, S.IN_PROGRESS)
    await worker.sends(f"s:ask:{code}")
    await worker.says("从哪天开始漏的？")
    await worker.presses("staff_look")
    assert "等群众" in worker.reads()


async def test_home_counts_every_list_that_has_something(database: Database, door: Door) -> None:
    centre = await seated(database, door, "centre-liuyin")
    await opened(database)
    await opened(database, S.REGISTERED)
    await centre.arrives()
    counts = {one.key: one.values["count"] for one in centre.buttons if one.key.startswith("staff_list_")}
    assert counts == {"staff_list_area": 2}
    await centre.presses("staff_list_area")
    assert len([one for one in centre.buttons if one.key == "staff_open"]) == 2


async def test_a_long_queue_has_pages_and_the_gravest_comes_first(
    database: Database, worker: AtTheDoor
) -> None:
    for _ in range(11):
        await opened(database)
    red = await opened(database, danger=("alcohol",))
    await worker.arrives()
    shown = [one.values["code"] for one in worker.buttons if one.key == "staff_open"]
    assert shown[0] == red
    await worker.presses("staff_more")
    rest = [one.values["code"] for one in worker.buttons if one.key == "staff_open"]
    assert len(rest) == 2
    assert not set(shown) & set(rest)
    assert "staff_more" not in worker.keys


async def test_what_is_late_or_grave_is_marked(database: Database, data_dir: Path) -> None:
    await opened(database)
    late = a_door(database, data_dir, now=lambda: NOW + timedelta(days=9))
    worker = await seated(database, late, "grid-guihua")
    await worker.arrives()
    assert "⏰" in worker.reads()


async def test_an_empty_list_is_said_and_leads_back(worker: AtTheDoor) -> None:
    await worker.arrives()
    assert worker.turn.keys == ("staff_queue_empty",)
    await worker.sends("s:list:letters")
    assert worker.turn.keys == ("staff_list_empty",)
    assert worker.keys == {"staff_back"}


async def test_a_list_that_is_not_theirs_shows_nothing(database: Database, worker: AtTheDoor) -> None:
    await opened(database)
    for name in ("area", "reviews", "time", "put_away", "visits"):
        await worker.sends(f"s:list:{name}")
        assert worker.turn.keys == ("staff_list_empty",)


async def test_a_volunteer_finds_the_cases_they_were_invited_to(database: Database, door: Door) -> None:
    worker, helper = (
        await seated(database, door, "grid-guihua"),
        await seated(database, door, "volunteer-guihua"),
    )
    code = await opened(database, S.IN_PROGRESS)
    await worker.sends(f"s:invite:{code}")
    await worker.says("volunteer-guihua")
    await helper.arrives()
    assert helper.turn.keys == ("volunteer_home", "check_send_other")
    await helper.presses("staff_open", holding=code)
    assert {"staff_note", "staff_recuse"} <= helper.keys


async def test_a_letter_to_a_unit_that_does_not_see_the_case_shows_the_letter_alone(
    database: Database, door: Door
) -> None:
    centre, worker = (
        await seated(database, door, "centre-liuyin"),
        await seated(database, door, "grid-guihua"),
    )
    code = await opened(database, S.IN_PROGRESS)
    await centre.sends(f"s:letter:{code}.warning_letter")
    await centre.says("逾期没有答复，请说明")
    await centre.sends(f"s:route:{code}")
    other = next(one for one in centre.buttons if one.values.get("name") == "柳荫派出所")
    await centre.sends(other.act)
    await centre.says("改由派出所办")
    await worker.sends(f"s:open:{code}")
    assert "漏水" not in worker.reads()
    await worker.presses("staff_reply")
    assert "逾期没有答复" in worker.reads()
    await worker.says("配件缺货，已说明")
    assert worker.turn.keys == ("staff_replied",)
    await worker.sends(f"s:open:{code}")
    assert worker.turn.keys == ("error_case_not_found",)


async def test_the_terminal_and_telegram_come_through_the_same_door(database: Database, door: Door) -> None:
    async with database.transaction() as session:
        resident = await a_resident(session, 55, channel="terminal")
        code = (await a_case(session, resident=resident)).code
    worker = await seated(database, door, "grid-guihua")
    await worker.sends(f"s:open:{code}")
    assert "staff_take" in worker.keys


async def test_every_button_of_every_screen_fits_into_what_the_channel_carries(
    database: Database, door: Door
) -> None:
    centre, code = await seated(database, door, "centre-liuyin"), await opened(database, S.REGISTERED)
    seen: set[str] = set()
    waiting = [f"s:open:{code}", f"s:acts:{code}", f"s:list:area.{code}"]
    while waiting:
        act = waiting.pop()
        if act in seen or act.startswith(("s:cancel", "s:yes")):
            continue
        seen.add(act)
        await centre.sends(act)
        if act.startswith("s:accept") and act.count(".") == 2:
            break
        waiting += [one.act for one in centre.buttons]
    assert len(seen) > 20
    assert max(len(act.encode()) for act in seen) <= 64
