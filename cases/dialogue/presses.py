"""What a live button of the present stage leads to."""

from __future__ import annotations

from collections.abc import Callable

from cases.dialogue import checks, disputes, own_case, talk
from cases.dialogue.values import (
    AddToCase,
    AskPlace,
    Decision,
    Pressed,
    RecordCheck,
    Scene,
    Stage,
    kept,
    leave,
    settle,
    stay,
)
from cases.turn import Reply
from cases.understanding import Kind, Risk, Verdict


def on_press(scene: Scene, pressed: Pressed) -> Decision:
    """The answer to a button; one that does not belong to the stage is said to be out of date."""
    act, _, argument = pressed.act.partition(".")
    if act in ANYWHERE:
        return ANYWHERE[act](scene, argument)
    follow = BY_STAGE.get((scene.stage, act))
    return follow(scene, argument) if follow else stay(scene, Reply("button_stale"))


def _menu(scene: Scene, argument: str) -> Decision:
    match argument:
        case "check":
            return checks.ask_what_to_check(scene)
        case "service":
            return leave(scene, Reply("service_tell"))
    return leave(scene, Reply("dispute_tell"))


def _cancel(scene: Scene, argument: str) -> Decision:  # noqa: ARG001  # one shape for all presses
    return settle(scene, Reply("set_aside"))


def _family(scene: Scene, argument: str) -> Decision:
    if not scene.facts.get("story"):
        return stay(scene, Reply("button_stale"))
    return disputes.choose_family(scene, argument)


def _confirmed(scene: Scene, argument: str) -> Decision:  # noqa: ARG001
    return disputes.ask_where(scene.facts)


def _asked_scam(scene: Scene, argument: str) -> Decision:  # noqa: ARG001
    """The resident fears a fraud although the model saw no sign: 说不准, and a person may look."""
    text = "\n".join(scene.facts.get("story", ()))
    unsure = Verdict(Kind.UNCLEAR, Risk.UNSURE, None, 0.0, None, 0.0, (), (), (), "resident")
    return Decision(Stage.CHECKED, kept(scene) | {"story": [text]}, (RecordCheck(text, unsure, "received"),))


def _place(scene: Scene, argument: str) -> Decision:
    return Decision(Stage.PLACE, scene.facts, (AskPlace(argument or None),))


def _case_to_add_to(scene: Scene, code: str) -> Decision:
    return _own_case(scene, code, Stage.ADD, "add_ask")


def _case_to_withdraw(scene: Scene, code: str) -> Decision:
    return _own_case(scene, code, Stage.WITHDRAW, "withdraw_ask")


def _words_for_case(scene: Scene, code: str) -> Decision:
    if code not in scene.open_cases:
        return stay(scene, Reply("button_stale"))
    files = tuple(scene.facts.get("attachments", ()))
    words = "\n".join(scene.facts.get("story", ()))
    return settle(scene, AddToCase(code, words, files, tuple(scene.facts.get("danger", ()))))


def _own_case(scene: Scene, code: str, stage: str, key: str) -> Decision:
    """A button's data comes from outside: only the resident's own open cases can be named."""
    if code not in scene.open_cases:
        return stay(scene, Reply("button_stale"))
    return talk.about_case(scene, stage, key, code)


def _grid(scene: Scene, argument: str) -> Decision:
    return disputes.place_found(scene, argument)


ANYWHERE: dict[str, Callable[[Scene, str], Decision]] = {
    "menu": _menu,
    "cancel": _cancel,
    "person": lambda scene, _: talk.person(scene),
    "f": _family,
}
BY_STAGE: dict[tuple[str, str], Callable[[Scene, str], Decision]] = {
    (Stage.CONFIRM, "yes"): _confirmed,
    (Stage.CONFIRM, "other"): lambda scene, _: disputes.ask_family(scene),
    (Stage.ASKED, "scam"): _asked_scam,
    (Stage.ASKED, "dispute"): lambda scene, _: disputes.ask_family(scene),
    (Stage.ASKED, "service"): lambda scene, _: disputes.choose_family(scene, "service"),
    (Stage.ASKED, "a"): _words_for_case,
    (Stage.PLACE, "u"): _place,
    (Stage.PLACE, "g"): _grid,
    (Stage.PLACE, "skip"): lambda scene, _: disputes.ask_details(dict(scene.facts)),
    (Stage.DETAILS, "next"): lambda scene, _: disputes.ask_consent(scene),
    (Stage.CONSENT, "agree"): lambda scene, _: disputes.open_case(scene),
    (Stage.CONSENT, "not_now"): lambda scene, _: disputes.set_aside(scene),
    (Stage.SERVICE, "yes"): _confirmed,
    (Stage.SERVICE, "enough"): lambda scene, _: disputes.set_aside(scene),
    (Stage.SERVICE, "other"): lambda scene, _: disputes.ask_family(scene),
    (Stage.ADD, "a"): _case_to_add_to,
    (Stage.WITHDRAW, "w"): _case_to_withdraw,
    (Stage.WITHDRAW, "yes"): lambda scene, _: talk.withdrawn(scene),
    (Stage.ERASE, "yes"): lambda _scene, _: talk.erased(),
    (Stage.REFUSE, "yes"): lambda scene, _: own_case.refused(scene),
    (Stage.OTHER, "yes"): lambda scene, _: own_case.other_wanted(scene),
    (Stage.REOPEN, "why"): own_case.reopen_why,
}
