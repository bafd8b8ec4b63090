"""How a dispute or request becomes a case: understood, confirmed, placed, detailed, agreed to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cases.dialogue.values import (
    AskPlace,
    Decision,
    OpenCase,
    Said,
    Scene,
    Stage,
    d,
    kept,
    settle,
)
from cases.turn import Button, Reply

# 家暴 and the like: what to do now is said before anything else, and nobody is asked to confirm first.
NEVER_CONFIRMED = frozenset({"domestic_violence"})
FAMILY_ROWS = (
    ("property", "neighbour"),
    ("labour", "loan"),
    ("consumer", "contract"),
    ("family", "emotion"),
    ("domestic_violence", "land"),
    ("traffic", "damages"),
    ("medical", "school"),
    ("environment", "village_affairs"),
    ("administrative", "disaster"),
    ("other",),
)


def confirm_buttons() -> tuple[tuple[Button, ...], ...]:
    return ((d("confirm_yes", "yes"), d("confirm_other", "other")), (d("to_person", "person"),))


def on_dispute(scene: Scene, said: Said) -> Decision:
    """Say what was understood and let the resident confirm or correct it."""
    verdict = said.joined or said.verdict
    story = [*scene.facts.get("story", []), said.text] if said.joined else [said.text]
    leaf = f"dispute:{verdict.family or 'other'}"
    danger = sorted({*verdict.danger, *(scene.facts.get("danger", []) if said.joined else [])})
    facts = kept(scene) | {"story": story, "leaf": leaf, "danger": danger}
    if verdict.family in NEVER_CONFIRMED:
        where = ask_where(facts)
        protected = Reply("dispute_protected", {"leaf": leaf}, article=leaf)
        return Decision(where.stage, where.facts, (protected, *where.steps))
    reply = Reply("dispute_understood", {"leaf": leaf}, confirm_buttons(), article=leaf)
    return Decision(Stage.CONFIRM, facts, (reply,))


def ask_family(scene: Scene) -> Decision:
    """All kinds of dispute as buttons."""
    rows = tuple(
        tuple(Button("leaf", f"d:f.{code}", {"leaf": f"dispute:{code}"}) for code in row)
        for row in FAMILY_ROWS
    )
    rows += ((d("leaf_service", "f.service"), d("to_person", "person")),)
    return Decision(Stage.FAMILY, scene.facts, (Reply("choose_family", {}, rows),))


def choose_family(scene: Scene, code: str) -> Decision:
    """The resident's own choice counts, whatever the model said."""
    leaf = "service" if code == "service" else f"dispute:{code}"
    facts = dict(scene.facts) | {"leaf": leaf, "corrected": True}
    return ask_where(facts)


def ask_where(facts: Mapping[str, Any]) -> Decision:
    """Once it is known what a case is about: where, unless a poster has already said so."""
    if facts.get("grid"):
        return ask_details(facts)
    return Decision(Stage.PLACE, facts, (AskPlace(),))


def place_found(scene: Scene, grid: str) -> Decision:
    """A grid is known now; the details come next."""
    return ask_details(dict(scene.facts) | {"grid": grid}, lead=Reply("place_known", {"grid": grid}))


def place_told(scene: Scene, address: str) -> Decision:
    """A place in the resident's own words is as good: a person will find the grid."""
    return ask_details(dict(scene.facts) | {"address": address}, lead=Reply("place_noted", {}))


def ask_details(facts: Mapping[str, Any], *, lead: Reply | None = None) -> Decision:
    """One optional round: what would help, in words or pictures."""
    leaf = str(facts["leaf"])
    ask = Reply("ask_details", {"leaf": leaf}, ((d("details_next", "next"),),), article=leaf)
    return Decision(Stage.DETAILS, facts, (ask,) if lead is None else (lead, ask))


def keep_detail(scene: Scene, said: Said) -> Decision:
    """Words of the optional round are added to the story."""
    facts = dict(scene.facts) | {
        "story": [*scene.facts.get("story", []), said.text],
        "danger": sorted({*scene.facts.get("danger", []), *said.verdict.danger}),
    }
    return Decision(Stage.DETAILS, facts, (Reply("detail_kept", {}, ((d("details_next", "next"),),)),))


def ask_consent(scene: Scene) -> Decision:
    """One sentence on what is kept and who sees it."""
    reply = Reply(
        "ask_consent",
        {"leaf": scene.facts["leaf"], "grid": scene.facts.get("grid")},
        ((d("agree", "agree"), d("not_now", "not_now")),),
    )
    return Decision(Stage.CONSENT, scene.facts, (reply,))


def open_case(scene: Scene, *, leaf: str | None = None, reply: str = "case_opened") -> Decision:
    """The case, from all that was gathered."""
    facts = scene.facts
    act = OpenCase(
        leaf=leaf or str(facts["leaf"]),
        story=tuple(facts.get("story", ())),
        danger=tuple(facts.get("danger", ())),
        grid=facts.get("grid"),
        address=facts.get("address"),
        attachments=tuple(facts.get("attachments", ())),
        check_id=facts.get("check_id"),
        for_other=bool(facts.get("for_other")),
        reply=reply,
    )
    return settle(scene, act)


def on_service(scene: Scene, said: Said) -> Decision:
    """The right hotline and article at once; a case if the resident wants one."""
    facts = kept(scene) | {"story": [said.text], "leaf": "service", "danger": list(said.verdict.danger)}
    buttons = ((d("service_case", "yes"), d("service_enough", "enough")), (d("confirm_dispute", "other"),))
    return Decision(Stage.SERVICE, facts, (Reply("service", {"text": said.text}, buttons),))


def more_of_the_story(scene: Scene, attachment_id: int) -> Decision:
    """A picture or file that belongs to what is being told."""
    facts = dict(scene.facts) | {"attachments": [*scene.facts.get("attachments", []), attachment_id]}
    in_details = scene.stage == Stage.DETAILS
    buttons = ((d("details_next", "next"),),) if in_details else ()
    return Decision(scene.stage, facts, (Reply("attachment_kept", {}, buttons),))


def set_aside(scene: Scene) -> Decision:
    """The resident does not want a case (now): nothing is kept, and the door stays open."""
    return settle(scene, Reply("set_aside"))
