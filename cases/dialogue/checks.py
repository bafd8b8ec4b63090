"""How a fraud check is answered: which reply, which buttons, and what each button leads to."""

from __future__ import annotations

from typing import Any

from cases.dialogue.disputes import ask_where
from cases.dialogue.values import Decision, RecordCheck, Said, Scene, Stage, d, kept, leave
from cases.turn import Button, Reply
from cases.understanding import Reason, Risk, Verdict

STATES = ("received", "about_to_pay", "paid", "on_call", "screen_shared", "code_given")
# States in which money or control may be leaving right now: the card for the state comes before any verdict.
ACUTE = frozenset(STATES) - {"received"}
BY_THE_MODEL = "wording"
"""The code of a quote that only the model's own weights point at."""


def check_buttons(check_id: int, verdict: Verdict, state: str) -> tuple[tuple[Button, ...], ...]:
    """The buttons below a check; they name the check, so they stay valid however old they are."""

    def k(key: str, act: str) -> Button:
        return Button(key, f"k:{check_id}:{act}")

    if state == "paid":
        return ((k("check_report", "report"), k("to_person", "person")),)
    if state in ACUTE:
        return ((k("check_paid", "paid"), k("check_report", "report")), (k("check_not_scam", "not_scam"),))
    if not verdict.risk.flagged:
        return ((k("check_paid", "paid"), k("check_person", "person")),)
    return (
        (k("check_paid", "paid"), k("check_about_to_pay", "about_to_pay")),
        tuple(k(f"check_{name}", name) for name in ("on_call", "screen_shared", "code_given")),
        (k("check_report", "report"), k("check_not_scam", "not_scam")),
    )


def check_values(verdict: Verdict, state: str, *, for_other: bool) -> dict[str, Any]:
    """What the wording of a check needs: fixed lines are chosen by `risk` and `state`, reasons are quotes."""
    return {
        "risk": verdict.risk.value,
        "state": state,
        "scam_type": told_type(verdict),
        "reasons": [(reason.code, reason.text) for reason in _worth_quoting(verdict, state)],
        "judged_by": verdict.judged_by,
        "model": verdict.model or "",
        "for_other": for_other,
        "question": verdict.question if verdict.risk is Risk.UNSURE else None,
    }


def told_type(verdict: Verdict) -> str | None:
    """The kind of fraud, where a named sign speaks for it: a guess is not told."""
    named = any(reason.code != BY_THE_MODEL for reason in verdict.reasons)
    return verdict.scam_type if named else None


def _worth_quoting(verdict: Verdict, state: str) -> tuple[Reason, ...]:
    """Who has told what happened needs no quote of their own words as a reason."""
    if state in ACUTE:
        return tuple(reason for reason in verdict.reasons if reason.code != BY_THE_MODEL)
    return verdict.reasons


def check_reply(check_id: int, verdict: Verdict, state: str, *, for_other: bool = False) -> Reply:
    """The answer to a check: verdict first, then what to do, why, whom to call."""
    known = told_type(verdict)
    article = f"scam:{known or 'other'}"
    return Reply(
        "check",
        check_values(verdict, state, for_other=for_other),
        check_buttons(check_id, verdict, state),
        article=article,
    )


def on_check(scene: Scene, said: Said) -> Decision:
    """Answer a message that is to be judged: at once, and with the danger state it tells of."""
    verdict = said.verdict
    state = verdict.state or "received"
    for_other = bool(scene.facts.get("for_other"))
    facts = kept(scene) | {
        "story": [said.text],
        "scam_type": verdict.scam_type,
        "danger": list(verdict.danger),
    }
    return Decision(Stage.CHECKED, facts, (RecordCheck(said.text, verdict, state, for_other),))


def on_state_told(scene: Scene, said: Said) -> Decision:
    """A danger state told after a check ("我已经转了") belongs to that check."""
    check_id = int(scene.facts["check_id"])
    state = said.verdict.state or "received"
    facts = dict(scene.facts) | {"story": [*scene.facts.get("story", []), said.text], "state": state}
    return Decision(Stage.CHECKED, facts, (state_reply(check_id, state, scene.facts.get("scam_type")),))


def state_reply(check_id: int, state: str, scam_type: str | None) -> Reply:
    """The card of a danger state."""
    buttons = ((Button("check_report", f"k:{check_id}:report"), Button("to_person", f"k:{check_id}:person")),)
    return Reply(
        "check_state",
        {"state": state, "scam_type": scam_type},
        buttons,
        article=f"scam:{scam_type or 'other'}",
    )


def on_report(scene: Scene, check_id: int, *, text: str, verdict_type: str | None, state: str) -> Decision:
    """Begin the report of a fraud: the place (to find the police post), then consent."""
    facts: dict[str, Any] = kept(scene) | {
        "story": [text],
        "leaf": f"scam:{verdict_type or 'other'}",
        "check_id": check_id,
        "state": state,
    }
    return ask_where(facts)


def on_not_scam(scene: Scene, check_id: int, verdict_risk: Risk) -> Decision:
    """The resident thinks otherwise: say how to find out by another way, and offer a person."""
    buttons = ((Button("to_person", f"k:{check_id}:person"), Button("check_report", f"k:{check_id}:report")),)
    return leave(scene, Reply("check_doubted", {"risk": verdict_risk.value}, buttons))


def ask_what_to_check(scene: Scene, *, for_other: bool = False) -> Decision:
    """The resident wants a check but has not sent the message yet."""
    facts = kept(scene) | ({"for_other": True} if for_other else {})
    key = "check_send_other" if for_other else "check_send"
    return Decision(Stage.CHECKING, facts, (Reply(key, {}, ((d("cancel", "cancel"),),)),))
