"""Which facts (phones, links, accounts, sums, dates, names …) does a message state, and where?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from nlu.text import fact_patterns, names, sums
from nlu.text.normalise import Normalised


class FoundFact(NamedTuple):
    """One fact; offsets count code points of the text as given, `value` is its normal form, if any."""

    kind: str
    text: str
    start: int
    end: int
    value: str | None


class _Kind(NamedTuple):
    kind: str
    regex: re.Pattern[str]
    hint: re.Pattern[str]
    """cheap test: without a match of it the regex need not run"""
    value: Callable[[str], str | None]


def _digits(text: str) -> str:
    return re.sub(r"[^0-9x*+]", "", text)


def _host(text: str) -> str:
    bare = re.sub(r"^[a-z]+[:：]//", "", text.replace("。", "."))
    return re.split(r"[/?#:]", bare, maxsplit=1)[0].removeprefix("www.")


def _yuan(text: str) -> str | None:
    return sums.amount(re.sub(rf"[¥￥$]|{fact_patterns.UNIT}", "", text).strip())


def _nothing(_: str) -> None:
    return None


_ANY, _DIGIT, _LATIN, _AT = re.compile(""), re.compile("[0-9]"), re.compile("[a-z]"), re.compile("@")
_MASKED, _MONEY = re.compile("[0-9x*]"), re.compile(f"[0-9¥￥${sums.FIGURES}]")

# earlier kinds claim their characters first
_KINDS = (
    _Kind("url", fact_patterns.URL, _LATIN, _host),
    _Kind("email", fact_patterns.EMAIL, _AT, str),
    _Kind("id_number", fact_patterns.ID_NUMBER, _DIGIT, str),
    _Kind("qq", fact_patterns.QQ, _DIGIT, str),
    _Kind("wechat", fact_patterns.WECHAT, _LATIN, str),
    _Kind("phone", fact_patterns.PHONE, _DIGIT, _digits),
    _Kind("account", fact_patterns.ACCOUNT, _MASKED, lambda text: text.replace(" ", "")),
    _Kind("date", fact_patterns.DATE, _ANY, _nothing),
    _Kind("amount", fact_patterns.AMOUNT, _MONEY, _yuan),
    _Kind("app", names.APP, _ANY, _nothing),
    _Kind("person", names.PERSON, _ANY, _nothing),
    _Kind("place", names.PLACE, _ANY, _nothing),
)
KINDS = tuple(each.kind for each in _KINDS)
_NAMED_BEFORE = ("qq", "wechat", "account")
"""kinds whose match begins with the word that names them: 群123456, 号abc123"""
_ID = re.compile(r"[a-z0-9*][a-z0-9_* -]*$")
_AFTER_URL = ".,;:!?)]}'\"。"


def facts(message: Normalised) -> tuple[FoundFact, ...]:
    """The facts of a message in reading order, never overlapping."""
    taken = bytearray(len(message.text))
    found = [
        fact for each in _KINDS if each.hint.search(message.text) for fact in _found(each, message, taken)
    ]
    return tuple(sorted(found, key=lambda fact: fact.start))


def _found(each: _Kind, message: Normalised, taken: bytearray) -> Iterator[FoundFact]:
    for match in each.regex.finditer(message.text):
        start, end = _trimmed(each.kind, message.text, *match.span())
        if end <= start or any(taken[start:end]):
            continue
        taken[start:end] = b"\1" * (end - start)
        given_start, given_end = message.span(start, end)
        words = message.given[given_start:given_end]
        yield FoundFact(each.kind, words, given_start, given_end, each.value(message.text[start:end]))


def _trimmed(kind: str, text: str, start: int, end: int) -> tuple[int, int]:
    """The span of the fact itself, without what surrounds it in the pattern."""
    if kind == "url":
        return start, start + len(text[start:end].rstrip(_AFTER_URL))
    if kind == "app":
        return start + names.leading_grammar(text[start:end]), end
    if kind in _NAMED_BEFORE:
        match = _ID.search(text, start, end)
        return (match.start() if match else start), end
    return start, end
