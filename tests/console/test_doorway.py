"""What somebody sees who scanned a building's code, prints its poster, or comes to the front page."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from cases.database import Database
from cases.records import City, Unit
from console.front import Front
from console.qr import qr_svg

pytestmark = pytest.mark.unit
GRID = "guihua-01"


async def test_a_building_s_page_names_the_place_and_the_numbers_to_call(door: httpx.AsyncClient) -> None:
    page = await door.get(f"/q/{GRID}")
    assert page.status_code == 200
    assert "桂花社区第一网格" in page.text
    assert "桂花苑1-6号楼" in page.text
    for number in ("110", "96110", "12345"):
        assert f'href="tel:{number}"' in page.text


async def test_the_code_is_read_however_it_was_typed(door: httpx.AsyncClient) -> None:
    assert (await door.get(f"/q/{GRID.upper()}")).status_code == 200


async def test_with_a_bot_the_chat_opens_at_this_place(with_bot: Front, browse: Any) -> None:
    async with browse(with_bot) as door:
        page = await door.get(f"/q/{GRID}")
    chat = "https://t.me/yunting_door_bot?start=g_guihua-01"
    assert f'href="{chat}"' in page.text
    assert 'href="tg://resolve?domain=yunting_door_bot&amp;start=g_guihua-01"' in page.text
    assert qr_svg(chat) in page.text


async def test_without_a_bot_the_page_says_so_and_its_code_leads_to_itself(door: httpx.AsyncClient) -> None:
    page = await door.get(f"/q/{GRID}")
    assert "t.me" not in page.text
    assert "网上的对话现在没有开通" in page.text
    assert qr_svg("http://door.test/q/guihua-01") in page.text


@pytest.mark.parametrize("name", ["", "x", "bad name", '"><script>', "a" * 60])
async def test_a_broken_name_file_counts_as_no_bot(with_bot: Front, browse: Any, name: str) -> None:
    (with_bot.settings.data_dir / "bot-name").write_text(name)
    async with browse(with_bot) as door:
        page = await door.get(f"/q/{GRID}")
    assert page.status_code == 200
    assert "t.me" not in page.text


async def test_offices_with_a_number_are_shown_nearest_first(
    door: httpx.AsyncClient, database: Database
) -> None:
    async with database.transaction() as session:
        for code, phone in (("yt-centre", "0371-5550000"), ("guihua", "0371-555 0101")):
            await session.execute(update(Unit).where(Unit.code == code).values(phone=phone))
    page = await door.get(f"/q/{GRID}")
    assert page.text.index('href="tel:0371-5550101"') < page.text.index('href="tel:0371-5550000"')


async def test_a_sample_city_is_labelled_and_a_real_one_is_not(
    door: httpx.AsyncClient, database: Database
) -> None:
    assert "示例" in (await door.get(f"/q/{GRID}")).text
    async with database.transaction() as session:
        await session.execute(update(City).values(sample=False))
    assert "示例：" not in (await door.get(f"/q/{GRID}")).text


@pytest.mark.parametrize("path", ["/q/nowhere-99", "/q/nowhere-99/poster", "/q/%00", "/q/" + "x" * 3000])
async def test_an_unknown_code_is_met_kindly_with_numbers_to_call(door: httpx.AsyncClient, path: str) -> None:
    page = await door.get(path)
    assert page.status_code == 404
    assert "没认出这个码" in page.text
    assert 'href="tel:12345"' in page.text
    assert "nowhere" not in page.text


async def test_the_poster_carries_the_address_of_the_page_as_code_and_as_text(
    door: httpx.AsyncClient,
) -> None:
    page = await door.get(f"/q/{GRID}/poster")
    assert page.status_code == 200
    assert qr_svg("http://door.test/q/guihua-01") in page.text
    assert "http://door.test/q/guihua-01</span>" in page.text
    assert "ONEDOOR_PUBLIC_URL" not in page.text


@pytest.mark.parametrize("public", [None, "http://localhost:8080", "http://[::1]:8080", "http://0.0.0.0"])
async def test_a_poster_that_would_lead_nowhere_says_so(
    front: Front, browse: Any, public: str | None
) -> None:
    here = replace(front, settings=front.settings.model_copy(update={"public_url": public}))
    async with browse(here) as door:
        page = await door.get(f"/q/{GRID}/poster")
    assert "ONEDOOR_PUBLIC_URL" in page.text


async def test_the_front_page_leads_to_the_look_up(door: httpx.AsyncClient) -> None:
    page = await door.get("/")
    assert page.status_code == 200
    assert 'href="/c"' in page.text
    assert 'href="tel:110"' in page.text


async def test_english_readers_get_everything_in_english(door: httpx.AsyncClient) -> None:
    for path in ("/", f"/q/{GRID}", f"/q/{GRID}/poster", "/c", "/c/YM-261123-7KQ4", "/nothing-here"):
        page = await door.get(path, params={"lang": "en"})
        assert '<html lang="en">' in page.text
        # Chinese stands only where it is marked: the way to the other language, the poster's second line.
        rest = re.sub(r'<(\w+)[^>]*lang="zh-Hans"[^>]*>.*?</\1>', "", page.text)
        assert not re.findall(r"[\u4e00-\u9fff]+", rest)
