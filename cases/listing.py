"""What does the operator at the machine see: every case as plain values, or one whole case?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases import timeline
from cases.attachments import attachments_of
from cases.casework import case_by_code
from cases.masks import mask_name, mask_phone
from cases.records import Attachment, Case, Staff, Statement, TimelineEntry
from cases.statements import statements_of


async def case_list(
    session: AsyncSession, *, owed: bool | None = None, before: str | None = None, limit: int = 100
) -> list[dict[str, Any]]:
    """The newest cases as JSON values, newest first; `before` is the code of the last one already seen."""
    query = select(Case).order_by(Case.id.desc()).limit(limit)
    if owed is not None:
        query = query.where(Case.owed == owed)
    if before is not None:
        query = query.where(Case.id < select(Case.id).where(Case.code == before).scalar_subquery())
    found = await session.scalars(query.options(selectinload(Case.unit), selectinload(Case.grid)))
    return [_line(case) for case in found]


async def whole_case(session: AsyncSession, code: str) -> dict[str, Any] | None:
    """One case with its timeline, texts and files as JSON values; contacts are masked. None: no such case."""
    case = await case_by_code(session, code)
    if case is None:
        return None
    check = await timeline.verify(session, case)
    assignee = await session.get(Staff, case.assignee_id) if case.assignee_id else None
    return _line(case) | {
        "secondary": case.secondary,
        "danger_codes": case.danger_codes,
        "assignee": assignee.code if assignee else None,
        "address": case.address,
        "contact": {"name": mask_name(case.contact_name), "phone": mask_phone(case.contact_phone)},
        "for_other": case.for_other,
        "answered_at": _iso(case.answered_at),
        "closed_at": _iso(case.closed_at),
        "closing_kind": case.closing_kind.value if case.closing_kind else None,
        "solved": case.solved,
        "satisfied": case.satisfied,
        "timeline": [_entry(entry) for entry in await timeline.entries(session, case)],
        "timeline_whole": check.whole,
        "timeline_fault": check.fault,
        "statements": [_statement(text) for text in await statements_of(session, case)],
        "attachments": [_attachment(one) for one in await attachments_of(session, case)],
    }


def _line(case: Case) -> dict[str, Any]:
    return {
        "code": case.code,
        "leaf": case.leaf,
        "status": case.status.value,
        "danger": case.danger_level.code,
        "owed": case.owed,
        "needs_person": case.needs_person,
        "unit": case.unit.code,
        "unit_zh": case.unit.name_zh,
        "unit_en": case.unit.name_en,
        "grid": case.grid.code if case.grid else None,
        "place_zh": case.grid.place_zh if case.grid else None,
        "place_en": case.grid.place_en if case.grid else None,
        "opened_at": _iso(case.opened_at),
        "due_at": _iso(case.due_at) if case.owed else None,
        "clock_template": case.clock_template,
    }


def _entry(entry: TimelineEntry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": _iso(entry.at),
        "actor": {"kind": entry.actor_kind.value, "id": entry.actor_id},
        "action": entry.action,
        "from": entry.from_status.value if entry.from_status else None,
        "to": entry.to_status.value if entry.to_status else None,
        "facts": entry.facts,
        "audience": entry.audience.value,
        "hash": entry.hash,
    }


def _statement(text: Statement) -> dict[str, Any]:
    return {
        "id": text.id,
        "kind": text.kind.value,
        "by": {"kind": text.author_kind.value, "id": text.author_id},
        "audience": text.audience.value,
        "at": _iso(text.at),
        "body": text.body,
    }


def _attachment(attachment: Attachment) -> dict[str, Any]:
    return {
        "id": attachment.id,
        "kind": attachment.kind,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "at": _iso(attachment.at),
        "erased": attachment.erased_at is not None,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
