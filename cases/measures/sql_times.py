"""How are times reckoned inside a query, on both databases?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Float, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from cases.records.base import UtcTime

# How the driver keeps a time as text: what is reckoned has to compare with what is stored.
_STORED = "'%Y-%m-%d %H:%M:%f'"


class seconds_between(FunctionElement[float]):  # noqa: N801  # a function of SQL  # reads as the function it is
    """Seconds from one time to another."""

    type = Float()
    inherit_cache = True
    name = "seconds_between"


class days_later(FunctionElement[datetime]):  # noqa: N801
    """A time some days after another, to the millisecond: `days_later(column, days(30))`."""

    type = UtcTime()
    inherit_cache = True
    name = "days_later"


def days(number: int) -> Any:
    """A number of days as a parameter."""
    return bindparam(None, number)


@compiles(seconds_between)
def _seconds(element: Any, compiler: Any, **more: Any) -> str:
    start, end = (compiler.process(part, **more) for part in element.clauses)
    return f"EXTRACT(EPOCH FROM ({end} - {start}))"


@compiles(seconds_between, "sqlite")
def _seconds_on_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    start, end = (compiler.process(part, **more) for part in element.clauses)
    return f"ROUND((julianday({end}) - julianday({start})) * 86400.0, 3)"


@compiles(days_later)
def _days(element: Any, compiler: Any, **more: Any) -> str:
    start, number = (compiler.process(part, **more) for part in element.clauses)
    return f"({start} + make_interval(hours => 24 * CAST({number} AS integer)))"


@compiles(days_later, "sqlite")
def _days_on_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    start, number = (compiler.process(part, **more) for part in element.clauses)
    return f"(strftime({_STORED}, {start}, '+' || {number} || ' days') || '000')"
