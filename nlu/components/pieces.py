"""Which parts of a long message are examples of its label too?

Residents forward the first screen, or retell one sentence: training on whole messages alone makes the model
wait for the part where the money is asked for. What it gains is measured in docs/nlu-report.md.
"""

from __future__ import annotations

import re

_CLAUSE = re.compile(r"[^。！？!?；;，,：:\s]*[。！？!?；;，,：:\s]*")
SHORTEST = 15
"""a shorter rest tells too little to carry a label"""


def pieces(text: str, size: int) -> list[str]:
    """The whole text, and for one of twice the size or more its runs of clauses of about that size."""
    if len(text) < 2 * size:
        return [text]
    wanted = len(text) / round(len(text) / size)
    parts, current = [text], ""
    for clause in _CLAUSE.findall(text):
        current += clause
        if len(current) >= wanted - SHORTEST / 3:
            parts.append(current)
            current = ""
    return [*parts, current] if len(current) >= SHORTEST else parts
