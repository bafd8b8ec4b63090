"""What has happened to a resident's money is recognised on held-out messages; the floors only rise."""

import pytest
from signal_figures import held_out, verdicts

from cases.understanding import Verdict
from nlu import rules
from nlu.process import NluProcess
from nlu.verdict import judge

FLOORS = {"states.yml": (0.96, 1), "states_second.yml": (0.72, 1), "states_third.yml": (0.83, 2)}
"""file: share of states named rightly, and messages without a state in which one was seen, at most"""


@pytest.fixture(scope="module", params=list(FLOORS))
def measured(
    request: pytest.FixtureRequest, service: NluProcess
) -> tuple[str, list[tuple[str | None, Verdict]]]:
    rows = held_out(request.param)
    found = verdicts(service.url, [row["text"] for row in rows])
    truths = [None if row["state"] in (None, "none") else row["state"] for row in rows]
    return request.param, list(zip(truths, found, strict=True))


@pytest.mark.model
def test_each_state_is_named(measured: tuple[str, list[tuple[str | None, Verdict]]]) -> None:
    name, rows = measured
    told = [(truth, verdict) for truth, verdict in rows if truth]
    assert sum(verdict.state == truth for truth, verdict in told) / len(told) >= FLOORS[name][0]


@pytest.mark.model
def test_ordinary_payments_are_no_state(measured: tuple[str, list[tuple[str | None, Verdict]]]) -> None:
    name, rows = measured
    assert sum(verdict.state is not None for truth, verdict in rows if not truth) <= FLOORS[name][1]


@pytest.mark.model
def test_a_state_is_told_even_where_no_fraud_is_seen(service: NluProcess) -> None:
    (verdict,) = verdicts(service.url, ["我已经给他转了三万怎么办"])
    assert verdict.state == "paid"


@pytest.mark.model
def test_a_fraudsters_demand_is_not_the_residents_state(service: NluProcess) -> None:
    demands = ["请立即转账至安全账户，否则冻结", "请立即转账"]
    assert [v.state for v in verdicts(service.url, demands, forwarded=True)] == [None, None]
    assert [v.state for v in verdicts(service.url, demands)] == [None, None]


@pytest.mark.model
@pytest.mark.parametrize("text", ["物业费交了", "钱借给朋友了"])
def test_everyday_money_is_quiet(service: NluProcess, text: str) -> None:
    assert verdicts(service.url, [text])[0].state is None


@pytest.mark.unit
@pytest.mark.parametrize(
    ("text", "state"), [("我刚刚已经给他转账了三万", "paid"), ("物业费交了", None), ("钱借给朋友了", None)]
)
def test_rules_alone_know_the_plainest(text: str, state: str | None) -> None:
    assert judge(rules.understand(text), forwarded=False).state == state
