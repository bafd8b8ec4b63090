"""How is a name or number shown to somebody who need not know all of it?"""

from __future__ import annotations

SHOWN_START, SHOWN_END = 3, 2


def mask_phone(phone: str | None) -> str | None:
    """`138****12`: enough to recognise, not enough to dial; short numbers are hidden whole."""
    if phone is None:
        return None
    if len(phone) <= SHOWN_START + SHOWN_END + 2:
        return "*" * len(phone)
    return phone[:SHOWN_START] + "****" + phone[-SHOWN_END:]


def mask_name(name: str | None) -> str | None:
    """The first character and stars: `王**`."""
    return name[:1] + "**" if name else name
