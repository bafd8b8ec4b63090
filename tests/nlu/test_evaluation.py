"""Figures of an evaluation are what their names say."""

import json

import pytest

from cases.understanding import Kind, Risk, Verdict
from nlu.evaluation import (
    Judged,
    calibration,
    confusion,
    evaluate,
    expected_calibration_error,
    macro_f1,
    quantile,
    scores,
)
from nlu.evaluation_pages import html, markdown

pytestmark = pytest.mark.unit


def judged(label: str, kind: Kind, risk: Risk, *, scam: float = 0.0, leaf: str | None = None) -> Judged:
    verdict = Verdict(
        kind=kind, risk=risk, scam_type=leaf if kind is Kind.SCAM else None, scam_probability=scam,
        family=leaf if kind is Kind.DISPUTE else None, family_probability=0.0, danger=(), facts=(),
        reasons=(), judged_by="model", ms=2.0,
    )  # fmt: skip
    return Judged(label, verdict)


ROWS = [
    judged("scam:phishing", Kind.SCAM, Risk.DANGER, scam=1.0, leaf="phishing"),
    judged("scam:prize", Kind.UNCLEAR, Risk.UNSURE, scam=0.4),
    judged("benign", Kind.SCAM, Risk.SUSPICIOUS, scam=0.6, leaf="other"),
    judged("dispute:loan", Kind.DISPUTE, Risk.NONE, leaf="loan"),
    judged("chat:greet", Kind.CHAT, Risk.NONE),
    judged("ad", Kind.AD, Risk.NONE),
]


def test_headline_figures() -> None:
    report = evaluate(ROWS, model="v1")
    assert report.scam_recall == 0.5
    assert report.false_alarms == pytest.approx(1 / 3)
    assert report.ads_flagged == 0
    assert report.kind_accuracy == pytest.approx(4 / 6)
    assert report.abstained == report.unsure == pytest.approx(1 / 6)
    assert report.kind_confusion["scam"] == {"scam": 1, "unclear": 1}
    assert (report.ms_median, report.ms_p99) == (2.0, 2.0)


def test_scores_of_a_class() -> None:
    first, second = scores([("a", "a"), ("a", "b"), ("a", "a"), ("b", "a")])
    assert (first.label, first.precision, first.recall, first.rows) == (
        "a",
        pytest.approx(2 / 3),
        pytest.approx(2 / 3),
        3,
    )
    assert (second.f1, second.rows) == (0.0, 1)
    assert macro_f1([first, second], at_least=2) == first.f1


def test_calibration_error() -> None:
    honest = calibration([(0.5, True), (0.5, False)])
    boastful = calibration([(0.95, False), (1.0, False)])
    assert expected_calibration_error(honest) == 0
    assert expected_calibration_error(boastful) == pytest.approx(0.975)


def test_nothing_to_evaluate() -> None:
    report = evaluate([])
    assert (report.rows, report.scam_recall, report.scam_ece, report.ms_median) == (0, None, 0.0, 0.0)
    assert quantile([], 0.5) == 0
    assert confusion([]) == {}
    assert "–" in markdown(report, title="empty")


def test_pages_hold_every_class_and_load_nothing() -> None:
    report = evaluate(ROWS, model="<v1>")
    page, text = html(report, title="t"), markdown(report, title="t")
    for words in ("phishing", "loan", "chat", "50.0%"):
        assert words in page
        assert words in text
    assert "&lt;v1&gt;" in page
    assert "http" not in page
    json.dumps(report.as_json())
