"""How the answers that draw on the knowledge base are put together, line by line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cases.turn import Reply
from handlers import composing_citizen
from handlers.composing_staff import STAFF_COMPOSED
from handlers.counter import Counter
from kb.articles import ServiceArticle
from kb.library import Library, first_line_key
from kb.questions import wording
from kb.search import find
from kb.signs import lay_wording

MOST_ACTIONS = 3
MOST_STEPS = 2
MOST_SAFETY = 4
MOST_QUESTIONS = 3
ACUTE = ("paid", "about_to_pay", "on_call", "screen_shared", "code_given")


def check(counter: Counter, reply: Reply) -> str:
    """Verdict first, then what to do, why, whom to call, who judged."""
    values = reply.values
    risk, state = str(values["risk"]), str(values["state"])
    flagged = risk in ("danger", "suspicious")
    article = counter.library.scam(str(values["scam_type"] or "other"))
    key = first_line_key(state, risk)
    urgent = counter.library.urgent(key)
    actions = article.do(state, counter.locale) if flagged or state in ACUTE else urgent.do(counter.locale)
    first = urgent.first(counter.locale)
    lines = [first, *_numbered([line for line in actions if line != first][:MOST_ACTIONS])]
    if flagged and values["scam_type"]:
        lines.append(counter.words.part("kind_of_scam", name=article.title(counter.locale)))
    lines += _reasons(counter, values)
    lines.append(counter.call((article.hotlines if flagged else urgent.hotlines) or ("96110",)))
    if not flagged:
        lines += [article.if_genuine(counter.locale) if risk == "unsure" else counter.words.part("no_record")]
    if values.get("question"):
        lines.append(wording(str(values["question"]), counter.locale))
    if values.get("for_other") and flagged:
        lines += [counter.words.part("elder_head"), *article.elder(counter.locale)[:MOST_ACTIONS]]
    lines.append(counter.words.part(f"judged_by_{values['judged_by']}", model=values["model"]))
    return "\n".join(lines)


def unclear(counter: Counter, reply: Reply) -> str:
    """The one question that would tell the readings apart, then the readings as buttons."""
    asked = wording(str(reply.values.get("question") or ""), counter.locale)
    return "\n".join([*filter(None, [asked]), counter.words.reply(reply.key, {})])


def _numbered(lines: list[str]) -> list[str]:
    return [f"{number}. {line}" for number, line in enumerate(lines, 1)]


def _reasons(counter: Counter, values: Mapping[str, Any]) -> list[str]:
    reasons = values["reasons"]
    if not reasons:
        return []
    parts = [_reason(counter, code, text) for code, text in reasons]
    return [counter.words.part("reasons_head"), *parts]


def _reason(counter: Counter, code: str, text: str) -> str:
    """A quote with its meaning; what only the model's own weights point at has none."""
    meaning = lay_wording(code, counter.locale)
    return counter.words.part("reason" if meaning else "reason_plain", quote=text, meaning=meaning)


def check_state(counter: Counter, reply: Reply) -> str:
    """The card of a danger state: the fixed first line, every action, whom to call."""
    state = str(reply.values["state"])
    article = counter.library.scam(str(reply.values["scam_type"] or "other"))
    urgent = counter.library.urgent(first_line_key(state, "danger"))
    first = urgent.first(counter.locale)
    actions = _numbered([line for line in article.do(state, counter.locale) if line != first])
    return "\n".join([first, *actions, counter.call(urgent.hotlines or article.hotlines)])


def danger_first(counter: Counter, reply: Reply) -> str:
    """What is said before anything else when a person may be hurt."""
    urgent = counter.library.urgent(str(reply.values["code"]))
    return "\n".join(
        [urgent.first(counter.locale), *urgent.do(counter.locale), counter.call(urgent.hotlines)]
    )


def dispute(counter: Counter, reply: Reply) -> str:
    """What was understood, and the first steps a resident can take."""
    article = counter.library.dispute(str(reply.article))
    values = {
        "understood": article.understood(counter.locale),
        "steps": "\n".join(article.steps(counter.locale)[:MOST_STEPS]),
        "safety": "\n".join(article.safety(counter.locale)[:MOST_SAFETY]),
    }
    return counter.words.reply(reply.key, {**reply.values, **values})


