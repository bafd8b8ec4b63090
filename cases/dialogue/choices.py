"""What may a resident do with their case as it stands: which buttons are shown below it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cases.actors import ActorKind
from cases.status import IN_HAND, OWED, CaseStatus, may_move
from cases.turn import Button

S = CaseStatus
PUT_AWAY = frozenset({S.ARCHIVED, S.WITHDRAWN})
A_ROW = 2


class Choice(StrEnum):
    """One thing a resident can press; the value stands in the button's data."""

    ANSWER = "answer"
    """answer the unit's question"""
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    SATISFIED = "satisfied"
    UNSATISFIED = "unsatisfied"
    REOPEN = "reopen"
    """重新办理"""
    ADD = "add"
    """补充"""
    PERSON = "person"
    """找人工"""
    OTHER = "other"
    """换个人办"""
    REFUSE = "refuse"
    """不愿调解"""
    WITHDRAW = "withdraw"
    """撤回"""
    COPY = "copy"
    """副本"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything about a case that decides on what its resident can press."""

    status: CaseStatus
    questioned: bool = False
    """the unit has asked and waits"""
    mediable: bool = False
    """mediation is possible and nobody has refused it"""
    solved: bool | None = None
    satisfied: bool | None = None
    after_answer: bool = False
    """at rest after an answer, its own or that of the case it is handled in"""
    in_time: bool = True
    """not more than thirty days after the closing"""

    @property
    def judgeable(self) -> bool:
        """The resident has an answer and has not said whether it is solved."""
        return self.status is S.JUDGING or (self.after_answer and self.solved is None and self.in_time)


def _satisfaction_unsaid(at: Standing) -> bool:
    return at.after_answer and at.solved is True and at.satisfied is None


def _reopenable(at: Standing) -> bool:
    goes = at.status is not S.JUDGING and may_move(at.status, S.REOPENED, ActorKind.RESIDENT)
    return goes and at.in_time


WHEN: Mapping[Choice, Callable[[Standing], bool]] = {
    Choice.ANSWER: lambda at: at.questioned,
    Choice.SOLVED: lambda at: at.judgeable,
    Choice.UNSOLVED: lambda at: at.judgeable,
    Choice.SATISFIED: _satisfaction_unsaid,
    Choice.UNSATISFIED: _satisfaction_unsaid,
    Choice.REOPEN: _reopenable,
    Choice.ADD: lambda at: at.status in OWED or at.status is S.JUDGING,
    Choice.PERSON: lambda at: at.status not in PUT_AWAY and at.in_time,
    Choice.OTHER: lambda at: at.status in IN_HAND or at.status is S.REOPENED,
    Choice.REFUSE: lambda at: at.mediable and at.status in OWED,
    Choice.WITHDRAW: lambda at: may_move(at.status, S.WITHDRAWN, ActorKind.RESIDENT),
    Choice.COPY: lambda _: True,
}
LABELS: Mapping[Choice, str] = {
    Choice.ANSWER: "case_answer",
    Choice.SOLVED: "solved",
    Choice.UNSOLVED: "unsolved",
    Choice.SATISFIED: "satisfied",
    Choice.UNSATISFIED: "unsatisfied",
    Choice.REOPEN: "case_reopen",
    Choice.ADD: "case_add",
    Choice.PERSON: "to_person",
    Choice.OTHER: "case_other",
    Choice.REFUSE: "case_refuse",
    Choice.WITHDRAW: "case_withdraw",
    Choice.COPY: "case_copy",
}


def choices(at: Standing) -> tuple[Choice, ...]:
    """What can be pressed on a case as it stands, what is waited for first."""
    return tuple(choice for choice, holds in WHEN.items() if holds(at))


def shown(at: Standing) -> tuple[Choice, ...]:
    """What is shown of it: where "not solved" opens a case again, a second button for that only confuses."""
    return tuple(one for one in choices(at) if not (one is Choice.REOPEN and at.judgeable))


def choice_buttons(code: str, offered: tuple[Choice, ...]) -> tuple[tuple[Button, ...], ...]:
    """The buttons below a case, two a row; they name the case, so they stay live however old they are."""
    buttons = [of_case(LABELS[choice], code, choice) for choice in offered]
    return tuple(tuple(buttons[start : start + A_ROW]) for start in range(0, len(buttons), A_ROW))


def of_case(label: str, code: str, act: str) -> Button:
    """A button of a case: it stays live; what it does depends on how the case stands when it is pressed."""
    return Button(label, f"c:{code}:{act}", {"code": code})
