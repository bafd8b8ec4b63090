"""How a resident sees where their case stands, and how nobody else does."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import builders
import httpx
import pytest
from sqlalchemy import update

from cases.database import Database
from cases.erasure import erase
from cases.people import resident_for
from cases.records import Unit
from cases.status import MOVES, CaseStatus
from console.front import Front
from console.pages.matter import PLACE_ON_WAY
from console.wording import wordings

pytestmark = pytest.mark.unit
UNKNOWN = "YM-261123-AAAA"
NOT_MATCHED = "没有对上"


async def test_the_form_looks_the_same_whether_or_not_there_is_such_a_case(
    door: httpx.AsyncClient, case: Any
) -> None:
    known, unknown = await door.get(f"/c/{case.code}"), await door.get(f"/c/{UNKNOWN}")
    assert known.status_code == unknown.status_code == 200
    assert known.text.replace(case.code, UNKNOWN) == unknown.text


async def test_the_right_digits_show_who_has_it_until_when_and_what_happened(
    door: httpx.AsyncClient, case: Any
) -> None:
    page = await door.post(f"/c/{case.code}", data={"secret": case.secret})
    assert page.status_code == 200
    for words in (case.code, "已转给单位", "桂花社区", "11月26日（周四）", "邻里纠纷", "登记好了"):
        assert words in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_nothing_anybody_said_is_on_the_page(door: httpx.AsyncClient, case: Any) -> None:
    page = await door.post(f"/c/{case.code}", data={"secret": case.secret})
    assert "漏水" not in page.text
    assert case.secret not in page.text


@pytest.mark.parametrize("locale", ["zh-Hans", "en"])
@pytest.mark.parametrize("status", list(CaseStatus))
async def test_every_status_is_told_in_plain_words(
    door: httpx.AsyncClient, open_case: Any, status: CaseStatus, locale: str
) -> None:
    given = await open_case(status=status)
    page = await door.post(f"/c/{given.code}?lang={locale}", data={"secret": given.secret})
    words = wordings()[locale]
    assert page.status_code == 200
    assert words(f"statuses.{status}") in unescape(page.text)
    assert words("steps.other") not in unescape(page.text)
    assert (words("status.way_title") in page.text) == (status.value in PLACE_ON_WAY)


@pytest.mark.parametrize("typed", ["１２３４５６", "123 456", " 123-456 ", "123４56"])
async def test_digits_are_read_however_they_were_typed(
    door: httpx.AsyncClient, open_case: Any, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr("cases.opening.new_secret", lambda: "123456")
    given = await open_case()
    assert (await door.post(f"/c/{given.code}", data={"secret": typed})).status_code == 200


async def test_code_and_digits_can_be_typed_both(door: httpx.AsyncClient, case: Any) -> None:
    typed = case.code.lower().replace("-", " ")
    page = await door.post("/c", data={"code": typed, "secret": case.secret})
    assert page.status_code == 200
    assert "桂花社区" in page.text


@pytest.mark.parametrize("secret", ["", "1", "12345", "1234567", "abcdef", "①②③④⑤⑥", "9" * 3000])
async def test_what_is_not_six_digits_never_matches(door: httpx.AsyncClient, case: Any, secret: str) -> None:
    page = await door.post(f"/c/{case.code}", data={"secret": secret})
    assert page.status_code == 403
    assert NOT_MATCHED in page.text


async def test_wrong_digits_an_unknown_case_and_a_closed_page_read_the_same(
    door: httpx.AsyncClient, case: Any
) -> None:
    unknown = await door.post(f"/c/{UNKNOWN}", data={"secret": case.secret})
    answers = [await door.post(f"/c/{case.code}", data={"secret": case.wrong}) for _ in range(6)]
    closed = await door.post(f"/c/{case.code}", data={"secret": case.secret})
    for page in (*answers, closed):
        assert page.status_code == unknown.status_code == 403
        assert page.text.replace(case.code, UNKNOWN) == unknown.text


async def test_a_page_closed_by_wrong_tries_opens_again_later(
    door: httpx.AsyncClient, case: Any, clock: Any
) -> None:
    for _ in range(5):
        await door.post(f"/c/{case.code}", data={"secret": case.wrong})
    clock.now += timedelta(minutes=16)
    assert (await door.post(f"/c/{case.code}", data={"secret": case.secret})).status_code == 200


async def test_the_secret_is_taken_from_the_form_only(door: httpx.AsyncClient, case: Any) -> None:
    for name in ("k", "secret", "pass"):
        page = await door.get(f"/c/{case.code}", params={name: case.secret})
        assert "桂花社区" not in page.text
        page = await door.post(f"/c/{case.code}", params={name: case.secret}, data={"secret": ""})
        assert page.status_code == 403


async def test_wrong_look_ups_take_equally_long(front: Front, browse: Any, case: Any) -> None:
    loop = asyncio.get_running_loop()
    async with browse(replace(front, wrong_takes=0.15)) as door:
        for code, secret in ((case.code, case.wrong), (UNKNOWN, case.secret), ("rubbish", "x")):
            begun = loop.time()
            await door.post(f"/c/{code}", data={"secret": secret})
            assert loop.time() - begun >= 0.15


async def test_an_unreadable_address_asks_for_the_number(door: httpx.AsyncClient) -> None:
    page = await door.get("/c/YM-26112")
    assert page.status_code == 404
    assert 'name="code"' in page.text


def pass_in(page: httpx.Response) -> str:
    found = re.search(r'name="pass" value="([^"]+)"', page.text)
    assert found
    return found[1]


async def test_an_opened_page_comes_again_in_the_other_language(door: httpx.AsyncClient, case: Any) -> None:
    page = await door.post(f"/c/{case.code}", data={"secret": case.secret})
    page = await door.post(f"/c/{case.code}?lang=en", data={"pass": pass_in(page)})
    assert page.status_code == 200
    assert "Passed to an office" in page.text
    assert "Thursday 26 November" in page.text


async def test_a_pass_opens_its_own_case_only_and_not_for_long(
    door: httpx.AsyncClient, open_case: Any, clock: Any
) -> None:
    first, second = await open_case(), await open_case()
    given = pass_in(await door.post(f"/c/{first.code}", data={"secret": first.secret}))
    assert (await door.post(f"/c/{second.code}", data={"pass": given})).status_code == 403
    assert (await door.post(f"/c/{first.code}", data={"pass": given[:-4] + "AAAA"})).status_code == 403
    assert (await door.post(f"/c/{first.code}", data={"pass": "ÿ"})).status_code == 403
    clock.now += timedelta(minutes=16)
    assert (await door.post(f"/c/{first.code}", data={"pass": given})).status_code == 403


async def test_a_time_that_has_passed_is_admitted(door: httpx.AsyncClient, case: Any, clock: Any) -> None:
    before = await door.post(f"/c/{case.code}", data={"secret": case.secret})
    clock.now += timedelta(days=10)
    after = await door.post(f"/c/{case.code}", data={"secret": case.secret})
    assert "已经过了说好的时间" not in before.text
    assert "已经过了说好的时间" in after.text


async def test_the_page_says_how_to_add_and_withdraw(
    door: httpx.AsyncClient, with_bot: Front, browse: Any, case: Any
) -> None:
    without = await door.post(f"/c/{case.code}", data={"secret": case.secret})
    async with browse(with_bot) as chatty:
        with_chat = await chatty.post(f"/c/{case.code}", data={"secret": case.secret})
    assert 'href="tel:12345"' in without.text
    assert "补充一下" in with_chat.text
    assert "不办了" in with_chat.text
    assert 'href="https://t.me/yunting_door_bot"' in with_chat.text


async def test_the_unit_s_number_is_a_link(door: httpx.AsyncClient, database: Database, case: Any) -> None:
    async with database.transaction() as session:
        await session.execute(update(Unit).where(Unit.code == "guihua").values(phone="0371-555 0101"))
    page = await door.post(f"/c/{case.code}", data={"secret": case.secret})
    assert 'href="tel:0371-5550101"' in page.text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "null"},
        {"origin": "https://elsewhere.example"},
        {"origin": "http://door.test.elsewhere.example"},
    ],
)
async def test_a_form_from_another_site_is_refused(
    door: httpx.AsyncClient, case: Any, headers: dict[str, str]
) -> None:
    page = await door.post(f"/c/{case.code}", data={"secret": case.secret}, headers=headers)
    assert page.status_code == 403
    assert "桂花社区" not in page.text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"origin": "http://door.test"},
        {"origin": "null"},
        {},
    ],
)
async def test_a_form_of_our_own_is_accepted(
    door: httpx.AsyncClient, case: Any, headers: dict[str, str]
) -> None:
    page = await door.post(f"/c/{case.code}", data={"secret": case.secret}, headers=headers)
    assert page.status_code == 200


async def test_a_form_behind_a_proxy_is_known_by_the_public_address(
    front: Front, browse: Any, case: Any
) -> None:
    settings = front.settings.model_copy(update={"public_url": "https://men.example.cn"})
    async with browse(replace(front, settings=settings)) as door:
        headers = {"origin": "https://men.example.cn", "host": "127.0.0.1:8080"}
        page = await door.post(f"/c/{case.code}", data={"secret": case.secret}, headers=headers)
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"x" * 5000, "application/x-www-form-urlencoded", 413),
        (b"a=1&" * 50, "application/x-www-form-urlencoded", 413),
        (b'{"secret": "123456"}', "application/json", 415),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415),
        (b"\xff\xfe=\x00&secret=%ff%00", "application/x-www-form-urlencoded", 403),
        (b"", "application/x-www-form-urlencoded", 403),
    ],
)
async def test_odd_bodies_are_refused_plainly(
    door: httpx.AsyncClient, case: Any, content: bytes, kind: str, status: int
) -> None:
    page = await door.post(f"/c/{case.code}", content=content, headers={"content-type": kind})
    assert page.status_code == status
    assert "<h1>" in page.text


async def test_every_action_a_resident_may_read_has_words() -> None:
    for words in wordings().values():
        for status in CaseStatus:
            assert words.has(f"statuses.{status}")
            assert words.has(f"means.{status}")
        reached = {to for moves in MOVES.values() for to in moves}
        assert all(words.has(f"steps.moved.{to}") for to in reached)
        assert all(words.has(f"steps.{action}") for action in ("registered", "stated", "attached", "erased"))


async def test_after_erasure_the_page_still_tells_where_it_stands(
    door: httpx.AsyncClient, database: Database, case: Any
) -> None:
    async with database.transaction() as session:
        resident = await resident_for(
            session, channel="telegram", channel_id=7, locale="zh-Hans", now=builders.NOW
        )
        await erase(session, resident, builders.NOW)
    page = await door.post(f"/c/{case.code}", data={"secret": case.secret})
    assert page.status_code == 200
    assert "已撤回" in page.text
    assert "按您的要求删除了资料" in page.text
