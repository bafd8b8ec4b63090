"""Which rule holds for a step, and what the project's own rules say."""

from pathlib import Path

import pytest

from cases.clocks.defaults import DEFAULTS_FILE, defaults, read_defaults
from cases.clocks.rules import (
    ClockRule,
    ExtendedBy,
    LadderAct,
    LadderStep,
    OwedBy,
    StartEvent,
    StopReason,
    fitting,
    steps_starting,
)
from cases.danger import DangerLevel
from cases.records import ClockUnit

pytestmark = pytest.mark.unit
D, U = DangerLevel, ClockUnit
COURSE = {
    StartEvent.REGISTERED: {"accept"},
    StartEvent.DISPATCHED: {"sign", "first_answer", "handle"},
    StartEvent.WAITING: {"waiting"},
    StartEvent.ANSWERED: {"judge"},
    StartEvent.CLOSED: {"return_visit"},
    StartEvent.REOPENED: {"reopen_review"},
    StartEvent.SENT_BACK: {"ruling"},
    StartEvent.DANGER_RAISED: {"danger_review"},
    StartEvent.LETTER_ISSUED: {"letter_reply"},
    StartEvent.AGREED: {"agreement_performed_30", "agreement_performed_90"},
}
# What the law and other places say: step, length, unit, and how far it may be extended.
BY_HAND = [
    ("petition_routing_objection", 5, U.WORKING_DAYS, None),
    ("petition_handle", 60, U.DAYS, 30),
    ("petition_review_request", 30, U.DAYS, None),
    ("petition_review", 30, U.DAYS, None),
    ("petition_recheck_request", 30, U.DAYS, None),
    ("petition_recheck", 30, U.DAYS, None),
    ("hotline_handle", 5, U.WORKING_DAYS, None),
    ("hotline_receipt", 2, U.HOURS, None),
    ("hotline_danger", 2, U.HOURS, None),
    ("hotline_utilities", 24, U.HOURS, None),
    ("hotline_ordinary", 7, U.DAYS, None),
    ("hotline_hard", 15, U.DAYS, None),
    ("pledge_simple", 0, U.DAYS, None),
    ("pledge_ordinary", 3, U.DAYS, None),
    ("judicial_confirmation", 30, U.DAYS, None),
    ("labour_arbitration_accept", 5, U.DAYS, None),
    ("labour_arbitration_award", 45, U.DAYS, 15),
    ("labour_claim", 365, U.DAYS, None),
    ("public_security_mediation", 7, U.WORKING_DAYS, None),
    ("legal_aid_decide", 7, U.DAYS, None),
    ("legal_aid_appoint", 3, U.DAYS, None),
    ("reconsideration_apply", 60, U.DAYS, None),
    ("reconsideration_accept", 5, U.WORKING_DAYS, None),
    ("reconsideration_decide", 60, U.DAYS, 30),
]


def rule(code: str, *, leaf: str = "*", level: DangerLevel = D.NONE, template: bool = False) -> ClockRule:
    return ClockRule(
        code=code,
        step="handle",
        leaf=leaf,
        min_danger=level,
        length=1,
        unit=U.DAYS,
        start=StartEvent.DISPATCHED,
        template=template,
        ladder="none",
        owed_by=OwedBy.UNIT,
    )


def found(*rules: ClockRule, leaf: str = "dispute:medical", level: DangerLevel = D.NONE) -> str | None:
    best = fitting(rules, step="handle", leaf=leaf, level=level)
    return best.code if best else None


def of_default(step: str, leaf: str = "dispute:neighbour", level: DangerLevel = D.NONE) -> ClockRule:
    best = fitting(defaults().rules, step=step, leaf=leaf, level=level)
    assert best is not None
    return best


def test_danger_goes_before_a_leaf_and_a_leaf_before_its_family_and_that_before_everything() -> None:
    ladder = [
        rule("any"),
        rule("family", leaf="dispute:*"),
        rule("leaf", leaf="dispute:medical"),
        rule("danger", level=D.ORANGE),
    ]
    for number in range(1, 5):
        assert found(*ladder[:number], level=D.RED) == ladder[number - 1].code
        assert found(*reversed(ladder[:number]), level=D.RED) == ladder[number - 1].code


def test_a_rule_for_graver_danger_does_not_hold_below_it() -> None:
    assert found(rule("any"), rule("red", level=D.RED), level=D.ORANGE) == "any"


def test_a_citys_rule_goes_before_a_template_and_the_first_before_the_second() -> None:
    assert found(rule("ours", template=True), rule("city"), rule("second")) == "city"


@pytest.mark.parametrize(
    ("pattern", "leaf"),
    [("dispute:medical", "dispute:labour"), ("scam:*", "dispute:labour"), ("dispute:*", "service")],
)
def test_a_rule_for_other_matters_does_not_hold(pattern: str, leaf: str) -> None:
    assert found(rule("other", leaf=pattern), leaf=leaf) is None


def test_a_step_nobody_has_a_rule_for_has_no_clock() -> None:
    assert fitting(defaults().rules, step="second_dinner", leaf="*", level=D.RED) is None


@pytest.mark.parametrize("event", list(COURSE))
def test_each_event_of_a_case_sets_its_own_steps_going(event: StartEvent) -> None:
    assert set(steps_starting(defaults().rules, event)) == COURSE[event]
    assert len(steps_starting(defaults().rules, event)) == len(COURSE[event])


