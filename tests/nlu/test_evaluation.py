"""Figures of an evaluation are what their names say."""

import json
from dataclasses import replace

import pytest

from bot.halves import TOGETHER, halves
from cases.understanding import Kind, Risk, Verdict
from kb import taxonomy
from nlu.attacks import ATTACKS, bend
from nlu.evaluation import (
    Judged,
    abstention,
    calibration,
    confusion,
    evaluate,
    expected_calibration_error,
    macro_f1,
    quantile,
    scores,
)
from nlu.evaluation_pages import Findings, html, markdown
from nlu.layouts import BadRow, layouts, read_row
from nlu.set_figures import means

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
    assert "–" in markdown(Findings(report, means([])), title="empty")


def test_pages_hold_every_class_and_load_nothing() -> None:
    report = evaluate(ROWS, model="<v1>")
    findings = Findings(report, means(ROWS), 0.5, {"slips": 0.25})
    page, text = html(findings, title="t"), markdown(findings, title="t")
    for words in ("phishing", "loan", "chat", "0.500", "slips", "0.250"):
        assert words in page
        assert words in text
    assert "&lt;v1&gt;" in page
    assert "http" not in page
    json.dumps(findings.as_json())


def test_figures_of_before_stand_beside_those_of_now() -> None:
    before = json.loads(json.dumps(Findings(evaluate(ROWS[:1]), means(ROWS[:1])).as_json()))
    text = markdown(Findings(evaluate(ROWS), means(ROWS), before=before), title="t")
    assert "| rows | 1 | 6 |" in text
    assert "| fraud flagged, mean of sets | 1.000 | 0.500 |" in text


def test_leaving_the_least_sure_to_a_person_leaves_fewer_errors() -> None:
    rows = [(0.9, True)] * 8 + [(0.55, False), (0.45, True)]
    held = {each.abstained: each for each in abstention(rows)}
    assert held[0.0].errors == pytest.approx(0.2)
    assert held[0.2].errors == 0
    assert held[0.1].of_all == pytest.approx((1 / 9) / 0.2)


def test_lengths_are_told_apart() -> None:
    short = judged("scam:prize", Kind.SCAM, Risk.DANGER, scam=1.0)
    rows = [replace(short, length=10), replace(judged("scam:prize", Kind.CHAT, Risk.NONE), length=400)]
    by_start = {each.shortest: each.recall for each in evaluate(rows).lengths}
    assert (by_start[0], by_start[300]) == (1.0, 0.0)


def test_every_set_counts_alike_and_what_has_no_label_can_still_be_a_false_alarm() -> None:
    flagged = judged("scam:romance", Kind.SCAM, Risk.DANGER, scam=1.0, leaf="romance")
    missed = judged("scam:romance", Kind.CHAT, Risk.NONE)
    rows = [replace(flagged, set="telecom_texts")] * 9 + [replace(missed, set="fbs_sms")]
    rows += [replace(flagged, label=None, set="fuzhou_12345", harmless=True)]
    found = means(rows)
    assert found.recall == pytest.approx(0.5)
    assert found.false_alarms == 1.0
    assert found.kinds == {"matter": 0.0, "scam": 0.9}


@pytest.mark.parametrize(
    ("row", "label", "harmless"),
    [
        ({"text": "t", "label": "FR:Phishing(Bank)", "source": "fbs_sms"}, "scam:phishing", False),
        ({"text": "t", "label": "IL:Political", "source": "fbs_sms"}, None, False),
        ({"text": "t", "mapped": None, "source": "legal_consult", "is_scam": None}, None, True),
        ({"text": "t", "mapped": None, "source": "legal_consult", "is_scam": True}, None, False),
        ({"text": "t", "mapped": "ad", "source": "telecom_texts"}, "ad", False),
        ({"text": "t", "label": "benign"}, "benign", True),
    ],
)
def test_rows_of_known_sets_are_read_by_their_layout(
    row: dict[str, object], label: str | None, harmless: bool
) -> None:
    read = read_row(row, "any", frozenset({"scam:phishing", "ad", "benign"}))
    assert (read.label, read.harmless) == (label, harmless)


@pytest.mark.parametrize(
    "row", [{}, {"text": " ", "label": "ad"}, {"text": "t"}, {"text": "t", "mapped": "x"}]
)
def test_a_row_that_tells_nothing_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(BadRow):
        read_row(row, "any", frozenset({"ad"}))


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_changes_a_text_the_same_way_every_time(attack: str) -> None:
    text = "尊敬的用户您好，请您添加客服微信，点击链接把银行卡里的钱转账到安全账户"
    bent = bend(text, attack)
    assert bent != text
    assert bent == bend(text, attack)


def test_what_the_layouts_call_a_code_is_one() -> None:
    known = set(taxonomy.labels())
    for layout in layouts().values():
        assert set(layout.labels.values()) <= known


def test_neighbouring_rows_stand_on_one_side_and_both_sides_are_filled() -> None:
    rows = [read_row({"text": str(n), "mapped": None}, "any", frozenset()) for n in range(400)]
    sides = halves(rows)
    assert sides == halves(rows)
    assert set(sides) == {0, 1}
    assert all(len(set(sides[start : start + TOGETHER])) == 1 for start in range(0, 400, TOGETHER))
