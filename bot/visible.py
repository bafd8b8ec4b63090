"""What of a text may reach a terminal: a message could otherwise clear the screen or write in colours."""

from __future__ import annotations

import re

# Every control character but tab and line feed, and what turns the reading direction.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """The text with each character that steers a terminal shown as a replacement mark."""
    return CONTROL.sub("\ufffd", text)
