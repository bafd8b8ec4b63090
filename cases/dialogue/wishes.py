"""What may a resident wish: on a case of their own, about their data, of the language?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShowCase:
    """Show a case: its steps, who has it until when, what can be pressed. `lead` is said before it."""

    code: str
    lead: str | None = None


@dataclass(frozen=True, slots=True)
class CopyCase:
    """Send what the resident and the unit have said on a case (one's own data)."""

    code: str


@dataclass(frozen=True, slots=True)
class Judge:
    """Say whether an answer solved it; `visit`: asked again after the closing."""

    code: str
    solved: bool
    visit: bool = False


@dataclass(frozen=True, slots=True)
class SaySatisfied:
    """Say whether one is satisfied, which is another question."""

    code: str
    satisfied: bool


@dataclass(frozen=True, slots=True)
class SayKept:
    """Say whether what was agreed was kept."""

    code: str
    kept: bool


@dataclass(frozen=True, slots=True)
class SayTime:
    """Agree, or not, that a mediation takes longer."""

    code: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class CallPerson:
    """Ask for a person on a case."""

    code: str


@dataclass(frozen=True, slots=True)
class Reopen:
    """Open a case again; `reason` is a code of the table of moves."""

    code: str
    reason: str
    text: str | None = None
    danger: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefuseMediation:
    """Say that one does not want to be mediated."""

    code: str


@dataclass(frozen=True, slots=True)
class AskOther:
    """Ask that somebody else handles a case."""

    code: str
    text: str | None = None
    danger: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take back a case."""

    code: str


@dataclass(frozen=True, slots=True)
class Erase:
    """Erase the resident's personal data."""


@dataclass(frozen=True, slots=True)
class SetLocale:
    """Answer in another language from now on."""

    locale: str


OwnCase = (
    ShowCase
    | CopyCase
    | Judge
    | SaySatisfied
    | SayKept
    | SayTime
    | CallPerson
    | Reopen
    | RefuseMediation
    | AskOther
)
