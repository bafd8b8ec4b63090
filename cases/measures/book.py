"""How is the ledger of a month written as a workbook, row by row, however many cases there are?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import yaml
from openpyxl import Workbook
from openpyxl.utils.exceptions import WorkbookAlreadySaved
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.measures import pages
from cases.measures.areas import Areas, areas_of
from cases.measures.cells import Page, Value
from cases.measures.families import families
from cases.measures.ledger import Line, lines
from cases.measures.measures import measures
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
    book = Workbook(write_only=True)
    try:
        tally = await _fill(session, book, scope, period, areas=areas, names=names, progress=progress)
        book.save(out)
    finally:
        _let_go(book)
    return tally


async def _fill(
    session: AsyncSession,
    book: Workbook,
    scope: Scope,
    period: Period,
    *,
    areas: Areas,
    names: Names,
    progress: Callable[[int], None],
) -> Tally:
    say, places = words(names.locale), await _places(session, names.locale)
    book.properties.title = pages.title(say, scope, period, names.locale)
    heads = _heads(say, names.locale, str(book.properties.title))
    zone = scope.city.timezone
    made = {
        name: Page(book, title, heads[name], more=say["more"], timezone=zone)
        for name, title in say["sheets"].items()
    }
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
    return tally


def _let_go(book: Workbook) -> None:
    """Each sheet lies in a file of its own until it is saved; a book given up would leave them open."""
    for sheet in book.worksheets:
        writer = getattr(sheet, "_writer", None)
        if writer is not None and Path(writer.out).exists():
            with suppress(WorkbookAlreadySaved):
                sheet.close()
            writer.cleanup()


async def _places(session: AsyncSession, locale: str) -> dict[int, str]:
    name = Grid.name_en if locale == "en" else Grid.name_zh
    found = await session.execute(select(Grid.id, name))
    return dict(found.all())


def _heads(say: Mapping[str, Any], locale: str, title: str) -> dict[str, list[str]]:
    texts = say["columns"] | say["head"]
    heads = {name: [texts[key] for key in keys] for name, keys in pages.HEADS.items()}
    scored = {name: pages.star_head(say, sheet, locale) for name, sheet in sheets().items()}
    return {"notes": [title], "cases": [texts[key] for key in (*CASE_HEAD, *COLUMNS)]} | heads | scored


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
        if sheet.over == "month":
            continue
        for code in sheet.measured:
            await pages.rows_behind(session, told, measures()[code], over, marked=f" {over.name}")
