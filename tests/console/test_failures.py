"""What somebody reads when something goes wrong: kind words, numbers to call, and nothing of the inside."""

from __future__ import annotations

import io
from typing import Any

import httpx
import pytest
import structlog

from cases.errors import DatabaseBusy, NotAllowed
from console.front import Front

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/static/../console/app.py", 404),
        ("GET", "/docs", 404),
        ("DELETE", "/q/guihua-01", 405),
        ("PUT", "/c/YM-261123-7KQ4", 405),
    ],
)
async def test_what_does_not_exist_is_told_kindly(
    door: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    page = await door.request(method, path)
    assert page.status_code == status
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="zh-Hans">' in page.text
    assert 'href="tel:96110"' in page.text


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (RuntimeError("张三 13800138000"), 500, "我们这边出了差错"),
        (DatabaseBusy(), 503, "现在暂时打不开"),
        (NotAllowed(), 403, "这样打不开"),
    ],
)
async def test_what_nobody_foresaw_shows_no_trace_and_logs_no_words(
    front: Front, browse: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, words: str
) -> None:
    async def fails(*_: Any) -> None:
        raise error

    monkeypatch.setattr("cases.places.grid_by_code", fails)
    lines = io.StringIO()
    structlog.configure(
        processors=[structlog.processors.JSONRenderer(ensure_ascii=False)],
        logger_factory=structlog.PrintLoggerFactory(lines),
    )
    try:
        async with browse(front) as door:
            page = await door.get("/q/guihua-01")
    finally:
        structlog.reset_defaults()
    assert page.status_code == status
    assert words in page.text
    for trace in ("Traceback", "Error", "张三", "13800138000", ".py"):
        assert trace not in page.text
    assert type(error).__name__ in lines.getvalue()
    assert "张三" not in lines.getvalue()
