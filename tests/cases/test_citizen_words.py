"""The words a resident reads about their case: complete, the same in both languages, and true."""

from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml
from builders import NOW

from cases.citizen_view import owed_now
from cases.clocks.book import write_rule
from cases.clocks.defaults import defaults
from cases.clocks.running import DUE_FIRST
from cases.records import CaseClock
from cases.status import MOVES, CaseStatus
from kb.case_words import say, sentences, until_when, why_then
from kb.words import LOCALES

pytestmark = pytest.mark.unit
REFUSED = yaml.safe_load((Path(__file__).parents[2] / "kb" / "refused_words.yml").read_text(encoding="utf-8"))
RULE: dict[str, Any] = {
    "step": "first_answer",
    "length": 3,
    "unit": "days",
    "start": "dispatched",
    "basis": "",
    "article": "",
    "template": True,
    "extensions": 0,
    "stopped_for": None,
}


def blanks(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


def test_both_languages_fill_the_same_blanks() -> None:
    for section, keys in sentences().items():
        for key, words in keys.items():
            assert len({frozenset(blanks(words[locale])) for locale in LOCALES}) == 1, (section, key)


def test_every_section_has_words_for_what_nobody_has_worded_yet() -> None:
    assert all("other" in keys for keys in sentences().values())


def test_nobody_is_shamed_and_nothing_is_promised() -> None:
    for keys in sentences().values():
        for key, words in keys.items():
            for locale in LOCALES:
                assert not [w for w in REFUSED[locale] if w.lower() in words[locale].lower()], key


def test_every_status_has_a_next_and_every_move_a_step() -> None:
    known = sentences()
    assert {status.value for status in CaseStatus} <= known["next"].keys()
    reached = {to.value for moves in MOVES.values() for to in moves}
    assert {f"moved.{status}" for status in reached} <= known["steps"].keys()


def test_every_reason_in_a_key_is_one_of_the_table_of_moves() -> None:
    reasons = {
        (to.value, reason)
        for moves in MOVES.values()
        for to, allowed in moves.items()
        for reason in allowed.reasons
    }
    worded = [key.split(".")[1:] for key in sentences()["steps"] if key.count(".") == 2 and "moved" in key]
    assert worded
    assert {tuple(pair) for pair in worded} <= reasons


def test_every_time_a_resident_is_told_of_is_put_into_words() -> None:
    assert {*DUE_FIRST, "judge", "return_visit"} <= sentences()["until"].keys()
    assert {rule.start.value for rule in defaults().rules if rule.step in DUE_FIRST} <= sentences()[
        "start"
    ].keys()


@pytest.mark.parametrize("locale", LOCALES)
def test_the_time_of_every_default_clock_is_explained(locale: str) -> None:
    for rule in defaults().rules:
        told = why_then(locale, RULE | write_rule(rule))
        assert told
        assert "{" not in told
        assert rule.template or rule.basis in told


def test_a_time_of_the_law_names_the_law_and_a_template_does_not_claim_to_be_one() -> None:
    law = RULE | {"basis": "信访工作条例", "article": "22-23", "template": False, "length": 15}
    assert why_then("zh-Hans", law) == "依据信访工作条例第22-23条，从转给单位起15天"
    assert why_then("zh-Hans", RULE | {"basis": "某处的做法"}) == "按通常做法，从转给单位起3天"
    assert why_then("en", law).startswith("under 信访工作条例, article 22-23")


def test_no_days_are_the_same_day_and_more_time_is_said() -> None:
    assert "1 working day from" in why_then("en", RULE | {"length": 1, "unit": "working_days"})
    assert "当天" in why_then("zh-Hans", RULE | {"length": 0})
    assert "延长" in why_then("zh-Hans", RULE | {"extensions": 1})


@pytest.mark.parametrize(
    ("reason", "words"), [("resident", "等您回话"), ("appraisal", "鉴定"), ("new", "等一等")]
)
def test_what_stands_still_says_for_what(reason: str, words: str) -> None:
    assert words in until_when("zh-Hans", RULE | {"stopped_for": reason}, "11-26 23:59")


def test_the_most_telling_key_with_words_is_taken() -> None:
    assert say("steps", ("moved.closed.solved", "moved.closed"), "en", unit="", when="").startswith(
        "You said"
    )
    assert say("steps", ("moved.closed.closed", "moved.closed"), "en", unit="", when="") == "Closed"
    assert say("steps", ("never_heard_of",), "en", unit="", when="") == "Something new was recorded"


def test_a_clock_that_has_ended_is_not_told() -> None:
    ended = CaseClock(step="first_answer", ended_at=NOW)
    assert owed_now([ended], CaseStatus.ROUTED) is None
