"""What becomes of a message that is bent: look-alikes, blanks, emoji, sound-alikes, script, slips, rewording?

Deterministic: the same text, attack, share and seed give the same result.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import opencc
import yaml

from nlu.text.normalise import disguises_of
from nlu.text.syllables import alike

FILE = Path(__file__).with_name("attacks.yml")
SHARE = 0.2
"""of the characters that are hit"""
_Change = Callable[[str, random.Random], str]
"""of one character"""
_Attack = Callable[[str, random.Random, float], str]
"""of a whole text, at a share of its characters"""


def bend(text: str, attack: str, *, share: float = SHARE, seed: int = 0) -> str:
    """The text with a share of its characters changed by one of `ATTACKS`; raises KeyError for another."""
    chance = random.Random(f"{seed} {attack} {text}")  # noqa: S311 - a measurement, not a secret
    return ATTACKS[attack](text, chance, share)


def _here_and_there(change: _Change) -> _Attack:
    def attack(text: str, chance: random.Random, share: float) -> str:
        return "".join(change(one, chance) if chance.random() < share else one for one in text)

    return attack


def _look_alike(one: str, chance: random.Random) -> str:
    """Half of them known to the normal form, half not."""
    choices = disguises_of(one) if chance.random() < 0.5 else _shapes().get(one, "")
    return chance.choice(choices) if choices else one


def _spaced(one: str, _: random.Random) -> str:
    return one + " "


def _with_emoji(one: str, chance: random.Random) -> str:
    return one + str(chance.choice(_table()["emoji"].split()))


def _with_sign(one: str, chance: random.Random) -> str:
    return one + str(chance.choice(_table()["signs"].split()))


def _sound_alike(one: str, chance: random.Random) -> str:
    return chance.choice(_alike().get(one, one))


def _traditional(one: str, _: random.Random) -> str:
    return str(_converter().convert(one))


def _slip(one: str, chance: random.Random) -> str:
    """Dropped, doubled, or another character of the same sound or any other."""
    kind = chance.randrange(4)
    if kind == 0:
        return ""
    if kind == 1:
        return one + one
    return _sound_alike(one, chance) if kind == 2 else chance.choice(_common()) if one in _alike() else one


def _reworded(text: str, _: random.Random, __: float) -> str:
    """Every word that another writer would choose otherwise, whatever the share."""
    words = _table()["words"]
    return _any_word().sub(lambda match: words[match.group()], text)


ATTACKS: dict[str, _Attack] = {
    "look_alike": _here_and_there(_look_alike),
    "spaces": _here_and_there(_spaced),
    "emoji": _here_and_there(_with_emoji),
    "signs": _here_and_there(_with_sign),
    "sound_alike": _here_and_there(_sound_alike),
    "traditional": _here_and_there(_traditional),
    "slips": _here_and_there(_slip),
    "reworded": _reworded,
}


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text("utf-8")))


@lru_cache(maxsize=1)
def _shapes() -> dict[str, str]:
    """Each character with those it is confused with."""
    found: dict[str, str] = {str(letter): others for letter, others in _table()["letters"].items()}
    for group in _table()["shapes"].split():
        for one in group:
            found[one] = found.get(one, "") + group.replace(one, "")
    return found


@lru_cache(maxsize=1)
def _alike() -> dict[str, str]:
    """Sound-alikes among the more usual characters: the first half of each line of the table, and itself."""
    return {one: same[: max(2, len(same) // 2)] for one, same in alike().items()}


@lru_cache(maxsize=1)
def _common() -> str:
    return "".join(dict.fromkeys(same[0] for same in alike().values()))


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")


@lru_cache(maxsize=1)
def _any_word() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _table()["words"]), key=len, reverse=True)))
