"""How many yuan, or which number, do Chinese or Arabic figures such as 三万五 or 1.2万 mean?"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "俩": 2,
    "仨": 3,
    "壹": 1,
    "贰": 2,
    "叁": 3,
    "肆": 4,
    "伍": 5,
    "陆": 6,
    "柒": 7,
    "捌": 8,
    "玖": 9,
    "廿": 20,
}
_UNITS = {
    "十": 10,
    "拾": 10,
    "百": 100,
    "佰": 100,
    "千": 1000,
    "仟": 1000,
    "k": 1000,
    "万": 10_000,
    "w": 10_000,
    "亿": 10**8,
}
FIGURES = "".join(_DIGITS) + "十拾百佰千仟万亿"


def amount(figures: str) -> str | None:
    """Yuan as a plain decimal string for `1.2万`, `三万五` or `5,000多`; None for 几万."""
    bare = figures.replace(",", "").replace("，", "").replace(" ", "").strip("多余来约近")
    scale = 1
    while bare and bare[-1] in _UNITS and bare[0].isascii():
        scale *= _UNITS[bare[-1]]
        bare = bare[:-1].strip("多余来")
    value = _arabic(bare) if bare[:1].isascii() else chinese(bare)
    if value is None:
        return None
    total = value * scale
    return str(int(total)) if total == int(total) else format(total.normalize(), "f")


def _arabic(figures: str) -> Decimal | None:
    """`3万5` is 35 000 and `1.2` is 1.2; anything else is not a number."""
    for unit in "亿万千百":
        head, found, tail = figures.partition(unit)
        if found:
            whole, rest = _arabic(head), _arabic(tail) if tail else Decimal(0)
            if whole is None or rest is None:
                return None
            shift = _UNITS[unit] // 10 if len(tail) == 1 else 1  # 3万5: the 5 counts thousands
            return whole * _UNITS[unit] + rest * shift
    try:
        return Decimal(figures)
    except InvalidOperation:
        return None


def chinese(figures: str) -> Decimal | None:
    """The number written in Chinese figures, as spoken (三万五 = 35 000); None when it is none."""
    if not figures or figures[0] in "百千万亿" or any(c not in _DIGITS and c not in _UNITS for c in figures):
        return None
    if not any(c in _UNITS for c in figures):
        return Decimal("".join(str(_DIGITS[c]) for c in figures))
    total = section = digit = 0
    last_unit = 1
    for character in figures:
        if character in _DIGITS:
            digit = _DIGITS[character]
            last_unit = 1 if character in "零〇" else last_unit
            continue
        unit = _UNITS[character]
        if unit >= 10**8:
            total, section = (total + section + digit) * unit, 0
        elif unit == 10_000:
            total, section = total + (section + digit) * unit, 0
        else:
            section += (digit or 1) * unit
        digit, last_unit = 0, unit
    return Decimal(total + section + digit * (last_unit // 10 if last_unit >= 100 else 1))
