"""The one place where an input meets a scene: which answer follows (pure and total)."""

from __future__ import annotations

from dataclasses import replace

from cases.dialogue import checks, disputes, own_case, talk
from cases.dialogue.presses import on_press
from cases.dialogue.values import (
    AddToCase,
    Commanded,
    Decision,
    Input,
    Located,
    OpenCase,
    Pressed,
    Said,
    Scene,
    Sent,
    Stage,
    d,
    kept,
    leave,
    settle,
    stay,
)
from cases.turn import Reply
from cases.understanding import Kind

# Told before any other logic, in every stage, each with its own card (DOMAIN: danger signals of a case).
FIRST_OF_ALL = ("self_harm", "domestic_violence", "violence", "weapon", "crowd", "minor")
# Stages in which free words are the answer that was asked for.
WORDS_AWAITED = frozenset({Stage.DETAILS, Stage.ADD, Stage.PERSON, Stage.PLACE, Stage.OTHER, Stage.REOPEN})
# Stages in which the words belong to a case that is named already.
OF_A_CASE = frozenset({Stage.ADD, Stage.OTHER, Stage.REOPEN})
# Wishes that nobody sends in to be checked for fraud.
NEVER_CHECKED = frozenset({"status", "human", "withdraw", "delete", "language", "help"})
# "没有了" to an optional question is the button that goes on.
NOTHING_MORE = {Stage.PLACE: "skip", Stage.DETAILS: "next"}
COMMANDS = {
    "start": "greet",
    "help": "help",
    "cases": "status",
    "check": "check",
    "delete": "delete",
    "language": "language",
}
SHORTEST_STORY = 6
LONGEST_ADDRESS = 20
"""Longer words that sound like a dispute are one, even where an address was asked for."""


def decide(scene: Scene, heard: Input) -> Decision:
    """What follows from what was heard; never fails, never stays silent."""
    match heard:
        case Said():
            return _with_danger_first(scene, heard)
        case Pressed():
            return on_press(scene, heard)
        case Located():
            return on_place(scene, heard)
        case Sent():
            return on_sent(scene, heard)
        case Commanded():
            return talk.INTENTS[COMMANDS[heard.name]](scene)


def _with_danger_first(scene: Scene, said: Said) -> Decision:
    first = next((code for code in FIRST_OF_ALL if code in said.verdict.danger), None)
    if first == "self_harm":
        return on_self_harm(scene, said)
    if first is None:
        return on_words(scene, said)
    decision = on_endangered(scene, said, first)
    return Decision(decision.stage, decision.facts, (Reply("danger_first", {"code": first}), *decision.steps))


def on_endangered(scene: Scene, said: Said, first: str) -> Decision:
    """What follows the card: never small talk, and 家暴 is what it is, whatever the model called it."""
    if scene.stage in OF_A_CASE and "code" in scene.facts:
        return on_words(scene, said)
    if first == "domestic_violence" and not said.forwarded and not said.verdict.risk.flagged:
        verdict = replace(said.verdict, kind=Kind.DISPUTE, family="domestic_violence", chat=None)
        return disputes.on_dispute(scene, replace(said, verdict=verdict, joined=None))
    if said.verdict.kind in (Kind.CHAT, Kind.UNCLEAR) and scene.stage not in WORDS_AWAITED:
        return on_unclear(scene, said)
    return on_words(scene, said)


def on_self_harm(scene: Scene, said: Said) -> Decision:
    """Words of self-harm: the right numbers, and a person is told; no form, no question."""
    handed = OpenCase(
        leaf=_leaf_of(said),
        story=(*scene.facts.get("story", ()), said.text),
        danger=said.verdict.danger,
        grid=scene.facts.get("grid"),
        reply="person_is_told",
    )
    return settle(scene, Reply("danger_first", {"code": "self_harm"}), handed)


def _leaf_of(said: Said) -> str:
    verdict = said.verdict
    if verdict.kind is Kind.DISPUTE and verdict.family:
        return f"dispute:{verdict.family}"
    return "to_sort"


def on_words(scene: Scene, said: Said) -> Decision:
    """Free words: an awaited answer, small talk to the bot, or a matter of its own."""
    awaited = _awaited(scene, said)
    if awaited is not None:
        return awaited
    verdict = said.verdict
    to_the_bot = verdict.chat and not said.forwarded
    if to_the_bot and (scene.stage != Stage.CHECKING or verdict.chat in NEVER_CHECKED):
        return _small_talk(scene, str(verdict.chat))
    if said.forwarded or scene.stage == Stage.CHECKING:
        return checks.on_check(scene, said)
    return _by_kind(scene, said)


def _awaited(scene: Scene, said: Said) -> Decision | None:
    """The answer to words that were asked for; None when they are something else."""
    verdict = said.verdict
    if scene.stage == Stage.CHECKED and verdict.state in checks.ACUTE and scene.facts.get("check_id"):
        return checks.on_state_told(scene, said)
    if scene.stage not in WORDS_AWAITED or said.forwarded or verdict.risk.flagged:
        return None
    if verdict.chat in talk.INTENTS and verdict.chat not in _part_of_the_words(scene.stage):
        return None
    if verdict.chat == "no" and scene.stage in NOTHING_MORE:
        return on_press(scene, Pressed(NOTHING_MORE[scene.stage]))
    return _words_asked_for(scene, said)


def _part_of_the_words(stage: str) -> tuple[str, ...]:
    """Small talk that an awaited answer may sound like; "没解决" is a reason where one was asked for."""
    return ("greet", "thanks", "correct", *(("rate",) if stage in OF_A_CASE else ()))


