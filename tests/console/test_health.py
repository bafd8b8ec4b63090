"""What machines ask: does it live, is everything reachable, how much is there?"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import Any

import httpx
import pytest
from builders import NOW

from cases.database import Database, open_database
from cases.records import Notice, NoticeState, NoticeTo
from cases.secrets import box_of_folder
from console.front import Front

pytestmark = pytest.mark.unit


def states(answer: httpx.Response) -> dict[str, str]:
    return {name: part["state"] for name, part in answer.json()["parts"].items()}


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


async def breaks() -> bool:
    raise RuntimeError("something new")


async def never() -> bool:
    await asyncio.sleep(3600)
    return True


@pytest.fixture
def gone(front: Front) -> Front:
    """The same console on a database that is not there."""
    url = "postgresql+asyncpg://nobody@127.0.0.1:9/nothing"
    return replace(front, database=open_database(url, box_of_folder(front.settings.data_dir)))


async def test_a_living_process_says_so(door: httpx.AsyncClient) -> None:
    answer = await door.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert (await door.head("/healthz")).status_code == 200


async def test_without_token_and_nlu_the_database_is_all_that_is_wanted(door: httpx.AsyncClient) -> None:
    answer = await door.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert states(answer) == {"database": "up", "nlu": "off", "bot": "off"}


@pytest.mark.parametrize(("check", "state"), [(yes, "up"), (no, "down"), (breaks, "down"), (never, "down")])
async def test_the_nlu_is_up_only_when_it_says_so_in_time(
    front: Front, browse: Any, monkeypatch: pytest.MonkeyPatch, check: Any, state: str
) -> None:
    monkeypatch.setattr("console.pages.health.LONGEST_CHECK_SECONDS", 0.2)
    async with browse(replace(front, nlu_answers=check)) as door:
        answer = await door.get("/readyz")
    assert states(answer)["nlu"] == state
    assert answer.status_code == (200 if state == "up" else 503)


async def test_the_bot_is_up_while_its_heart_beats(with_bot: Front, browse: Any, clock: Any) -> None:
    beat = with_bot.settings.data_dir / "heartbeat-bot"
    async with browse(with_bot) as door:
        missing = await door.get("/readyz")
        beat.touch()
        at = clock.now.timestamp()
        os.utime(beat, (at - 5, at - 5))
        beating = await door.get("/readyz")
        os.utime(beat, (at - 300, at - 300))
        silent = await door.get("/readyz")
    assert [states(answer)["bot"] for answer in (missing, beating, silent)] == ["down", "up", "down"]
    assert [answer.status_code for answer in (missing, beating, silent)] == [503, 200, 503]


async def test_without_the_database_it_is_not_ready_and_pages_stay_kind(gone: Front, browse: Any) -> None:
    async with browse(gone) as door:
        ready, page = await door.get("/readyz"), await door.get("/q/guihua-01")
        lives, numbers = await door.get("/healthz"), await door.get("/metrics")
    assert (ready.status_code, states(ready)["database"]) == (503, "down")
    assert page.status_code == 503
    assert page.headers["retry-after"]
    assert "现在暂时打不开" in page.text
    assert 'href="tel:110"' in page.text
    assert lives.status_code == 200
    assert "onedoor_database_up 0.0" in numbers.text
    assert "onedoor_cases{" not in numbers.text


async def test_metrics_count_requests_by_template(door: httpx.AsyncClient, case: Any) -> None:
    await door.get("/q/guihua-01")
    await door.get(f"/c/{case.code}")
    await door.post(f"/c/{case.code}", data={"secret": case.wrong})
    await door.get("/static/door.css")
    await door.get("/wp-login.php?secret=1")
    await door.request("BREW", "/q/guihua-01")
    text = (await door.get("/metrics")).text
    counted = "onedoor_http_requests_total"
    assert f'{counted}{{method="GET",route="/q/{{grid}}",status="200"}} 1.0' in text
    assert f'{counted}{{method="GET",route="/c/{{case}}",status="200"}} 1.0' in text
    assert f'{counted}{{method="POST",route="/c/{{case}}",status="403"}} 1.0' in text
    assert f'{counted}{{method="GET",route="/static",status="200"}} 1.0' in text
    assert f'{counted}{{method="GET",route="(none)",status="404"}} 1.0' in text
    assert f'{counted}{{method="OTHER",route="/q/{{grid}}",status="405"}} 1.0' in text
    assert "onedoor_http_request_seconds_bucket" in text
    assert "process_resident_memory_bytes" in text
    for word in (case.code, "guihua", "wp-login", "BREW"):
        assert word not in text


async def test_metrics_count_cases_by_status_and_notices_by_state(
    door: httpx.AsyncClient, open_case: Any, database: Database
) -> None:
    await open_case()
    await open_case(status="withdrawn")
    async with database.transaction() as session:
        session.add(_a_notice(NoticeState.SENT))
        session.add(_a_notice(NoticeState.GIVEN_UP))
    text = (await door.get("/metrics")).text
    assert 'onedoor_cases{status="routed"} 1.0' in text
    assert 'onedoor_cases{status="withdrawn"} 1.0' in text
    assert 'onedoor_cases{status="closed"} 0.0' in text
    assert 'onedoor_notices{state="given_up"} 1.0' in text
    assert 'onedoor_notices{state="sent"}' not in text
    assert "onedoor_database_up 1.0" in text


def _a_notice(state: NoticeState) -> Notice:
    return Notice(
        to_kind=NoticeTo.RESIDENT,
        to_id=1,
        key="case_taken",
        values={},
        idempotency_key=f"test:{state}",
        state=state,
        not_before=NOW,
        created_at=NOW,
        settled_at=NOW,
    )
