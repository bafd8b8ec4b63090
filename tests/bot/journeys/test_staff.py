"""Staff and volunteers at the same door: a case is taken, answered and closed, and the resident is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from bot.loopback import LoopbackBotApi, Visitor, too_many_requests
from cases.database import Database
from cases.staff import invite, staff_by_code

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]
Case = Callable[[str], Awaitable[dict[str, Any]]]
Filed = Callable[..., Awaitable[str]]
Invited = Callable[[str], Awaitable[str]]
HERE = "xinghu-01"
"""a grid no other journey files in, so that the queue on the screen is short"""


@pytest.fixture
def invited(database: Database) -> Invited:
    """A fresh invitation for a member of staff of the sample city."""

    async def written(code: str) -> str:
        async with database.transaction() as session:
            return await invite(session, await staff_by_code(session, code), datetime.now(UTC))

    return written


@pytest_asyncio.fixture(loop_scope="session")
async def grid_worker(api: LoopbackBotApi, somebody: Visitor, invited: Invited) -> Visitor:
    """The grid worker of the place where the complaints of these journeys are."""
    worker = api.person("网格员")
    await worker.says(f"/staff {await invited('grid-xinghu')}")
    await worker.hears("网格员丙")
    await worker.hears()
    return worker


async def open_case(worker: Visitor, code: str) -> None:
    await worker.says("/staff")
    await worker.hears("待办", code)
    await worker.presses(code)
    await worker.hears("群众说")


async def test_a_case_is_taken_answered_closed_and_the_resident_hears_of_each(
    somebody: Visitor, grid_worker: Visitor, filed: Filed, case: Case
) -> None:
    code = await filed(somebody, HERE)
    await open_case(grid_worker, code)
    await grid_worker.presses("签收")
    await grid_worker.hears("已由您签收")
    await somebody.hears(f"您的事 {code} 已由杏湖社区签收")
    await grid_worker.presses("答复")
    await grid_worker.hears("请把给群众的答复发给我")
    await grid_worker.says("电梯配件周三到，周四修好，费用由物业承担。")
    await grid_worker.hears("答复已发给群众")
    answer = await somebody.hears("有答复了")
    assert "电梯配件周三到，周四修好，费用由物业承担。" in answer.text
    await grid_worker.presses("办结")
    await grid_worker.hears("办结的种类")
    await grid_worker.presses("程序性")
    await grid_worker.hears("已办结")
    closed = await somebody.hears("办结了")
    assert closed.labels == ("解决了", "没解决", "看经过")
    await somebody.presses("解决了")
    rated = await somebody.hears("记下了：解决了")
    assert rated.labels == ("满意", "不满意")
    await somebody.presses("满意")
    await somebody.hears("记下了：满意")

    row = await case(code)
    assert (row["status"], row["assignee"]) == ("closed", "grid-xinghu")
    assert (row["solved"], row["satisfied"]) == (True, True)
    assert [entry["to"] for entry in row["timeline"] if entry["to"]] == [
        "registered",
        "accepted",
        "routed",
        "signed",
        "in_progress",
        "answered",
        "judging",
        "closed",
    ]
    assert row["timeline_whole"]


async def test_an_answer_the_resident_finds_no_solution_is_noted(
    somebody: Visitor, grid_worker: Visitor, filed: Filed, case: Case
) -> None:
    code = await filed(somebody, HERE)
    await open_case(grid_worker, code)
    await grid_worker.presses("签收")
    await grid_worker.presses("答复")
    await grid_worker.hears("请把给群众的答复发给我")
    await grid_worker.says("请您自己找物业。")
    await somebody.hears("有答复了")
    await somebody.presses("没解决")
    await somebody.hears("还没解决")
    assert (await case(code))["solved"] is False


async def test_new_cases_are_announced_to_the_staff_of_the_place(
    somebody: Visitor, grid_worker: Visitor, filed: Filed
) -> None:
    code = await filed(somebody, HERE)
    await grid_worker.hears("新的待办", code)


async def test_an_invitation_works_once(api: LoopbackBotApi, somebody: Visitor, invited: Invited) -> None:
    invitation = await invited("mediator-liuyin")
    await somebody.says(f"/staff {invitation}")
    await somebody.hears("调解员甲")
    thief = api.person("外人")
    await thief.says(f"/staff {invitation}")
    await thief.hears("不对或已用过")
    await thief.says("/staff")
    await thief.hears("写上邀请码")


async def test_staff_of_another_place_cannot_open_a_case(
    somebody: Visitor, api: LoopbackBotApi, filed: Filed, invited: Invited
) -> None:
    code = await filed(somebody, HERE)
    other = api.person("网格员乙")
    await other.says(f"/staff {await invited('grid-liuhe')}")
    message = await other.hears("网格员己")
    await other.hears()
    await other.presses_forged(message, f"s:open:{code}")
    refused = await other.hears()
    assert "电梯" not in refused.text
    assert code not in refused.text


async def test_a_resident_cannot_press_what_only_staff_may(
    somebody: Visitor, filed: Filed, case: Case
) -> None:
    code = await filed(somebody, HERE)
    await somebody.presses_forged(somebody.heard[0], f"s:take:{code}")
    await somebody.hears()
    assert (await case(code))["status"] == "routed"


async def test_a_notice_that_meets_trouble_is_delivered_later_and_once(
    somebody: Visitor, grid_worker: Visitor, filed: Filed, api: LoopbackBotApi
) -> None:
    code = await filed(somebody, HERE)
    await open_case(grid_worker, code)
    api.next_calls("sendMessage", too_many_requests(1), chat=somebody.id)
    await grid_worker.presses("签收")
    await somebody.hears(f"您的事 {code} 已由杏湖社区签收", within=20)
    await somebody.says("/cases")
    await somebody.hears("您的事：")
    assert len([one for one in somebody.heard if f"{code} 已由" in one.text]) == 1


async def test_a_notice_to_who_blocked_the_bot_holds_up_nobody(
    somebody: Visitor, grid_worker: Visitor, filed: Filed, api: LoopbackBotApi
) -> None:
    gone = api.person("走了的人")
    code, other_code = await filed(gone, HERE), await filed(somebody, HERE)
    await gone.blocks()
    await open_case(grid_worker, code)
    await grid_worker.presses("签收")
    await open_case(grid_worker, other_code)
    await grid_worker.presses("签收")
    await somebody.hears(f"您的事 {other_code} 已由杏湖社区签收")
    assert [call.status for call in api.calls("sendMessage", chat=gone.id)].count(403) == 1


async def test_a_volunteer_checks_for_an_elder_and_is_told_how_to_speak_with_them(
    somebody: Visitor, invited: Invited
) -> None:
    await somebody.says(f"/staff {await invited('volunteer-guihua')}")
    await somebody.hears("志愿者甲")
    await somebody.hears("跟老人")
    await somebody.says("恭喜您获得特等奖，请先交税金2000元到指定账户领取")
    verdict = await somebody.hears("96110")
    assert "跟老人可以这样说" in verdict.text


async def test_anybody_can_ask_on_behalf_of_somebody_else(somebody: Visitor) -> None:
    await somebody.says("替我妈问一下")
    await somebody.hears("帮别人看")
    await somebody.says("恭喜您获得特等奖，请先交税金2000元到指定账户领取")
    assert "跟老人可以这样说" in (await somebody.hears("96110")).text
