"""What can be filled into a paper, and how is each value written there?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TypeAlias

from cases.papers.kinds import PaperKind, title

BLANK = "＿＿＿＿＿＿＿＿"
"""A line to fill by hand."""
BLANK_DATE = "＿＿＿年＿＿月＿＿日"
YES_NO = {"zh-Hans": ("是", "否"), "en": ("yes", "no")}

Row: TypeAlias = Mapping[str, str]
Values: TypeAlias = Mapping[str, str | int | date | bool | tuple[Row, ...] | None]


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One thing in a dossier's index."""

    name: str
    origin: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFields:
    """What is known for one paper; what is None stays a blank to fill by hand.

    Dates are the city's own days. Texts are people's words and are never read as anything else.
    """

    kind: PaperKind
    case_code: str
    number: str
    unit_name: str
    """Who issues the paper."""
    issued_on: date
    to_unit: str | None = None
    """Whom a letter or slip goes to; on a form and on the cover, who handles the matter."""
    leaf: str | None = None
    """诉求类别 by its name."""
    place: str | None = None
    subject: str | None = None
    applicant: str | None = None
    respondent: str | None = None
    first_owner: str | None = None
    """首问负责人."""
    facts: str | None = None
    demand: str | None = None
    """What the resident asks for; in letters, what the unit is asked to do."""
    disputed: str | None = None
    responsibilities: str | None = None
    reason: str | None = None
    route: str | None = None
    """The lawful routes left, by name."""
    basis: str | None = None
    """The rule or article a decision rests on."""
    opinion: str | None = None
    """What somebody who decides wrote: 受理意见, 审批意见."""
    result: str | None = None
    danger: str | None = None
    signs: str | None = None
    """Danger signals of the case, by name."""
    minutes: str | None = None
    participants: str | None = None
    agreement: str | None = None
    performance: str | None = None
    court: str | None = None
    reply_to: str | None = None
    """The number of the paper this one answers or refers to."""
    closing_kind: str | None = None
    mediator: str | None = None
    director: str | None = None
    visitor: str | None = None
    pieces: int | None = None
    """How many things a dossier holds."""
    registered_on: date | None = None
    held_on: date | None = None
    """The day of a session or visit."""
    agreed_on: date | None = None
    perform_by: date | None = None
    due_on: date | None = None
    reply_by: date | None = None
    extended_to: date | None = None
    closed_on: date | None = None
    solved: bool | None = None
    """What the resident says, None before they were asked; likewise `satisfied`."""
    satisfied: bool | None = None
    attachments: tuple[str, ...] = ()
    index: tuple[IndexRow, ...] = ()

    def as_values(self, locale: str = "zh-Hans") -> dict[str, str | date | tuple[Row, ...]]:
        """What is known, as a template shows it; `issued_on` stays a day, for the file's own date."""
        known = {name: getattr(self, name) for name in PLAIN}
        values: dict[str, str | date | tuple[Row, ...]] = {
            name: written(name, value, locale) for name, value in known.items() if value is not None
        }
        values["kind"], values["issued_on"] = title(self.kind, locale), self.issued_on
        values["attachments"] = tuple(
            {"no": str(no), "name": name} for no, name in enumerate(self.attachments, start=1)
        )
        values["index"] = tuple(
            {"no": str(no), "name": row.name, "origin": row.origin, "at": row.at}
            for no, row in enumerate(self.index, start=1)
        )
        return values


LISTS = {"attachments": frozenset({"no", "name"}), "index": frozenset({"no", "name", "origin", "at"})}
"""Fields that hold rows, and what a row holds."""
PLAIN = tuple(one.name for one in fields(PaperFields) if one.name not in LISTS)
DATES = frozenset(one.name for one in fields(PaperFields) if str(one.type).startswith("date"))
ANSWERS = frozenset(one.name for one in fields(PaperFields) if str(one.type).startswith("bool"))


def written(name: str, value: object, locale: str = "zh-Hans") -> str:
    """One value as a person writes it; the blank of its field where there is none."""
    if name in ANSWERS and not isinstance(value, str):
        return _ticked(value, locale)
    if isinstance(value, date):
        return written_date(value, locale)
    words = "" if value is None else str(value).strip()
    return words or blank(name, locale)


def blank(name: str, locale: str = "zh-Hans") -> str:
    """What stands where a field has no value."""
    if name in ANSWERS:
        return _ticked(None, locale)
    return BLANK_DATE if name in DATES and locale == "zh-Hans" else BLANK


def written_date(day: date, locale: str = "zh-Hans") -> str:
    """A day such as `2026年11月23日` or `23 November 2026`, with hour and minute where it has them."""
    clock = f" {day:%H:%M}" if isinstance(day, datetime) else ""
    if locale == "zh-Hans":
        return f"{day.year}年{day.month}月{day.day}日{clock}"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}{clock}"


MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _ticked(value: object, locale: str) -> str:
    yes, no = YES_NO[locale]
    return f"{'☑' if value is True else '☐'} {yes}　{'☑' if value is False else '☐'} {no}"
