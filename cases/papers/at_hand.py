"""What does a paper say of its case without asking the database, and how is that kept until it is drawn?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from cases.danger import DangerLevel
from cases.papers.fields import DATES, PaperFields, written_date
from cases.papers.kinds import LETTERS, PaperKind
from cases.papers.names import has_name, name_of, sentence
from cases.records import Case, CaseClock

NAMES = frozenset(one.name for one in fields(PaperFields))
OF_THE_ROW = frozenset(
    {"kind", "case_code", "number", "unit_name", "issued_on", "reply_by", "pieces", "index"}
)
"""What a paper's own row says; nobody fills these in."""
FILLABLE = NAMES - OF_THE_ROW
LAST_SECOND = time(23, 59, 59)
SEPARATOR = "、"


def at_hand(case: Case, kind: PaperKind, zone: ZoneInfo) -> dict[str, Any]:
    """Codes by their names, place and days of a case loaded with unit and grid; nothing personal."""
    level = case.danger_level
    known: dict[str, Any] = {
        "leaf": name_of("leaves", case.leaf),
        "place": case.grid.place_zh if case.grid else None,
        "registered_on": case.opened_at.astimezone(zone).date(),
        "due_on": day_of(case.due_at, zone),
        "danger": name_of("dangers", level.code) if level > DangerLevel.NONE else None,
        "signs": SEPARATOR.join(name_of("signs", code) for code in case.danger_codes) or None,
        "closed_on": case.closed_at.astimezone(zone).date() if case.closed_at else None,
        "closing_kind": name_of("closings", case.closing_kind) if case.closing_kind else None,
        "solved": case.solved,
        "satisfied": case.satisfied,
    }
    if kind in LETTERS:
        known |= {"facts": _course(case, zone), "demand": sentence("demand")}
    return known


def _course(case: Case, zone: ZoneInfo) -> str:
    """How a case stands, for a letter that has to do without its resident's words."""
    return sentence(
        "course",
        registered=written_date(case.opened_at.astimezone(zone).date()),
        unit=case.unit.name_zh,
        status=name_of("statuses", case.status),
        due=written_date(day_of(case.due_at, zone)),
    )


def of_clock(clock: CaseClock, timezone: str) -> dict[str, Any]:
    """What a letter says of a clock that has run out: reason, basis and the time that was missed."""
    due = day_of(clock.due_at, ZoneInfo(timezone))
    named = has_name("steps", clock.step)
    told = {"step": name_of("steps", clock.step)} if named else {}
    reason = sentence("overdue" if named else "overdue_step", due=written_date(due), **told)
    return {"reason": reason, "basis": basis_of(clock), "due_on": due}


def basis_of(clock: CaseClock) -> str | None:
    """The rule and article a clock rests on; a template of ours is called one."""
    if clock.rule["template"]:
        return sentence("template")
    return " ".join(part for part in (clock.rule["basis"], clock.rule["article"]) if part) or None


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The city's own day of a due time; with hour and minute unless it is the end of that day."""
    local = moment.astimezone(zone)
    whole_day = local.time().replace(microsecond=0) == LAST_SECOND
    return local.date() if whole_day else local.replace(second=0, microsecond=0)


def frozen(given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as JSON values, without those nothing is known of; ValueError for one nobody fills in."""
    strange = sorted(given.keys() - FILLABLE)
    if strange:
        raise ValueError(f"no paper has the field {strange[0]}")
    return {name: _plain(value) for name, value in given.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def thawed(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Kept fields as `PaperFields` takes them."""
    return {name: _rich(name, value) for name, value in kept.items()}


def _rich(name: str, value: Any) -> Any:
    if name in DATES and isinstance(value, str):
        return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value
