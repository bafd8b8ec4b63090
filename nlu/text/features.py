"""Which countable features does the classifier see in a message: neutral character n-grams, signs and shape?"""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from nlu.text.normalise import Normalised

MAX_CHARACTERS = 1_500
"""what lies beyond tells little new and would let one message hold up the others"""

# One private character each, so that a real number, a masked one and the word DIGIT are the same to the model.
NUMBER, LINK, NAME, PLACE, PHONE, LATIN = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"
_URL = re.compile(r"(?:https?|hxxps?)[:：]//[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*|(?:[a-z0-9-]+\.){1,4}(?:com|cn|net|org|top|xyz|cc|vip|info|club|shop|site|online|icu|ltd|app|me|io|tv)\b[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*")
_PHONE = re.compile(r"(?<![0-9])(?:1[3-9][0-9x*]{9}|[48]00[- ]?[0-9x*]{3,4}[- ]?[0-9x*]{3,4}|0[1-9][0-9]{1,2}-[0-9x*]{7,8}|\+[0-9][0-9 -]{7,})(?![0-9])|cellphone|hotline")
_NUMBER = re.compile(r"(?:digit|[0-9]|[x×*＊]{2,}|(?<=[0-9])[x*])+(?:[.,:][0-9x*]+)*%?")
_NAME, _PLACE = re.compile(r"(?<![a-z])name(?![a-z])|某某?某?"), re.compile(r"(?<![a-z])place(?![a-z])")
_LATIN = re.compile(r"[a-z]+")
_KEPT_LATIN = {"app": "\ue010", "qq": "\ue011", "etc": "\ue012", "vip": "\ue013", "vx": "\ue014", "v": "\ue014", "wx": "\ue014", "td": "\ue015",
               "t": "\ue015", "r": "\ue015", "atm": "\ue016", "pos": "\ue017", "usdt": "\ue018", "nfc": "\ue019", "zoom": "\ue01a", "url": LINK, "u": "\ue01b"}
_NOISE = re.compile(r"[^\u3400-\u9fff\ue000-\uf8ff]+")


def neutral(text: str) -> str:
    """The normal form with numbers, links, names and foreign words as one character each, and nothing but them and Chinese."""
    text = _URL.sub(LINK, text[:MAX_CHARACTERS])
    text = _PHONE.sub(PHONE, text)
    text = _PLACE.sub(PLACE, _NAME.sub(NAME, _NUMBER.sub(NUMBER, text)))
    text = _LATIN.sub(lambda match: _KEPT_LATIN.get(match.group(), LATIN), text)
    return _NOISE.sub("", text)


def grams(message: Normalised) -> Counter[str]:
    """Characters and pairs of characters of the neutral form with their counts."""
    text = neutral(message.text)
    counts = Counter(text)
    counts.update(map(str.__add__, text, text[1:]))
    return counts


_SPEAKER = re.compile(r"(?:^|[。？！\s])[^，。？！：:]{1,6}[:：]|【(?:坐席|客户)】")


def shape(message: Normalised) -> Iterable[str]:
    """Names of the message's outward features."""
    length = len(message.text)
    yield f"length:{next((i for i, top in enumerate((8, 20, 45, 90, 180, 400)) if length < top), 6)}"
    if len(_SPEAKER.findall(message.text)) >= 2:
        yield "dialogue"
    if message.text[-1:] in "?？吗呢":
        yield "question"
    if message.text[:1] == "【":
        yield "signature"
