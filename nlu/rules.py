"""What can be understood of a message when the model is away?"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterable

from cases.understanding import Fact, Sign, Understanding
from nlu.plain_words import chat_intent
from nlu.text import facts, indicators
from nlu.text.normalise import normalise

_NOTHING_SEEN = 1.5
"""the weight an ordinary message has when no indicator speaks; a single weak sign stays below it"""
_SHARPNESS = 1.1
"""how fast evidence turns into probability: two clear signs of fraud pass the warning threshold"""


def understand(text: str) -> Understanding:
    """Facts and signs as the model would see them, and intents weighed from the signs alone. Never fails."""
    began = time.perf_counter()
    message = normalise(text)
    signs = tuple(Sign(*found) for found in indicators.signs(message))
    found = tuple(Fact(*fact) for fact in facts.facts(message))
    return Understanding(
        text=text,
        intents=_said_to_the_bot(text) or weigh(signs),
        facts=found,
        signs=signs,
        judged_by="rules",
        ms=round((time.perf_counter() - began) * 1000, 3),
    )


def _said_to_the_bot(text: str) -> tuple[tuple[str, float], ...]:
    intent = chat_intent(text)
    return ((f"chat:{intent}", 1.0),) if intent else ()


def weigh(signs: Iterable[Sign]) -> tuple[tuple[str, float], ...]:
    """Labels with probabilities from the weights of the signs; they add up to one, best first."""
    known = indicators.by_code()
    seen = [known[sign.code] for sign in signs if sign.code in known]
    evidence: dict[str, float] = defaultdict(float, benign=_NOTHING_SEEN)
    types: dict[str, float] = defaultdict(float)
    for indicator in seen:
        if indicator.side == "scam":
            evidence["scam"] += indicator.weight
            for code in indicator.speaks_for:
                types[code] += indicator.weight / len(indicator.speaks_for)
        elif indicator.side in ("harmless", "matter"):
            for label in indicator.speaks_for or ("benign",):
                evidence[label] += indicator.weight
    return tuple(sorted(_leaves(_shares(evidence), types).items(), key=lambda item: (-item[1], item[0])))


def _shares(evidence: dict[str, float]) -> dict[str, float]:
    top = max(evidence.values())
    powers = {label: math.exp(_SHARPNESS * (weight - top)) for label, weight in evidence.items()}
    total = sum(powers.values())
    return {label: power / total for label, power in powers.items()}


def _leaves(shares: dict[str, float], types: dict[str, float]) -> dict[str, float]:
    scam = shares.pop("scam", 0.0)
    total = sum(types.values()) or 1.0
    return shares | {f"scam:{code}": scam * weight / total for code, weight in types.items()}
