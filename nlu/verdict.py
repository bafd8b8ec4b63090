"""What follows from what was understood? Pure: same understanding, same verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from cases.understanding import Kind, Reason, Risk, Sign, Understanding, Verdict
from nlu import alarms
from nlu.decision import Thresholds, thresholds
from nlu.questions import best_question
from nlu.text.indicators import Indicator, by_code

MOST_REASONS = 3
MOST_CANDIDATES = 3
_KIND_OF = {
    "benign": Kind.CHAT,
    "chat": Kind.CHAT,
    "ad": Kind.AD,
    "illegal_ad": Kind.AD,
    "dispute": Kind.DISPUTE,
    "service": Kind.SERVICE,
    "scam": Kind.SCAM,
}


def judge(understanding: Understanding, *, forwarded: bool, settings: Thresholds | None = None) -> Verdict:
    """The verdict on one message; `forwarded` says that the resident passes on somebody else's words."""
    limits = settings or thresholds()
    labels = _with_prior(understanding.intents, limits.prior(forwarded=forwarded))
    kinds = _by_kind(labels)
    signs = [(sign, by_code()[sign.code]) for sign in understanding.signs if sign.code in by_code()]
    risk = _risk(kinds, signs, limits)
    kind = _kind(kinds, risk, limits)
    scam_type = _best(labels, "scam") if risk is not Risk.NONE and kind is not Kind.AD else None
    undecided = kind is Kind.UNCLEAR or risk is Risk.UNSURE
    family = _best(labels, "dispute") if kinds["dispute"] >= limits.family else None
    return Verdict(
        kind=kind,
        risk=risk,
        scam_type=scam_type,
        scam_probability=kinds["scam"],
        family=family,
        family_probability=kinds["dispute"],
        danger=alarms.dangers(understanding, kind, labels, forwarded=forwarded, limits=limits),
        facts=understanding.facts,
        reasons=_reasons(understanding.reasons, signs, scam_type) if risk is not Risk.NONE else (),
        judged_by=understanding.judged_by,
        model=understanding.model,
        ms=understanding.ms,
        chat=_chat(labels, kind, forwarded=forwarded, limits=limits),
        state=None if forwarded else alarms.state(understanding, kind, risk, limits=limits),
        candidates=_candidates(labels, limits) if undecided else (),
        question=best_question(labels) if undecided else None,
    )


def _head(label: str) -> str:
    return label.partition(":")[0]


def _with_prior(intents: Iterable[tuple[str, float]], prior: Mapping[str, float]) -> dict[str, float]:
    weighed = {label: probability * prior.get(_head(label), 1.0) for label, probability in intents}
    total = sum(weighed.values())
    return {label: value / total for label, value in weighed.items()} if total else {}


def _by_kind(labels: Mapping[str, float]) -> dict[str, float]:
    kinds: dict[str, float] = defaultdict(float)
    for label, probability in labels.items():
        kinds[_head(label)] += probability
    return kinds


def _risk(kinds: Mapping[str, float], signs: list[tuple[Sign, Indicator]], limits: Thresholds) -> Risk:
    scam = kinds["scam"]
    weight = sum(indicator.weight for _, indicator in signs if indicator.side == "scam")
    if scam >= limits.danger or (scam >= limits.suspicious and weight >= limits.danger_weight):
        return Risk.DANGER
    if scam >= limits.suspicious or kinds["illegal_ad"] >= limits.illegal_ad:
        return Risk.SUSPICIOUS
    return Risk.UNSURE if scam >= limits.unsure else Risk.NONE


def _kind(kinds: Mapping[str, float], risk: Risk, limits: Thresholds) -> Kind:
    if risk.flagged:
        return Kind.SCAM if kinds["scam"] >= limits.suspicious else Kind.AD
    joined: dict[Kind, float] = defaultdict(float)
    for name, probability in kinds.items():
        joined[_KIND_OF.get(name, Kind.UNCLEAR)] += probability
    if not joined:
        return Kind.UNCLEAR
    best = max(joined, key=lambda kind: joined[kind])
    return best if joined[best] >= limits.kind and best is not Kind.SCAM else Kind.UNCLEAR


def _best(labels: Mapping[str, float], head: str) -> str | None:
    leaves = {label: probability for label, probability in labels.items() if label.startswith(f"{head}:")}
    return max(leaves, key=lambda label: leaves[label]).partition(":")[2] if leaves else None


def _reasons(
    found: tuple[Reason, ...] | None, signs: list[tuple[Sign, Indicator]], scam_type: str | None
) -> tuple[Reason, ...]:
    """The model's own reasons; where it gave none to look at, the strongest signs that do not overlap."""
    if found is not None:
        return found[:MOST_REASONS]

    def strength(pair: tuple[Sign, Indicator]) -> tuple[float, int]:
        sign, indicator = pair
        return -(indicator.weight + (scam_type in indicator.speaks_for)), sign.start

    chosen: list[Reason] = []
    for sign, _ in sorted((pair for pair in signs if pair[1].side == "scam"), key=strength):
        if all(sign.end <= other.start or other.end <= sign.start for other in chosen):
            chosen.append(Reason(sign.code, sign.text, sign.start, sign.end))
    return tuple(chosen[:MOST_REASONS])


def _chat(labels: Mapping[str, float], kind: Kind, *, forwarded: bool, limits: Thresholds) -> str | None:
    best = _best(labels, "chat")
    if kind is not Kind.CHAT or forwarded or best is None:
        return None
    return best if labels[f"chat:{best}"] >= limits.chat else None


def _candidates(labels: Mapping[str, float], limits: Thresholds) -> tuple[str, ...]:
    likely = sorted(
        (label for label in labels if labels[label] >= limits.candidate), key=lambda label: -labels[label]
    )
    return tuple(likely[:MOST_CANDIDATES])
