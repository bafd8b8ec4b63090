"""Why a case came to a unit, and why not to the others, is said in whole sentences of both languages."""

import pytest

from cases.routing import Named, Why
from handlers.route_words import RouteLines, route_lines
from handlers.wording import LOCALES, wording

pytestmark = pytest.mark.unit
NAMED = Named({"lab": "Labour Office", "night": "Night Desk", "com": "Com", "town": "Town"}, {7: "Wang"})
# Words inside sentences, and second wordings of a code.
PIECES = {"against", "joint", "fallback_area", "off_duty_at", "load_more"}
LEVELS = {"city", "county", "township", "community"}


def said(why: tuple[str, ...] = (), not_there: tuple[str, ...] = (), locale: str = "en") -> RouteLines:
    return route_lines(why, not_there, named=NAMED, say=wording(locale))


@pytest.mark.parametrize("locale", LOCALES)
def test_every_code_has_a_sentence_and_every_sentence_a_code(locale: str) -> None:
    assert set(wording(locale).sections["routes"]) == {code.value for code in Why} | PIECES | LEVELS


@pytest.mark.parametrize("locale", LOCALES)
def test_no_code_and_no_empty_blank_shows_in_a_line(locale: str) -> None:
    why = (
        "no_unit:first", "rule:second", "competent:lab", "fallback:centre", "fallback:area",
        "all_the_same:lab", "off_duty:lab", "not_mediated:lab", "conflict:lab", "night:night",
        "stands_in:night", "nobody_there:lab", "opens_later:lab", "level:county", "load:lab:3",
        "person:7", "suggest:7", "invite:7",
    )  # fmt: skip
    lines = said(why, locale=locale).why
    assert len(lines) == len(why)
    for line in lines:
        assert not [piece for piece in ("{", "lab", "night:", "county:", "“”", "  ") if piece in line], line


def test_units_with_the_same_reason_share_a_line() -> None:
    lines = said(not_there=("rule_names_another:com", "conflict:lab", "rule_names_another:town")).not_there
    assert lines == (
        "Com, Town: the rule names another unit",
        "Labour Office: everybody who could take it has a conflict of interest",
    )


def test_loads_are_told_apart() -> None:
    lines = said(("load:lab:2",), ("load:com:5", "load:town:2")).not_there
    assert [line.split(":")[0] for line in lines] == ["Com", "Town"]
    assert "5" in lines[0]


def test_who_has_no_name_here_is_shown_by_code() -> None:
    lines = said(("night:elsewhere", "suggest:99"))
    assert "elsewhere" in lines.why[0]
    assert "99" in lines.why[1]


def test_a_code_of_another_version_is_left_out() -> None:
    assert said(("stars:favourable", "level"), ("moon:lab", "conflict")).not_there == ()
    assert said(("stars:favourable",)).why == ()
