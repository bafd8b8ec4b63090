"""Which words of a message spoke most for fraud, where no indicator can be quoted?"""

from __future__ import annotations

import re
from collections.abc import Callable

from nlu.text.normalise import Normalised

CODE = "wording"
"""the sign code of words the classifier itself points at; it has no entry among the indicators"""
LONGEST = 14
_RUN = re.compile(r"[\u3400-\u9fffa-z0-9]+")


def strongest_words(message: Normalised, weight: Callable[[str], float]) -> tuple[int, int] | None:
    """The span (in the text as given) of at most LONGEST characters of a clause whose pairs weigh most.

    None where nothing speaks for fraud.
    """
    best, where = 0.0, None
    for run in _RUN.finditer(message.text):
        start, end = run.span()
        pairs = [weight(message.text[at : at + 2]) for at in range(start, end - 1)]
        for first in range(max(1, len(pairs) - LONGEST + 2)):
            window = pairs[first : first + LONGEST - 1]
            if sum(window) > best:
                best, where = sum(window), (start + first, start + first + len(window) + 1)
    return message.span(*where) if where else None
