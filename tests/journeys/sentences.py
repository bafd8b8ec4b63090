"""Does a screen show what a story names: a sentence by its key, a button by its label, nothing raw?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cases.records import Role
from cases.staff_side.deeds import Deed
from cases.status import CaseStatus, ClosingKind
from handlers.wording import wording

WORDS = wording("zh-Hans")
KEY = re.compile(r"[a-z]+(?:_[a-z0-9]+)*")
BLANK = re.compile(r"\{[a-z_]*\}")
NEVER_SHOWN = (
    ("a blank", re.compile(r"\{[a-z_]*\}")),
    ("a raw key", re.compile(r"(?<![\w/.@-])[a-z]{2,}(?:_[a-z0-9]+)+(?![\w-])")),
    ("a leaf's code", re.compile(r"\b(?:dispute|scam):[a-z_]+")),
    ("None", re.compile(r"\bNone\b|\bnull\b")),
    ("a trace", re.compile(r"Traceback|Error\b|Exception|File \"")),
    ("a failed turn", re.compile("参考号")),
    ("an internal id", re.compile(r"(?<![\w-])#\d+|\bid\s*[=:]\s*\d+")),
)
CODES = frozenset(
    {one.value for kind in (CaseStatus, ClosingKind, Role, Deed) for one in kind if len(one.value) > 3}
)
"""Words the program uses among itself; a resident's or officer's screen in Chinese shows none of them."""
LATIN = re.compile(r"(?<![\w/.:@-])[a-z]+(?![\w/.:@-])")


def found(text: str, named: str | Mapping[str, Any]) -> bool:
    """Whether a text holds a fragment, or the sentence of a key with the values that are named for it."""
    if isinstance(named, str):
        return _in_order(text, _known(named), {}) if KEY.fullmatch(named) else named in text
    return all(_in_order(text, _known(key), values) for key, values in named.items())


def _known(key: str) -> str:
    for section in ("replies", "notices"):
        if key in WORDS.sections[section]:
            return WORDS.sections[section][key]
    raise AssertionError(f"there is no sentence {key}")


def _in_order(text: str, template: str, values: Mapping[str, Any]) -> bool:
    """Every fixed piece of the sentence one after the other, with the values where they are given."""
    for name, value in values.items():
        assert f"{{{name}}}" in template, f"the sentence has no blank {name}"
        template = template.replace(f"{{{name}}}", str(value))
    at = 0
    for piece in _pieces(template):
        at = text.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


def _pieces(template: str) -> Iterable[str]:
    lines = [line for piece in BLANK.split(template) for line in piece.split("\n")]
    return [line for line in lines if line.strip()]


def label_fits(label: str, named: str) -> bool:
    """Whether a button's label is the one named, by its words or by its key."""
    template = WORDS.sections["buttons"].get(named)
    if template is None:
        assert not KEY.fullmatch(named), f"there is no button {named}"
        return label == named
    parts = [re.escape(part) for part in BLANK.split(template)]
    return re.fullmatch(".+".join(parts), label) is not None


def raw(text: str) -> list[str]:
    """What must never stand in a sentence: blanks, keys, codes, traces, ids."""
    known = [f"{name}: {hit[0]}" for name, pattern in NEVER_SHOWN if (hit := pattern.search(text))]
    return known + [f"a code: {word}" for word in LATIN.findall(text) if word in CODES]
