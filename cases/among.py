"""How is "one of what a query finds" said so that both databases look it up in an index, inside an OR too?"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class _among(FunctionElement[bool]):  # noqa: N801  # reads as the function it is
    type = Boolean()
    inherit_cache = True
    name = "among"

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002  # SQLAlchemy's signature
        """As it is: a database without truth values would be asked whether it equals 1, past every index."""
        return self


def among(column: ColumnElement[Any] | Any, found: Select[Any]) -> ColumnElement[bool]:
    """Whether a column is one of the values a query finds, which does not depend on the row at hand."""
    return _among(column, found.scalar_subquery())


@compiles(_among)
def _in(element: Any, compiler: Any, **more: Any) -> str:
    column, found = (compiler.process(part, **more) for part in element.clauses)
    return f"{column} IN {found}"


@compiles(_among, "postgresql")
def _any(element: Any, compiler: Any, **more: Any) -> str:
    """PostgreSQL asks an index for each of an array's values, but a subquery only row by row."""
    column, found = (compiler.process(part, **more) for part in element.clauses)
    return f"{column} = ANY (ARRAY {found})"
