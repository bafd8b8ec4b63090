"""How well do verdicts agree with labelled rows? Pure functions; `./onedoor evaluate` reads and writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from cases.understanding import Kind, Risk, Verdict

BINS = 10
ABSTAINED = (0.0, 0.02, 0.05, 0.1, 0.2)
LENGTHS = (0, 20, 60, 150, 300)
"""where the ranges of message length begin, in characters"""
UNDECIDED = "unclear"


@dataclass(frozen=True, slots=True)
class Judged:
    """One row and what was said about it; `label` such as `scam:phishing`, `ad`, or None: nobody knows."""

    label: str | None
    verdict: Verdict
    length: int = 0
    """characters of the message"""
    set: str = ""
    harmless: bool = False
    """flagging it is a false alarm, whatever its label"""

    @property
    def is_fraud(self) -> bool:
        """Whether its label says fraud."""
        return (self.label or "").startswith("scam:")


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Precision, recall and F1 of one class; zero where nothing was found or nothing was there."""

    label: str
    precision: float
    recall: float
    f1: float
    rows: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows whose stated probability fell into one tenth: what was promised, and what came true."""

    promised: float
    came_true: float
    rows: int


@dataclass(frozen=True, slots=True)
class Held:
    """Where the least sure share of rows is not decided: errors among the rest, and against deciding all."""

    abstained: float
    errors: float
    of_all: float


@dataclass(frozen=True, slots=True)
class Lengths:
    """Messages of a range of lengths: how many, how much fraud was flagged, how many false alarms."""

    shortest: int
    longest: int | None
    rows: int
    recall: float | None
    false_alarms: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one evaluation."""

    rows: int
    kinds: tuple[ClassScore, ...]
    scam_types: tuple[ClassScore, ...]
    families: tuple[ClassScore, ...]
    kind_confusion: dict[str, dict[str, int]]
    kind_accuracy: float
    scam_recall: float | None
    """share of fraud rows flagged as dangerous or suspicious"""
    false_alarms: float | None
    """share of rows that are neither fraud nor advertising and were flagged"""
    ads_flagged: float | None
    abstained: float
    """share of rows answered by one question (`unclear`)"""
    unsure: float
    """share of rows with the risk 说不准"""
    scam_ece: float
    """expected calibration error of the probability of fraud"""
    scam_bins: tuple[Bin, ...]
    held: tuple[Held, ...]
    lengths: tuple[Lengths, ...]
    ms_median: float
    ms_p99: float
    extra: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values for `json.dump`."""
        return asdict(self)


def gold_kind(label: str) -> str:
    """The `kind` a label asks for: harmless talk and words to the bot are `chat`, all advertising `ad`."""
    head = label.partition(":")[0]
    return {"benign": "chat", "chat": "chat", "illegal_ad": "ad"}.get(head, head)


def evaluate(judged: Sequence[Judged], **extra: Any) -> Report:
    """Every figure over the rows; `extra` is carried along (file names, model version …)."""
    labelled = [(row.label, row.verdict) for row in judged if row.label is not None]
    kinds = [(gold_kind(label), str(verdict.kind)) for label, verdict in labelled]
    chances = [(verdict.scam_probability, label.startswith("scam:")) for label, verdict in labelled]
    bins = calibration(chances)
    return Report(
        rows=len(judged),
        kinds=scores(kinds),
        scam_types=scores(_leaves(judged, "scam")),
        families=scores(_leaves(judged, "dispute")),
        kind_confusion=confusion(kinds),
        kind_accuracy=share(gold == guess for gold, guess in kinds) or 0.0,
        scam_recall=_flagged(judged, "scam"),
        false_alarms=share(row.verdict.risk.flagged for row in judged if _is_harmless(row)),
        ads_flagged=_flagged(judged, "ad"),
        abstained=share(row.verdict.kind is Kind.UNCLEAR for row in judged) or 0.0,
        unsure=share(row.verdict.risk is Risk.UNSURE for row in judged) or 0.0,
        scam_ece=expected_calibration_error(bins),
        scam_bins=bins,
        held=abstention(chances),
        lengths=tuple(_of_length(judged, *ends) for ends in zip(LENGTHS, (*LENGTHS[1:], None), strict=True)),
        ms_median=quantile([row.verdict.ms for row in judged], 0.5),
        ms_p99=quantile([row.verdict.ms for row in judged], 0.99),
        extra=dict(extra),
    )


def scores(pairs: Iterable[tuple[str, str]]) -> tuple[ClassScore, ...]:
    """Per class of the gold side, the most frequent first; pairs are (gold, guess)."""
    hits, golds, guesses = Counter[str](), Counter[str](), Counter[str]()
    for gold, guess in pairs:
        golds[gold] += 1
        guesses[guess] += 1
        hits[gold] += gold == guess
    return tuple(
        _class_score(label, hits[label], golds[label], guesses[label]) for label, _ in golds.most_common()
    )


def macro_f1(classes: Sequence[ClassScore], *, at_least: int = 1) -> float:
    """The mean F1 of classes with enough rows to say something."""
    counted = [each.f1 for each in classes if each.rows >= at_least]
    return sum(counted) / len(counted) if counted else 0.0


def confusion(pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """gold → guess → rows."""
    table: dict[str, dict[str, int]] = {}
    for gold, guess in pairs:
        row = table.setdefault(gold, {})
        row[guess] = row.get(guess, 0) + 1
    return table


def calibration(chances: Iterable[tuple[float, bool]]) -> tuple[Bin, ...]:
    """Tenths of stated probability that hold rows; pairs are (probability, came true)."""
    tenths: dict[int, list[tuple[float, bool]]] = {}
    for probability, truth in chances:
        tenths.setdefault(min(int(probability * BINS), BINS - 1), []).append((probability, truth))
    return tuple(
        Bin(sum(p for p, _ in rows) / len(rows), sum(t for _, t in rows) / len(rows), len(rows))
        for _, rows in sorted(tenths.items())
    )


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """The mean distance between promise and truth, by rows; 0 is perfect."""
    total = sum(each.rows for each in bins)
    return sum(abs(each.promised - each.came_true) * each.rows for each in bins) / total if total else 0.0


def abstention(chances: Sequence[tuple[float, bool]]) -> tuple[Held, ...]:
    """Errors of fraud or not at even odds, when the rows nearest to even odds are left to a person."""
    surest_first = sorted(chances, key=lambda row: -abs(row[0] - 0.5))
    wrong = [(probability >= 0.5) != truth for probability, truth in surest_first]
    every = sum(wrong) / len(wrong) if wrong else 0.0
    held = []
    for part in ABSTAINED:
        kept = wrong[: max(1, round(len(wrong) * (1 - part)))]
        errors = sum(kept) / len(kept) if kept else 0.0
        held.append(Held(part, errors, errors / every if every else 0.0))
    return tuple(held)


def _of_length(judged: Sequence[Judged], shortest: int, longest: int | None) -> Lengths:
    rows = [row for row in judged if shortest <= row.length and (longest is None or row.length < longest)]
    return Lengths(
        shortest,
        longest,
        len(rows),
        share(row.verdict.risk.flagged for row in rows if row.is_fraud),
        share(row.verdict.risk.flagged for row in rows if _is_harmless(row)),
    )


def _is_harmless(row: Judged) -> bool:
    heads = ("dispute", "service", "benign", "chat")
    return row.harmless or (row.label or "").partition(":")[0] in heads


def quantile(values: Sequence[float], share: float) -> float:
    """The nearest-rank quantile; 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def _leaves(judged: Iterable[Judged], head: str) -> list[tuple[str, str]]:
    pairs = []
    for row in judged:
        kind, _, leaf = (row.label or "").partition(":")
        if kind == head:
            guess = row.verdict.scam_type if head == "scam" else row.verdict.family
            pairs.append((leaf, guess or UNDECIDED))
    return pairs


def _flagged(judged: Iterable[Judged], *heads: str) -> float | None:
    return share(row.verdict.risk.flagged for row in judged if (row.label or "").partition(":")[0] in heads)


def share(truths: Iterable[bool]) -> float | None:
    """How many are true; None of nothing."""
    counted = list(truths)
    return sum(counted) / len(counted) if counted else None


def _class_score(label: str, hits: int, golds: int, guesses: int) -> ClassScore:
    precision, recall = hits / guesses if guesses else 0.0, hits / golds
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return ClassScore(label, precision, recall, f1, golds)