def ask_details(counter: Counter, reply: Reply) -> str:
    """One optional round: what would help, and which pictures."""
    leaf = str(reply.values["leaf"])
    if not leaf.startswith("dispute:"):
        return counter.words.reply(reply.key, reply.values)
    article = counter.library.dispute(leaf)
    questions = [question(counter.locale) for question in article.questions[:MOST_QUESTIONS]]
    pictures = article.pictures(counter.locale)
    values = {
        "questions": "\n".join([counter.words.part("questions_head"), *questions]) if questions else "",
        "pictures": counter.words.part("pictures_head", pictures=pictures[0]) if pictures else "",
    }
    return counter.words.reply(reply.key, {**reply.values, **values})


def ask_consent(counter: Counter, reply: Reply) -> str:
    place = reply.values.get("place")
    values = {
        "leaf": counter.words.leaf(str(reply.values["leaf"])),
        "at_place": counter.words.part("at_place", place=place) if place else "",
    }
    return counter.words.reply(reply.key, values)


def case_opened(counter: Counter, reply: Reply) -> str:
    """The public code, who has it, until when, and who else is competent."""
    leaf = str(reply.values["leaf"])
    competent = counter.library.dispute(leaf).competent(counter.locale) if leaf.startswith("dispute:") else ()
    elsewhere = counter.words.part("elsewhere", competent=competent[0]) if competent else ""
    holder = composing_citizen.opened_line(counter, reply.values)
    return counter.words.reply(reply.key, {**reply.values, "holder": holder, "elsewhere": elsewhere})


def service(counter: Counter, reply: Reply) -> str:
    """The article that fits what was asked, or the general one."""
    article = service_article(counter.library, str(reply.values["text"]), counter.locale)
    values = {
        "title": article.title(counter.locale),
        "steps": "\n".join(article.steps(counter.locale)[:MOST_ACTIONS]),
        "hotlines": counter.call(article.hotlines),
    }
    return counter.words.reply(reply.key, values)


def service_article(library: Library, text: str, locale: str) -> ServiceArticle:
    """The service article nearest to the words; the general one when none is near."""
    for hit in find(library, text, locale, 5):
        if hit.article_code.startswith("service:"):
            return library.service(hit.article_code)
    return library.service("general")


def status(counter: Counter, reply: Reply) -> str:
    lines = [counter.words.reply("status_line", _case_line(counter, case)) for case in reply.values["cases"]]
    return counter.words.reply("status", {"lines": "\n".join(lines)})


def _case_line(counter: Counter, case: Mapping[str, Any]) -> dict[str, str]:
    waiting = case["due"] and case["status"] not in ("closed", "archived", "withdrawn", "declined")
    return {
        "code": case["code"],
        "leaf": counter.words.leaf(case["leaf"]),
        "status": counter.words.status(case["status"]),
        "holder": counter.words.part("holder", unit=case["unit"]) if waiting else "",
        "due": counter.words.part("due", due=case["due"]) if waiting else "",
    }


def named(counter: Counter, reply: Reply) -> str:
    """Replies whose blanks hold codes with a name of their own."""
    values = dict(reply.values)
    if "status" in values:
        values["status"] = counter.words.status(values["status"])
    if "role" in values:
        values["role"] = counter.words.role(values["role"])
    if "leaf" in values:
        values["leaf"] = counter.words.leaf(values["leaf"])
    return counter.words.reply(reply.key, values)


COMPOSED: dict[str, Callable[[Counter, Reply], str]] = {
    "check": check,
    "check_state": check_state,
    "danger_first": danger_first,
    "dispute_understood": dispute,
    "dispute_protected": dispute,
    "ask_details": ask_details,
    "ask_consent": ask_consent,
    "case_opened": case_opened,
    "handed_to_person": composing_citizen.opened,
    "kept_for_person": composing_citizen.opened,
    "case_timeline": composing_citizen.timeline,
    "case_copy": composing_citizen.copy,
    "service": service,
    "status": status,
    "unclear": unclear,
    **STAFF_COMPOSED,
}


def compose(counter: Counter, reply: Reply) -> str:
    """The whole text of a reply."""
    return COMPOSED.get(reply.key, named)(counter, reply)


__all__ = ["COMPOSED", "Counter", "compose"]
