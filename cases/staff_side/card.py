"""What does a case show to who may read it: the first screen, and everything behind it?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from cases.actors import Audience
from cases.acts import local_time
from cases.meetings import meetings_of
from cases.papers.issuing import papers_of
from cases.places import city_of, place_name
from cases.records import (
    Agreement,
    Attachment,
    Case,
    Meeting,
    Paper,
    Staff,
    Statement,
    StatementKind,
    Task,
    Unit,
)
from cases.routing import named_in
from cases.staff_side.entries import entry_lines, names_of, why_there
from cases.staff_side.steps import Seated
from cases.staff_side.why import due_points, due_values
from cases.statements import statements_of
from cases.tasks import tasks_of

STORY_SHOWN = 240
STORY_LINES = 3
LONG_STORY = 1500
LAST_SHOWN = 12
TEXTS_SHOWN = 6
TEXT_SHOWN = 300
COUNTED: dict[str, type[Attachment | Paper | Meeting | Task]] = {
    "files": Attachment,
    "letters": Paper,
    "meetings": Meeting,
    "tasks": Task,
}
TOLD = frozenset({StatementKind.STORY, StatementKind.STATEMENT})


async def first_screen(at: Seated, case: Case) -> dict[str, Any]:
    """The values of a case's first screen: at most twelve lines."""
    # Held until all is said: a session asks again for what nobody holds.
    _held = await city_of(at.session, case.unit)
    texts = await statements_of(at.session, case)
    lines = [line for line in _story(texts).splitlines() if line.strip()]
    why, _ = await why_there(at.session, case)
    return {
        **await heading(at, case),
        **await due_values(at.session, case),
        "place": case.address or (place_name(case.grid, at.locale) if case.grid else None),
        "signals": list(case.danger_codes),
        **await _who(at, case),
        "why": why,
        "named": await named_in(at.session, why, at.locale),
        "story": "\n".join(lines[:STORY_LINES])[:STORY_SHOWN],
        "cut": len(lines) > STORY_LINES or len("\n".join(lines)) > STORY_SHOWN,
        "last": await entry_lines(at.session, case, 1),
        "counts": await _counts(at, case),
    }


async def heading(at: Seated, case: Case) -> dict[str, Any]:
    """Code, matter, status and danger: what even who may not read a case sees of it."""
    return {
        "code": case.code,
        "leaf": case.leaf,
        "status": case.status.value,
        "danger": case.danger_level.code,
        "unit": case.unit.name(at.locale),
    }


def _story(texts: Sequence[Statement]) -> str:
    return "\n".join(text.body for text in texts if text.kind in TOLD and text.body)


async def _who(at: Seated, case: Case) -> dict[str, Any]:
    first = await at.session.get_one(Unit, case.first_unit_id)
    names = await names_of(at.session, (case.assignee_id, case.first_receiver_id))
    return {
        "holder": names.get(case.assignee_id or 0),
        "first_unit": first.name(at.locale),
        "first_name": names.get(case.first_receiver_id or 0),
        "waiting_for": case.waiting_for,
    }


async def _counts(at: Seated, case: Case) -> dict[str, int]:
    each = [
        select(func.count()).where(kind.case_id == case.id).scalar_subquery() for kind in COUNTED.values()
    ]
    found = (await at.session.execute(select(*each))).one()
    return dict(zip(COUNTED, found, strict=True))


async def details(at: Seated, case: Case) -> dict[str, Any]:
    """Everything behind the first screen: the whole story, why here, why then, what happened, papers."""
    _held = await city_of(at.session, case.unit)
    texts = await statements_of(at.session, case)
    why, not_there = await why_there(at.session, case)
    step, points = await due_points(at.session, case)
    return {
        **await heading(at, case),
        "story": _story(texts)[:LONG_STORY],
        "texts": await _texts(at, case, texts),
        "why": why,
        "not_there": not_there,
        "named": await named_in(at.session, (*why, *not_there), at.locale),
        "step": step,
        "points": points,
        "entries": await entry_lines(at.session, case, LAST_SHOWN),
        "letters": await letter_lines(at, case),
        "meetings": await _meeting_lines(at, case),
        "tasks": await _task_lines(at, case),
        "agreements": await _agreement_lines(at, case),
    }


async def _texts(at: Seated, case: Case, texts: Sequence[Statement]) -> list[dict[str, Any]]:
    """The newest words that are not the story: answers, notes, minutes, each with who may read it."""
    others = [text for text in texts if text.kind not in TOLD and text.body][-TEXTS_SHOWN:]
    return [
        {
            "kind": text.kind.value,
            "at": await local_time(at.session, case.unit, text.at),
            "body": (text.body or "")[:TEXT_SHOWN],
            "visible": text.audience is Audience.RESIDENT,
        }
        for text in others
    ]


async def letter_lines(at: Seated, case: Case) -> list[dict[str, Any]]:
    """The papers of a case: kind, number, when, and whether a reply is owed or given; no words."""
    found = await papers_of(at.session, case)
    return [
        {
            "kind": paper.kind,
            "number": paper.number,
            "at": await local_time(at.session, case.unit, paper.issued_at),
            "owed": await local_time(at.session, case.unit, paper.reply_due_at)
            if paper.reply_due_at and not paper.replied_at
            else None,
            "replied": await local_time(at.session, case.unit, paper.replied_at)
            if paper.replied_at
            else None,
        }
        for paper in found[-LAST_SHOWN:]
    ]


async def _meeting_lines(at: Seated, case: Case) -> list[dict[str, Any]]:
    found = await meetings_of(at.session, case)
    return [
        {
            "kind": one.kind.value,
            "at": await local_time(at.session, case.unit, one.held_at or one.planned_at),
            "outcome": one.outcome,
        }
        for one in found[-LAST_SHOWN:]
    ]


async def _task_lines(at: Seated, case: Case) -> list[dict[str, Any]]:
    found = (await tasks_of(at.session, case))[-LAST_SHOWN:]
    texts = await _bodies(at, [task.statement_id for task in found])
    units = await at.session.scalars(select(Unit).where(Unit.id.in_({task.unit_id for task in found})))
    names = {unit.id: unit.name(at.locale) for unit in units}
    return [
        {
            "unit": names[task.unit_id],
            "due": await local_time(at.session, case.unit, task.due_at),
            "struck": task.handled_at is not None,
            "body": texts.get(task.statement_id, ""),
        }
        for task in found
    ]


async def _bodies(at: Seated, ids: Sequence[int]) -> dict[int, str]:
    found = await at.session.scalars(select(Statement).where(Statement.id.in_(ids)))
    return {text.id: (text.body or "")[:TEXT_SHOWN] for text in found}


async def _agreement_lines(at: Seated, case: Case) -> list[dict[str, Any]]:
    query = select(Agreement).where(Agreement.case_id == case.id).order_by(Agreement.id)
    found = (await at.session.scalars(query)).all()
    return [
        {
            "oral": one.oral,
            "by": await local_time(at.session, case.unit, one.perform_by) if one.perform_by else None,
            "performed": one.performed,
        }
        for one in found
    ]


async def who_has_it(at: Seated, case: Case) -> str | None:
    """The name of the colleague a case is with, if anybody signed."""
    found = await at.session.get(Staff, case.assignee_id) if case.assignee_id else None
    return found.name if found else None
