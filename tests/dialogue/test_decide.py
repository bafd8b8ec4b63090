"""Each input in each stage: what is said, what is carried out, and where the conversation stands after."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from speech import a_dispute, a_scam, a_verdict, chat, said

from cases.dialogue.decide import FIRST_OF_ALL, decide
from cases.dialogue.talk import INTENTS
from cases.dialogue.values import (
    AddToCase,
    AskPlace,
    Commanded,
    Located,
    OpenCase,
    Pressed,
    RecordCheck,
    Scene,
    Sent,
    ShowStatus,
    Stage,
)
from cases.dialogue.wishes import Erase, Withdraw
from cases.turn import Reply
from cases.understanding import Kind, Risk

pytestmark = pytest.mark.unit

STAGES = [value for name, value in vars(Stage).items() if name.isupper()]
CODE = "YM-261123-7KQ4"
TOLD = {"story": ["楼上漏水三个月了"], "leaf": "dispute:neighbour", "danger": [], "code": CODE}


def keys(decision):
    return [step.key if isinstance(step, Reply) else type(step) for step in decision.steps]


def scene(stage=Stage.IDLE, *, open_cases=(), **facts):
    return Scene(stage, facts, open_cases)


def test_a_scam_is_checked_and_answered_at_once():
    decision = decide(scene(), said(a_scam()))
    assert keys(decision) == [RecordCheck]
    assert decision.stage == Stage.CHECKED


def test_a_forwarded_message_is_checked_whatever_it_looks_like():
    decision = decide(scene(), said(chat("greet"), forwarded=True))
    assert keys(decision) == [RecordCheck]


def test_after_check_the_next_words_are_checked_and_not_taken_for_small_talk():
    asked = decide(scene(), Commanded("check"))
    assert asked.stage == Stage.CHECKING
    assert keys(decide(Scene(asked.stage, asked.facts), said(chat("thanks")))) == [RecordCheck]


def test_a_wish_to_the_bot_is_heard_even_where_a_message_to_check_is_awaited():
    asked = decide(scene(), Commanded("check"))
    assert keys(decide(Scene(asked.stage, asked.facts), said(chat("status")))) == [ShowStatus]


def test_nothing_more_is_no_address_and_no_detail():
    assert keys(decide(scene(Stage.PLACE, **TOLD), said(chat("no"), "没有了"))) == ["ask_details"]
    assert keys(decide(scene(Stage.DETAILS, **TOLD), said(chat("no"), "没有了"))) == ["ask_consent"]


def test_a_check_for_somebody_else_is_kept_as_such():
    asked = decide(scene(), said(chat("for_other")))
    answer = decide(Scene(asked.stage, asked.facts), said(a_scam()))
    assert answer.steps[0].for_other


def test_paid_after_a_check_gets_the_card_of_that_check():
    decision = decide(scene(Stage.CHECKED, check_id=7, scam_type="phishing"), said(a_verdict(state="paid")))
    assert keys(decision) == ["check_state"]
    assert decision.steps[0].values["state"] == "paid"
    assert all(button.act.startswith("k:7:") for row in decision.steps[0].buttons for button in row)


def test_a_dispute_is_confirmed_before_anything_is_asked():
    decision = decide(scene(), said(a_dispute("labour")))
    assert keys(decision) == ["dispute_understood"]
    assert decision.facts["leaf"] == "dispute:labour"


def test_domestic_violence_gets_safety_first_and_is_never_asked_to_confirm():
    decision = decide(scene(), said(a_dispute("domestic_violence", danger=("domestic_violence",))))
    assert keys(decision) == ["danger_first", "dispute_protected", AskPlace]


def test_self_harm_gets_the_numbers_and_a_person_and_no_form():
    decision = decide(scene(Stage.DETAILS, **TOLD), said(a_verdict(danger=("self_harm",))))
    assert keys(decision) == ["danger_first", OpenCase]
    assert decision.steps[1].reply == "person_is_told"
    assert "self_harm" in decision.steps[1].danger


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("code", FIRST_OF_ALL)
def test_danger_is_answered_first_in_every_stage(stage, code):
    decision = decide(scene(stage, **TOLD), said(a_verdict(danger=(code,))))
    assert keys(decision)[0] == "danger_first"
    assert decision.steps[0].values["code"] == code


def test_from_the_confirmation_to_the_case():
    told = decide(scene(), said(a_dispute("property"), "物业三年不修电梯"))
    where = decide(Scene(told.stage, told.facts), Pressed("yes"))
    assert keys(where) == [AskPlace]
    details = decide(Scene(where.stage, where.facts), Pressed("g.g1"))
    assert keys(details) == ["place_known", "ask_details"]
    more = decide(Scene(details.stage, details.facts), said(a_verdict(), "昨天又困了人"))
    consent = decide(Scene(more.stage, more.facts), Pressed("next"))
    opened = decide(Scene(consent.stage, consent.facts), Pressed("agree"))
    case = opened.steps[0]
    assert case == OpenCase(leaf="dispute:property", story=("物业三年不修电梯", "昨天又困了人"), grid="g1")
    assert opened.stage == Stage.IDLE
    assert opened.facts == {"grid": "g1"}


def test_a_poster_fills_in_the_place_and_it_is_not_asked_again():
    arrived = decide(scene(), Located("g1", poster=True))
    told = decide(Scene(arrived.stage, arrived.facts), said(a_dispute()))
    assert keys(decide(Scene(told.stage, told.facts), Pressed("yes"))) == ["ask_details"]


def test_an_address_in_words_is_a_place_too():
    decision = decide(scene(Stage.PLACE, **TOLD), said(a_verdict(Kind.UNCLEAR), "桂花社区3号楼"))
    assert decision.facts["address"] == "桂花社区3号楼"


def test_a_correction_lets_the_resident_choose_and_the_choice_counts():
    asked = decide(scene(Stage.CONFIRM, **TOLD), said(chat("correct")))
    assert asked.stage == Stage.FAMILY
    chosen = decide(Scene(asked.stage, asked.facts), Pressed("f.property"))
    assert chosen.facts["leaf"] == "dispute:property"


def test_more_words_while_confirming_complete_the_story():
    heard = said(a_verdict(Kind.UNCLEAR), "是楼上那家", joined=a_dispute("neighbour"))
    decision = decide(scene(Stage.CONFIRM, **TOLD), heard)
    assert decision.facts["story"] == ["楼上漏水三个月了", "是楼上那家"]


@pytest.mark.parametrize(
    ("stage", "word", "expected"),
    [
        (Stage.CONFIRM, "yes", [AskPlace]),
        (Stage.CONFIRM, "no", ["choose_family"]),
        (Stage.CONSENT, "yes", [OpenCase]),
        (Stage.CONSENT, "no", ["set_aside"]),
        (Stage.WITHDRAW, "yes", [Withdraw]),
        (Stage.ERASE, "yes", [Erase]),
        (Stage.ERASE, "no", ["set_aside"]),
        (Stage.IDLE, "yes", ["tell_me"]),
    ],
)
def test_a_typed_yes_or_no_is_the_button_of_that_meaning(stage, word, expected):
    assert keys(decide(scene(stage, **TOLD), said(chat(word)))) == expected


def test_a_person_is_never_argued_with():
    assert keys(decide(scene(Stage.CONFIRM, **TOLD), said(chat("human")))) == [OpenCase]
    asked = decide(scene(), said(chat("human")))
    assert asked.stage == Stage.PERSON
    assert keys(decide(Scene(asked.stage, asked.facts), said(a_verdict(Kind.UNCLEAR)))) == [OpenCase]


def test_a_withdrawal_without_open_case_is_answered_and_with_one_is_confirmed():
    assert keys(decide(scene(), said(chat("withdraw")))) == ["no_open_case"]
    asked = decide(scene(open_cases=(CODE,)), said(chat("withdraw")))
    assert keys(asked) == ["withdraw_ask"]
    assert decide(Scene(asked.stage, asked.facts, (CODE,)), Pressed("yes")).steps == (Withdraw(CODE),)


def test_of_several_cases_one_is_chosen_and_only_ones_own():
    asked = decide(scene(open_cases=(CODE, "YM-261123-AAAA")), said(chat("add")))
    here = Scene(asked.stage, asked.facts, (CODE, "YM-261123-AAAA"))
    assert keys(decide(here, Pressed(f"a.{CODE}"))) == ["add_ask"]
    assert keys(decide(here, Pressed("a.YM-261123-ZZZZ"))) == ["button_stale"]


def test_words_after_add_go_to_the_case():
    decision = decide(scene(Stage.ADD, code=CODE), said(a_dispute(), "昨天又来闹"))
    assert decision.steps == (AddToCase(CODE, "昨天又来闹"),)


def test_a_scam_told_while_adding_is_still_a_scam():
    assert keys(decide(scene(Stage.ADD, code=CODE), said(a_scam()))) == [RecordCheck]


def test_how_is_my_case_is_answered_in_the_middle_of_a_story():
    decision = decide(scene(Stage.DETAILS, **TOLD), said(chat("status")))
    assert keys(decision) == [ShowStatus]
    assert decision.stage == Stage.DETAILS


def test_unclear_asks_one_question_with_the_likeliest_first():
    candidates = ("dispute:loan", "scam:fake_investment")
    decision = decide(scene(), said(a_verdict(Kind.UNCLEAR, Risk.UNSURE, candidates=candidates)))
    assert keys(decision) == ["unclear"]
    assert decision.steps[0].buttons[0][0].values["leaf"] == "dispute:loan"


def test_asked_whether_it_is_a_scam_the_doubtful_message_becomes_unsure():
    decision = decide(scene(Stage.ASKED, story=["让我投点钱"]), Pressed("scam"))
    assert decision.steps[0].verdict.risk is Risk.UNSURE


def test_without_the_model_a_story_is_kept_for_a_person():
    decision = decide(
        scene(), said(a_verdict(Kind.UNCLEAR, judged_by="rules"), "我家的事说来话长真不知道怎么办")
    )
    assert keys(decision) == [OpenCase]
    assert decision.steps[0].leaf == "to_sort"
    assert decision.steps[0].reply == "kept_for_person"


def test_without_the_model_rules_still_warn():
    assert keys(decide(scene(), said(a_scam(judged_by="rules")))) == [RecordCheck]


def test_a_picture_joins_the_story_and_reaches_the_case():
    decision = decide(scene(Stage.DETAILS, **TOLD), Sent(5, "photo"))
    assert decision.facts["attachments"] == [5]
    consent = decide(Scene(decision.stage, decision.facts), Pressed("next"))
    assert decide(Scene(consent.stage, consent.facts), Pressed("agree")).steps[0].attachments == (5,)


def test_a_picture_before_the_story_is_not_lost():
    alone = decide(scene(), Sent(5, "photo"))
    assert keys(alone) == ["photo_alone"]
    told = decide(Scene(alone.stage, alone.facts), said(a_dispute()))
    assert told.facts["attachments"] == [5]


def test_a_button_of_another_stage_is_said_to_be_out_of_date():
    assert keys(decide(scene(Stage.IDLE), Pressed("agree"))) == ["button_stale"]


@pytest.mark.parametrize(("stage", "intent"), list(product(STAGES, INTENTS)))
def test_every_chat_intent_is_answered_in_every_stage(stage, intent):
    assert decide(scene(stage, **TOLD), said(chat(intent))).steps


PRESSES = st.one_of(
    st.sampled_from(
        ["yes", "other", "next", "agree", "not_now", "person", "cancel", "menu.check", "u.x", "g.x", "f.loan"]
    ),
    st.text(max_size=20),
)
INPUTS = st.one_of(
    st.builds(Pressed, PRESSES),
    st.builds(Located, st.one_of(st.none(), st.just("g1"))),
    st.builds(Sent, st.integers(1, 9), st.sampled_from(["photo", "voice", "document", "video"])),
    st.builds(Commanded, st.sampled_from(["start", "help", "cases", "check", "delete", "language"])),
    st.builds(
        said,
        st.builds(
            a_verdict,
            st.sampled_from(list(Kind)),
            st.sampled_from(list(Risk)),
            chat=st.one_of(st.none(), st.sampled_from([*INTENTS, "yes", "no"])),
            state=st.sampled_from([None, "paid", "on_call"]),
            family=st.sampled_from([None, "loan", "domestic_violence"]),
            danger=st.sampled_from([(), ("violence",), ("self_harm",)]),
            judged_by=st.sampled_from(["model", "rules"]),
        ),
        forwarded=st.booleans(),
    ),
)


@given(st.lists(INPUTS, max_size=12), st.sampled_from([(), (CODE,), (CODE, "YM-261123-AAAA")]))
def test_whatever_is_heard_something_is_answered(inputs, open_cases):
    here = Scene(open_cases=open_cases)
    for heard in inputs:
        decision = decide(here, heard)
        assert decision.steps, "nothing is ever silent"
        assert all(
            len(button.act) <= 52
            for step in decision.steps
            if isinstance(step, Reply)
            for row in step.buttons
            for button in row
        )
        here = Scene(decision.stage, decision.facts, open_cases)
