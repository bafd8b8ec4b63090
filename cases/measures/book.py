"""How is the ledger of a month written as a workbook, row by row, however many cases there are?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import yaml
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.measures import pages
from cases.measures.areas import Areas, areas_of
from cases.measures.cells import Page, Value
from cases.measures.families import families
from cases.measures.ledger import Line, lines
from cases.measures.periods import Period, year_of
from cases.measures.scope import Scope
from cases.measures.stars import sheets, star_rows
from cases.measures.tally import COLUMNS, Tally
from cases.records import Grid

FILE = Path(__file__).with_name("book.yml")
SAID_EVERY = 500
# The columns of the list of cases; the tally's own columns follow.
CASE_HEAD = (
    "code",
    "leaf",
    "family",
    "community",
    "place",
    "status",
    "opened_at",
    "due_at",
    "closing",
    "unit",
    "late",
    "letters",
)


@dataclass(frozen=True, slots=True)
class Names:
    """How codes are called in the language of the workbook, `zh-Hans` or `en`."""

    locale: str
    leaf: Callable[[str], str]


@cache
def words(locale: str) -> dict[str, Any]:
    """The workbook's own words."""
    told: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return told["en" if locale == "en" else "zh-Hans"]


async def write_ledger(
    session: AsyncSession,
    scope: Scope,
    period: Period,
    out: Path | BinaryIO,
    *,
    names: Names,
    progress: Callable[[int], None] = lambda _: None,
) -> Tally:
    """Writes the ledger of an area for a month; returns what it adds up to.

    Rows go straight to the file; `progress` is told how many cases are written. ChainBroken (with the code)
    where a case's moves do not follow from each other: then no file is written.
    """
    areas = await areas_of(session, scope)
    found = await session.execute(select(Grid.id, _grid_name(names.locale)))
    places: dict[int, str] = dict(found.all())
    book = Workbook(write_only=True)
    say = words(names.locale)
    made = {name: _page(book, name, say, scope) for name in say["sheets"]}
    tally = Tally()
    async for line in lines(session, scope, period, areas=areas):
        made["cases"].write(_case_row(line, areas, names, places))
        tally.add(line.home_id, line.family, line.sums)
        if tally.cases % SAID_EVERY == 0:
            progress(tally.cases)
    told = pages.Told(made=made, say=say, locale=names.locale, scope=scope, period=period, areas=areas)
    pages.notes(told)
    pages.summary(told, tally)
    pages.communities(told, tally)
    pages.by_family(told, tally)
    await _stars(session, told)
    await pages.figures(session, told)
    book.save(out)
    return tally


def _grid_name(locale: str) -> Any:
    return Grid.name_en if locale == "en" else Grid.name_zh


def _page(book: Workbook, name: str, say: dict[str, Any], scope: Scope) -> Page:
    head = [say["head"].get(key) or say["columns"].get(key, "") for key in pages.HEADS.get(name, ())]
    if name == "cases":
        head = [*(say["head"][key] for key in CASE_HEAD), *(say["columns"][key] for key in COLUMNS)]
    if name in sheets():
        locale = "en" if say is words("en") else "zh-Hans"
        head = pages.star_head(say, sheets()[name], locale)
    return Page(book, say["sheets"][name], head, more=say["more"], timezone=scope.city.timezone)


def _case_row(line: Line, areas: Areas, names: Names, places: dict[int, str]) -> list[Value]:
    """Codes, times and numbers: nobody's name, nobody's words."""
    say, course = words(names.locale), line.course
    unit = areas.by_code.get(course.unit or "")
    family = next(one for one in families() if one.code == line.family)
    return [
        line.code,
        names.leaf(line.leaf),
        family.names[names.locale],
        areas.by_id[line.home_id].name(names.locale),
        places.get(line.grid_id) if line.grid_id is not None else None,
        say["statuses"].get(course.status),
        line.opened_at,
        line.owed.due_at if line.owed else None,
        say["closings"].get(course.closing) if course.closing else None,
        unit.name(names.locale) if unit else None,
        say["yes_mark"] if line.overdue else None,
        line.letters or None,
        *(line.sums[column] or None for column in COLUMNS),
    ]


async def _stars(session: AsyncSession, told: pages.Told) -> None:
    zone = told.scope.city.timezone
    for sheet in sheets().values():
        over = told.period if sheet.over == "month" else year_of(told.period, zone)
        rows = await star_rows(session, sheet, told.scope, over, told.areas)
        pages.stars(told, sheet, over, rows)
