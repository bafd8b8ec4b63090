"""How each act of a decision is carried out, and which replies it gives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, checks, people, places
from cases.actors import by_resident
from cases.dialogue.checks import check_reply
from cases.dialogue.values import (
    Act,
    AddToCase,
    AskPlace,
    Erase,
    OpenCase,
    RecordCheck,
    SetLocale,
    ShowStatus,
    Withdraw,
    d,
)
from cases.opening import NewCase
from cases.records import Case, Resident, Unit
from cases.turn import Button, Reply

STORY_PIECE = 10_000
"""What one statement of a case may hold; a longer telling is kept in pieces."""
ONLY_FILES = "📎"
"""Stands for the story of who sent only pictures or a voice message."""
PLACES_A_ROW = 2


class AtDesk(Protocol):
    """What an act needs to know of the desk it is carried out at."""

    session: AsyncSession
    resident: Resident
    now: datetime
    public_base: str


async def carry_out(desk: AtDesk, act: Act, facts: dict[str, Any]) -> Sequence[Reply]:
    """Carries out one act; `facts` of the draft may be changed by it."""
    match act:
        case RecordCheck():
            return await _record_check(desk, act, facts)
        case OpenCase():
            return await _open_case(desk, act)
        case AskPlace():
            return [await _ask_place(desk, act.unit)]
        case ShowStatus():
            return [await _status(desk)]
        case AddToCase():
            return [await _add_to_case(desk, act)]
        case Withdraw() | Erase() | SetLocale():
            return await _plain(desk, act)


async def _plain(desk: AtDesk, act: Withdraw | Erase | SetLocale) -> Sequence[Reply]:
    match act:
        case Withdraw():
            await casework.withdraw(desk.session, desk.resident, act.code, desk.now)
            return [Reply("withdrawn", {"code": act.code})]
        case Erase():
            await people.erase(desk.session, desk.resident, desk.now)
            return [Reply("erased")]
        case SetLocale():
            await people.set_locale(desk.session, desk.resident, act.locale)
            return []


async def _record_check(desk: AtDesk, act: RecordCheck, facts: dict[str, Any]) -> Sequence[Reply]:
    check = await checks.record_check(
        desk.session,
        desk.resident,
        text=act.text,
        verdict=act.verdict,
        state=act.state,
        for_other=act.for_other,
        now=desk.now,
    )
    facts["check_id"] = check.id
    return [check_reply(check.id, act.verdict, act.state, for_other=act.for_other)]


async def _open_case(desk: AtDesk, act: OpenCase) -> Sequence[Reply]:
    story = tuple(piece for text in act.story for piece in _pieces(text)) or (ONLY_FILES,)
    new = NewCase(
        resident=desk.resident,
        story=story,
        leaf=act.leaf,
        grid_code=act.grid,
        address=act.address,
        danger=act.danger,
        attachment_ids=act.attachments,
        check_id=act.check_id,
        for_other=act.for_other,
        needs_person=act.reply != "case_opened",
    )
    case = await casework.open_case(desk.session, new, desk.now)
    values = {
        "code": case.code,
        "secret": case.secret_once or "",
        "leaf": case.leaf,
        "unit": case.unit.name(desk.resident.locale),
        "first_owner": case.unit.name(desk.resident.locale),
        "due": await local_time(desk.session, case.unit, case.due_at),
    }
    return [Reply(act.reply, values, qr=f"{desk.public_base}/c/{case.code}")]


def _pieces(text: str) -> list[str]:
    return [text[start : start + STORY_PIECE] for start in range(0, len(text), STORY_PIECE)]


async def _ask_place(desk: AtDesk, unit_code: str | None) -> Reply:
    """One level of the tree as buttons; a tree with a single top begins below it."""
    areas = await places.children(desk.session, unit_code)
    at_top = unit_code is None
    while at_top and len(areas) == 1:
        areas = await places.children(desk.session, areas[0].code)
    locale = desk.resident.locale
    buttons = [d("place", f"u.{area.code}", place=area.name(locale)) for area in areas]
    if not buttons and unit_code is not None:
        grids = await places.grids_of(desk.session, unit_code)
        buttons = [
            d("place", f"g.{grid.code}", place=grid.name_en if locale == "en" else grid.name_zh)
            for grid in grids
        ]
    rows: list[tuple[Button, ...]] = [
        tuple(buttons[start : start + PLACES_A_ROW]) for start in range(0, len(buttons), PLACES_A_ROW)
    ]
    rows.append((d("place_skip", "skip"), d("to_person", "person")))
    if at_top:
        return Reply("ask_place", {}, tuple(rows), ask_location=True)
    unit = await places.unit_by_code(desk.session, str(unit_code))
    return Reply("ask_place_below", {"place": unit.name(locale) if unit else ""}, tuple(rows))


async def _status(desk: AtDesk) -> Reply:
    mine = await casework.cases_of(desk.session, desk.resident, limit=8)
    if not mine:
        return Reply("status_none")
    lines = [
        {
            "code": case.code,
            "leaf": case.leaf,
            "status": case.status.value,
            "unit": case.unit.name(desk.resident.locale),
            "due": await local_time(desk.session, case.unit, case.due_at) if case.owed else None,
        }
        for case in mine
    ]
    return Reply("status", {"cases": lines})


async def _add_to_case(desk: AtDesk, act: AddToCase) -> Reply:
    case = await casework.own_case(desk.session, desk.resident, act.code)
    actor = by_resident(desk.resident.id)
    for piece in _pieces(act.text or ""):
        await casework.add_statement(desk.session, case, piece, actor=actor, now=desk.now)
    if act.attachments:
        await casework.attach(desk.session, case, act.attachments, actor=actor, now=desk.now)
    return Reply("added", {"code": case.code})


async def with_places(session: AsyncSession, case: Case) -> Case:
    """The case with its unit and grid loaded."""
    return await casework.case_by_code(session, case.code) or case


async def local_time(session: AsyncSession, unit: Unit, at: datetime) -> str:
    """A due time as people say it, in the city's own clock: `11-26 23:59`."""
    city = await places.city_of(session, unit)
    return at.astimezone(ZoneInfo(city.timezone)).strftime("%m-%d %H:%M")
