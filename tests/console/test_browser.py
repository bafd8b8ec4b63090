"""The pages in a real browser, on a phone: everything works, can be read, and fits."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Any

import builders
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from cases.database import open_database
from cases.secrets import box_of_folder

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
}
SMALL: dict[str, Any] = {"viewport": {"width": 320, "height": 568}}
LOCALES = ["zh-Hans", "en"]
# WCAG 2.2 asks for 24 by 24 CSS pixels; unsteady hands for more.
SMALLEST_TARGET = 44
ROUTED = {"zh-Hans": "已转给单位", "en": "Passed to an office"}
FITS = "document.documentElement.scrollWidth <= window.innerWidth"
TOO_SMALL = """least => [...document.querySelectorAll('a.button, a.call, .brand, button, input')]
  .filter(one => one.type !== 'hidden')
  .filter(one => one.getBoundingClientRect().height < least).map(one => one.outerHTML)"""
CUT_OFF = """() => ['.sheet', '.middle'].filter(name => {
  const one = document.querySelector(name);
  return one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth; })"""


@pytest.fixture(scope="session")
def chromium_is_there() -> None:
    """Where there is none, the tests are skipped on somebody's machine and fail in CI."""
    if not CHROMIUM.exists():
        reason = "Chromium is missing: apt-get install -y chromium fonts-noto-cjk"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


@pytest_asyncio.fixture
async def chromium(chromium_is_there: None) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, city_folder: Path) -> Path:
    """The data folder of the console these tests share."""
    folder = tmp_path_factory.mktemp("house")
    for file in city_folder.iterdir():
        copyfile(file, folder / file.name)
    (folder / "secret.key").chmod(0o600)
    (folder / "bot-name").write_text("yunting_door_bot")
    return folder


@pytest.fixture(scope="module")
def address(house: Path, start_console: Any) -> Iterator[str]:
    with start_console(house, bot_token="123456:" + "A" * 35, public_url="https://men.example.cn") as (
        _,
        where,
    ):
        yield where


