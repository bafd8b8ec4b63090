"""What does each act of a centre, and of a second pair of eyes, need, and what carries it out?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from cases import centre_desk, extensions, merging, reading, review_desk
from cases.codes import read_case_code
from cases.danger import DangerLevel
from cases.errors import CaseNotFound, PlaceNotFound
from cases.papers import correspondence
from cases.papers.kinds import PaperKind
from cases.records import Unit
from cases.staff_side import choices
from cases.staff_side.deeds import Deed
from cases.staff_side.steps import Choice, Given, Seated, Step, options_of

# What the resident said at the return visit: solved, satisfied.
VISIT_RESULTS: Mapping[str, tuple[bool | None, bool | None]] = {
    "pleased": (True, True),
    "solved": (True, False),
    "unsolved": (False, None),
    "unreached": (None, None),
}
LETTER_KINDS = ("prompt_letter", "warning_letter", "supervision_letter", "rectification_notice")


async def _accept(at: Seated, given: Given) -> None:
    await centre_desk.accept(at.session, at.person, given.code, at.now, leaf=given.chosen[1])


async def _sort(at: Seated, given: Given) -> None:
    await centre_desk.correct(at.session, at.person, given.code, given.chosen[1], at.now)


async def _route(at: Seated, given: Given) -> None:
    unit = await at.session.get(Unit, int(given.chosen[0]))
    if unit is None:
        raise PlaceNotFound
    await centre_desk.route_to(at.session, at.person, given.code, unit.code, given.words, at.now)


async def _decline(at: Seated, given: Given) -> None:
    ground = given.chosen[0]
    await centre_desk.decline(at.session, at.person, given.code, given.words, at.now, ground=ground)


async def _transfer(at: Seated, given: Given) -> None:
    await centre_desk.transfer(at.session, at.person, given.code, given.chosen[0], given.words, at.now)


async def _merge(at: Seated, given: Given) -> None:
    into = read_case_code(given.words)
    if into is None:
        raise CaseNotFound
    await merging.merge(at.session, at.person, given.code, into, at.now)


async def _grant(at: Seated, given: Given) -> None:
    await extensions.decide_extension(at.session, at.person, given.code, at.now, granted=True)


async def _refuse(at: Seated, given: Given) -> None:
    await extensions.decide_extension(at.session, at.person, given.code, at.now, granted=False)


async def _redo(at: Seated, given: Given) -> None:
    await review_desk.review_reopened(at.session, at.person, given.code, given.words, at.now, uphold=False)


async def _uphold(at: Seated, given: Given) -> None:
    await review_desk.review_reopened(at.session, at.person, given.code, given.words, at.now, uphold=True)


async def _check_danger(at: Seated, given: Given) -> None:
    await review_desk.review_danger(at.session, at.person, given.code, given.words, at.now)


async def _lower(at: Seated, given: Given) -> None:
    level = DangerLevel[given.chosen[0].upper()]
    await centre_desk.lower_danger(at.session, at.person, given.code, level, given.words, at.now)


async def _visited(at: Seated, given: Given) -> None:
    solved, satisfied = VISIT_RESULTS[given.chosen[0]]
    await review_desk.return_visit(
        at.session, at.person, given.code, at.now, solved=solved, satisfied=satisfied
    )


async def _classify(at: Seated, given: Given) -> None:
    to = cast(review_desk.UnsolvedClass, given.chosen[0])
    await review_desk.classify(at.session, at.person, given.code, to, given.words, at.now)


async def _archive(at: Seated, given: Given) -> None:
    await review_desk.archive(at.session, at.person, given.code, at.now)


async def _letter(at: Seated, given: Given) -> None:
    kind = PaperKind(given.chosen[0])
    await correspondence.send_letter(at.session, at.person, given.code, kind, given.words, at.now)


async def _glass(at: Seated, given: Given) -> None:
    await reading.break_glass(at.session, at.person, given.code, given.words, at.now)


_LEAF = (
    Choice("staff_which_family", choices.families),
    Choice("staff_which_leaf", choices.leaves, sure=True),
)
_UNIT = (Choice("staff_which_unit", choices.units_to_route),)
CENTRE_STEPS: Mapping[Deed, Step] = {
    Deed.ACCEPT: Step(_accept, "staff_accepted", _LEAF),
    Deed.SORT: Step(_sort, "staff_sorted", _LEAF),
    Deed.ROUTE: Step(_route, "staff_routed", _UNIT, asks="staff_route_ask"),
    Deed.RULE: Step(_route, "staff_ruled", _UNIT, asks="staff_rule_ask"),
    Deed.DECLINE: Step(
        _decline, "staff_declined", (Choice("staff_which_ground", choices.grounds),), asks="staff_decline_ask"
    ),
    Deed.TRANSFER: Step(
        _transfer,
        "staff_transferred",
        (Choice("staff_which_way", choices.ways_on),),
        asks="staff_transfer_ask",
    ),
    Deed.MERGE: Step(_merge, "staff_merged", asks="staff_merge_ask"),
    Deed.GRANT: Step(_grant, "staff_granted"),
    Deed.REFUSE: Step(_refuse, "staff_refused"),
    Deed.REDO: Step(_redo, "staff_redone", asks="staff_redo_ask"),
    Deed.UPHOLD: Step(_uphold, "staff_upheld", asks="staff_uphold_ask", shown_first=True),
    Deed.CHECK_DANGER: Step(_check_danger, "staff_danger_checked", asks="staff_check_ask"),
    Deed.LOWER: Step(
        _lower,
        "staff_lowered",
        (Choice("staff_which_level", choices.lower_levels),),
        asks="staff_lower_ask",
    ),
    Deed.VISITED: Step(
        _visited,
        "staff_visited",
        (Choice("staff_what_said", options_of(*VISIT_RESULTS, key="visit_")),),
    ),
    Deed.CLASSIFY: Step(
        _classify,
        "staff_classed",
        (Choice("staff_which_class", options_of("unreachable", "unlawful", key="class_")),),
        asks="staff_class_ask",
    ),
    Deed.ARCHIVE: Step(_archive, "staff_archived", warns="staff_archive_sure"),
    Deed.LETTER: Step(
        _letter,
        "staff_letter_sent",
        (Choice("staff_letter_kind", options_of(*LETTER_KINDS, key="letter_")),),
        asks="staff_letter_ask",
    ),
    Deed.GLASS: Step(_glass, "staff_glass_broken", asks="staff_glass_ask"),
}
