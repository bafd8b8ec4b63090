"""The questions for what is undecided are asked in both languages, and each tells something apart."""

import pytest

from kb import taxonomy
from kb.questions import questions, wording

pytestmark = pytest.mark.unit

KNOWN = ("scam:", "dispute:", "chat:", *taxonomy.labels())
LONGEST = {"zh-Hans": 34, "en": 100}


def test_each_is_short_and_ends_as_a_question() -> None:
    for question in questions():
        assert len(question.words("zh-Hans")) <= LONGEST["zh-Hans"], question.code
        assert len(question.words("en")) <= LONGEST["en"], question.code
        assert question.words("zh-Hans").endswith("？")
        assert question.words("en").endswith("?")
    assert len({question.code for question in questions()}) == len(questions())


def test_shares_are_of_labels_that_exist_and_differ() -> None:
    for question in questions():
        assert set(question.yes) <= set(KNOWN), question.code
        assert max(question.yes.values()) - min(question.yes.values()) > 0.5, question.code


def test_the_longest_entry_counts() -> None:
    lent = next(question for question in questions() if question.code == "lent_to_friend")
    assert lent.chance_of_yes("dispute:loan") > lent.chance_of_yes("dispute:land")
    assert lent.chance_of_yes("nothing:known") == 0.5


def test_an_unknown_code_has_no_wording() -> None:
    assert wording("no_such_question", "en") == ""
