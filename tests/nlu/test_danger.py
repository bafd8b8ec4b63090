"""Dangers told in ordinary words are recognised on held-out messages; the floors only rise."""

import pytest
from signal_figures import figures, held_out, verdicts

from cases.understanding import Kind, Sign, Understanding, Verdict
from nlu.process import NluProcess
from nlu.verdict import judge

SERIOUS = ("self_harm", "violence", "domestic_violence", "weapon", "minor", "crowd")
FLOORS = {
    "danger.yml": (
        0.94,
        0.88,
        {
            "self_harm": 0.94,
            "violence": 0.85,
            "domestic_violence": 0.94,
            "weapon": 0.93,
            "minor": 0.77,
            "crowd": 0.88,
        },
    ),
    "danger_third.yml": (
        0.88,
        0.92,
        {
            "self_harm": 0.84,
            "violence": 0.63,
            "domestic_violence": 0.6,
            "weapon": 0.85,
            "minor": 0.66,
            "crowd": 0.75,
        },
    ),
    "danger_second.yml": (
        0.75,
        0.88,
        {
            "self_harm": 0.55,
            "violence": 0.66,
            "domestic_violence": 0.72,
            "weapon": 0.7,
            "minor": 0.55,
            "crowd": 0.7,
        },
    ),
}
"""file: recall and precision of danger as such, recall of each serious danger"""


@pytest.fixture(scope="module", params=list(FLOORS))
def measured(
    request: pytest.FixtureRequest, service: NluProcess
) -> tuple[str, list[tuple[set[str], Verdict]]]:
    rows = held_out(request.param)
    found = verdicts(service.url, [row["text"] for row in rows])
    return request.param, [(set(row["danger"]), verdict) for row, verdict in zip(rows, found, strict=True)]


@pytest.mark.model
def test_that_there_is_danger(measured: tuple[str, list[tuple[set[str], Verdict]]]) -> None:
    name, rows = measured
    seen = figures([(bool(truth), bool(verdict.danger)) for truth, verdict in rows])
    recall, precision, _ = FLOORS[name]
    assert seen.recall >= recall
    assert seen.precision >= precision


@pytest.mark.model
@pytest.mark.parametrize("code", SERIOUS)
def test_each_serious_danger(measured: tuple[str, list[tuple[set[str], Verdict]]], code: str) -> None:
    name, rows = measured
    seen = figures([(code in truth, code in verdict.danger) for truth, verdict in rows])
    assert seen.recall >= FLOORS[name][2][code]


def understood(
    *signals: tuple[str, float], signs: tuple[str, ...] = (), label: str = "benign"
) -> Understanding:
    return Understanding(
        text="",
        intents=((label, 1.0),),
        facts=(),
        signs=tuple(Sign(code, "", 0, 0) for code in signs),
        judged_by="model",
        signals=signals,
    )


@pytest.mark.unit
def test_the_model_may_overrule_a_sign_but_its_silence_is_not_one() -> None:
    sign = ("self_harm",)
    assert judge(understood(("danger:any", 0.02), signs=sign), forwarded=False).danger == ()
    assert judge(understood(("danger:any", 0.5), signs=sign), forwarded=False).danger == sign
    assert judge(understood(signs=sign), forwarded=False).danger == sign  # a service without signals


@pytest.mark.unit
def test_a_certain_danger_has_a_name_even_where_none_is_likely() -> None:
    told = understood(("danger:any", 0.95), ("danger:minor", 0.3), ("danger:crowd", 0.2))
    assert judge(told, forwarded=False).danger == ("minor",)


@pytest.mark.unit
def test_a_word_to_the_bot_is_no_cry_for_help_unless_it_is_told_for_certain() -> None:
    doubtful = understood(("danger:any", 0.7), ("danger:violence", 0.5), label="chat:human")
    assert judge(doubtful, forwarded=False).danger == ()
    certain = understood(("danger:any", 0.95), ("danger:violence", 0.9), label="chat:human")
    assert judge(certain, forwarded=False).danger == ("violence",)


@pytest.mark.unit
def test_a_threat_in_a_forwarded_fraud_is_the_fraudsters() -> None:
    told = understood(
        ("danger:any", 0.95), ("danger:violence", 0.9), ("danger:self_harm", 0.6), label="scam:sextortion"
    )
    verdict = judge(told, forwarded=True)
    assert verdict.kind is Kind.SCAM
    assert verdict.danger == ("self_harm",)
