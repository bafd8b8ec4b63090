"""What is answered to the bot's own small talk: greetings, help, status, corrections, farewells."""

from __future__ import annotations

from collections.abc import Callable

from cases.dialogue.checks import ask_what_to_check
from cases.dialogue.disputes import ask_family, open_case, set_aside
from cases.dialogue.values import (
    AddToCase,
    Decision,
    Said,
    Scene,
    ShowStatus,
    Stage,
    d,
    kept,
    leave,
    settle,
    stay,
)
from cases.dialogue.wishes import Erase, SetLocale, Withdraw
from cases.turn import Button, Reply

MENU = (
    (d("menu_check", "menu.check"), d("menu_dispute", "menu.dispute")),
    (d("menu_service", "menu.service"), d("to_person", "person")),
)
LANGUAGES = ((Button("language_zh", "l:zh-Hans"), Button("language_en", "l:en")),)


def greet(scene: Scene) -> Decision:
    return leave(scene, Reply("greet", {}, MENU))


def help_(scene: Scene) -> Decision:
    return leave(scene, Reply("help", {}, MENU))


def thanks(scene: Scene) -> Decision:
    return stay(scene, Reply("thanks"))


def bye(scene: Scene) -> Decision:
    return leave(scene, Reply("bye"))


def status(scene: Scene) -> Decision:
    return stay(scene, ShowStatus())


def language(scene: Scene) -> Decision:
    return stay(scene, Reply("language_ask", {}, LANGUAGES))


def set_locale(scene: Scene, locale: str) -> Decision:
    return stay(scene, SetLocale(locale), Reply("language_set"))


def person(scene: Scene) -> Decision:
    """A person, never argued with: at once when a story was told, else after one sentence of it."""
    if scene.facts.get("story") or scene.facts.get("attachments"):
        return open_case(scene, leaf=str(scene.facts.get("leaf") or "to_sort"), reply="handed_to_person")
    return Decision(Stage.PERSON, kept(scene), (Reply("person_ask", {}, ((d("cancel", "cancel"),),)),))


def person_told(scene: Scene, said: Said) -> Decision:
    facts = kept(scene) | {"story": [said.text], "danger": list(said.verdict.danger)}
    return open_case(Scene(scene.stage, facts, scene.open_cases), leaf="to_sort", reply="handed_to_person")


def withdraw(scene: Scene) -> Decision:
    if scene.stage in (Stage.CONFIRM, Stage.PLACE, Stage.DETAILS, Stage.CONSENT, Stage.FAMILY, Stage.SERVICE):
        return set_aside(scene)
    return _about_a_case(scene, Stage.WITHDRAW, "withdraw_ask", "withdraw_which", "w")


def add(scene: Scene) -> Decision:
    return _about_a_case(scene, Stage.ADD, "add_ask", "add_which", "a")


def _about_a_case(scene: Scene, stage: str, one: str, many: str, act: str) -> Decision:
    if not scene.open_cases:
        return leave(scene, Reply("no_open_case", {}, MENU))
    if len(scene.open_cases) == 1:
        return about_case(scene, stage, one, scene.open_cases[0])
    rows = tuple((Button("case_code", f"d:{act}.{code}", {"code": code}),) for code in scene.open_cases[:8])
    return Decision(stage, kept(scene), (Reply(many, {}, rows),))


def about_case(scene: Scene, stage: str, key: str, code: str) -> Decision:
    """The case is known; wait for the confirmation (withdraw) or the words (add)."""
    yes = (d("withdraw_yes", "yes"),) if stage == Stage.WITHDRAW else ()
    return Decision(
        stage, kept(scene) | {"code": code}, (Reply(key, {"code": code}, ((*yes, d("cancel", "cancel")),)),)
    )


def added(scene: Scene, said: Said) -> Decision:
    return settle(scene, AddToCase(str(scene.facts["code"]), said.text, danger=said.verdict.danger))


def withdrawn(scene: Scene) -> Decision:
    return leave(scene, Withdraw(str(scene.facts["code"])))


def erase(scene: Scene) -> Decision:
    return Decision(
        Stage.ERASE, kept(scene), (Reply("erase_ask", {}, ((d("erase_yes", "yes"), d("cancel", "cancel")),)),)
    )


def erased() -> Decision:
    return Decision(Stage.IDLE, {}, (Erase(),))


def rate(scene: Scene) -> Decision:
    """A judgement without a button: show the cases, where each closed one has its buttons."""
    return stay(scene, ShowStatus())


def check(scene: Scene) -> Decision:
    return ask_what_to_check(scene)


def for_other(scene: Scene) -> Decision:
    return ask_what_to_check(scene, for_other=True)


def correct(scene: Scene) -> Decision:
    """A correction that does not say what is right: let the resident choose, or ask for the story."""
    return ask_family(scene) if scene.facts.get("story") else leave(scene, Reply("tell_me", {}, MENU))


def small_talk(scene: Scene) -> Decision:
    return leave(scene, Reply("small_talk", {}, MENU))


INTENTS: dict[str, Callable[[Scene], Decision]] = {
    "greet": greet,
    "thanks": thanks,
    "bye": bye,
    "help": help_,
    "status": status,
    "human": person,
    "withdraw": withdraw,
    "add": add,
    "rate": rate,
    "delete": erase,
    "language": language,
    "check": check,
    "correct": correct,
    "for_other": for_other,
}
