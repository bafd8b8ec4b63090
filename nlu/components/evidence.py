"""Which words of a message make it look like fraud? Those without which it would look less like one.

Every candidate (a sign of the rules, or the words that weigh most) is taken out of the text and the rest is
judged again: a reason is only what lowers the odds of fraud when it is masked, the strongest first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, repeat
from typing import NamedTuple

from nlu.text.normalise import Normalised

CODE = "wording"
"""the code of words the classifier itself points at; it has no entry among the indicators"""
LONGEST = 14
MOST_REASONS = 3
MOST_TRIED = 3
"""signs; each one tried costs a look at the whole message"""
LEAST_DROP = 0.05
"""of the log-odds: less is noise, not a reason"""
_RUN = re.compile(r"[\u3400-\u9fffa-z0-9]+")


class Span(NamedTuple):
    """Words that may be a reason; offsets count code points of the text as given."""

    code: str
    start: int
    end: int


class Evidence(NamedTuple):
    """A reason: how much the log-odds of fraud fall when it is masked."""

    code: str
    start: int
    end: int
    drop: float


def strongest(
    candidates: Iterable[Span],
    whole: float,
    without: Callable[[Span], float],
    weight: Callable[[str], float] = lambda _: 0.0,
) -> list[Evidence]:
    """The reasons among the candidates, none over another: those with the most telling name first.

    `whole` are the log-odds of fraud of the message, `without` those of it without a span; `weight` says how
    much a code tells a resident. Among equals, what lowers the odds most comes first.
    """
    tried = [Evidence(*span, whole - without(span)) for span in candidates]
    chosen: list[Evidence] = []
    for one in sorted(tried, key=lambda one: (-weight(one.code), -one.drop, one.start)):
        apart = all(one.end <= other.start or other.end <= one.start for other in chosen)
        if one.drop >= LEAST_DROP and apart and len(chosen) < MOST_REASONS:
            chosen.append(one)
    return chosen


def weightiest_words(
    message: Normalised, weight: Mapping[str, float], taken: Sequence[Span], most: int
) -> Iterator[Span]:
    """Up to `most` spans of at most LONGEST characters of a clause, outside `taken`, that weigh most."""
    windows: list[tuple[float, int, int]] = []
    for run in _RUN.finditer(message.text):
        start, words = run.start(), run.group()
        sums = [0.0, *accumulate(map(weight.get, map(str.__add__, words, words[1:]), repeat(0.0)))]
        size = min(LONGEST - 1, len(sums) - 1)
        for first in range(len(sums) - size if size else 0):
            total = sums[first + size] - sums[first]
            if total > 0:
                windows.append((total, start + first, start + first + size + 1))
    spans = list(taken)
    for _, first, last in sorted(windows, reverse=True):
        if most <= 0:
            return
        span = Span(CODE, *message.span(first, last))
        if all(span.end <= other.start or other.end <= span.start for other in spans):
            spans.append(span)
            most -= 1
            yield span
