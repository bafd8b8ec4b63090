"""What stands in each sheet of the ledger's workbook besides the list of cases?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cases.measures.areas import Areas
from cases.measures.campaign import campaign
from cases.measures.cells import Page, Value
from cases.measures.families import families
from cases.measures.measures import Figure, Measure, all_behind, figure, measures
from cases.measures.periods import Period
from cases.measures.scope import Scope
from cases.measures.stars import Criterion, Sheet, StarRow
from cases.measures.tally import COLUMNS, Sums, Tally

HEADS: Mapping[str, tuple[str, ...]] = {
    "summary": ("figure", "value", "formula", "drill"),
    "communities": ("area", *COLUMNS),
    "families": ("area", "family", *COLUMNS),
    "measures": (
        "measure",
        "value",
        "measured_in",
        "numerator",
        "denominator",
        "goal",
        "formula",
        "drill",
        "code",
    ),
    "details": ("measure", "code", "community", "counted", "amount"),
}
PERCENT_PLACES = 4
MINUTE_PLACES = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What every sheet needs: the open pages, the words, whose ledger it is and of when."""

    made: Mapping[str, Page]
    say: Mapping[str, Any]
    locale: str
    scope: Scope
    period: Period
    areas: Areas


def title(say: Mapping[str, Any], scope: Scope, period: Period, locale: str) -> str:
    """The workbook's title; a sample says so."""
    sample = say["sample"] if scope.city.sample else ""
    return str(say["title"].format(unit=scope.unit.name(locale), month=period.name, sample=sample))


def notes(told: Told) -> None:
    """How to read the rest; the title is the sheet's head."""
    page = told.made["notes"]
    for line in told.say["notes"]:
        page.write([line])


def summary(told: Told, tally: Tally) -> None:
    """The whole area's figures, each with its formula and where to count it."""
    page, say, total = told.made["summary"], told.say, tally.total()
    for column in COLUMNS:
        where = say["drill_cases"].format(sheet=say["sheets"]["cases"], column=say["columns"][column])
        page.write([say["columns"][column], total[column], say["formulas"][column], where])
    page.write([say["head"]["cases"], tally.cases])


def communities(told: Told, tally: Tally) -> None:
    """A line for each community in the city's order, one for what has none, and the sum."""
    page, known = told.made["communities"], [unit.id for unit in told.areas.communities]
    for unit in told.areas.communities:
        page.write([unit.name(told.locale), *_columns(tally.of_homes([unit.id]))])
    others = {home for home, _ in tally.cells} - set(known)
    page.write([told.say["no_community"], *_columns(tally.of_homes(others))])
    page.write([told.scope.unit.name(told.locale), *_columns(tally.total())])


def by_family(told: Told, tally: Tally) -> None:
    """Every family in the whole area; then the six (六防六促) for each area directly below."""
    page, unit = told.made["families"], told.scope.unit.name(told.locale)
    for family in families():
        page.write([unit, family.names[told.locale], *_columns(tally.of_family(family.code))])
    say = told.say
    page.write([])
    columns = [say["columns"][name] for name in ("settled", "open", "escalated")]
    page.write([say["head"]["area"], say["head"]["family"], say["head"]["received"], *columns])
    for row in campaign(tally, told.areas, told.scope.unit):
        name = row.unit.name(told.locale)
        counts = (row.received, row.settled, row.open, row.escalated)
        page.write([name, row.family.names[told.locale], *counts])


def _columns(sums: Sums) -> list[Value]:
    return [sums[column] for column in COLUMNS]


def star_head(say: Mapping[str, Any], sheet: Sheet, locale: str) -> list[str]:
    """The heads of a score sheet: a criterion with its figure beside it, or the label of an empty cell."""
    pairs = [
        [one.names[locale], say["head"]["value"]]
        if one.measure
        else [f"{one.names[locale]}（{say['by_people']}）"]
        for one in sheet.criteria
    ]
    ends = [say["head"]["known_met"], say["head"]["left_open"]]
    return [say["head"]["community"], *(text for pair in pairs for text in pair), *ends]


def stars(told: Told, sheet: Sheet, over: Period, rows: Sequence[StarRow]) -> None:
    """A line for each community: what is met, what is not, what people have to fill in."""
    page, say = told.made[sheet.code], told.say
    page.write([f"{sheet.names[told.locale]} {over.name}"])
    for row in rows:
        cells: list[Value] = [row.unit.name(told.locale)]
        for criterion, figure_, met in zip(sheet.criteria, row.figures, row.met, strict=True):
            cells += _judged(say, criterion, figure_, met)
        known = [met for met in row.met if met is not None]
        page.write([*cells, _mark(say, all(known)), len(row.met) - len(known)])


def _judged(
    say: Mapping[str, Any], criterion: Criterion, figure_: Figure | None, met: bool | None
) -> list[Value]:
    if met is None:
        return [None]
    if figure_ is None or figure_.value is None:
        return [_mark(say, met), 0 if criterion.at_least is None else say["nothing"]]
    return [_mark(say, met), round(figure_.value, PERCENT_PLACES)]


def _mark(say: Mapping[str, Any], met: bool) -> str:
    return str(say["yes_mark"] if met else say["no_mark"])


async def figures(session: AsyncSession, told: Told) -> None:
    """Every measure with its formula, and every row behind it."""
    page = told.made["measures"]
    for measure in measures().values():
        found = await figure(session, measure.code, told.scope, told.period)
        page.write(_measure_row(told, measure, found))
        await rows_behind(session, told, measure, told.period)


async def rows_behind(
    session: AsyncSession, told: Told, measure: Measure, over: Period, *, marked: str = ""
) -> None:
    """Every row behind a figure, with the code of its case and the community it is at home in."""
    page, name = told.made["details"], measure.names[told.locale] + marked
    async for row in all_behind(session, measure.code, told.scope, over):
        home = told.areas.by_id[row.home_id].name(told.locale) if row.home_id is not None else None
        amount = None if row.amount is None else round(row.amount, MINUTE_PLACES)
        page.write([name, row.case, home, int(row.counted), amount])


def _measure_row(told: Told, measure: Measure, found: Figure) -> list[Value]:
    say = told.say
    name, people = measure.names[told.locale], measure.kind == "people"
    drill = say["drill_details"].format(
        sheet=say["sheets"]["details"], column=say["head"]["measure"], code=name
    )
    nothing = say["by_people"] if people else say["nothing"]
    return [
        name,
        nothing if found.value is None else _shown(measure, found.value),
        say["units"][measure.unit],
        found.numerator,
        found.denominator,
        _goal(say, measure),
        measure.formulas[told.locale],
        None if people else drill,
        measure.code,
    ]


def _shown(measure: Measure, value: float) -> float:
    if measure.kind == "share":
        return round(value * 100, PERCENT_PLACES - 2)
    return round(value, MINUTE_PLACES)


def _goal(say: Mapping[str, Any], measure: Measure) -> str | None:
    for kind, value in (measure.goal or {}).items():
        shown = f"{value:.0%}" if measure.unit == "percent" else f"{value:g}"
        return str(say[f"goal_{kind}"].format(value=shown))
    return None
