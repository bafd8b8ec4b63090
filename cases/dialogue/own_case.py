"""What do the buttons below a resident's own case lead to, and the words that are asked for there?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cases.dialogue.choices import Choice, Standing, choices
from cases.dialogue.values import Act, Decision, Said, Scene, Stage, d, kept, settle, stay
from cases.dialogue.wishes import (
    AskOther,
    CallPerson,
    CopyCase,
    Judge,
    RefuseMediation,
    Reopen,
    SayKept,
    SaySatisfied,
    SayTime,
    ShowCase,
)
from cases.turn import Button, Reply

REOPEN_REASONS = ("not_solved", "not_kept", "new_facts")
IN_WORDS = "words"
# These are answered whenever they are pressed: the act itself looks how the case stands.
LATE_TOO: Mapping[str, Callable[[str], Act]] = {
    "view": ShowCase,
    Choice.COPY: CopyCase,
    Choice.SOLVED: lambda code: Judge(code, solved=True),
    "visit_solved": lambda code: Judge(code, solved=True, visit=True),
    "visit_unsolved": lambda code: Judge(code, solved=False, visit=True),
    Choice.SATISFIED: lambda code: SaySatisfied(code, satisfied=True),
    Choice.UNSATISFIED: lambda code: SaySatisfied(code, satisfied=False),
    "kept": lambda code: SayKept(code, kept=True),
    "not_kept": lambda code: SayKept(code, kept=False),
    "time_yes": lambda code: SayTime(code, agrees=True),
    "time_no": lambda code: SayTime(code, agrees=False),
}


def on_case_press(scene: Scene, code: str, act: str, at: Standing) -> Decision:
    """The answer to a button of a case, however old; what no longer fits is said, with the case as it is."""
    if act in LATE_TOO:
        return stay(scene, LATE_TOO[act](code))
    if act == Choice.UNSOLVED:
        return _unsolved(scene, code, at)
    if act not in choices(at):
        return stay(scene, ShowCase(code, lead="case_not_now"))
    return ASKING[Choice(act)](scene, code)


def is_act(act: str) -> bool:
    """Whether a button of ours carries it."""
    return act in LATE_TOO or act in set(Choice)


def _unsolved(scene: Scene, code: str, at: Standing) -> Decision:
    """Opened again at the tap; where nothing else is being told, the next words say why."""
    step = Judge(code, solved=False)
    if scene.stage != Stage.IDLE or not at.judgeable:
        return stay(scene, step)
    return Decision(Stage.ADD, kept(scene) | {"code": code}, (step,))


def _ask(stage: str, key: str, *buttons: Button) -> Callable[[Scene, str], Decision]:
    """One question on a case; `buttons` come before the one that lets it be."""

    def asked(scene: Scene, code: str) -> Decision:
        rows = tuple((button,) for button in (*buttons, d("cancel", "cancel")))
        return Decision(stage, kept(scene) | {"code": code}, (Reply(key, {"code": code}, rows),))

    return asked


ASKING: Mapping[Choice, Callable[[Scene, str], Decision]] = {
    Choice.ADD: _ask(Stage.ADD, "add_ask"),
    Choice.ANSWER: _ask(Stage.ADD, "answer_ask"),
    Choice.WITHDRAW: _ask(Stage.WITHDRAW, "withdraw_ask", d("withdraw_yes", "yes")),
    Choice.REFUSE: _ask(Stage.REFUSE, "refuse_ask", d("refuse_yes", "yes")),
    Choice.OTHER: _ask(Stage.OTHER, "other_ask", d("other_yes", "yes")),
    Choice.REOPEN: _ask(
        Stage.REOPEN,
        "reopen_ask",
        d("reopen_not_solved", "why.not_solved"),
        d("reopen_not_kept", "why.not_kept"),
        d("reopen_again", "why.new_facts"),
        d("reopen_words", "why.words"),
    ),
    Choice.PERSON: lambda scene, code: stay(scene, CallPerson(code)),
}


def reopen_why(scene: Scene, reason: str) -> Decision:
    """A reason was tapped; the last button asks for words instead."""
    if reason == IN_WORDS:
        return stay(scene, Reply("reopen_tell"))
    if reason not in REOPEN_REASONS:
        return stay(scene, Reply("button_stale"))
    return settle(scene, Reopen(_code(scene), reason))


def reopen_told(scene: Scene, said: Said) -> Decision:
    """The reason in the resident's own words."""
    return settle(scene, Reopen(_code(scene), REOPEN_REASONS[0], said.text, said.verdict.danger))


def refused(scene: Scene) -> Decision:
    return settle(scene, RefuseMediation(_code(scene)))


def other_wanted(scene: Scene) -> Decision:
    return settle(scene, AskOther(_code(scene)))


def other_told(scene: Scene, said: Said) -> Decision:
    """Somebody else, and why."""
    return settle(scene, AskOther(_code(scene), said.text, said.verdict.danger))


def _code(scene: Scene) -> str:
    return str(scene.facts["code"])
