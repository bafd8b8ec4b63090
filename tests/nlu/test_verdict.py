"""A verdict follows from what was understood, and from nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.understanding import Fact, Kind, Reason, Risk, Sign, Understanding
from kb import taxonomy
from kb.questions import questions, wording
from nlu import decision
from nlu.questions import best_question, information
from nlu.rows import verdict_row
from nlu.rules import understand, weigh
from nlu.verdict import judge

pytestmark = pytest.mark.unit

LABELS = taxonomy.labels()
CODES = ("safe_account", "keep_secret", "police_by_phone", "link_click")


def believed(*intents: tuple[str, float], text: str = "……", signs: tuple[Sign, ...] = ()) -> Understanding:
    return Understanding(text=text, intents=intents, facts=(), signs=signs, judged_by="model")


def signs(*codes: str) -> tuple[Sign, ...]:
    return tuple(Sign(code, "字", 2 * number, 2 * number + 1) for number, code in enumerate(codes))


@pytest.mark.parametrize(
    ("intents", "kind", "risk"),
    [
        ([("scam:phishing", 0.99), ("benign", 0.01)], Kind.SCAM, Risk.DANGER),
        ([("scam:phishing", 0.88), ("benign", 0.12)], Kind.SCAM, Risk.SUSPICIOUS),
        ([("scam:phishing", 0.6), ("benign", 0.4)], Kind.CHAT, Risk.UNSURE),
        ([("benign", 0.97), ("scam:phishing", 0.03)], Kind.CHAT, Risk.NONE),
        ([("dispute:property", 0.9), ("service", 0.1)], Kind.DISPUTE, Risk.NONE),
        ([("service", 0.9), ("dispute:property", 0.1)], Kind.SERVICE, Risk.NONE),
        ([("ad", 0.9), ("benign", 0.1)], Kind.AD, Risk.NONE),
        ([("illegal_ad", 0.95), ("benign", 0.05)], Kind.AD, Risk.SUSPICIOUS),
        ([], Kind.UNCLEAR, Risk.NONE),
        ([("dispute:loan", 0.35), ("service", 0.33), ("benign", 0.32)], Kind.UNCLEAR, Risk.NONE),
    ],
)
def test_belief_becomes_kind_and_risk(intents: list[tuple[str, float]], kind: Kind, risk: Risk) -> None:
    verdict = judge(believed(*intents), forwarded=False)
    assert (verdict.kind, verdict.risk) == (kind, risk)


def test_probabilities_of_leaves_add_up_to_their_kind() -> None:
    verdict = judge(believed(("scam:phishing", 0.5), ("scam:prize", 0.45), ("benign", 0.05)), forwarded=False)
    assert verdict.scam_type == "phishing"
    assert verdict.scam_probability > 0.85


def test_what_is_forwarded_is_hardly_the_residents_own_quarrel() -> None:
    belief = believed(("dispute:loan", 0.5), ("benign", 0.5))
    assert judge(belief, forwarded=False).kind is Kind.DISPUTE
    assert judge(belief, forwarded=True).kind is Kind.CHAT


def test_strong_signs_make_a_suspicion_urgent() -> None:
    belief = [("scam:impersonate_authority", 0.88), ("benign", 0.12)]
    assert judge(believed(*belief), forwarded=False).risk is Risk.SUSPICIOUS
    assert (
        judge(believed(*belief, signs=signs("safe_account", "keep_secret")), forwarded=False).risk
        is Risk.DANGER
    )


def test_reasons_are_the_strongest_signs_and_at_most_three() -> None:
    belief = believed(("scam:impersonate_authority", 1.0), signs=signs(*CODES))
    reasons = judge(belief, forwarded=True).reasons
    assert [reason.code for reason in reasons] == ["safe_account", "keep_secret", "police_by_phone"]


def test_reasons_never_quote_the_same_words_twice() -> None:
    same = (Sign("safe_account", "安全账户", 0, 4), Sign("personal_account", "到安全账户", 0, 4))
    assert len(judge(believed(("scam:other", 1.0), signs=same), forwarded=True).reasons) == 1


def test_the_models_own_reasons_are_quoted_in_its_order_whatever_the_signs_weigh() -> None:
    own = (Reason("wording", "先给他三千", 3, 8), Reason("link_click", "点链接", 9, 12))
    belief = replace(believed(("scam:other", 1.0), signs=signs(*CODES)), reasons=own)
    assert judge(belief, forwarded=True).reasons == own
    assert judge(replace(belief, reasons=()), forwarded=True).reasons == ()


@pytest.mark.parametrize(
    ("belief", "asked"),
    [
        ((("scam:phishing", 0.5), ("benign", 0.5)), "asked_for_code"),
        ((("dispute:loan", 0.45), ("scam:fake_loan", 0.1), ("service", 0.45)), "lent_to_friend"),
        ((("service", 0.39), ("benign", 0.35), ("dispute:property", 0.26)), "wants_service"),
    ],
)
def test_the_question_is_the_one_that_tells_the_readings_apart(
    belief: tuple[tuple[str, float], ...], asked: str
) -> None:
    assert best_question(dict(belief)) == asked


def test_only_an_undecided_message_is_asked_about() -> None:
    assert judge(believed(("scam:phishing", 1.0)), forwarded=True).question is None
    assert judge(believed(("benign", 1.0)), forwarded=True).question is None
    torn = believed(("dispute:loan", 0.38), ("service", 0.36), ("benign", 0.26))
    verdict = judge(torn, forwarded=False)
    assert verdict.kind is Kind.UNCLEAR
    assert verdict.question in {question.code for question in questions()}
    row = verdict_row("1", verdict)
    assert row["question"] == {"code": verdict.question, "text": wording(verdict.question or "", "zh-Hans")}


@given(st.dictionaries(st.sampled_from(LABELS), st.floats(0, 1)))
def test_no_answer_tells_less_than_nothing(labels: dict[str, float]) -> None:
    total = sum(labels.values())
    shares = {label: value / total for label, value in labels.items()} if total > 1e-6 else {}
    assert all(information(question, shares) > -1e-9 for question in questions())


def test_a_harmless_message_has_no_reasons() -> None:
    assert judge(believed(("benign", 1.0), signs=signs("link_click")), forwarded=True).reasons == ()


@pytest.mark.parametrize(("probability", "chat"), [(0.95, "withdraw"), (0.45, None)])
def test_a_word_to_the_bot_must_be_clear(probability: float, chat: str | None) -> None:
    belief = believed(("chat:withdraw", probability), ("benign", 1 - probability))
    assert judge(belief, forwarded=False).chat == chat


def test_a_forwarded_message_never_commands_the_bot() -> None:
    assert judge(believed(("chat:delete", 1.0)), forwarded=True).chat is None


def test_an_unclear_message_names_the_likeliest_answers() -> None:
    belief = believed(("dispute:loan", 0.38), ("service", 0.36), ("benign", 0.26))
    assert judge(belief, forwarded=False).candidates[:2] == ("dispute:loan", "service")


def test_an_unknown_label_of_a_foreign_model_is_unclear() -> None:
    assert judge(believed(("nlu_fallback", 1.0)), forwarded=False).kind is Kind.UNCLEAR


def test_the_row_is_the_contracts() -> None:
    belief = Understanding(
        text="打110", intents=(("scam:other", 1.0),), facts=(Fact("phone", "110", 1, 4, "110"),), signs=(),
        judged_by="model", model="v", ms=1.234,
    )  # fmt: skip
    row = verdict_row("7", judge(belief, forwarded=True))
    assert list(row)[:11] == [
        "id", "kind", "risk", "scam", "dispute", "danger", "facts", "reasons", "judged_by", "model", "ms",
    ]  # fmt: skip
    assert row["facts"] == [{"kind": "phone", "text": "110", "start": 1, "end": 4, "value": "110"}]
    assert (row["id"], row["kind"], row["risk"], row["ms"]) == ("7", "scam", "danger", 1.23)


def test_every_threshold_has_its_reason() -> None:
    assert decision.thresholds().danger > decision.thresholds().suspicious > decision.thresholds().unsure


def test_a_threshold_without_a_reason_is_refused() -> None:
    table = {"prior": {"why": "x", "forwarded": {}, "own": {}}, "danger": {"value": 0.9, "why": " "}}
    with pytest.raises(ValueError, match="danger has no reason"):
        decision.read(table)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("自称公安局的说我涉嫌洗钱，让我把钱转到安全账户，不许告诉家人", Kind.SCAM),
        ("包工头拖欠工资半年了不给", Kind.DISPUTE),
        ("身份证丢了怎么补办", Kind.SERVICE),
        ("晚上回家吃饭吗", Kind.CHAT),
    ],
)
def test_rules_alone_still_understand(text: str, kind: Kind) -> None:
    verdict = judge(understand(text), forwarded=False)
    assert (verdict.kind, verdict.judged_by) == (kind, "rules")


def test_rules_weigh_to_one() -> None:
    for codes in ((), CODES, ("about_wages",), ("code_notice",), ("wording", "no_such_sign")):
        assert sum(chance for _, chance in weigh(signs(*codes))) == pytest.approx(1)


@pytest.mark.parametrize(
    "text", ["", " ", "\ud800\udfff", "\x00\x01", "😀" * 50, "x" * 100_000, "[a](b) /human{}"]
)
def test_rules_never_fail(text: str) -> None:
    judge(understand(text), forwarded=False)
