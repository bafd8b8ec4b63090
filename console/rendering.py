"""How does a template become a page in the reader's language?"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from starlette.requests import Request
from starlette.responses import HTMLResponse

from console.front import front_of
from console.language import COOKIE, COOKIE_SECONDS, LOCALES, asked_for, language_of
from console.wording import Wording, wordings

FOLDER = Path(__file__).parent
# Shown on every page, whatever else fails.
FIRST_NUMBERS = ("110", "96110", "12345")


@lru_cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


@lru_cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache
def _version() -> str:
    """Changes with any of the files browsers keep."""
    kept = b"".join(file.read_bytes() for file in sorted((FOLDER / "static").iterdir()))
    return sha256(kept).hexdigest()[:12]


def words_for(request: Request) -> Wording:
    """The wording in which this request is answered."""
    return wordings()[language_of(request, front_of(request).settings.locale)]


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the reader's language; a language just chosen is remembered."""
    front, words = front_of(request), words_for(request)
    others = [other for other in LOCALES if other != words.locale]
    html = _template(template).render(
        say=words,
        locale=words.locale,
        others=[(other, wordings()[other]("language.own_name")) for other in others],
        version=_version(),
        hotlines=[front.library.hotline(number) for number in FIRST_NUMBERS],
        **values,
    )
    response = HTMLResponse(html, status, headers={"Content-Language": words.locale})
    chosen = asked_for(request)
    if chosen:
        _remember(request, response, chosen)
    return response


def _remember(request: Request, response: HTMLResponse, locale: str) -> None:
    response.set_cookie(
        COOKIE,
        locale,
        max_age=COOKIE_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=front_of(request).settings.public_base.startswith("https://"),
    )
