"""What is a clock's rule, and which of many rules holds for a step of this case?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from cases.danger import DangerLevel
from cases.records import ClockUnit

ANY_LEAF = "*"


class StartEvent(StrEnum):
    """What sets a clock going."""

    REGISTERED = "registered"
    """登记"""
    ACCEPTED = "accepted"
    """受理"""
    DISPATCHED = "dispatched"
    """分流: from here on a unit owes, whether or not somebody has signed"""
    SIGNED = "signed"
    """签收"""
    DANGER_RAISED = "danger_raised"
    """a danger level went up"""
    ANSWERED = "answered"
    """已答复"""
    CLOSED = "closed"
    """办结"""
    REOPENED = "reopened"
    """重办"""
    SENT_BACK = "sent_back"
    """退回: a unit says that it is not the right one"""
    WAITING = "waiting"
    """the case waits for the resident or for somebody outside"""
    LETTER_ISSUED = "letter_issued"
    """a letter of supervision went out"""
    AGREED = "agreed"
    """an agreement takes effect"""
    BY_HAND = "by_hand"
    """a person starts it: a procedure outside this product"""


class StopReason(StrEnum):
    """Why a clock may stand still."""

    RESIDENT = "resident"
    """the resident has to add something"""
    APPRAISAL = "appraisal"
    """鉴定"""
    HEARING = "hearing"
    """听证"""


class ExtendedBy(StrEnum):
    """Who may lengthen a clock."""

    CENTRE = "centre"
    """综治中心"""
    LEADER = "leader"
    """the unit's leader, with notice to the resident"""
    BOTH_PARTIES = "both_parties"
    """both parties together, nobody else"""


class OwedBy(StrEnum):
    """Who owes what a clock measures."""

    UNIT = "unit"
    """the unit that the case is with"""
    CENTRE = "centre"
    """its 综治中心"""
    SUPERIOR = "superior"
    """the 综治中心 above that one"""
    FIRST_RECEIVER = "first_receiver"
    """首问负责: whoever took the case in"""
    RESIDENT = "resident"
    """the resident, or both parties; never pressed"""
    OUTSIDE = "outside"
    """a body outside this product: a court, an arbitration commission; never pressed"""


class LadderAct(StrEnum):
    """What follows when time runs out, mildest first."""

    REMIND = "remind"
    """提醒 whoever has it in hand"""
    PROMPT_LETTER = "prompt_letter"
    """催办"""
    WARNING_LETTER = "warning_letter"
    """预警"""
    SUPERVISION_LETTER = "supervision_letter"
    """督办"""
    NEXT_IN_LINE = "next_in_line"
    """the leader of whoever has it"""
    SUPERIOR = "superior"
    """the level above"""
    ASK_RESIDENT = "ask_resident"
    """ask the resident themselves: to judge, at the return visit, whether an agreement was kept"""
    CLOSE = "close"
    """the resident's time to judge is over"""


@dataclass(frozen=True, slots=True)
class Extension:
    """How far a clock may be lengthened at a time, how many `times` at most, and by whom."""

    length: int
    unit: ClockUnit
    times: int
    who: ExtendedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStep:
    """An act and when it is due; exactly one of `share`, `before`, `after`, or ValueError.

    `share` is the part of the whole length that has passed (0.8; 1 is the due time), `before` and `after` are
    measured from the due time.
    """

    act: LadderAct
    share: float | None = None
    before: timedelta | None = None
    after: timedelta | None = None

    def __post_init__(self) -> None:
        told = [offset for offset in (self.share, self.before, self.after) if offset is not None]
        if len(told) != 1:
            raise ValueError("a step of a ladder has exactly one of share, before and after")
        if self.share is not None and self.share < 0:
            raise ValueError("a share is not negative")
        if (self.before or self.after or timedelta()) < timedelta():
            raise ValueError("a step of a ladder says before or after, not a negative time")


@dataclass(frozen=True, slots=True)
class Ladder:
    """Named steps that follow one another as time runs out."""

    name: str
    steps: tuple[LadderStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """How long a step may take.

    `leaf` is `*`, `dispute:*` or a leaf; `basis` and `article` name the law (both may be empty); `template`
    marks a neutral default of this project, neither law nor a city's rule; `ladder` is the name of a Ladder.
    A `length` of 0 days ends with the day of the start.
    """

    code: str
    step: str
    leaf: str = ANY_LEAF
    min_danger: DangerLevel = DangerLevel.NONE
    length: int
    unit: ClockUnit
    start: StartEvent
    basis: str = ""
    article: str = ""
    template: bool
    stops: frozenset[StopReason] = frozenset()
    extension: Extension | None = None
    ladder: str
    owed_by: OwedBy

    @property
    def specificity(self) -> int:
        """0 for every leaf, 1 for a family of leaves, 2 for one leaf."""
        if self.leaf == ANY_LEAF:
            return 0
        return 1 if self.leaf.endswith(":*") else 2

    def fits(self, leaf: str, level: DangerLevel) -> bool:
        """Whether the rule speaks of such a case."""
        matches = self.leaf in (ANY_LEAF, leaf) or (
            self.leaf.endswith(":*") and leaf.startswith(self.leaf.removesuffix("*"))
        )
        return matches and self.min_danger <= level


def fitting(rules: Iterable[ClockRule], *, step: str, leaf: str, level: DangerLevel) -> ClockRule | None:
    """The rule of a step that holds for a case, or none: then the step has no clock there.

    The gravest danger level that fits goes first, then the most specific leaf, then law or a city's rule
    before a template, then the order given: hand a city's rules in first.
    """
    found = [rule for rule in rules if rule.step == step and rule.fits(leaf, level)]
    return max(
        found, key=lambda rule: (rule.min_danger, rule.specificity, not rule.template), default=None
    )  # max keeps the first of equals


def steps_starting(rules: Iterable[ClockRule], event: StartEvent) -> tuple[str, ...]:
    """The steps whose clocks an event sets going, each once, in the order of the rules.

    Where a city lets rules of one step start from different events, the rule that `fitting` finds may wait
    for another event than this one: look at its `start`.
    """
    return tuple(dict.fromkeys(rule.step for rule in rules if rule.start is event))