@pytest_asyncio.fixture
async def case(house: Path) -> tuple[str, str]:
    """Code and digits of a case just opened in the shared console's database."""
    database = open_database(f"sqlite+aiosqlite:///{house}/onedoor.sqlite3", box_of_folder(house))
    async with database.transaction() as session:
        opened = await builders.a_case(session)
    await database.close()
    assert opened.secret_once
    return opened.code, opened.secret_once


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where pictures go: SHOTS_DIR, to be looked at, or nowhere lasting."""
    folder = Path(os.environ.get("SHOTS_DIR", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass
class Phone:
    """One tab, and whatever its console complained about."""

    context: BrowserContext
    page: Page
    complaints: list[str]


TakePhone = Callable[..., AbstractAsyncContextManager[Phone]]


@pytest.fixture
def take_phone(chromium: Browser) -> TakePhone:
    """Opens a tab in the language of a reader."""

    @asynccontextmanager
    async def taken(locale: str = "zh-Hans", **options: Any) -> AsyncIterator[Phone]:
        tag = {"zh-Hans": "zh-CN", "en": "en-US"}[locale]
        context = await chromium.new_context(locale=tag, **(PHONE | options))
        phone = Phone(context, await context.new_page(), [])
        phone.page.on("console", lambda message: phone.complaints.append(message.text))
        phone.page.on("pageerror", lambda error: phone.complaints.append(str(error)))
        yield phone
        await context.close()

    return taken


async def looks_right(phone: Phone, locale: str) -> None:
    assert await phone.page.locator("html").get_attribute("lang") == locale
    assert await phone.page.evaluate(FITS)
    assert await phone.page.evaluate(TOO_SMALL, SMALLEST_TARGET) == []
    assert phone.complaints == []


async def look_up(page: Page, where: str, digits: str) -> None:
    await page.goto(where)
    await page.locator("#secret").fill(digits)
    await page.locator("main button[type=submit]").click()


@pytest.mark.parametrize("locale", LOCALES)
async def test_a_building_s_page_on_a_phone(
    take_phone: TakePhone, locale: str, address: str, shots: Path
) -> None:
    async with take_phone(locale) as phone:
        await phone.page.goto(f"{address}/q/guihua-01")
        await looks_right(phone, locale)
        chat = phone.page.locator("a.button").first
        await expect(chat).to_have_attribute("href", "https://t.me/yunting_door_bot?start=g_guihua-01")
        await expect(phone.page.locator('a[href="tel:110"]')).to_be_visible()
        await phone.page.screenshot(path=shots / f"building-{locale}.png", full_page=True)


@pytest.mark.parametrize("locale", LOCALES)
async def test_a_case_from_its_code_to_its_timeline(
    take_phone: TakePhone, locale: str, address: str, case: tuple[str, str], shots: Path
) -> None:
    async with take_phone(locale) as phone:
        await phone.page.goto(f"{address}/c/{case[0]}")
        await looks_right(phone, locale)
        await phone.page.screenshot(path=shots / f"lookup-{locale}.png", full_page=True)
        await look_up(phone.page, f"{address}/c/{case[0]}", case[1])
        await expect(phone.page.locator("h1")).to_have_text(ROUTED[locale])
        await looks_right(phone, locale)
        assert phone.page.url == f"{address}/c/{case[0]}"
        assert case[1] not in await phone.page.content()
        await phone.page.screenshot(path=shots / f"status-{locale}.png", full_page=True)


async def test_an_opened_case_can_be_read_in_the_other_language_without_the_digits(
    take_phone: TakePhone, address: str, case: tuple[str, str]
) -> None:
    async with take_phone() as phone:
        await look_up(phone.page, f"{address}/c/{case[0]}", case[1])
        for button in ("English", "Look again"):
            await phone.page.get_by_role("button", name=button).click()
            await expect(phone.page.locator("h1")).to_have_text(ROUTED["en"])
        assert phone.complaints == []


async def test_wrong_digits_are_told_and_the_field_is_ready_again(
    take_phone: TakePhone, address: str, case: tuple[str, str], shots: Path
) -> None:
    async with take_phone() as phone:
        wrong = f"{(int(case[1]) + 1) % 1_000_000:06}"
        page, field = phone.page, phone.page.locator("#secret")
        await look_up(page, f"{address}/c/{case[0]}", wrong)
        await expect(page.get_by_role("alert")).to_contain_text("没有对上")
        await expect(field).to_be_focused()
        await expect(field).to_have_value("")
        await page.screenshot(path=shots / "wrong.png", full_page=True)
        await field.fill(case[1])
        await field.press("Enter")
        await expect(page.locator("h1")).to_have_text(ROUTED["zh-Hans"])


async def test_everything_works_without_script(
    take_phone: TakePhone, address: str, case: tuple[str, str]
) -> None:
    async with take_phone(java_script_enabled=False) as phone:
        await look_up(phone.page, f"{address}/c/{case[0]}", case[1])
        await expect(phone.page.locator("h1")).to_have_text(ROUTED["zh-Hans"])


@pytest.mark.parametrize("kind", ["small", "dark"])
@pytest.mark.parametrize("locale", LOCALES)
async def test_small_and_dark_screens(
    take_phone: TakePhone, address: str, shots: Path, locale: str, kind: str
) -> None:
    options = {"small": SMALL, "dark": {"color_scheme": "dark"}}[kind]
    async with take_phone(locale, **options) as phone:
        for name, path in (("building", "/q/guihua-01"), ("lookup", "/c/YM-261123-7KQ4"), ("front", "/")):
            await phone.page.goto(address + path)
            await looks_right(phone, locale)
            await phone.page.screenshot(path=shots / f"{name}-{kind}-{locale}.png", full_page=True)


async def test_letters_twice_as_large_still_fit(take_phone: TakePhone, address: str) -> None:
    async with take_phone() as phone:
        session = await phone.context.new_cdp_session(phone.page)
        await session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
        for path in ("/q/guihua-01", "/c/YM-261123-7KQ4"):
            await phone.page.goto(address + path)
            assert await phone.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") > 38
            assert await phone.page.evaluate(FITS)


async def test_the_keyboard_finds_every_link_and_shows_where_it_is(
    take_phone: TakePhone, address: str
) -> None:
    async with take_phone() as phone:
        page = phone.page
        await page.goto(f"{address}/q/guihua-01")
        await page.keyboard.press("Tab")
        await expect(page.locator(".skip")).to_be_focused()
        await expect(page.locator(".skip")).to_be_in_viewport()
        for _ in range(await page.locator("a").count() - 1):
            await page.keyboard.press("Tab")
            assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        last = await page.evaluate("document.activeElement.getAttribute('href')")
        assert last == "/q/guihua-01/poster"


async def test_chinese_is_drawn_with_a_chinese_font(take_phone: TakePhone, address: str) -> None:
    async with take_phone() as phone:
        await phone.page.goto(f"{address}/q/guihua-01")
        session = await phone.context.new_cdp_session(phone.page)
        await session.send("DOM.enable")
        await session.send("CSS.enable")
        root = (await session.send("DOM.getDocument"))["root"]["nodeId"]
        heading = await session.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})
        drawn = await session.send("CSS.getPlatformFontsForNode", {"nodeId": heading["nodeId"]})
        names = [font["familyName"] for font in drawn["fonts"]]
        assert any(re.search("CJK|Hei|Song|Noto Sans SC", name) for name in names), names


@pytest.mark.parametrize("locale", LOCALES)
async def test_the_poster_is_one_sheet_with_nothing_cut_off(
    take_phone: TakePhone, address: str, shots: Path, locale: str
) -> None:
    async with take_phone(locale, viewport={"width": 794, "height": 1123}) as phone:
        page = phone.page
        await page.goto(f"{address}/q/guihua-01/poster")
        await page.screenshot(path=shots / f"poster-{locale}.png", full_page=True)
        await page.emulate_media(media="print")
        assert await page.evaluate(CUT_OFF) == []
        file = shots / f"poster-{locale}.pdf"
        printed = await page.pdf(path=file, prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
        assert phone.complaints == []
