"""How each act of a decision is carried out, and which replies it gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cases import casework, checks, citizen_acts, people, places
from cases.actors import ActorKind, by_resident
from cases.at_desk import AtDesk, local_time, pieces
from cases.danger import MONEY_AT_RISK
from cases.dialogue.checks import ACUTE, check_reply
from cases.dialogue.choices import of_case
from cases.dialogue.talk import MENU
from cases.dialogue.values import Act, AddToCase, AskPlace, OpenCase, RecordCheck, ShowStatus, d
from cases.dialogue.wishes import Erase, SetLocale, Withdraw
from cases.opening import NewCase
from cases.records import Case, Unit
from cases.status import CaseStatus, may_move
from cases.turn import Button, Reply

ONLY_FILES = "📎"
"""Stands for the story of who sent only pictures or a voice message."""
PLACES_A_ROW = 2


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
        case Withdraw():
            return [await _withdraw(desk, act)]
        case Erase() | SetLocale():
            return await _plain(desk, act)
    return await citizen_acts.carry_out(desk, act)


async def _withdraw(desk: AtDesk, act: Withdraw) -> Reply:
    """What was closed while the question lay unanswered needs no taking back."""
    case = await casework.own_case(desk.session, desk.resident, act.code)
    if not may_move(case.status, CaseStatus.WITHDRAWN, ActorKind.RESIDENT):
        return Reply("withdrawn_not_needed", {"code": case.code, "status": case.status.value}, look(case))
    await casework.withdraw(desk.session, desk.resident, act.code, desk.now)
    return Reply("withdrawn", {"code": case.code})


async def _plain(desk: AtDesk, act: Erase | SetLocale) -> Sequence[Reply]:
    match act:
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
    danger = await _with_money_at_risk(desk, act)
    story = tuple(piece for text in act.story for piece in pieces(text)) or (ONLY_FILES,)
    new = NewCase(
        resident=desk.resident,
        story=story,
        leaf=act.leaf,
        grid_code=act.grid,
        address=act.address,
        danger=danger,
        attachment_ids=act.attachments,
        check_id=act.check_id,
        for_other=act.for_other,
        needs_person=act.reply != "case_opened",
    )
    case = await casework.open_case(desk.session, new, desk.now)
    first = await desk.session.get_one(Unit, case.first_unit_id)
    values = {
        "code": case.code,
        "secret": case.secret_once or "",
        "leaf": case.leaf,
        "stage": case.status.value,
        "unit": case.unit.name(desk.resident.locale),
        "first_owner": first.name(desk.resident.locale),
        "due": await local_time(desk.session, case.unit, case.due_at),
    }
    return [Reply(act.reply, values, qr=f"{desk.public_base}/c/{case.code}")]


async def _with_money_at_risk(desk: AtDesk, act: OpenCase) -> tuple[str, ...]:
    """A case from a check in which money is leaving just now does not wait its turn."""
    if act.check_id is None:
        return act.danger
    check = await checks.check_by_id(desk.session, act.check_id, desk.resident)
    acute = check is not None and check.state in ACUTE
    return (*act.danger, MONEY_AT_RISK) if acute else act.danger


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
    rows = tuple((of_case("case_code", case.code, "view"),) for case in mine)
    return Reply("status", {"cases": lines}, rows)


async def _add_to_case(desk: AtDesk, act: AddToCase) -> Reply:
    case = await casework.own_case(desk.session, desk.resident, act.code)
    if case.status in casework.PUT_AWAY:
        return Reply("added_too_late", {"code": case.code, "status": case.status.value}, MENU)
    actor = by_resident(desk.resident.id)
    waited = case.waiting_for == "resident"
    for piece in pieces(act.text or ""):
        await casework.add_statement(desk.session, case, piece, actor=actor, now=desk.now, danger=act.danger)
    if act.attachments:
        await casework.attach(desk.session, case, act.attachments, actor=actor, now=desk.now)
    values = {"code": case.code, "unit": case.unit.name(desk.resident.locale)}
    return Reply("answered_question" if waited else "added", values, look(case))


def look(case: Case) -> tuple[tuple[Button, ...], ...]:
    """The button that shows the case as it is now."""
    return ((of_case("case_view", case.code, "view"),),)


__all__ = ["AtDesk", "carry_out", "local_time", "look"]
