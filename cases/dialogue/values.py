"""What goes into a decision of the conversation and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cases.dialogue.wishes import Erase, OwnCase, SetLocale, Withdraw
from cases.turn import Button, Reply
from cases.understanding import Verdict


class Stage:
    """Where a conversation stands; stored with the draft."""

    IDLE = "idle"
    """nothing is awaited"""
    ASKED = "asked"
    """one question was asked because the message was unclear"""
    CHECKING = "checking"
    """the next message is to be checked for fraud, whatever it looks like"""
    CHECKED = "checked"
    """a fraud check was answered; a danger state may follow"""
    CONFIRM = "confirm"
    """what was understood waits for a yes or a correction"""
    FAMILY = "family"
    """the resident chooses the kind of dispute"""
    PLACE = "place"
    """the resident says where it is"""
    DETAILS = "details"
    """one optional round for details and pictures"""
    CONSENT = "consent"
    """one sentence of consent before the case is opened"""
    SERVICE = "service"
    """a hotline was named; a case may be wanted"""
    ADD = "add"
    """the next message belongs to a case"""
    WITHDRAW = "withdraw"
    """a withdrawal waits for its confirmation"""
    PERSON = "person"
    """the next message goes to a person"""
    ERASE = "erase"
    """an erasure waits for its confirmation"""
    REFUSE = "refuse"
    """not wanting mediation waits for its confirmation"""
    OTHER = "other"
    """why somebody else should handle a case: words, or nothing"""
    REOPEN = "reopen"
    """why a case is to be opened again: a button, or words"""
    STAFF_ANSWER = "staff_answer"
    """a staff member's next message is the answer to a case"""
    STAFF_WORDS = "staff_words"
    """a staff member's next message belongs to an act on a case"""
    STAFF_CONFIRM = "staff_confirm"
    """an act of a staff member waits for a yes"""
    STAFF_IDLE = "staff_idle"
    """a staff member is at work and nothing is asked: stray words are nobody's story"""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a conversation stands, with what has been gathered so far."""

    stage: str = Stage.IDLE
    facts: Mapping[str, Any] = field(default_factory=dict)
    open_cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """Words of the resident. `joined` is the verdict on the words together with those the draft holds."""

    text: str
    verdict: Verdict
    forwarded: bool = False
    joined: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """A live button of the current draft."""

    act: str


@dataclass(frozen=True, slots=True)
class Located:
    """A place: shared as a position, read from a QR poster, or chosen; `grid` None when nothing is near."""

    grid: str | None
    poster: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A picture, voice message or file, already kept under `attachment_id`."""

    attachment_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Commanded:
    """A slash command without its slash."""

    name: str


Input = Said | Pressed | Located | Sent | Commanded


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """Keep a fraud check and answer it."""

    text: str
    verdict: Verdict
    state: str
    for_other: bool = False


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Open a case. `leaf` is a code of the taxonomy, `service`, or `to_sort` for a person to decide."""

    leaf: str
    story: tuple[str, ...]
    danger: tuple[str, ...] = ()
    grid: str | None = None
    address: str | None = None
    attachments: tuple[int, ...] = ()
    check_id: int | None = None
    for_other: bool = False
    reply: str = "case_opened"


@dataclass(frozen=True, slots=True)
class AskPlace:
    """Ask where it is, one level down the tree below `unit` (None: the top)."""

    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ShowStatus:
    """Say where the resident's cases stand."""


@dataclass(frozen=True, slots=True)
class AddToCase:
    """Add words or attachments to an open case."""

    code: str
    text: str | None = None
    attachments: tuple[int, ...] = ()
    danger: tuple[str, ...] = ()


Act = RecordCheck | OpenCase | AskPlace | ShowStatus | AddToCase | Withdraw | Erase | SetLocale | OwnCase


@dataclass(frozen=True, slots=True)
class Decision:
    """The next scene and, in order, what is said and what is carried out."""

    stage: str
    facts: Mapping[str, Any]
    steps: tuple[Reply | Act, ...]


def d(key: str, act: str, **values: Any) -> Button:
    """A button of the current draft; the desk writes the draft's number into `act`."""
    return Button(key, f"d:{act}", values)


def kept(scene: Scene) -> dict[str, Any]:
    """What a new telling takes over: the place, for whom the resident asks, and files already sent."""
    return _only(scene, "grid", "for_other", "attachments")


def stay(scene: Scene, *steps: Reply | Act) -> Decision:
    """Answer without leaving the present stage."""
    return Decision(scene.stage, scene.facts, steps)


def leave(scene: Scene, *steps: Reply | Act) -> Decision:
    """Answer and wait for what comes next; the place and files sent without words stay at hand."""
    return Decision(Stage.IDLE, _only(scene, "grid", "attachments"), steps)


def settle(scene: Scene, *steps: Reply | Act) -> Decision:
    """Answer and end the matter: its files belong to a case now, or to nothing."""
    return Decision(Stage.IDLE, _only(scene, "grid"), steps)


def _only(scene: Scene, *keys: str) -> dict[str, Any]:
    return {key: scene.facts[key] for key in keys if key in scene.facts}