def test_what_no_event_of_a_case_starts_is_started_by_hand() -> None:
    own = set().union(*COURSE.values())
    by_hand = set(steps_starting(defaults().rules, StartEvent.BY_HAND))
    assert {one.step for one in defaults().rules} - own == by_hand == {row[0] for row in BY_HAND}


@pytest.mark.parametrize(("step", "length", "unit", "more"), BY_HAND)
def test_procedures_outside_a_case_keep_the_length_of_their_law(
    step: str, length: int, unit: ClockUnit, more: int | None
) -> None:
    best = of_default(step)
    assert (best.length, best.unit) == (length, unit)
    assert (best.extension.length if best.extension else None) == more


@pytest.mark.parametrize(
    ("step", "leaf", "level", "length", "unit"),
    [
        ("accept", "dispute:neighbour", D.NONE, 1, U.WORKING_DAYS),
        ("accept", "dispute:administrative", D.NONE, 15, U.DAYS),
        ("sign", "scam:phishing", D.NONE, 4, U.HOURS),
        ("sign", "scam:phishing", D.RED, 1, U.HOURS),
        ("first_answer", "dispute:family", D.BLUE, 3, U.DAYS),
        ("first_answer", "dispute:family", D.YELLOW, 48, U.HOURS),
        ("first_answer", "dispute:family", D.ORANGE, 24, U.HOURS),
        ("first_answer", "dispute:family", D.RED, 2, U.HOURS),
        ("handle", "service", D.NONE, 15, U.WORKING_DAYS),
        ("handle", "dispute:domestic_violence", D.NONE, 15, U.WORKING_DAYS),
        ("handle", "dispute:medical", D.NONE, 30, U.WORKING_DAYS),
        ("handle", "dispute:labour", D.NONE, 15, U.DAYS),
        ("handle", "dispute:property", D.NONE, 30, U.DAYS),
        ("judge", "*", D.NONE, 7, U.DAYS),
        ("return_visit", "*", D.NONE, 7, U.DAYS),
        ("reopen_review", "*", D.NONE, 2, U.WORKING_DAYS),
        ("ruling", "*", D.NONE, 2, U.WORKING_DAYS),
        ("danger_review", "*", D.ORANGE, 2, U.HOURS),
        ("danger_review", "*", D.RED, 2, U.HOURS),
        ("letter_reply", "*", D.NONE, 3, U.WORKING_DAYS),
    ],
)
def test_the_course_of_a_case_has_these_lengths(
    step: str, leaf: str, level: DangerLevel, length: int, unit: ClockUnit
) -> None:
    best = of_default(step, leaf, level)
    assert (best.length, best.unit) == (length, unit)


def test_a_yellow_case_needs_no_review_within_two_hours() -> None:
    assert fitting(defaults().rules, step="danger_review", leaf="*", level=D.YELLOW) is None


def test_only_both_parties_lengthen_a_mediation_and_only_an_appraisal_stops_a_medical_one() -> None:
    for leaf in ("dispute:family", "dispute:emotion", "dispute:loan", "dispute:damages", "dispute:medical"):
        extension = of_default("handle", leaf).extension
        assert extension is not None
        assert extension.who is ExtendedBy.BOTH_PARTIES
    assert of_default("handle", "dispute:medical").stops == {StopReason.APPRAISAL}


def test_what_is_no_template_names_its_law() -> None:
    assert all(one.template or one.basis for one in defaults().rules)


def test_nobody_outside_is_pressed() -> None:
    """A court is reminded at most; a resident is asked, and in the end the case closes without them."""
    gentle = {LadderAct.REMIND}
    asked = {LadderAct.REMIND, LadderAct.ASK_RESIDENT, LadderAct.CLOSE}
    allowed = {OwedBy.OUTSIDE: gentle, OwedBy.RESIDENT: asked}
    for one in defaults().rules:
        acts = {step.act for step in defaults().ladders[one.ladder].steps}
        assert acts <= allowed.get(one.owed_by, set(LadderAct)), one.code


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = DEFAULTS_FILE.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "clocks.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("code: accept,", "code: accept, lenght: 2,", r"clocks.yml, line LINE: rules → 1 → lenght: Extra"),
        (
            "share: 0.8, act",
            "share: 0.8, after_hours: 1, act",
            r"clocks.yml, line LINE: ladders → ordinary → 1: .*exactly one of share",
        ),
        ("length: 4, unit: hours", "length: 0, unit: hours", r"rules → 3: .*its unit is days"),
        ("length: 1, unit: working_days", "length: -1, unit: days", r"rules → 1 → length"),
        ('"dispute:administrative"', '"dispute"', r"rules → 2 → leaves → 1"),
        ("ladder: letter", "ladder: rope", r"letter_reply names no known ladder: rope"),
        ("code: sign_red", "code: sign", r"the code sign is used 2 times"),
        ("start: registered", "start: signed", r"the rules of accept start from different events"),
        ("basis: 信访工作条例", 'basis: ""', r"names its basis"),
        ("ladders:", "ladders: [", r"clocks.yml, line \d+: this is not valid YAML"),
    ],
)
def test_a_fault_of_the_file_is_one_sentence_that_says_where(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    path = changed(tmp_path, old, new)
    line = path.read_text(encoding="utf-8").partition(new)[0].count("\n") + 1
    with pytest.raises(ValueError, match=told.replace("LINE", str(line))):
        read_defaults(path)


def test_a_step_of_a_ladder_has_one_time() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        LadderStep(act=LadderAct.REMIND)
    with pytest.raises(ValueError, match="not negative"):
        LadderStep(act=LadderAct.REMIND, share=-0.1)
