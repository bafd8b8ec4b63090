"""Which codes do people read aloud: case codes, secrets, invites?"""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import date

# No 0 O D, 1 I L, 2 Z, 5 S, 8 B, U V, N G: each looks or sounds like another one.
ALPHABET = "34679ACEFHJKMPQRTWXY"
PREFIX = "YM"  # 一门
TAIL_LENGTH = 4
SECRET_DIGITS = 6
INVITE_LENGTH = 10

_CASE_CODE = re.compile(rf"{PREFIX}-?(\d{{6}})-?([{ALPHABET}]{{4,6}})")


def draw(length: int) -> str:
    """Random characters of the alphabet, unguessable."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_case_code(day: date, attempt: int = 0) -> str:
    """A code such as `YM-261123-7KQ4`; the tail grows by one character after each third collision."""
    length = min(TAIL_LENGTH + attempt // 3, 6)
    return f"{PREFIX}-{day:%y%m%d}-{draw(length)}"


def read_case_code(text: str) -> str | None:
    """The case code in what somebody typed (any case, width, spaces or dashes), or None."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()
    plain = re.sub(r"[‐-―−_]", "-", plain)
    found = _CASE_CODE.fullmatch(plain)
    return f"{PREFIX}-{found[1]}-{found[2]}" if found else None


def new_secret() -> str:
    """Six digits that open the public status page of one case."""
    return f"{secrets.randbelow(10**SECRET_DIGITS):0{SECRET_DIGITS}}"


def new_invite() -> str:
    """A one-time invite such as `7KQ4A-HJ3FT`."""
    drawn = draw(INVITE_LENGTH)
    return f"{drawn[:5]}-{drawn[5:]}"


def read_invite(text: str) -> str:
    """An invite as it was issued, whatever case, width, spaces or dashes it was typed with."""
    plain = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).upper()
    return f"{plain[:5]}-{plain[5:]}"
