"""From which messages are danger signals and states learnt?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import yaml

from nlu.components.signals import WordClasses
from nlu.text.indicators import by_code, signs
from nlu.text.normalise import normalise

FOLDER = Path(__file__).resolve().parents[1] / "danger_data"
_LEFT_OUT = "dispute:domestic_violence"
_UNTOLD = ("dispute", "scam")
"""labels of messages of which some tell a danger that nobody has marked"""
_TELLS_OF_ONESELF = re.compile("[我俺咱]")


class Sample(NamedTuple):
    """One message; `codes` are its danger codes or its one state, none in a message of the corpus."""

    text: str
    codes: tuple[str, ...]
    group: str
    signs: tuple[str, ...]


def danger() -> list[Sample]:
    """The messages written for danger signals, and near misses: every `danger*` and `near_misses*` file."""
    return [
        _sample(text, tuple(entry["danger"]), entry["group"])
        for path in [*sorted(FOLDER.glob("danger*.yml")), *sorted(FOLDER.glob("near_misses*.yml"))]
        for entry in _entries(path.name)
        for text in entry["texts"]
    ]


def states() -> list[Sample]:
    """The messages written for danger states; `none` and `received` are states in which nothing happened."""
    return [
        _sample(text, (entry["state"],), entry["group"])
        for entry in _entries("states.yml")
        for text in entry["texts"]
    ]


def word_classes() -> WordClasses:
    """The table of words that stand for one another; raises ValueError for a class that is no text."""
    table = yaml.safe_load((FOLDER / "word_classes.yml").read_text("utf-8"))
    if not all(isinstance(name, str) and isinstance(words, str) for name, words in table.items()):
        raise ValueError("word_classes.yml: every class is a name with one line of words")
    return WordClasses({name: list(dict.fromkeys(words.split())) for name, words in table.items()})


def harmless(corpus: Iterable[tuple[str, str, str]], *, untold: bool = False) -> list[Sample]:
    """Of (text, label, group): messages without danger, as far as their label and the rules can tell.

    `untold`: those of quarrels and frauds instead, among which a danger may hide.
    """
    return [
        sample
        for text, label, group in corpus
        if label != _LEFT_OUT and label.startswith(_UNTOLD) == untold
        for sample in [_sample(text, (), f"corpus {group}")]
        if not any(by_code()[code].side == "danger" for code in sample.signs)
    ]


def stateless(corpus: Iterable[tuple[str, str, str]]) -> list[Sample]:
    """Of (text, label, group): ordinary messages, and a fraudster's own words, which tell no state."""
    return [
        _sample(text, ("none",), f"corpus {group}")
        for text, label, group in corpus
        if not label.startswith("scam") or not _TELLS_OF_ONESELF.search(text)
    ]


def _sample(text: str, codes: tuple[str, ...], group: str) -> Sample:
    return Sample(text, codes, group, tuple(sign.code for sign in signs(normalise(text))))


def _entries(name: str) -> list[dict[str, list[str]]]:
    return list(yaml.safe_load((FOLDER / name).read_text("utf-8")))
