"""What do measurements amount to? Percentiles, medians over runs and the rows of a table."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

RATES = frozenset({"req/s", "msg/s", "turns/s", "clocks/s"})
"""Units of which more is better; of all others less is."""


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest measured value that at least `share` (0 < share ≤ 1) of all values do not exceed.

    Nearest rank, so that nothing is reported that did not happen; ValueError without values.
    """
    if not values or not 0 < share <= 1:
        raise ValueError("a percentile wants values and a share between 0 and 1")
    return sorted(values)[math.ceil(share * len(values)) - 1]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what was measured in each run, and what the baseline gave in the same runs.

    `key` names the sentence that says what it is, `blanks` fill it; `target` is the limit asked for. Where
    `both` are ours, the baseline has to keep it as well.
    """

    key: str
    unit: str
    ours: tuple[float, ...]
    baseline: tuple[float, ...] = ()
    target: float | None = None
    ratio_target: float | None = None
    both: bool = False
    blanks: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.ours:
            raise ValueError(f"{self.key}: nothing was measured")

    @property
    def value(self) -> float:
        """The median of the runs."""
        return statistics.median(self.ours)

    @property
    def beside(self) -> float | None:
        """The baseline's median; None where nothing comparable exists."""
        return statistics.median(self.baseline) if self.baseline else None

    @property
    def ratio(self) -> float | None:
        """Ours divided by the baseline; None without one."""
        return self.value / self.beside if self.beside else None

    @property
    def met(self) -> bool | None:
        """Whether the targets are reached; None without any."""
        verdicts = []
        if self.target is not None:
            verdicts.append(_reaches(self.value, self.target, self.unit))
            if self.both and self.beside is not None:
                verdicts.append(_reaches(self.beside, self.target, self.unit))
        if self.ratio_target is not None and self.ratio is not None:
            verdicts.append(_reaches(self.ratio, self.ratio_target, self.unit))
        return all(verdicts) if verdicts else None

    def as_json(self, what: str) -> dict[str, Any]:
        """The row for `--json`, with every run's value; `what` is its sentence."""
        return {
            "key": self.key,
            **({"of": dict(self.blanks)} if self.blanks else {}),
            "what": what,
            "unit": self.unit,
            "ours": rounded(self.value),
            "baseline": None if self.beside is None else rounded(self.beside),
            "ratio": None if self.ratio is None else rounded(self.ratio),
            "target": self.target,
            "ratio_target": self.ratio_target,
            "met": self.met,
            "runs": [rounded(one) for one in self.ours],
            "baseline_runs": [rounded(one) for one in self.baseline],
        }


def _reaches(value: float, limit: float, unit: str) -> bool:
    return value >= limit if unit in RATES else value <= limit


def rounded(value: float) -> float:
    """Three significant digits, and no more decimals than the value has worth."""
    if value == 0:
        return 0.0
    digits = 2 - math.floor(math.log10(abs(value)))
    return round(value, max(0, digits))


def shown(value: float) -> str:
    """A value as it stands in a table."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{rounded(value):g}"
