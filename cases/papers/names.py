"""How are the codes of a case written on a paper, and which sentences does the program itself put there?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TypeAlias

import yaml

from cases.papers.kinds import WORDING

ZH = "zh-Hans"
Names: TypeAlias = Mapping[str, Mapping[str, str]]


def name_of(group: str, code: str, locale: str = ZH) -> str:
    """The name of a code in a group such as `leaves` or `signs`; the code itself where it has none."""
    named = _told()[group].get(code)
    return named[locale] if named else code


def has_name(group: str, code: str) -> bool:
    """Whether a code has a name of its own."""
    return code in _told()[group]


def sentence(key: str, locale: str = ZH, **values: object) -> str:
    """A sentence with its blanks filled; KeyError for one that does not exist."""
    return _told()["sentences"][key][locale].format(**values)


def route_left(leaf: str, locale: str = ZH) -> str:
    """The lawful routes left for a matter of that leaf."""
    family = leaf.rpartition(":")[2]
    return name_of("routes", family if has_name("routes", family) else "other", locale)


@cache
def _told() -> Mapping[str, Names]:
    told: dict[str, Names] = yaml.safe_load(WORDING.read_text(encoding="utf-8"))
    return told
