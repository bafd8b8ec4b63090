"""Which dangers and which state does a message tell, from signs of the rules and signals of the model?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from cases.understanding import Kind, Risk, Understanding
from nlu.decision import Thresholds
from nlu.text.indicators import by_code

STATES = ("paid", "screen_shared", "code_given", "about_to_pay", "on_call")
"""most urgent first: money that has left can still be stopped, for minutes"""
_SERIOUS_IN_SCAMS = ("self_harm", "domestic_violence", "weapon", "violence", "minor", "livelihood")
_SERIOUS = ("self_harm", "violence", "domestic_violence", "weapon", "minor", "crowd")
"""a missed one costs more than a card too many"""
_MATTERS = (Kind.DISPUTE, Kind.SERVICE, Kind.AD)


def dangers(
    understanding: Understanding,
    kind: Kind,
    labels: Mapping[str, float],
    *,
    forwarded: bool,
    limits: Thresholds,
) -> tuple[str, ...]:
    """Dangers of the resident's matter; a fraudster's threats are no danger of the case, despair is."""
    if kind is Kind.AD:
        return ()
    to_bot = max((p for label, p in labels.items() if label.startswith("chat:")), default=0.0)
    if to_bot >= limits.chat:
        limits = replace(
            limits, signal=limits.signal_in_word_to_bot, signal_serious=limits.signal_in_word_to_bot
        )
    seen = list(dict.fromkeys(_dangers_told(understanding, limits)))
    if kind is Kind.SCAM:
        counted: tuple[str, ...] = ("self_harm",) if forwarded else _SERIOUS_IN_SCAMS
        return tuple(code for code in seen if code in counted)
    if (
        labels.get("dispute:domestic_violence", 0.0) >= limits.domestic_violence
        and "domestic_violence" not in seen
    ):
        seen.append("domestic_violence")
    return tuple(seen)


def state(understanding: Understanding, kind: Kind, risk: Risk, *, limits: Thresholds) -> str | None:
    """What has happened to the resident: a payment in an ordinary quarrel is no state."""
    chances = _signals(understanding, "state")
    some = sum(chances.values())
    if chances and some >= limits.told_state:
        likeliest = max(chances, key=lambda code: chances[code])
        told = [code for code in _signs(understanding, "state") if chances.get(code, 0.0) >= limits.candidate]
        return min([likeliest, *told], key=STATES.index)  # several told: what cannot wait
    if not _state_sign_counts(understanding, kind, risk, some, limits):
        return None
    signs = _signs(understanding, "state")
    return next((code for code in STATES if code in signs), None)


def _dangers_told(understanding: Understanding, limits: Thresholds) -> Iterator[str]:
    """What the model is sure of, the likeliest first, then signs it does not contradict."""
    chances = _signals(understanding, "danger")
    some = chances.pop("any", 0.0)
    if chances and some >= limits.signal:
        likeliest = max(chances.values())
        yield from (code for code, p in chances.items() if p == likeliest or p >= limits.signal_share * some)
    yield from (code for code in _SERIOUS if chances.get(code, 0.0) >= limits.signal_serious)
    if some >= limits.signal_beside_sign or not _has_signals(understanding):
        yield from _signs(understanding, "danger")


def _state_sign_counts(
    understanding: Understanding, kind: Kind, risk: Risk, some: float, limits: Thresholds
) -> bool:
    if _has_signals(understanding):
        return some >= limits.told_state_beside_sign
    return risk is not Risk.NONE or kind not in _MATTERS


def _has_signals(understanding: Understanding) -> bool:
    """Whether the model looked for signals: a stock server, and the rules, have none."""
    return any(name == "danger:any" for name, _ in understanding.signals)


def _signals(understanding: Understanding, side: str) -> dict[str, float]:
    found = ((name.partition(":"), p) for name, p in understanding.signals)
    return {code: p for (head, _, code), p in sorted(found, key=lambda pair: -pair[1]) if head == side}


def _signs(understanding: Understanding, side: str) -> tuple[str, ...]:
    known = by_code()
    return tuple(s.code for s in understanding.signs if s.code in known and known[s.code].side == side)
