"""Every code has advice in both languages, and the advice keeps to our manner."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import date
from typing import Any

import pytest

from kb.articles import STATES, Hotline, Limit, Question, Source
from kb.library import GUIDES, Library
from kb.taxonomy import dispute_codes, labels, name, scam_codes
from kb.words import LOCALES, Keywords, Lines, Words

pytestmark = pytest.mark.unit

QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
NEVER_SAID = {
    "zh-Hans": (
        "您被骗",
        "你被骗",
        "保证追回",
        "保证能",
        "一定能追",
        "能追回",
        "上当",
        "贪心",
        "受害",
        "绝对安全",
        "放心转",
    ),
    "en": (
        "you were scammed",
        "you have been scammed",
        "guarantee",
        "victim",
        "greedy",
        "your fault",
        "is safe to pay",
        "completely safe",
    ),
}


def texts_of(value: Any, locale: str) -> Iterator[str]:
    """Every text inside a value, as a resident reads it; keywords are the resident's own words."""
    if isinstance(value, Words | Limit | Question):
        yield value(locale)
    elif isinstance(value, Lines):
        yield from value(locale)
    elif isinstance(value, Hotline):
        yield value.line(locale)
    else:
        for part in parts_of(value):
            yield from texts_of(part, locale)


def parts_of(value: Any) -> Iterable[Any]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, Mapping):
        return value.values()
    if is_dataclass(value) and not isinstance(value, Keywords | Source):
        return [getattr(value, field.name) for field in fields(value)]
    return ()


def everything(library: Library) -> tuple[Any, ...]:
    return (*library.articles(), *library.hotlines.values(), *library.first_lines.values())


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", scam_codes())
def test_fraud_has_advice_for_every_moment(library: Library, code: str, locale: str) -> None:
    article = library.scam(code)
    assert article is library.scam(f"scam:{code}")
    assert article.title(locale)
    assert article.if_genuine(locale)
    assert 3 <= len(article.how(locale)) <= 4 <= len(article.signs(locale)) <= 6
    assert 3 <= len(article.elder(locale)) <= 5
    for state in STATES:
        lines = article.do(state, locale)
        assert 2 <= len(lines) <= 9
        assert len(lines) == len(set(lines))
        assert len(lines[0]) <= (24 if locale == "zh-Hans" else 90)
    assert article.do(None, locale) == article.do("received", locale)


@pytest.mark.parametrize("code", scam_codes())
def test_resident_who_has_paid_hears_110_first_and_is_asked_for_no_secret(
    library: Library, code: str
) -> None:
    lines = library.scam(code).do("paid", "zh-Hans")
    assert "110" in lines[0]
    assert "止付" in lines[0] or code == "money_mule"
    said = "".join(lines)
    assert "密码、验证码、完整身份证号，谁要都别给" in said
    assert "别删" in said
    assert "别再转钱" in said
    assert "追钱" in said


@pytest.mark.parametrize("code", scam_codes())
def test_resident_on_the_phone_is_first_asked_to_end_the_call(library: Library, code: str) -> None:
    article = library.scam(code)
    assert re.search("挂断|断开", article.do("on_call", "zh-Hans")[0])
    assert re.search("(?i)hang up|disconnect", article.do("on_call", "en")[0])


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", dispute_codes())
def test_dispute_has_a_way_to_go(library: Library, code: str, locale: str) -> None:
    article = library.dispute(code)
    assert article is library.dispute(f"dispute:{code}")
    assert article.understood(locale).endswith("？" if locale == "zh-Hans" else "?")
    parts = (article.steps, article.papers, article.competent, article.safety, article.pictures)
    assert all(part(locale) for part in parts)
    assert article.limits
    assert 2 <= len(article.questions) <= 3
    assert len({question.about for question in article.questions}) == len(article.questions)


def test_violence_at_home_never_goes_to_mediation(library: Library) -> None:
    article = library.dispute("domestic_violence")
    assert article.hotlines[:2] == ("110", "12338")
    assert not any("调解" in step for step in article.steps("zh-Hans"))
    assert "不走普通调解" in "".join(article.competent("zh-Hans"))
    assert any("72小时" in limit("zh-Hans") and "24小时" in limit("zh-Hans") for limit in article.limits)
    assert "保护令" in "".join(article.steps("zh-Hans"))


def test_services_and_guides_stand_on_their_shelves(library: Library) -> None:
    assert set(GUIDES) <= set(library.guides)
    assert len(library.services) >= 12
    assert library.service("general").steps("en")
    assert library.guide("stop_payment").lines("zh-Hans")[0].startswith("现在就打110")
    codes = [article.code for article in library.articles()]
    assert len(codes) == len(set(codes))
    assert all(library.article(code).code == code for code in codes)


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_shames_and_nothing_is_promised(library: Library, locale: str) -> None:
    for value in everything(library):
        for text in texts_of(value, locale):
            ours = QUOTED.sub("", text).lower()
            assert not [word for word in NEVER_SAID[locale] if word in ours], text


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_is_in_the_language_it_claims(library: Library, locale: str) -> None:
    for value in everything(library):
        for text in texts_of(value, locale):
            chinese = bool(re.search(r"[\u4e00-\u9fff]", text))
            assert chinese == (locale == "zh-Hans"), text


def test_no_resident_is_asked_for_a_secret(library: Library) -> None:
    for article in library.disputes.values():
        for question in article.questions:
            assert not re.search("身份证|银行卡|密码|验证码", question("zh-Hans"))


def test_review_dates_are_kept(library: Library) -> None:
    assert library.overdue(date(2026, 11, 23)) == ()
    assert len(library.overdue(date(2027, 6, 1))) == len(library.articles())


def test_values_are_frozen(library: Library) -> None:
    with pytest.raises(FrozenInstanceError):
        library.scam("prize").title = Words("", "")  # type: ignore[misc]
    with pytest.raises(TypeError):
        library.scams["prize"] = library.scam("other")  # type: ignore[index]


def test_unknown_code_and_locale_are_refused(library: Library) -> None:
    with pytest.raises(KeyError):
        library.scam("nonsense")
    with pytest.raises(ValueError, match="zh-Hans, en"):
        library.scam("prize").title("fr")


def test_labels_have_names_in_both_languages() -> None:
    assert len(scam_codes()) == 23
    assert len(dispute_codes()) == 19
    assert {"scam:phishing", "dispute:land", "service", "benign", "ad", "illegal_ad"} <= set(labels())
    assert all(name(label, locale) for label in labels() for locale in LOCALES)
    assert name("dispute:labour", "en") == "Work and unpaid wages"
    with pytest.raises(KeyError):
        name("scam:nonsense", "en")
