"""Which one question would tell the readings of an unclear message apart best?"""

from __future__ import annotations

import math
from collections.abc import Mapping

from kb.questions import Question, questions


def best_question(labels: Mapping[str, float]) -> str | None:
    """The code of the question whose answer is expected to say most; None where no label is likely."""
    total = sum(labels.values())
    if not total:
        return None
    shares = {label: value / total for label, value in labels.items() if value > 0}
    return max(questions(), key=lambda question: information(question, shares)).code


def information(question: Question, labels: Mapping[str, float]) -> float:
    """Bits that the answer is expected to tell about what matters: fraud, a matter, or neither."""
    yes: dict[str, float] = {}
    no: dict[str, float] = {}
    for label, share in labels.items():
        side, chance = _side(label), question.chance_of_yes(label)
        yes[side] = yes.get(side, 0.0) + share * chance
        no[side] = no.get(side, 0.0) + share * (1 - chance)
    both = {side: yes[side] + no[side] for side in yes}
    return _bits(both) - sum(yes.values()) * _bits(yes) - sum(no.values()) * _bits(no)


def _side(label: str) -> str:
    """What would be done: a warning, a matter of its kind, or nothing."""
    head = label.partition(":")[0]
    return {"benign": "talk", "chat": "talk", "ad": "talk"}.get(head, head)


def _bits(weights: Mapping[str, float]) -> float:
    total = sum(weights.values())
    if not total:
        return 0.0
    return -sum(w / total * math.log2(w / total) for w in weights.values() if w)
