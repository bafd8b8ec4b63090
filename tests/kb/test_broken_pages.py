"""A broken page is refused at the start, with its file and key, and never meets a resident."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.unit

SCAM = "articles/scam/phishing.yml"
DISPUTE = "articles/dispute/loan.yml"
SERVICE = "articles/service/school.yml"
GUIDE = "articles/guide/rights.yml"


def put(*path: Any) -> Callable[[Any], None]:
    """An edit that sets the value at the end of the path."""
    *way, key, value = path

    def edit(content: Any) -> None:
        for step in way:
            content = content[step]
        content[key] = value

    return edit


def drop(*path: Any) -> Callable[[Any], None]:
    """An edit that takes the last key of the path away."""
    *way, key = path

    def edit(content: Any) -> None:
        for step in way:
            content = content[step]
        del content[key]

    return edit


BREAKS = [
    pytest.param(SCAM, drop("title", "en"), "title.en: is missing", id="one language only"),
    pytest.param(SCAM, put("title", "en", "  "), "title.en: is empty", id="blank text"),
    pytest.param(SCAM, put("title", "zh-Hans", 3), "title.zh-Hans: is not a text", id="number for a text"),
    pytest.param(
        SCAM, put("how", "en", ["One."]), "how: has 4 sentences in zh-Hans and 1 in en", id="uneven"
    ),
    pytest.param(SCAM, put("signs", "en", "One."), "signs.en: is not a list", id="text for a list"),
    pytest.param(SCAM, drop("do", "received"), "do.received: is missing", id="no action"),
    pytest.param(SCAM, put("do", "recieved", {}), "do.recieved: is not a key", id="misspelt state"),
    pytest.param(SCAM, put("colour", "red"), "colour: is not a key", id="unknown key"),
    pytest.param(SCAM, put("code", "scam:prize"), "code: is 'scam:prize'", id="code of another file"),
    pytest.param(SCAM, put("hotlines", ["99999"]), "hotlines: names 99999", id="unknown number"),
    pytest.param(SCAM, put("hotlines", ["12381"]), "hotlines: names 12381", id="texts, not calls"),
    pytest.param(SCAM, put("hotlines", []), "hotlines: names no number", id="nobody to call"),
    pytest.param(SCAM, put("keywords", "zh-Hans", ["链接"]), "keywords.zh-Hans: needs", id="few keywords"),
    pytest.param(SCAM, put("review_by", "soon"), "review_by: is not a date", id="not a date"),
    pytest.param(SCAM, drop("review_by"), "review_by: is missing", id="never reviewed"),
    pytest.param(SCAM, put("sources", []), "sources: names no source", id="no source"),
    pytest.param(SCAM, put("sources", 0, "kind", "rumour"), "sources[1].kind: is 'rumour'", id="rumour"),
    pytest.param(SCAM, put("sources", 0, "verified_on", None), "sources[1].verified_on", id="law unread"),
    pytest.param(SCAM, put("verified_on", None), "verified_on: is a date exactly", id="read but undated"),
    pytest.param(
        SCAM,
        put("if_genuine", "zh-Hans", "真的。" * 40),
        "if_genuine.zh-Hans: has 120 characters",
        id="too long",
    ),
    pytest.param(SCAM, put("if_genuine", "zh-Hans", "您被骗了。"), "word we refuse", id="shaming"),
    pytest.param(SCAM, put("if_genuine", "zh-Hans", "保证追回。"), "word we refuse", id="promise"),
    pytest.param(
        SCAM, put("if_genuine", "en", "You were scammed."), "word we refuse", id="shaming in English"
    ),
    pytest.param(
        SCAM, put("if_genuine", "zh-Hans", "请打12399。"), "names 12399", id="unknown number in a text"
    ),
    pytest.param(
        DISPUTE, put("limits", 0, "verified", "yes"), "limits[1].verified: is neither", id="half a mark"
    ),
    pytest.param(
        DISPUTE, drop("limits", 0, "basis"), "limits[1].basis: is missing", id="limit without basis"
    ),
    pytest.param(DISPUTE, put("questions", []), "questions: has 0 questions", id="no questions"),
    pytest.param(
        DISPUTE, put("questions", 0, "about", "why"), "questions[1].about: is 'why'", id="odd question"
    ),
    pytest.param(SERVICE, put("steps", "en", ["One.", 2]), "steps", id="number in a list"),
    pytest.param(GUIDE, put("lines", {"zh-Hans": [], "en": []}), "lines: has 0 sentences", id="empty card"),
    pytest.param("first_lines.yml", drop("paid"), "paid: is missing", id="first line missing"),
    pytest.param(
        "first_lines.yml", put("paid", "first", "zh-Hans", "一" * 16), "at most 15 fit", id="long breath"
    ),
    pytest.param(
        "first_lines.yml", put("paid", "first", "en", "a" * 61), "at most 60 fit", id="long breath en"
    ),
    pytest.param("first_lines.yml", put("calm", {}), "calm: is not a key", id="unknown first line"),
    pytest.param("hotlines.yml", put(0, "verified", "maybe"), "[1].verified", id="hotline half checked"),
    pytest.param("hotlines.yml", put(0, "verified_on", None), "[1].verified", id="hotline checked on no day"),
    pytest.param("hotlines.yml", put(1, "number", "110"), "stands there twice", id="number twice"),
    pytest.param("hotlines.yml", put(0, "reach", "shout"), "[1].reach: is 'shout'", id="odd reach"),
    pytest.param(
        "articles/scam/_common.yml",
        put("paid", "first", "zh-Hans", "先想一想。"),
        "does not name 110",
        id="no 110",
    ),
]


@pytest.mark.parametrize(("file", "edit", "expected"), BREAKS)
def test_fault_is_named_with_file_and_key(change, faults, file, edit, expected) -> None:
    found = faults(change(file, edit))
    assert any(expected in fault for fault in found), found
    assert all(fault.startswith(("articles/", "first_lines.yml: ", "hotlines.yml: ")) for fault in found)


def test_own_first_action_of_a_paid_resident_has_to_name_110(change, faults) -> None:
    own = {"zh-Hans": ["先想一想。"], "en": ["Think first."]}
    found = faults(change(SCAM, put("do", "paid", own)))
    assert any(f"{SCAM}: do.paid.zh-Hans[1]: does not name 110" in fault for fault in found)


def test_quotation_of_the_other_side_may_say_what_we_never_say(change, faults) -> None:
    assert not faults(change(SCAM, put("if_genuine", "zh-Hans", "说“保证追回”的，先别信。")))


def test_unchecked_mark_has_to_stand_in_both_languages(change, faults) -> None:
    half = {"zh-Hans": [{"text": "一。", "verified": False}, "二。"], "en": ["One.", "Two."]}
    found = faults(change(SERVICE, put("steps", half)))
    assert any("steps: is marked verified: false in one language only" in fault for fault in found)


def test_key_written_twice_is_not_silently_lost(copy: Path, faults) -> None:
    path = copy / SCAM
    path.write_text(path.read_text(encoding="utf-8") + "code: scam:phishing\n", encoding="utf-8")
    assert any(f"{SCAM}: file: is not readable YAML" in fault and "twice" in fault for fault in faults(copy))


def test_unreadable_file_is_one_fault_of_that_file(copy: Path, faults) -> None:
    (copy / SCAM).write_text("title: [unclosed", encoding="utf-8")
    assert any(fault.startswith(f"{SCAM}: file: is not readable YAML") for fault in faults(copy))


def test_article_that_is_missing_is_named(copy: Path, faults) -> None:
    (copy / SCAM).unlink()
    assert f"{SCAM}: file: is missing" in faults(copy)


def test_article_of_an_unknown_code_is_refused(copy: Path, faults) -> None:
    (copy / SCAM).rename(copy / "articles/scam/fishing.yml")
    assert any("articles/scam/fishing.yml: code: fishing is not a code" in fault for fault in faults(copy))


def test_all_faults_come_at_once(change, faults) -> None:
    change(SCAM, drop("title", "en"))
    change(DISPUTE, drop("steps"))
    found = faults(change("first_lines.yml", drop("self_harm")))
    assert {fault.split(": ")[0] for fault in found} == {SCAM, DISPUTE, "first_lines.yml"}


def test_empty_folder_is_a_list_of_faults_and_not_a_crash(tmp_path: Path, faults) -> None:
    assert len(faults(tmp_path)) > 40
