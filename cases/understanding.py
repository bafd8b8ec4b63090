"""What a message means: the model's belief (`Understanding`) and what follows from it (`Verdict`)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a message is, as printed by `classify`."""

    SCAM = "scam"
    """the message is, or tells of, a fraud"""
    DISPUTE = "dispute"
    """a resident's trouble with somebody, for the governance centre"""
    SERVICE = "service"
    """a question to, or a request for, a public service"""
    AD = "ad"
    """unsolicited advertising; illegal advertising carries the risk `suspicious`"""
    CHAT = "chat"
    """ordinary talk, and what is said to the bot itself"""
    UNCLEAR = "unclear"
    """one question is asked instead of guessing"""


class Risk(StrEnum):
    """How much a message is to be feared; a message counts as flagged at `danger` and `suspicious`."""

    DANGER = "danger"
    """act now"""
    SUSPICIOUS = "suspicious"
    """several signs of fraud"""
    UNSURE = "unsure"
    """说不准: evidence on both sides, a real verdict"""
    NONE = "none"
    """no sign found, which is never called safe"""

    @property
    def flagged(self) -> bool:
        return self in (Risk.DANGER, Risk.SUSPICIOUS)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing named in a message; `start` and `end` count code points of the text as given."""

    kind: str
    text: str
    start: int
    end: int
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """An indicator of `kb/indicators` seen in a message; offsets as in `Fact`."""

    code: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reason:
    """A quoted span that speaks for the verdict; `code` names the indicator."""

    code: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the NLU believes, before anything is decided.

    `intents` are (label, calibrated probability), best first; a label is `scam:<code>`, `dispute:<code>`,
    `service`, `benign`, `ad`, `illegal_ad` or `chat:<intent>`. `ms` is the time spent understanding.
    `signals` are (`danger:<code>`, `danger:any` or `state:<code>`, calibrated probability), where a model
    gave them; those it held improbable are left out. `reasons` are words without which the model would see
    less fraud, the weightiest first; None where nobody looked.
    """

    text: str
    intents: tuple[tuple[str, float], ...]
    facts: tuple[Fact, ...]
    signs: tuple[Sign, ...]
    judged_by: str
    model: str | None = None
    ms: float = 0.0
    signals: tuple[tuple[str, float], ...] = ()
    reasons: tuple[Reason, ...] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision about one message (contract: `classify`), with what the conversation needs beside it.

    `chat` is the chat intent without its prefix, `state` the danger state (`paid`, `about_to_pay`, `on_call`,
    `screen_shared`, `code_given`) told in the message, `candidates` the labels between which one question
    would decide when the kind is unclear, and `question` the code (`kb/questions.yml`) of the one to ask.
    """

    kind: Kind
    risk: Risk
    scam_type: str | None
    scam_probability: float
    family: str | None
    family_probability: float
    danger: tuple[str, ...]
    facts: tuple[Fact, ...]
    reasons: tuple[Reason, ...]
    judged_by: str
    model: str | None = None
    ms: float = 0.0
    chat: str | None = None
    state: str | None = None
    candidates: tuple[str, ...] = ()
    question: str | None = None
