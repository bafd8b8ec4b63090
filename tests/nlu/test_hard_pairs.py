"""Neighbouring kinds that share their words are told apart on held-out messages; the floors only rise."""

from collections import defaultdict
from pathlib import Path

import pytest
import yaml
from signal_figures import verdicts

from cases.understanding import Verdict
from nlu.process import NluProcess

pytestmark = pytest.mark.model

FILE = Path(__file__).parent / "hard_pairs.yml"
FLOOR = 0.55
"""of each side of each pair: the side is told, if not always the code"""
MEAN = 0.88


def side(label: str) -> str:
    head = label.partition(":")[0]
    return {"benign": "quiet", "service": "matter", "dispute": "matter"}.get(head, head)


def right(label: str, verdict: Verdict, *, other: str) -> bool:
    """Told as its own side; where both are disputes, by the family."""
    head, _, code = label.partition(":")
    if head == "scam":
        return verdict.risk.flagged or verdict.risk == "unsure"
    if side(label) == side(other) == "matter" and head == "dispute" and other.startswith("dispute:"):
        return verdict.family == code
    return not verdict.risk.flagged


@pytest.fixture(scope="module")
def shares(service: NluProcess) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for pair in yaml.safe_load(FILE.read_text("utf-8"))["pairs"]:
        labels = list(dict.fromkeys(row["label"] for row in pair["rows"]))
        for forwarded in (False, True):
            rows = [row for row in pair["rows"] if row["forwarded"] is forwarded]
            told = verdicts(service.url, [row["text"] for row in rows], forwarded=forwarded) if rows else []
            for row, verdict in zip(rows, told, strict=True):
                other = next(label for label in labels if label != row["label"])
                found[pair["pair"], row["label"]].append(right(row["label"], verdict, other=other))
    return {key: sum(each) / len(each) for key, each in found.items()}


def test_no_side_is_lost(shares: dict[tuple[str, str], float]) -> None:
    assert {key: share for key, share in shares.items() if share < FLOOR} == {}


def test_the_pairs_as_a_whole(shares: dict[tuple[str, str], float]) -> None:
    assert sum(shares.values()) / len(shares) >= MEAN
