"""What leaves the console besides the page: headers, cookies, log lines; and what never does."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import httpx
import pytest
import structlog

from console.front import Front
from console.language import preferred

pytestmark = pytest.mark.unit
PATHS = [
    "/",
    "/q/guihua-01",
    "/q/guihua-01/poster",
    "/c",
    "/c/YM-261123-7KQ4",
    "/nothing",
    "/readyz",
    "/metrics",
]


@pytest.mark.parametrize("path", [*PATHS, "/static/door.css"])
async def test_every_answer_is_shielded(door: httpx.AsyncClient, path: str) -> None:
    headers = (await door.get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


@pytest.mark.parametrize("path", PATHS)
async def test_no_page_holds_script_inline_style_or_another_site_s_files(
    door: httpx.AsyncClient, path: str
) -> None:
    text = (await door.get(path)).text
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", text)
    assert not re.search(r'(?:src|<link[^>]*href)="(?:https?:)?//', text)


async def test_case_pages_are_never_stored(door: httpx.AsyncClient, case: Any) -> None:
    for page in (
        await door.get("/c"),
        await door.get(f"/c/{case.code}"),
        await door.post(f"/c/{case.code}", data={"secret": case.secret}),
        await door.post(f"/c/{case.code}", data={"secret": case.wrong}),
    ):
        assert page.headers["cache-control"] == "no-store"


async def test_a_building_s_page_may_be_kept_but_varies_with_the_language(door: httpx.AsyncClient) -> None:
    headers = (await door.get("/q/guihua-01")).headers
    assert headers["cache-control"] == "no-cache"
    assert headers["vary"] == "Cookie, Accept-Language"


async def test_the_style_sheet_is_kept_until_its_address_changes(door: httpx.AsyncClient) -> None:
    address = re.search(r'href="(/static/door\.css\?v=\w+)"', (await door.get("/")).text)
    assert address
    assert "immutable" in (await door.get(address[1])).headers["cache-control"]


async def test_the_only_cookie_is_the_language_and_only_once_it_is_chosen(
    door: httpx.AsyncClient, case: Any
) -> None:
    for path in PATHS:
        assert "set-cookie" not in (await door.get(path)).headers
    assert "set-cookie" not in (await door.post(f"/c/{case.code}", data={"secret": case.secret})).headers
    chosen = await door.get("/c", params={"lang": "en"})
    assert list(chosen.cookies) == ["lang"]
    cookie = chosen.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert '<html lang="en">' in (await door.get("/")).text


async def test_behind_tls_the_cookie_is_secure(front: Front, browse: Any) -> None:
    settings = front.settings.model_copy(update={"public_url": "https://men.example.cn"})
    async with browse(replace(front, settings=settings)) as door:
        assert "secure" in (await door.get("/?lang=en")).headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("query", "cookie", "header", "locale"),
    [
        (None, None, None, "zh-Hans"),
        (None, None, "en-GB,en;q=0.9", "en"),
        (None, None, "fr,en;q=0.3,zh-CN;q=0.8", "zh-Hans"),
        (None, None, "fr", "zh-Hans"),
        (None, None, "zh-TW", "zh-Hans"),
        (None, "en", "zh-CN", "en"),
        ("zh", "en", "en", "zh-Hans"),
        ("xx", "en", "zh-CN", "en"),
        ('"><script>', "<b>", ";;;q=,,", "zh-Hans"),
    ],
)
async def test_the_language_is_the_chosen_one_then_the_browser_s(
    door: httpx.AsyncClient, query: str | None, cookie: str | None, header: str | None, locale: str
) -> None:
    headers = {"accept-language": header or "", "cookie": f"lang={cookie}" if cookie else ""}
    page = await door.get("/", params={"lang": query} if query else {}, headers=headers)
    assert f'<html lang="{locale}">' in page.text
    assert page.headers["content-language"] == locale


async def test_without_a_wish_the_deployer_s_language_is_used(front: Front, browse: Any) -> None:
    settings = front.settings.model_copy(update={"locale": "en"})
    async with browse(replace(front, settings=settings)) as door:
        assert '<html lang="en">' in (await door.get("/", headers={"accept-language": ""})).text


@pytest.mark.parametrize("header", ["en;q=x", "en;q=0", ",,,", "*", "a" * 10_000, "en;q=0;zh"])
def test_a_broken_header_names_no_language(header: str) -> None:
    assert preferred(header) is None


async def test_a_strange_path_reaches_no_link(door: httpx.AsyncClient) -> None:
    page = await door.get("http://door.test//elsewhere.example/%22%3E%3Cscript%3E")
    assert page.status_code == 404
    assert "elsewhere" not in page.text
    assert "<script" not in page.text


async def test_logs_hold_neither_address_nor_code_nor_digits(door: httpx.AsyncClient, case: Any) -> None:
    lines = io.StringIO()
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(lines),
    )
    try:
        await door.get(f"/c/{case.code}", params={"k": case.secret})
        await door.post(f"/c/{case.code}", data={"secret": case.secret})
        await door.get("/q/guihua-01?from=" + case.secret)
        await door.get(f"/{case.secret}")
    finally:
        structlog.reset_defaults()
    text = lines.getvalue()
    assert text.count('"action": "http"') == 4
    assert '"route": "/c/{case}"' in text
    for word in (case.code, case.secret, "guihua", "127.0.0.1"):
        assert word not in text
