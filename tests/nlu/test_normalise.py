"""The normal form sees through disguises, and every offset leads back to the text as given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.text.normalise import normalise

pytestmark = pytest.mark.unit

DISGUISES = [
    ("刷*单", "刷单"),
    ("银 行 卡", "银行卡"),
    ("转\u200b账", "转账"),
    ("ＱＱ１２３", "qq123"),
    ("轉帳給我", "转账给我"),
    ("①②③", "123"),
    ("𝟏𝟑𝟖", "138"),
    ("APP", "app"),
]


@pytest.mark.parametrize(("disguised", "plain"), DISGUISES)
def test_a_disguise_comes_off(disguised: str, plain: str) -> None:
    assert normalise(disguised).text == plain


def test_blanks_between_sentences_stay() -> None:
    assert normalise("俺妈要转钱 拦不住 咋办").text == "俺妈要转钱 拦不住 咋办"


def test_a_span_covers_what_was_squeezed_in() -> None:
    message = normalise("快来刷 *单")
    start = message.text.index("刷单")
    assert message.given[slice(*message.span(start, start + 2))] == "刷 *单"


def test_an_empty_span_stays_empty() -> None:
    assert normalise("甲乙").span(1, 1) == (1, 1)


@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text_has_a_normal_form_whose_offsets_rise(text: str) -> None:
    message = normalise(text)
    assert len(message.origin) == len(message.text) + 1
    assert list(message.origin) == sorted(set(message.origin))
    assert message.origin[-1] == len(text)


@given(st.text(alphabet="转账给我刷单銀行賬號 *_.\u200bＡ①", max_size=40))
def test_each_character_comes_from_where_it_is_said_to(text: str) -> None:
    message = normalise(text)
    for at, character in enumerate(message.text):
        start, end = message.span(at, at + 1)
        assert normalise(message.given[start:end]).text == character
