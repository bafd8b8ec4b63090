"""How does a checked page become an article, a hotline or a first line?"""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from kb.articles import (
    ASKS_ABOUT,
    REACHES,
    STATES,
    DisputeArticle,
    FirstLine,
    GuideArticle,
    Hotline,
    Limit,
    Question,
    ScamArticle,
    ServiceArticle,
    Source,
)
from kb.page import LINE, Page, Size
from kb.words import LOCALES, Keywords, Lines, Words

TITLE = Size(16, 60)
FIRST = Size(15, 60)
"""The first line: read aloud by an elder in one breath."""
ACTION = Size(40, 130)
FIRST_ACTION = Size(24, 90)
KEYWORD = Size(14, 50)
MOST_URGENT = {"paid": "110"}
"""What the first action of a state has to name."""


class Common(TypedDict):
    """The parts every article has, ready to be passed on."""

    code: str
    title: Words
    keywords: Keywords
    hotlines: tuple[str, ...]
    sources: tuple[Source, ...]
    verified_on: date | None
    review_by: date


def common(page: Page, code: str) -> Common:
    """The parts every article has; `code` is the one the file name promises."""
    written = page.take("code")
    if written is not None and written != code:
        page.fault("code", f"is {written!r}, but the file is the one of {code!r}")
    title, keywords = page.words("title", TITLE), page.keywords(KEYWORD)
    hotlines, sources = page.hotlines(), page.sources()
    checked, again = page.day("verified_on", optional=True), page.day("review_by") or date.max
    if checked and again <= checked:
        page.fault("review_by", "is not after verified_on")
    if (checked is None) != all(source.kind == "general" for source in sources):
        page.fault("verified_on", "is a date exactly when a source of law or press was read")
    return Common(
        code=code, title=title, keywords=keywords, hotlines=hotlines, sources=sources,
        verified_on=checked, review_by=again,
    )  # fmt: skip


class SharedActions(TypedDict):
    """What holds in a danger state for every fraud: the first action, and what follows it."""

    first: Words
    then: Lines


def shared_actions(page: Page) -> dict[str, SharedActions]:
    """The common advice by danger state, from _common.yml."""
    shared: dict[str, SharedActions] = {}
    for state in STATES:
        part = page.part(state, page.take(state))
        first, then = part.words("first", FIRST_ACTION), part.lines("then", 1, 6, ACTION)
        shared[state] = SharedActions(first=first, then=then)
        part.leftover()
    page.leftover()
    return shared


def _actions(page: Page, shared: dict[str, SharedActions]) -> dict[str, Lines]:
    """Own lines stand before the common rest; without own lines the common first action opens."""
    part = page.part("do", page.take("do"))
    merged: dict[str, Lines] = {}
    for state in STATES:
        own = part.lines(state, 1, 4, ACTION, optional=state != "received")
        opening = own if len(own) else Lines((shared[state]["first"],))
        merged[state] = opening + shared[state]["then"]
        _check_opening(part, state, merged[state])
    part.leftover()
    return merged


def _check_opening(part: Page, state: str, lines: Lines) -> None:
    for locale in LOCALES:
        key, most = f"{state}.{locale}[1]", FIRST_ACTION.limit(locale)
        first = lines.raw(locale)[0] if len(lines) else ""
        if len(first) > most:
            part.fault(key, f"opens with {len(first)} characters, at most {most} fit")
        if MOST_URGENT.get(state, "") not in first:
            part.fault(key, f"does not name {MOST_URGENT[state]} in the first action")


def scam(page: Page, code: str, shared: dict[str, SharedActions]) -> ScamArticle:
    """The article of one fraud code."""
    article = ScamArticle(
        **common(page, code),
        how=page.lines("how", 3, 4),
        signs=page.lines("signs", 4, 6),
        elder=page.lines("elder", 3, 5, Size(80, 240)),
        if_genuine=page.words("if_genuine", Size(80, 240)),
        actions=_actions(page, shared),
    )
    page.leftover()
    return article


def _limits(page: Page) -> tuple[Limit, ...]:
    limits = []
    for place, value in enumerate(page.take("limits") or (), 1):
        part = page.part(f"limits[{place}]", value)
        text, basis = part.words("text", Size(80, 240)), part.words("basis", Size(40, 120))
        verified = part.take("verified")
        if not isinstance(verified, bool):
            part.fault("verified", "is neither true nor false")
        part.leftover()
        limits.append(Limit(Words(text.zh, text.en, verified is True), basis))
    return tuple(limits)


def _questions(page: Page) -> tuple[Question, ...]:
    value = page.take("questions") or ()
    if not 2 <= len(value) <= 3:
        page.fault("questions", f"has {len(value)} questions, wanted 2 or 3")
    asked = []
    for place, one in enumerate(value, 1):
        part = page.part(f"questions[{place}]", one)
        asked.append(Question(part.one_of("about", ASKS_ABOUT), part.words("ask", Size(40, 130))))
        part.leftover()
    return tuple(asked)


def dispute(page: Page, code: str) -> DisputeArticle:
    """The article of one dispute code."""
    article = DisputeArticle(
        **common(page, code),
        understood=page.words("understood", Size(40, 130)),
        steps=page.lines("steps", 3, 7),
        papers=page.lines("papers", 2, 7),
        competent=page.lines("competent", 1, 5),
        safety=page.lines("safety", 1, 7, optional=True),
        pictures=page.lines("pictures", 1, 4),
        limits=_limits(page),
        questions=_questions(page),
    )
    page.leftover()
    return article


def service(page: Page, code: str) -> ServiceArticle:
    """The article of one public service topic."""
    article = ServiceArticle(**common(page, code), steps=page.lines("steps", 2, 7))
    page.leftover()
    return article


def guide(page: Page, code: str) -> GuideArticle:
    """One guide card."""
    article = GuideArticle(**common(page, code), lines=page.lines("lines", 3, 10, Size(80, 240)))
    page.leftover()
    return article


def hotline(page: Page) -> Hotline:
    """One number of hotlines.yml; `verified` says whether a source was read."""
    source = page.source("source", page.take("source"))
    verified = page.take("verified")
    checked = page.day("verified_on", optional=True)
    read = checked is not None and source.kind != "general"
    if not isinstance(verified, bool) or verified != read:
        page.fault("verified", "is true exactly when law or press was read, on the day of verified_on")
    hours = page.take("hours", optional=True)
    line = Hotline(
        number=str(page.take("number")),
        reach=page.one_of("reach", REACHES),
        name=page.words("name", Size(20, 60)),
        for_what=page.words("for_what", LINE),
        hours=page.words("hours") if hours is not None else None,
        source=source,
        verified_on=checked,
        verified=verified is True,
    )
    page.leftover()
    return line


def first_line(page: Page, key: str) -> FirstLine:
    """One entry of first_lines.yml."""
    line = FirstLine(key, page.words("first", FIRST), page.lines("do", 2, 5, Size(50, 160)), page.hotlines())
    page.leftover()
    return line