def _words_asked_for(scene: Scene, said: Said) -> Decision | None:
    match scene.stage:
        case Stage.DETAILS:
            return disputes.keep_detail(scene, said)
        case Stage.ADD if "code" in scene.facts:
            return talk.added(scene, said)
        case Stage.PERSON:
            return talk.person_told(scene, said)
        case Stage.OTHER:
            return own_case.other_told(scene, said)
        case Stage.REOPEN:
            return own_case.reopen_told(scene, said)
        case Stage.PLACE if not _is_a_story(said):
            return disputes.place_told(scene, said.text)
    return None


def _is_a_story(said: Said) -> bool:
    """Whether words that were awaited as an address tell of a matter instead."""
    return said.verdict.kind in (Kind.DISPUTE, Kind.SERVICE) and len(said.text) > LONGEST_ADDRESS


def _small_talk(scene: Scene, chat: str) -> Decision:
    if chat in ("yes", "no"):
        return _yes_or_no(scene, chat)
    return talk.INTENTS.get(chat, talk.small_talk)(scene)


def _yes_or_no(scene: Scene, chat: str) -> Decision:
    """A typed yes or no is the button of the same meaning."""
    acts = {
        Stage.CONFIRM: ("yes", "other"),
        Stage.DETAILS: ("next", "next"),
        Stage.CONSENT: ("agree", "not_now"),
        Stage.SERVICE: ("yes", "enough"),
        Stage.WITHDRAW: ("yes", "cancel"),
        Stage.ERASE: ("yes", "cancel"),
        Stage.REFUSE: ("yes", "cancel"),
        Stage.OTHER: ("yes", "cancel"),
    }.get(scene.stage)
    if acts is None or (scene.stage == Stage.WITHDRAW and "code" not in scene.facts):
        return stay(scene, Reply("tell_me", {}, talk.MENU))
    return on_press(scene, Pressed(acts[0] if chat == "yes" else acts[1]))


def _by_kind(scene: Scene, said: Said) -> Decision:
    verdict = said.verdict
    joined = said.joined
    if verdict.kind is Kind.SCAM or verdict.risk.flagged or verdict.state in checks.ACUTE:
        return checks.on_check(scene, said)
    if verdict.kind is Kind.DISPUTE or (joined and joined.kind is Kind.DISPUTE):
        return disputes.on_dispute(scene, said)
    if verdict.kind is Kind.SERVICE or (joined and joined.kind is Kind.SERVICE):
        return disputes.on_service(scene, said)
    if verdict.kind is Kind.AD:
        return checks.on_check(scene, said)
    if verdict.judged_by == "rules" and len(said.text) >= SHORTEST_STORY:
        return keep_for_person(scene, said)
    if verdict.kind is Kind.CHAT and not (scene.open_cases and len(said.text) >= SHORTEST_STORY):
        return talk.small_talk(scene)
    return on_unclear(scene, said)


def keep_for_person(scene: Scene, said: Said) -> Decision:
    """Only rules could judge and they saw nothing: the story is kept for a person to sort."""
    facts = kept(scene) | {
        "story": [*scene.facts.get("story", []), said.text],
        "danger": list(said.verdict.danger),
    }
    return disputes.open_case(
        Scene(scene.stage, facts, scene.open_cases), leaf="to_sort", reply="kept_for_person"
    )


def on_unclear(scene: Scene, said: Said) -> Decision:
    """One question with buttons, the likeliest answers first."""
    story = [*scene.facts.get("story", []), said.text] if said.joined else [said.text]
    facts = kept(scene) | {"story": story, "danger": list(said.verdict.danger)}
    likely = [label for label in said.verdict.candidates if label.startswith("dispute:")][:2]
    to_case = tuple((d("add_to_case", f"a.{code}", code=code),) for code in scene.open_cases[:2])
    from_model = tuple((d("leaf", f"f.{label[8:]}", leaf=label),) for label in likely)
    rows = (
        *to_case,
        *from_model,
        (d("ask_scam", "scam"), d("ask_dispute", "dispute")),
        (d("ask_service", "service"), d("to_person", "person")),
    )
    return Decision(Stage.ASKED, facts, (Reply("unclear", {"question": said.verdict.question}, rows),))


def on_place(scene: Scene, located: Located) -> Decision:
    """A place from a poster or a shared position, whether or not it was asked for."""
    if located.grid is None:
        return stay(scene, Reply("place_unknown"))
    if scene.stage == Stage.PLACE:
        return disputes.place_found(scene, located.grid)
    facts = dict(scene.facts) | {"grid": located.grid}
    key = "arrived" if located.poster else "place_remembered"
    return Decision(scene.stage, facts, (Reply(key, {"grid": located.grid}, talk.MENU),))


def on_sent(scene: Scene, sent: Sent) -> Decision:
    """A picture or file: part of the story being told or of a case, or kept with a question."""
    if scene.stage == Stage.ADD and "code" in scene.facts:
        return leave(scene, AddToCase(str(scene.facts["code"]), None, (sent.attachment_id,)))
    if scene.facts.get("story"):
        return disputes.more_of_the_story(scene, sent.attachment_id)
    facts = dict(scene.facts) | {"attachments": [*scene.facts.get("attachments", []), sent.attachment_id]}
    return Decision(scene.stage, facts, (Reply(f"{sent.kind}_alone", {}, ((d("to_person", "person"),),)),))
