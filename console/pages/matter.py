"""How does a resident see where their case stands, with its code and the six look-up digits?"""

from __future__ import annotations

import asyncio
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from cases import places
from cases.casework import case_by_code, public_status
from cases.citizen_view import Owed, Step
from cases.codes import SECRET_DIGITS, read_case_code
from cases.errors import TooManyAttempts
from cases.public_status import PublicStatus
from cases.status import CaseStatus
from console import passes
from console.forms import small_form
from console.front import Front, front_of
from console.heartbeat import bot_name, chat_link
from console.language import asked_for
from console.rendering import page, words_for
from console.times import deadline, moment_of
from console.wording import Wording
from kb import taxonomy
from kb.case_words import say, until_when, why_then

router = APIRouter(prefix="/c")
READ = ["GET", "HEAD"]
# The way of a case that nothing comes between; a status beside it has no place on it.
WAY = ("registered", "routed", "signed", "in_progress", "answered", "closed")
PLACE_ON_WAY = {status: status for status in WAY} | {
    "accepted": "registered",
    "waiting": "in_progress",
    "judging": "answered",
    "archived": "closed",
    "reopened": "routed",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that was opened with the right digits, and what stands around it."""

    status: PublicStatus
    secret: str
    timezone: str
    sample: bool


@router.api_route("", methods=READ, response_class=HTMLResponse)
async def ask_both(request: Request) -> HTMLResponse:
    """Asks for code and digits."""
    return _form(request, None)


@router.api_route("/{case}", methods=READ, response_class=HTMLResponse)
async def ask_digits(request: Request, case: str) -> HTMLResponse:
    """Asks for the digits of the case in the address, whether or not there is such a case."""
    code = read_case_code(case)
    if code is None:
        return _form(request, None, wrong="lookup.unreadable", status=404)
    return _form(request, code)


@router.post("", response_class=HTMLResponse)
async def show_typed(request: Request) -> HTMLResponse:
    """The case whose code and digits were typed."""
    fields = await small_form(request)
    return await _show(request, fields.get("code", ""), fields, typed=True)


@router.post("/{case}", response_class=HTMLResponse)
async def show(request: Request, case: str) -> HTMLResponse:
    """The case in the address, for its digits or a pass of ours."""
    return await _show(request, case, await small_form(request), typed=False)


async def _show(request: Request, case: str, fields: dict[str, str], *, typed: bool) -> HTMLResponse:
    front, now = front_of(request), front_of(request).now()
    code = read_case_code(case[:40])
    secret = _secret(front, code, fields, now)
    begun = asyncio.get_running_loop().time()
    opened = await _open(front, code, secret, now) if code and secret else None
    if opened is None:
        await _wait_until(begun + front.wrong_takes)
        return _form(request, None if typed else code, wrong="lookup.wrong", status=403)
    return page(request, "status.html", **_seen(front, opened, words_for(request), now))


def _form(request: Request, code: str | None, *, wrong: str | None = None, status: int = 200) -> HTMLResponse:
    # A browser that keeps no cookie still stays in the language just chosen.
    language = asked_for(request)
    action = (f"/c/{code}" if code else "/c") + (f"?lang={language}" if language else "")
    return page(
        request, "lookup.html", status=status, code=code, wrong=wrong, digits=SECRET_DIGITS, action=action
    )


async def _wait_until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - asyncio.get_running_loop().time()))


def _secret(front: Front, code: str | None, fields: dict[str, str], now: datetime) -> str | None:
    """The digits as typed (any width, spaces or dashes between), or those in a pass, or None."""
    if code and (given := fields.get("pass")):
        return passes.secret_in(front.database.box, given, code, now)
    typed = unicodedata.normalize("NFKC", fields.get("secret", "")[:40])
    digits = "".join(character for character in typed if character.isdecimal())
    return digits if len(digits) == SECRET_DIGITS else None


async def _open(front: Front, code: str, secret: str, now: datetime) -> Opened | None:
    """None whatever did not fit: a wrong digit, an unknown case and a closed page read the same."""
    try:
        async with front.database.transaction() as session:
            status = await public_status(session, code, secret, now)
            case = await case_by_code(session, code) if status else None
            if status is None or case is None:
                return None
            city = await places.city_of(session, case.unit)
            return Opened(status, secret, city.timezone, city.sample)
    except TooManyAttempts:
        return None


def _seen(front: Front, opened: Opened, words: Wording, now: datetime) -> dict[str, Any]:
    """What the page shows of an opened case, in words."""
    status, zone = opened.status, opened.timezone
    name = bot_name(front.settings.data_dir) if front.settings.bot_token else None
    owed = status.view.owed
    return {
        "code": status.code,
        "standing": status.status.value,
        "leaf": leaf_name(status.leaf, words),
        "unit": status.view.unit(words.locale),
        "phone": status.view.phone,
        "opened_at": moment_of(status.opened_at, zone, words),
        "first": status.view.first(words.locale) if status.view.first else None,
        "due": until_when(words.locale, asdict(owed), deadline(owed.at, zone, words)) if owed else None,
        "why": why_then(words.locale, asdict(owed)) if owed and not owed.stopped_for else None,
        "next": say("next", status.status.value, words.locale),
        "owes": status.due_at is not None,
        "overdue": _is_late(owed, now) and status.due_at is not None,
        "way": _way(status.status),
        "steps": [
            (moment_of(step.at, zone, words), step_words(step, zone, words))
            for step in reversed(status.steps)
        ],
        "chat": chat_link(name) if name else None,
        "again": passes.issue(front.database.box, status.code, opened.secret, now),
        "sample": opened.sample,
    }


def leaf_name(leaf: str, words: Wording) -> str:
    """What a case is about, by name."""
    if words.has(f"leaves.{leaf}"):
        return words(f"leaves.{leaf}")
    try:
        return taxonomy.name(leaf, words.locale)
    except KeyError:
        return words("leaves.to_sort")


def step_words(step: Step, zone: str, words: Wording) -> str:
    """A step of the timeline in plain words; one nobody has worded yet still says that something happened."""
    values = {
        "unit": step.unit(words.locale) if step.unit else "",
        "when": moment_of(step.when, zone, words) if step.when else "",
    }
    known = (key for key in step.keys if words.has(f"steps.{key}"))
    return words(f"steps.{next(known, 'other')}", **values)


def _is_late(owed: Owed | None, now: datetime) -> bool:
    return owed is not None and owed.stopped_for is None and owed.at < now


def _way(status: CaseStatus) -> list[tuple[str, str]]:
    """The steps of the ordinary way, each `past`, `now` or `ahead`; none for a case that left it."""
    here = PLACE_ON_WAY.get(status.value)
    if here is None:
        return []
    place = WAY.index(here)
    state = {-1: "past", 0: "now", 1: "ahead"}
    return [(step, state[(at > place) - (at < place)]) for at, step in enumerate(WAY)]
