"""How well does each labelled set come out, and all of them together, every set counting alike?

Ten thousand easy rows must not hide three hundred hard ones, so the figures over sets are means.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cases.understanding import Kind
from nlu.evaluation import ClassScore, Judged, scores, share
from nlu.layouts import Folding, folding, layouts, roles

_KINDS = {
    "matter": (Kind.DISPUTE, Kind.SERVICE),
    "chat": (Kind.CHAT, Kind.UNCLEAR),
    "scam": (Kind.SCAM,),
    "ad": (Kind.AD, Kind.CHAT),
}
"""what counts as the right kind: a citizen's letter is a matter, private talk is chat or asked about"""


@dataclass(frozen=True, slots=True)
class SetFigures:
    """One set: how many rows, and the shares of fraud and of harmless rows that were flagged."""

    name: str
    rows: int
    recall: float | None
    false_alarms: float | None


@dataclass(frozen=True, slots=True)
class Means:
    """Over all sets; None where no set can tell."""

    sets: tuple[SetFigures, ...]
    recall: float | None
    false_alarms: float | None
    ads_flagged: float | None
    type_f1: float | None
    types: tuple[ClassScore, ...]
    family_f1: float | None
    families: tuple[ClassScore, ...]
    kind: float | None
    kinds: dict[str, float]


def means(judged: Sequence[Judged]) -> Means:
    """The figures of each set and the means over them."""
    by_set: dict[str, list[Judged]] = defaultdict(list)
    for row in judged:
        by_set[row.set].append(row)
    sets = tuple(_figures(name, rows) for name, rows in sorted(by_set.items()))
    types, families = _leaves(judged, "scam", "type"), _leaves(judged, "dispute", "family")
    kinds = _kinds(judged)
    return Means(
        sets=sets,
        recall=_mean(each.recall for each in sets),
        false_alarms=_mean(each.false_alarms for each in sets),
        ads_flagged=share(row.verdict.risk.flagged for row in judged if row.label == "ad"),
        type_f1=_mean(each.f1 for each in types),
        types=types,
        family_f1=_mean(each.f1 for each in families),
        families=families,
        kind=_mean(kinds.values()),
        kinds=kinds,
    )


def _figures(name: str, rows: Sequence[Judged]) -> SetFigures:
    counts_fraud = "scam" in roles(name)
    return SetFigures(
        name,
        len(rows),
        share(row.verdict.risk.flagged for row in rows if row.is_fraud) if counts_fraud else None,
        share(row.verdict.risk.flagged for row in rows if row.harmless and roles(name) & {"scam", "quiet"}),
    )


def _leaves(judged: Iterable[Judged], head: str, side: str) -> tuple[ClassScore, ...]:
    rule = folding(side)
    pairs = []
    for row in judged:
        kind, _, leaf = (row.label or "").partition(":")
        if kind != head or leaf in rule.left_out or side not in roles(row.set):
            continue
        guess = row.verdict.scam_type if head == "scam" else row.verdict.family
        pairs.append((leaf, _folded(guess or "none", rule)))
    return tuple(each for each in scores(pairs) if each.rows >= rule.at_least)


def _folded(code: str, rule: Folding) -> str:
    return rule.folded.get(code, code)


def _kinds(judged: Iterable[Judged]) -> dict[str, float]:
    """Share of the right kind among letters, private talk, fraud and advertising."""
    right: dict[str, list[bool]] = defaultdict(list)
    for row in judged:
        part = _part(row)
        if part:
            right[part].append(row.verdict.kind in _KINDS[part])
    return {part: sum(rows) / len(rows) for part, rows in sorted(right.items())}


def _part(row: Judged) -> str | None:
    can = roles(row.set)
    if "matter" in can or "chat" in can:
        return "matter" if "matter" in can else "chat"
    if row.is_fraud:
        return "scam" if "scam" in can else None
    if row.label == "ad":
        return "ad"
    return None if row.label is None or row.set in layouts() else _part_of_label(row.label)


def _part_of_label(label: str) -> str | None:
    head = label.partition(":")[0]
    return {"dispute": "matter", "service": "matter", "benign": "chat", "chat": "chat"}.get(head)


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
