"""Which characters and pairs does the classifier count in a message, so that masked and real look alike?"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from nlu.text.normalise import Normalised
from nlu.text.syllables import sounds

MAX_CHARACTERS = 1_500
"""what lies beyond tells little new and would let one message hold up the others"""

# One private character each: a real number, a masked one and the word DIGIT are the same to the model.
NUMBER, LINK, NAME, PLACE, PHONE, LATIN = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"
_UNTIL_CHINESE = r"[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*"
_TLD = "com|cn|net|org|top|xyz|cc|vip|info|club|shop|site|online|icu|ltd|app|me|io|tv"
_URL = re.compile(
    rf"(?:https?|hxxps?)[:：]//{_UNTIL_CHINESE}|(?:[a-z0-9-]+\.){{1,4}}(?:{_TLD})(?![a-z0-9]){_UNTIL_CHINESE}"
)
_PHONE = re.compile(
    r"(?<![0-9])(?:1[3-9][0-9x*]{9}|[48]00[- ]?[0-9x*]{3,4}[- ]?[0-9x*]{3,4}|0[1-9][0-9]{1,2}-[0-9x*]{7,8}"
    r"|\+[0-9][0-9 -]{7,})(?![0-9])|cellphone|hotline"
)
_NUMBER = re.compile(r"(?:digit|[0-9]|[x×*＊]{2,}|(?<=[0-9])[x*])+(?:[.,:][0-9x*]+)*%?")
_NAME, _PLACE = re.compile(r"(?<![a-z])name(?![a-z])|某某?某?"), re.compile(r"(?<![a-z])place(?![a-z])")
_LATIN = re.compile(r"[a-z]+")
# short foreign words that tell something; spellings of one thing share a character
_KEPT = ("app", "qq", "etc", "vip", "vx v wx", "td t r", "atm", "pos", "usdt", "nfc", "zoom", "u")
_KEPT_LATIN = {word: chr(0xE010 + number) for number, words in enumerate(_KEPT) for word in words.split()} | {
    "url": LINK
}
_NOISE = re.compile(r"[^\u3400-\u9fff\ue000-\uf8ff]+")


@lru_cache(maxsize=64)
def neutral(text: str) -> str:
    """The normal form with numbers, links, names and foreign words as one character each; no punctuation."""
    text = _URL.sub(LINK, text[:MAX_CHARACTERS])
    text = _PHONE.sub(PHONE, text)
    text = _PLACE.sub(PLACE, _NAME.sub(NAME, _NUMBER.sub(NUMBER, text)))
    text = _LATIN.sub(lambda match: _KEPT_LATIN.get(match.group(), LATIN), text)
    return _NOISE.sub("", text)


def grams(message: Normalised) -> Counter[str]:
    """Characters and pairs of characters of the neutral form, then the same by sound, with their counts."""
    text = neutral(message.text)
    heard = sounds(text)
    return Counter([*text, *map(str.__add__, text, text[1:]), *heard, *map(str.__add__, heard, heard[1:])])
