"""How many cases are made, when is each of them opened, and by what number is each known?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cases.codes import ALPHABET, PREFIX, TAIL_LENGTH

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""The measurements' now: a Monday, 16:00 in the sample city."""
MONTH = "2026-10"
"""The month whose ledger is measured."""
ZONE_AHEAD = timedelta(hours=8)
_BEGAN = datetime(2023, 11, 23, tzinfo=UTC)
_MONTH_BEGAN = datetime(2026, 10, 1, tzinfo=UTC) - ZONE_AHEAD
_MONTH_ENDED = datetime(2026, 11, 1, tzinfo=UTC) - ZONE_AHEAD
IN_MONTH = 0.03
"""The part of all cases that is opened in the ledger's month: 30,000 of a million."""
RESIDENTS = 0.3
"""Residents for each case."""
DUE = 0.02
"""Clocks that are due at NOW, for each case."""
CHUNK = 2_000
TAILS = len(ALPHABET) ** TAIL_LENGTH
# Without a common factor with TAILS: as many cases in a row have as many different tails.
STRIDE = 7_919


@dataclass(frozen=True, slots=True)
class Plan:
    """A filling: the same numbers give the same cases; only what is sealed differs, as its nonces do."""

    cases: int
    seed: int = 20261126

    @property
    def residents(self) -> int:
        return max(1, round(self.cases * RESIDENTS))

    @property
    def due(self) -> int:
        return round(self.cases * DUE)

    @property
    def in_month(self) -> int:
        return round(self.cases * IN_MONTH)

    def chunks(self) -> range:
        """The first case of each chunk, counted from 0."""
        return range(0, self.cases, CHUNK)

    def opened(self, place: int) -> float:
        """When the case at that place (from 0) is opened, in seconds since 1970; later for later places."""
        began, start, end, now = (one.timestamp() for one in (_BEGAN, _MONTH_BEGAN, _MONTH_ENDED, NOW))
        outside = self.cases - self.in_month
        before = round(outside * (start - began) / (start - began + now - end))
        if place < before:
            return began + (start - began) * place / before
        if place < before + self.in_month:
            return start + (end - start) * (place - before) / self.in_month
        return end + (now - end) * (place - before - self.in_month) / (outside - before)


def code_of(place: int, opened: float) -> str:
    """The case's code: no two of one day are alike, as long as a day has fewer than 160,000."""
    day = datetime.fromtimestamp(opened, UTC) + ZONE_AHEAD
    rest = (place * STRIDE) % TAILS
    tail = ""
    for _ in range(TAIL_LENGTH):
        rest, number = divmod(rest, len(ALPHABET))
        tail += ALPHABET[number]
    return f"{PREFIX}-{day:%y%m%d}-{tail}"
