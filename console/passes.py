"""How does an open status page come again, in the other language or afresh, without asking for the digits?"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime, timedelta

from cases.errors import SealBroken
from cases.secrets import SecretBox

CONTEXT = "console.pass"
LASTS = timedelta(minutes=15)
LONGEST = 400


def issue(box: SecretBox, code: str, secret: str, now: datetime) -> str:
    """A sealed pass for one case, good for a quarter of an hour; it travels in forms, not in addresses."""
    told = json.dumps([code, secret, int((now + LASTS).timestamp())])
    return base64.urlsafe_b64encode(box.seal(told.encode(), CONTEXT)).decode()


def secret_in(box: SecretBox, text: str, code: str, now: datetime) -> str | None:
    """The look-up digits in a pass of ours; None when it is foreign, for another case, or over."""
    if len(text) > LONGEST:
        return None
    try:
        told = box.open(base64.urlsafe_b64decode(text.encode()), CONTEXT)
    except (SealBroken, binascii.Error, ValueError):
        return None
    its_code, secret, ends = json.loads(told)
    return str(secret) if its_code == code and now.timestamp() < ends else None
