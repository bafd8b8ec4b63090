"""`./onedoor talk --as`: staff take, answer and close, and only the resident is told, on their next visit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from commands.desktop import Desktop, Talk, label, notice, reply

from bot.words import words
from handlers.wording import wording

pytestmark = pytest.mark.model
ANSWER = "您好，维修队明天上午九点上门，请家里留人。"
SMS = "【工商银行】您的账户存在异常，请立即点击 http://icbc-safe.top 验证身份，否则将冻结"


@pytest.fixture(scope="module")
def home(new_desktop: Callable[[], Desktop], service: str) -> Desktop:
    return Desktop(new_desktop().folder, {"ONEDOOR_NLU_URL": service})


@pytest.fixture(scope="module")
def told(home: Desktop) -> Iterator[dict[str, str]]:
    """What each of them saw: the resident, the grid worker, and the resident again."""
    talks: list[Talk] = []

    def talking(*arguments: str) -> Talk:
        talks.append(home.talk(*arguments))
        return talks[-1]

    try:
        resident, worker = talking(), talking("--as", "staff:grid-guihua")
        yield dict(_story(resident, worker)) | {"next visit": talking().opening, "case": _case(home)}
    finally:
        for talk in talks:
            talk.kill()


def _story(resident: Talk, worker: Talk) -> Iterator[tuple[str, str]]:
    """Both sit at their terminals at the same time."""
    resident.says("/start g_guihua-01")
    resident.says("楼顶漏水把我家天花板泡坏了，物业一直不管，已经一个月了")
    resident.presses("confirm_yes")
    resident.presses("details_next")
    resident.presses("agree")
    resident.ends()
    yield "first queue", worker.opening
    yield "queue", worker.says("/staff")
    yield "opened", worker.says("1")
    yield "taken", worker.presses("staff_take")
    yield "ask", worker.presses("staff_answer")
    yield "answered", worker.says(ANSWER)
    yield "kinds", worker.presses("staff_close")
    yield "closed", worker.presses("close_interim")
    assert worker.ends().status == 0


def _case(home: Desktop) -> str:
    (case,) = json.loads(home.run("cases", "--json").out)
    return home.run("cases", case["code"], "--json").out


def test_an_empty_queue_is_said(told: dict[str, str]) -> None:
    assert "现在没有待办" in told["first queue"]


def test_the_new_case_reaches_its_grid_worker(told: dict[str, str]) -> None:
    assert json.loads(told["case"])["code"] in told["queue"]
    assert "楼顶漏水" in told["opened"]
    assert label("staff_take") in told["opened"]


def test_staff_take_answer_and_close(told: dict[str, str]) -> None:
    assert "已由您签收" in told["taken"]
    assert reply("staff_answer_ask") in told["ask"]
    assert reply("staff_answered") in told["answered"]
    assert "已办结" in told["closed"]


def test_what_is_meant_for_the_resident_never_stands_on_the_worker_s_screen(told: dict[str, str]) -> None:
    seen_by_worker = told["taken"] + told["answered"] + told["closed"]
    for key in ("notice_taken", "notice_answered", "notice_closed"):
        assert notice(key) not in seen_by_worker


def test_the_resident_is_told_on_the_next_visit_before_saying_anything(told: dict[str, str]) -> None:
    assert ANSWER in told["next visit"]
    assert label("solved") in told["next visit"]


def test_the_case_says_what_was_done(told: dict[str, str]) -> None:
    case = json.loads(told["case"])
    moves = [entry["to"] for entry in case["timeline"] if entry["to"]]
    assert moves == [
        "registered",
        "accepted",
        "routed",
        "signed",
        "in_progress",
        "answered",
        "judging",
        "closed",
    ]
    assert (case["closing_kind"], case["timeline_whole"]) == ("interim", True)
    assert ANSWER in [said["body"] for said in case["statements"]]


def test_a_volunteer_checks_for_an_elder_and_hears_how_to_tell_them(home: Desktop) -> None:
    told = home.run("talk", "--as", "volunteer:volunteer-guihua", given=SMS)
    assert told.status == 0
    assert "志愿者" in told.out
    assert wording("zh-Hans").sections["parts"]["elder_head"] in told.out


def test_nobody_can_talk_as_somebody_who_is_not_there(home: Desktop) -> None:
    home.run("talk", "--as", "staff:nobody-of-this-name", given="您好").failed(words("no_such_staff"))
