"""The short evaluation of every run: the served model on held-out sentences; the floors only rise."""

from pathlib import Path

import pytest
import yaml
from signal_figures import verdicts

from nlu.evaluation import Judged, Report, evaluate, macro_f1
from nlu.process import NluProcess

pytestmark = pytest.mark.model

SENTENCES = Path(__file__).parent / "sentences"
FLOORS = {"recall": 0.83, "kind": 0.91, "types": 0.85, "families": 0.79}
CEILINGS = {"false_alarms": 0.01, "ads": 0.02, "ece": 0.04, "errors_left": 0.3}


def label_of(file: Path) -> str:
    """`scam:prize` of `scam_prize.yml`, `illegal_ad` of its own."""
    head, _, leaf = file.stem.partition("_")
    return f"{head}:{leaf}" if head in ("scam", "dispute", "chat") else file.stem


@pytest.fixture(scope="module")
def report(service: NluProcess) -> Report:
    rows = [
        (label_of(path), row["text"], bool(row.get("forwarded")))
        for path in sorted(SENTENCES.glob("*.yml"))
        for row in yaml.safe_load(path.read_text("utf-8"))
    ]
    judged = []
    for way in (False, True):
        part = [(label, text) for label, text, forwarded in rows if forwarded is way]
        told = verdicts(service.url, [text for _, text in part], forwarded=way)
        judged += [
            Judged(label, verdict, len(text)) for (label, text), verdict in zip(part, told, strict=True)
        ]
    return evaluate(judged)


def test_fraud_is_flagged_and_what_is_harmless_is_not(report: Report) -> None:
    assert report.scam_recall is not None
    assert report.scam_recall >= FLOORS["recall"]
    assert report.false_alarms is not None
    assert report.false_alarms <= CEILINGS["false_alarms"]
    assert report.ads_flagged is not None
    assert report.ads_flagged <= CEILINGS["ads"]


def test_kinds_types_and_families_are_told(report: Report) -> None:
    assert report.kind_accuracy >= FLOORS["kind"]
    assert macro_f1(report.scam_types, at_least=5) >= FLOORS["types"]
    assert macro_f1(report.families, at_least=5) >= FLOORS["families"]


def test_probabilities_are_honest_and_the_unsure_are_the_wrong(report: Report) -> None:
    assert report.scam_ece <= CEILINGS["ece"]
    (tenth,) = [held for held in report.held if held.abstained == 0.1]
    assert tenth.of_all <= CEILINGS["errors_left"]
