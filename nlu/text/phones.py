"""What kind of number is this, and does it fit who it is said to belong to?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import yaml

from nlu.text.normalise import Normalised

HOTLINES = Path(__file__).resolve().parents[2] / "kb" / "hotlines.yml"
_MOBILE = re.compile(r"(?:86|\+86|0086)?1[3-9][0-9x*]{9}")
_VIRTUAL = re.compile(r"(?:86|\+86|0086)?1(?:6[257]|7[01])[0-9x*]{8}")
"""numbers of virtual operators, long favoured by swindlers"""
_ABROAD = re.compile(r"(?:\+|00)(?!86)[1-9]\d{6,14}")
_AUTHORITY = re.compile(
    r"公安|警官|民警|法院|法官|检察|医保局|社保局|税务|海关|银行|银监|银联|通信管理|客服|证监|反诈中心|监管"
)
_NEAR = 40
"""characters around a number in which an authority that is named counts as its owner"""


def signs_of(message: Normalised, start: int, end: int) -> Iterator[str]:
    """Codes of `kb/indicators` that the number at [start, end) of the normal form shows."""
    text = message.text
    digits = re.sub(r"[^0-9x*+]", "", text[start:end])
    if _ABROAD.fullmatch(digits):
        yield "phone_overseas"
    elif _MOBILE.fullmatch(digits):
        if _VIRTUAL.fullmatch(digits):
            yield "phone_virtual_operator"
        if _AUTHORITY.search(text, max(0, start - _NEAR), end + _NEAR):
            yield "phone_mobile_for_authority"
    elif digits in _public():
        yield "phone_public_line"
    elif re.match(r"[48]00", digits):
        yield "phone_400"


@lru_cache(maxsize=1)
def _public() -> frozenset[str]:
    return frozenset(str(line["number"]) for line in yaml.safe_load(HOTLINES.read_text("utf-8")))
