"""What the resident reads: first lines, quotes, buttons, length limits, QR pictures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from speech import a_scam, a_verdict

from cases.dialogue.checks import ACUTE, STATES, check_reply, state_reply
from cases.dialogue.disputes import FAMILY_ROWS
from cases.turn import Button, Reply
from cases.understanding import Kind, Reason, Risk
from handlers.composing import Counter, compose
from handlers.rendering import LONGEST, qr_png, render, split
from handlers.wording import LOCALES, wording
from kb.library import load_library
from kb.taxonomy import dispute_codes, scam_codes

pytestmark = pytest.mark.unit
LIBRARY = load_library()
SHORT = 15


def counter(locale: str = "zh-Hans") -> Counter:
    return Counter(LIBRARY, wording(locale))


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("risk", list(Risk))
@pytest.mark.parametrize("code", [*scam_codes(), None])
def test_a_check_says_the_verdict_first_and_whom_to_call(code, risk, state, locale):
    verdict = a_verdict(Kind.SCAM, risk, scam_type=code, reasons=(Reason("safe_account", "安全账户", 0, 4),))
    text = compose(counter(locale), check_reply(1, verdict, state))
    first, *rest = text.splitlines()
    assert len(first) <= (SHORT if locale == "zh-Hans" else 60)
    assert first not in [line.partition(". ")[2] for line in rest], "nothing is said twice"
    assert "110" in text
    assert "{" not in text


def test_reasons_quote_the_message_and_say_what_the_quote_means():
    verdict = a_scam(reasons=(Reason("safe_account", "安全账户", 3, 7),))
    text = compose(counter(), check_reply(1, verdict, "received"))
    quote = next(line for line in text.splitlines() if "安全账户" in line)
    assert len(quote) > len("· “安全账户”：")


def test_a_type_without_a_quoted_reason_is_not_told():
    text = compose(counter(), check_reply(1, a_scam(scam_type="sextortion"), "paid"))
    assert LIBRARY.scam("sextortion").title("zh-Hans") not in text


def test_no_sign_found_is_never_called_safe():
    text = compose(counter(), check_reply(1, a_verdict(), "received"))
    assert "不等于安全" in text


def test_a_check_for_somebody_else_says_how_to_talk_to_them():
    verdict = a_scam(reasons=(Reason("points", "积分", 0, 2),))
    text = compose(counter(), check_reply(1, verdict, "received", for_other=True))
    assert LIBRARY.scam("phishing").elder("zh-Hans")[0] in text


@pytest.mark.parametrize("state", sorted(ACUTE))
def test_the_card_of_a_state_never_repeats_itself_and_offers_help(state):
    reply = state_reply(3, state, "phishing")
    lines = compose(counter(), reply).splitlines()
    assert len(lines) == len(set(lines))
    assert {button.key for row in reply.buttons for button in row} == {"check_report", "to_person"}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", dispute_codes())
def test_every_family_has_something_to_confirm_to_ask_and_to_open(code, locale):
    leaf = f"dispute:{code}"
    opened = {"code": "YM-1", "secret": "123456", "leaf": leaf, "unit": "U", "first_owner": "U", "due": "d"}
    for key, values in (
        ("dispute_understood", {"leaf": leaf}),
        ("dispute_protected", {"leaf": leaf}),
        ("ask_details", {"leaf": leaf}),
        ("case_opened", opened),
    ):
        text = compose(counter(locale), Reply(key, values, article=leaf))
        assert text.strip()
        assert len(text) <= LONGEST


def test_every_family_can_be_chosen_by_button():
    assert {code for row in FAMILY_ROWS for code in row} == set(dispute_codes())


@pytest.mark.parametrize(
    ("asked", "topic"),
    [
        ("停水两天了什么时候来水", "water_power_heat"),
        ("医保卡怎么用不了", "medical_insurance"),
        ("路灯坏了", "roads_lights"),
    ],
)
def test_a_request_finds_its_article(asked, topic):
    title = LIBRARY.service(topic).title("zh-Hans")
    assert title in compose(counter(), Reply("service", {"text": asked}))


@given(st.text(max_size=400), st.integers(10, 60))
def test_splitting_loses_nothing_but_line_ends(text, limit):
    pieces = split(text, limit)
    assert all(len(piece) <= limit for piece in pieces)
    assert "".join(pieces).replace("\n", "") == text.replace("\n", "")


def test_the_last_of_several_messages_carries_the_buttons():
    reply = Reply("status", {"cases": []}, ((Button("agree", "d:1:agree"),),))
    outgoing = render(counter(), reply)
    assert [one.keyboard is not None for one in outgoing] == [False] * (len(outgoing) - 1) + [True]


def test_a_case_comes_with_a_picture_of_its_address():
    values = {"code": "YM-1", "secret": "1", "leaf": "service", "unit": "U", "first_owner": "U", "due": "d"}
    *_, picture = render(counter(), Reply("case_opened", values, qr="http://door.example/c/YM-1"))
    assert picture.picture == qr_png("http://door.example/c/YM-1")
    assert picture.picture.startswith(b"\x89PNG")


def test_a_count_that_was_broken_off_says_so():
    def shown(count):
        reply = Reply(
            "status", {"cases": []}, ((Button("staff_list_area", "s:list:area", {"count": count}),),)
        )
        return render(counter(), reply)[-1].keyboard.inline_keyboard[0][0].text

    assert shown(99).endswith(" 99")
    assert shown(100).endswith(" 99+")
