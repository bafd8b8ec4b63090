"""A fact nobody has checked is never shown as certain."""

import pytest

from kb.articles import Limit
from kb.library import Library, load_library
from kb.words import Lines, Words

pytestmark = pytest.mark.unit

NOTE = {"zh-Hans": "（请先核实）", "en": " (please check first)"}


@pytest.mark.parametrize("locale", NOTE)
def test_every_unchecked_text_carries_the_note(library: Library, locale: str) -> None:
    unchecked = [a.if_genuine for a in library.scams.values() if not a.if_genuine.verified]
    limits = [limit for a in library.disputes.values() for limit in a.limits if not limit.text.verified]
    lines = [hotline for hotline in library.hotlines.values() if not hotline.verified]
    assert unchecked
    assert limits
    shown = [text(locale) for text in unchecked] + [limit(locale) for limit in limits]
    shown += [hotline.line(locale) for hotline in lines]
    assert all(text.endswith(NOTE[locale]) for text in shown)


@pytest.mark.parametrize("locale", NOTE)
def test_checked_texts_stand_for_themselves(library: Library, locale: str) -> None:
    assert NOTE[locale] not in library.hotline("110").line(locale)
    assert NOTE[locale] not in library.dispute("domestic_violence").limits[0](locale)


@pytest.mark.parametrize("locale", NOTE)
def test_note_is_added_to_words_lines_and_limits(locale: str) -> None:
    claim = Words("说法", "claim", verified=False)
    assert claim(locale) == claim.raw(locale) + NOTE[locale]
    assert Lines((claim,))(locale) == (claim.raw(locale) + NOTE[locale],)
    assert Limit(claim, Words("出处", "source"))(locale).endswith(NOTE[locale])


def test_checked_claim_rests_on_law_or_press(library: Library) -> None:
    for article in library.scams.values():
        if article.if_genuine.verified:
            assert any(source.kind in ("law", "press") for source in article.sources), article.code
    for dispute in library.disputes.values():
        if any(limit.text.verified for limit in dispute.limits):
            assert any(source.kind == "law" for source in dispute.sources), dispute.code


def test_hotline_without_a_source_is_shown_with_the_note(change) -> None:
    def forget(hotlines: list[dict[str, object]]) -> None:
        hotlines[0] |= {"verified": False, "verified_on": None}
        hotlines[0]["source"] = {"name": "听说", "kind": "general", "verified_on": None}

    hotline = load_library(change("hotlines.yml", forget)).hotline(110)
    assert hotline.line("zh-Hans").endswith(NOTE["zh-Hans"])


def test_only_what_answers_calls_is_offered_for_calling(library: Library) -> None:
    assert library.hotline("12381").reach == "message"
    assert library.hotline("12337").reach == "web"
    assert library.hotline(96110).reach == "call"
