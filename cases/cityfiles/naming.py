"""How are many things of the same kind named in one sentence?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

AT_MOST = 5


def named(codes: Sequence[str]) -> str:
    """`a, b, c`; of more than five the first five `and 37 more`."""
    more = len(codes) - AT_MOST
    return ", ".join(codes[:AT_MOST]) + (f" and {more} more" if more > 0 else "")


def told_of(codes: Sequence[str], one: str, many: str) -> Iterator[str]:
    """No sentence, that of one thing (`{}`), or that of many (`{}` is how many)."""
    if len(codes) == 1:
        yield one.format(codes[0])
    elif codes:
        yield f"{many.format(len(codes))}: {named(codes)}."
