"""How is a case shown to its resident on the channel, with its buttons, and how as a copy of their data?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timeline
from cases.actors import ActorKind
from cases.at_desk import AtDesk, shown, zone_of
from cases.citizen_view import Owed, Step, view_of
from cases.danger import NOT_TO_BE_MEDIATED
from cases.dialogue.choices import Choice, Standing, choice_buttons
from cases.dialogue.choices import shown as shown_choices
from cases.dialogue.values import d
from cases.places import place_name
from cases.records import Case, TimelineEntry
from cases.reopening import REOPEN_WITHIN, was_closed
from cases.routing import VIOLENCE_AT_HOME
from cases.statements import statements_of
from cases.status import CaseStatus
from cases.turn import Button, Reply

STEPS_SHOWN = 30
WORDS_SHOWN = 300
"""Characters of a letter to the resident in the timeline; the copy holds all of it."""
MEDIATED = "dispute:"


async def show_case(desk: AtDesk, case: Case) -> Reply:
    """The timeline, who has it until when and why, what comes next, and the buttons of this status."""
    view = await view_of(desk.session, case, words=True)
    zone, locale = await zone_of(desk.session, case.unit), desk.resident.locale
    offered = shown_choices(await standing_of(desk.session, case, desk.now))
    values = {
        "code": view.code,
        "leaf": view.leaf,
        "status": view.status.value,
        "left_out": max(0, len(view.steps) - STEPS_SHOWN),
        "steps": [_step(step, zone, locale) for step in view.steps[-STEPS_SHOWN:]],
        "unit": view.unit(locale),
        "first_owner": view.first(locale) if view.first else None,
        "owed": _owed(view.owed, zone, desk.now) if view.owed else None,
    }
    return Reply("case_timeline", values, (*choice_buttons(case.code, offered), *_anybody(offered)))


def _anybody(offered: Sequence[Choice]) -> tuple[tuple[Button, ...], ...]:
    """Where nobody can be called over this case any more, a person is still one tap away."""
    return () if Choice.PERSON in offered else ((d("to_person", "person"),),)


def _step(step: Step, zone: ZoneInfo, locale: str) -> dict[str, Any]:
    return {
        "at": shown(step.at, zone),
        "keys": list(step.keys),
        "unit": step.unit(locale) if step.unit else "",
        "when": shown(step.when, zone) if step.when else "",
        "words": [_short(text) for text in step.words],
    }


def _short(text: str) -> str:
    return text if len(text) <= WORDS_SHOWN else f"{text[:WORDS_SHOWN]}…"


def _owed(owed: Owed, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    return {
        "step": owed.step,
        "due": shown(owed.at, zone),
        "late": owed.at < now and owed.stopped_for is None,
        "length": owed.length,
        "unit": owed.unit,
        "start": owed.start,
        "basis": owed.basis,
        "article": owed.article,
        "template": owed.template,
        "extensions": owed.extensions,
        "stopped_for": owed.stopped_for,
    }


async def standing_of(session: AsyncSession, case: Case, now: datetime) -> Standing:
    """Everything that decides on what the resident can press, as the database has it at this moment."""
    return Standing(
        status=case.status,
        questioned=case.status is CaseStatus.WAITING and case.waiting_for == "resident",
        mediable=_mediable(case),
        solved=case.solved,
        satisfied=case.satisfied,
        after_answer=await _after_answer(session, case),
        in_time=case.closed_at is None or now <= case.closed_at + REOPEN_WITHIN,
    )


def _mediable(case: Case) -> bool:
    """Disputes only, and never what is kept off the path of mediation anyway."""
    leaves = (case.leaf, *case.secondary)
    protected = VIOLENCE_AT_HOME in leaves or NOT_TO_BE_MEDIATED.intersection(case.danger_codes)
    return case.leaf.startswith(MEDIATED) and not protected and not case.mediation_refused


async def _after_answer(session: AsyncSession, case: Case) -> bool:
    """A repeat is judged once the answer to the case it is handled in has been sent to its resident too."""
    if not was_closed(case) or case.merged_into_id is None:
        return was_closed(case)
    said = exists().where(TimelineEntry.case_id == case.id, TimelineEntry.action == "answered_in_other")
    return bool(await session.scalar(select(said)))


async def copy_of(desk: AtDesk, case: Case) -> Reply:
    """A copy of the resident's own data of a case: what they told, and what was written to them."""
    zone = await zone_of(desk.session, case.unit)
    said = await statements_of(desk.session, case, timeline.FOR_RESIDENT)
    lines = [
        {
            "at": shown(text.at, zone),
            "own": text.author_kind is ActorKind.RESIDENT or text.kind.value == "story",
            "text": text.body,
        }
        for text in said
        if text.body is not None
    ]
    values = {
        "code": case.code,
        "leaf": case.leaf,
        "status": case.status.value,
        "opened": shown(case.opened_at, zone),
        "place": place_name(case.grid, desk.resident.locale) if case.grid else None,
        "address": case.address,
        "name": case.contact_name,
        "phone": case.contact_phone,
        "lines": lines,
    }
    return Reply("case_copy", values)
