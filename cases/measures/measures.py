"""What is each measure of an area in a month, over how many, and which cases stand behind it?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any, Literal

import yaml
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.measures import rows_beside, rows_course
from cases.measures.periods import Period
from cases.measures.rows import Rows
from cases.measures.scope import Scope
from cases.records import Case

AT_ONCE = 500
FILE = Path(__file__).with_name("measures.yml")
Kind = Literal["share", "mean", "median", "count", "people"]
COUNTING: Mapping[str, Callable[[Scope, Period], Rows]] = {
    "response": rows_course.response,
    "solved": rows_course.solved,
    "satisfied": rows_course.satisfied,
    "on_time": rows_course.on_time,
    "substantive": rows_course.substantive,
    "settled_in_community": rows_course.settled_in_community,
    "first_to_sign": rows_course.first_to_sign,
    "sent_back": rows_course.sent_back,
    "routings": rows_course.routings,
    "repeated": rows_course.repeated,
    "reopened": rows_course.reopened,
    "kept_30": rows_beside.kept_30,
    "kept_90": rows_beside.kept_90,
    "letters_answered": rows_beside.letters_answered,
    "danger_contact": rows_beside.danger_contact,
    "to_police": rows_beside.to_police,
    "petitioned": rows_beside.petitioned,
    "fraud_losses": rows_beside.fraud_losses,
    "fraud_contact": rows_beside.fraud_contact,
    "told_110": rows_beside.told_110,
    "abstained": rows_beside.abstained,
    "corrected": rows_beside.corrected,
}


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured and how it is said; `goal` is `at_least` or `at_most` a number, or nothing."""

    code: str
    kind: Kind
    unit: str
    names: Mapping[str, str]
    formulas: Mapping[str, str]
    goal: Mapping[str, float] | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure's value; None where there was nothing to look at, which is not 0.

    `numerator` is what counted, `denominator` how many rows were looked at. Shares are between 0 and 1,
    medians in minutes.
    """

    code: str
    value: float | None
    numerator: float | None
    denominator: int | None


@dataclass(frozen=True, slots=True)
class Behind:
    """One row behind a figure: whether it counted, and its minutes or number where it has one."""

    key: int
    case: str | None
    """the case's code; None for a check that led to no case"""
    counted: bool
    amount: float | None
    home_id: int | None
    """the unit the case is at home in"""


@cache
def measures() -> Mapping[str, Measure]:
    """All measures by code, in the order of the sheets."""
    told: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["measures"]
    return {code: _measure(code, one) for code, one in told.items()}


def _measure(code: str, told: Mapping[str, Any]) -> Measure:
    return Measure(
        code=code,
        kind=told["kind"],
        unit=told["unit"],
        names={"zh-Hans": told["zh"], "en": told["en"]},
        formulas={"zh-Hans": told["formula_zh"], "en": told["formula_en"]},
        goal=told.get("goal"),
    )


def rows_of(code: str, scope: Scope, period: Period) -> Rows | None:
    """The query of the rows a measure looks at; None: people fill it in. KeyError for an unknown code."""
    return None if measures()[code].kind == "people" else COUNTING[code](scope, period)


async def figure(session: AsyncSession, code: str, scope: Scope, period: Period) -> Figure:
    """One measure of one scope in one period: one query."""
    rows = rows_of(code, scope, period)
    if rows is None:
        return Figure(code, None, None, None)
    measure, of = measures()[code], rows.subquery()
    if measure.kind == "median":
        found = await session.scalars(select(of.c.amount))
        return _median(code, [float(one) if one is not None else None for one in found])
    sums = select(func.count(), func.sum(of.c.hit), func.sum(of.c.amount))
    count, hits, amounts = (await session.execute(sums.select_from(of))).one()
    return _figure(measure, count, hits, amounts)


async def by_community(
    session: AsyncSession, code: str, scope: Scope, period: Period
) -> Mapping[int, Figure]:
    """A share or count of every unit where cases of the scope are at home: one query for all of them."""
    rows = rows_of(code, scope, period)
    if rows is None:
        return {}
    of, measure = rows.subquery(), measures()[code]
    at_home = Case.home_id.label("at_home")
    query = (
        select(at_home, func.count(), func.sum(of.c.hit), func.sum(of.c.amount))
        .select_from(of)
        .join(Case, Case.id == of.c.case_id)
        .group_by(at_home)
    )
    found = await session.execute(query)
    return {unit_id: _figure(measure, count, hits, amounts) for unit_id, count, hits, amounts in found}


def _figure(measure: Measure, count: int, hits: Any, amounts: Any) -> Figure:
    match measure.kind:
        case "count":
            return Figure(measure.code, count, count, None)
        case "mean":
            total = float(amounts or 0)
            return Figure(measure.code, total / count if count else None, total, count)
    counted = int(hits or 0)
    return Figure(measure.code, counted / count if count else None, counted, count)


def _median(code: str, amounts: Sequence[float | None]) -> Figure:
    known = [one for one in amounts if one is not None]
    return Figure(code, median(known) if known else None, len(known), len(amounts))


async def cases_behind(
    session: AsyncSession,
    code: str,
    scope: Scope,
    period: Period,
    *,
    after: int = 0,
    limit: int = 100,
) -> list[Behind]:
    """The rows behind a figure, a page at a time: `after` is the key of the last row already seen."""
    rows = rows_of(code, scope, period)
    if rows is None:
        return []
    query, key = _behind(rows)
    found = await session.execute(query.where(key > after).order_by(key).limit(limit))
    return [_read(row) for row in found]


async def all_behind(session: AsyncSession, code: str, scope: Scope, period: Period) -> AsyncIterator[Behind]:
    """All rows behind a figure from one query, a few hundred in memory at once."""
    rows = rows_of(code, scope, period)
    if rows is None:
        return
    query, key = _behind(rows)
    found = await session.stream(query.order_by(key))
    async for some in found.partitions(AT_ONCE):
        for row in some:
            yield _read(row)


def _behind(rows: Rows) -> tuple[Select[Any], ColumnElement[int]]:
    of = rows.subquery()
    columns = select(of.c.key, Case.code, of.c.hit, of.c.amount, Case.home_id).select_from(of)
    return columns.outerjoin(Case, Case.id == of.c.case_id), of.c.key


def _read(row: Any) -> Behind:
    key, case, hit, amount, home_id = row
    return Behind(key, case, bool(hit), float(amount) if amount is not None else None, home_id)
