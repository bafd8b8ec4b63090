"""The first line is fixed, short, and an action."""

import pytest

from kb.articles import STATES
from kb.library import DANGERS, FIRST_LINE_KEYS, RISKS, Library, first_line_key

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("key", FIRST_LINE_KEYS)
def test_first_line_fits_one_breath(library: Library, key: str) -> None:
    assert 0 < len(library.first_line(key, "zh-Hans")) <= 15
    assert 0 < len(library.first_line(key, "en")) <= 60
    urgent = library.urgent(key)
    assert 2 <= len(urgent.do("zh-Hans")) <= 5
    assert all(library.hotline(number) for number in urgent.hotlines)


@pytest.mark.parametrize("state", [None, *STATES])
@pytest.mark.parametrize("risk", RISKS)
def test_every_state_and_risk_has_a_first_line(library: Library, state: str | None, risk: str) -> None:
    assert library.first_line(first_line_key(state, risk), "zh-Hans")


@pytest.mark.parametrize("locale", ["zh-Hans", "en"])
@pytest.mark.parametrize("state", ["about_to_pay", "paid", "on_call", "screen_shared", "code_given"])
def test_common_first_action_is_word_for_word_the_first_line(
    library: Library, state: str, locale: str
) -> None:
    assert library.scam("other").do(state, locale)[0] == library.first_line(state, locale)


def test_first_lines_differ_from_each_other(library: Library) -> None:
    for locale in ("zh-Hans", "en"):
        assert len({library.first_line(key, locale) for key in FIRST_LINE_KEYS}) == len(FIRST_LINE_KEYS)


def test_who_has_paid_is_told_110_in_the_first_line(library: Library) -> None:
    assert "110" in library.first_line("paid", "zh-Hans")
    assert "110" in library.first_line("paid", "en")
    assert library.urgent("paid").hotlines[0] == "110"


def test_no_sign_found_is_never_called_safe(library: Library) -> None:
    said = library.first_line("received:none", "zh-Hans") + "".join(
        library.urgent("received:none").do("zh-Hans")
    )
    assert "安全" not in said
    assert "safe" not in library.first_line("received:none", "en").lower()


@pytest.mark.parametrize("danger", DANGERS)
def test_danger_names_somebody_to_call(library: Library, danger: str) -> None:
    urgent = library.urgent(danger)
    assert set(urgent.hotlines) & {"110", "120", "12345"}
    assert any(
        number in "".join(urgent.do("zh-Hans")) + urgent.first("zh-Hans") for number in urgent.hotlines
    )


def test_self_harm_asks_for_no_form_and_brings_a_person(library: Library) -> None:
    said = "".join(library.urgent("self_harm").do("zh-Hans"))
    assert "不用填" in said
    assert "工作人员" in said
    assert {"12356", "120"} <= set(library.urgent("self_harm").hotlines)


def test_violence_at_home_is_not_talked_into_peace(library: Library) -> None:
    urgent = library.urgent("domestic_violence")
    assert "110" in urgent.first("zh-Hans")
    assert "12338" in urgent.hotlines
    assert "调解" not in "".join(urgent.do("zh-Hans"))
