"""Routing weighs competence, level, load, hours and conflicts, and says why not of each unit passed over."""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cases.danger import DANGER_CODES, NOT_TO_BE_MEDIATED, DangerLevel
from cases.errors import NowhereToRoute
from cases.records import AREAS, UnitKind
from cases.routing import (
    VIOLENCE_AT_HOME,
    Choice,
    Matter,
    Rule,
    Situation,
    UnitServing,
    Why,
    choose,
    leaf_fits,
)

pytestmark = pytest.mark.unit
K = UnitKind
LABOUR = "dispute:labour"
URGENT = Matter(LABOUR, level=DangerLevel.ORANGE)
COMMUNITY = UnitServing("com", K.COMMUNITY, K.COMMUNITY)
TOWNSHIP = UnitServing("town", K.TOWNSHIP, K.TOWNSHIP)
CENTRE = UnitServing("centre", K.CENTRE, K.TOWNSHIP)
MEDIATION = UnitServing("mediation", K.MEDIATION, K.TOWNSHIP)
POLICE = UnitServing("police", K.POLICE, K.TOWNSHIP)
HIGHER_CENTRE = UnitServing("higher-centre", K.CENTRE, K.COUNTY)
HIGHER_POLICE = UnitServing("higher-police", K.POLICE, K.COUNTY)
UNITS = (COMMUNITY, TOWNSHIP, CENTRE, MEDIATION, POLICE, HIGHER_CENTRE, HIGHER_POLICE)
TO_POLICE = Rule("to-police", "*", to_kind=K.POLICE)
TO_MEDIATION = Rule("to-mediation", "*", to_kind=K.MEDIATION)


def chosen(*rules: Rule, matter: Matter | None = None, **more: object) -> Choice:
    told: dict[str, object] = {"units": UNITS, "rules": rules, "matter": matter or Matter(LABOUR)}
    return choose(Situation(**(told | more)))  # type: ignore[arg-type]


def having(*changed: UnitServing) -> tuple[UnitServing, ...]:
    by_code = {unit.code: unit for unit in changed}
    kept = tuple(by_code.pop(unit.code, unit) for unit in UNITS)
    return (*kept, *by_code.values())


def test_a_unit_that_does_not_list_the_matter_is_passed_over_for_the_next_one() -> None:
    for_fraud = replace(POLICE, competence=("scam:*",))
    found = chosen(TO_POLICE, units=having(for_fraud))
    assert found.unit_code == "higher-police"
    assert "not_competent:police" in found.not_there


def test_without_a_rule_the_lowest_unit_that_lists_the_matter_receives() -> None:
    county = UnitServing("labour-county", K.LABOUR, K.COUNTY, competence=(LABOUR,))
    city = UnitServing("labour-city", K.LABOUR, K.CITY, competence=("dispute:*",))
    found = chosen(units=having(county, city))
    assert found.why == ("competent:labour-county", "level:county")
    assert "lower_fits_first:labour-city" in found.not_there
    assert "another_is_competent:centre" in found.not_there


def test_a_rule_that_names_a_level_skips_the_ones_below() -> None:
    found = chosen(Rule("county", "*", to_kind=K.CENTRE, to_level=K.COUNTY))
    assert found.unit_code == "higher-centre"
    assert "rule_names_another:centre" in found.not_there


def test_danger_skips_levels_and_says_so() -> None:
    red = Rule("red", "*", min_danger=DangerLevel.RED, to_kind=K.POLICE, to_level=K.COUNTY)
    found = chosen(red, TO_MEDIATION, matter=Matter(LABOUR, ("weapon",)))
    assert found.unit_code == "higher-police"
    assert "danger_goes_first:police" in found.not_there


def test_a_level_set_by_a_person_decides_which_rules_hold() -> None:
    red = Rule("red", "*", min_danger=DangerLevel.RED, to_kind=K.POLICE)
    lowered = Matter(LABOUR, ("weapon",), level=DangerLevel.BLUE)
    assert chosen(red, TO_MEDIATION, matter=lowered).unit_code == "mediation"


def test_of_units_alike_the_one_that_owes_less_receives() -> None:
    second = UnitServing("police-2", K.POLICE, K.TOWNSHIP)
    found = chosen(TO_POLICE, units=having(second), loads={"police": 3, "police-2": 1})
    assert found.unit_code == "police-2"
    assert found.why[-1] == "load:police-2:1"
    assert "load:police:3" in found.not_there


def test_a_lower_load_higher_up_takes_nothing_away() -> None:
    assert chosen(TO_POLICE, loads={"police": 9}).unit_code == "police"


def test_an_ordinary_matter_waits_for_the_morning_where_it_belongs() -> None:
    found = chosen(TO_POLICE, off_duty=frozenset({"police"}))
    assert found.unit_code == "police"
    assert "opens_later:police" in found.why


def test_what_cannot_wait_goes_to_the_night_unit_and_that_is_said_in_order() -> None:
    units = having(replace(POLICE, night="centre"))
    found = chosen(TO_POLICE, units=units, off_duty=frozenset({"police"}), matter=URGENT)
    assert found.unit_code == "centre"
    assert found.why == ("rule:to-police", "off_duty:police", "night:centre", "level:township")
    assert "off_duty:police" in found.not_there


def test_a_night_unit_where_nobody_is_either_passes_it_on() -> None:
    far = UnitServing("far", K.POLICE, K.CITY)
    units = having(replace(POLICE, night="centre"), replace(CENTRE, night="far"))
    found = chosen(
        TO_POLICE,
        units=units,
        elsewhere={"far": far},
        off_duty=frozenset({"police", "centre"}),
        matter=URGENT,
    )
    assert found.unit_code == "far"
    assert found.why[1:4] == ("off_duty:police", "off_duty:centre", "night:far")


def test_night_units_that_name_each_other_end_at_whoever_is_there() -> None:
    units = having(replace(POLICE, night="centre"), replace(CENTRE, night="police"))
    found = chosen(TO_POLICE, units=units, off_duty=frozenset({"police", "centre"}), matter=URGENT)
    assert found.unit_code == "higher-police"
    assert "stands_in:higher-police" in found.why


def test_without_anybody_of_its_kind_the_nearest_centre_stands_in() -> None:
    found = chosen(TO_POLICE, off_duty=frozenset({"police", "higher-police"}), matter=URGENT)
    assert (found.unit_code, found.why[-2]) == ("centre", "stands_in:centre")


def test_where_nobody_is_anywhere_it_stays_and_that_is_said() -> None:
    found = chosen(TO_POLICE, off_duty=frozenset(unit.code for unit in UNITS), matter=URGENT)
    assert (found.unit_code, found.why[-2]) == ("police", "nobody_there:police")


def test_of_units_alike_an_urgent_matter_goes_to_the_one_that_is_open() -> None:
    second = UnitServing("police-2", K.POLICE, K.TOWNSHIP)
    loads = {"police-2": 8}
    found = chosen(
        TO_POLICE, units=having(second), loads=loads, off_duty=frozenset({"police"}), matter=URGENT
    )
    assert found.unit_code == "police-2"
    assert "off_duty:police" in found.not_there


def test_a_unit_whose_people_all_have_a_stake_is_passed_over() -> None:
    found = chosen(TO_POLICE, conflicted=frozenset({"police"}))
    assert found.unit_code == "higher-police"
    assert "conflict:police" in found.not_there


def test_where_everybody_has_a_stake_a_centre_receives_and_a_person_is_asked_to_look() -> None:
    found = chosen(TO_POLICE, conflicted=frozenset(unit.code for unit in UNITS))
    assert found.unit_code == "centre"
    assert "all_the_same:centre" in found.why


def test_a_night_unit_with_a_stake_is_passed_over() -> None:
    units = having(replace(POLICE, night="centre"))
    found = chosen(
        TO_POLICE,
        units=units,
        off_duty=frozenset({"police"}),
        conflicted=frozenset({"centre"}),
        matter=URGENT,
    )
    assert found.unit_code == "higher-police"
    assert "conflict:centre" in found.why


def test_violence_touched_only_in_passing_is_not_mediated_either() -> None:
    family = Matter("dispute:family", secondary=(VIOLENCE_AT_HOME,))
    found = chosen(TO_MEDIATION, matter=family)
    assert found.unit_code == "centre"
    assert "not_mediated:mediation" in found.not_there


def test_where_only_mediation_serves_a_place_violence_finds_nobody() -> None:
    with pytest.raises(NowhereToRoute):
        chosen(TO_MEDIATION, units=(MEDIATION,), matter=Matter(VIOLENCE_AT_HOME))


def test_of_very_many_units_only_those_that_could_have_been_meant_are_told_and_twenty_at_most() -> None:
    unasked = [UnitServing(f"school-{number}", K.EDUCATION, K.COUNTY) for number in range(30)]
    found = chosen(TO_POLICE, units=(*UNITS, *unasked))
    assert not any("school" in code for code in found.not_there)
    assert "rule_names_another:centre" in found.not_there
    many = [UnitServing(f"centre-{number}", K.CENTRE, K.COUNTY) for number in range(30)]
    assert len(chosen(TO_POLICE, units=(*UNITS, *many)).not_there) == 20


LEAVES = (LABOUR, VIOLENCE_AT_HOME, "dispute:family", "scam:phishing", "service", "to_sort")
PATTERNS = (*LEAVES, "dispute:*", "scam:*", "*")
OFFICES = tuple(kind for kind in UnitKind if kind not in AREAS)
some_danger = st.lists(st.sampled_from(sorted(DANGER_CODES)), max_size=3).map(tuple)
matters = st.builds(
    Matter,
    leaf=st.sampled_from(LEAVES),
    danger=some_danger,
    level=st.none() | st.sampled_from(DangerLevel),
    secondary=st.lists(st.sampled_from(LEAVES), max_size=1).map(tuple),
)


@st.composite
def places(draw: st.DrawFn) -> tuple[UnitServing, ...]:
    """The units that serve a place, from its community up to the city."""
    found: list[UnitServing] = []
    for level in reversed(AREAS):
        kinds = draw(st.lists(st.sampled_from(OFFICES), max_size=8))
        for number, kind in enumerate((level, *kinds)):
            competence = draw(st.lists(st.sampled_from(PATTERNS), max_size=2)) if number else []
            found.append(UnitServing(f"{level}-{number}", kind, level, tuple(competence)))
    codes = [unit.code for unit in found]
    nights = draw(st.lists(st.none() | st.sampled_from(codes), min_size=len(found), max_size=len(found)))
    return tuple(replace(unit, night=night) for unit, night in zip(found, nights, strict=True))


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Any city, any rules, any hour."""
    units = draw(places())
    codes = st.sampled_from([unit.code for unit in units])
    rule = st.builds(
        Rule,
        code=st.sampled_from(["one", "two", "three"]),
        leaf=st.sampled_from(PATTERNS),
        danger_code=st.none() | st.sampled_from(sorted(DANGER_CODES)),
        min_danger=st.sampled_from(DangerLevel),
        to_kind=st.sampled_from((K.MEDIATION, *OFFICES, *AREAS)),
        to_level=st.none() | st.sampled_from(AREAS),
    )
    by_name = st.builds(Rule, code=st.just("named"), leaf=st.sampled_from(PATTERNS), to_unit=codes)
    return Situation(
        draw(matters),
        units,
        draw(st.lists(rule | by_name, max_size=6)),
        off_duty=frozenset(draw(st.sets(codes))),
        conflicted=frozenset(draw(st.sets(codes, max_size=4))),
        loads=draw(st.dictionaries(codes, st.integers(0, 9))),
    )


def by_code(situation: Situation) -> Mapping[str, UnitServing]:
    return {unit.code: unit for unit in situation.units}


@given(situations())
def test_what_must_not_be_mediated_never_is_whatever_rules_and_nights_say(situation: Situation) -> None:
    matter = situation.matter
    protected = VIOLENCE_AT_HOME in (matter.leaf, *matter.secondary) or NOT_TO_BE_MEDIATED & {*matter.danger}
    assume(protected)
    assert by_code(situation)[choose(situation).unit_code].kind is not K.MEDIATION


@given(situations())
def test_every_unit_that_was_passed_over_has_one_reason_a_timeline_can_hold(situation: Situation) -> None:
    found = choose(situation)
    about = [code.split(":")[1] for code in found.not_there]
    others = [unit.code for unit in situation.units if unit.code != found.unit_code]
    if len(others) <= 20:
        assert about == others
    else:
        assert len(about) <= 20
        assert set(about) <= set(others)
        assert len(set(about)) == len(about)
    for code in (*found.why, *found.not_there):
        assert re.fullmatch(r"[A-Za-z0-9_.:+/*-]{1,120}", code)
        assert code.split(":")[0] in set(Why)


@given(situations())
def test_what_cannot_wait_lies_nowhere_without_saying_that_nobody_is_there(situation: Situation) -> None:
    assume(situation.matter.cannot_wait)
    found = choose(situation)
    asleep = found.unit_code in situation.off_duty
    assert asleep == (f"nobody_there:{found.unit_code}" in found.why)


@given(situations())
def test_nobody_receives_what_speaks_against_them_unless_that_is_said(situation: Situation) -> None:
    found = choose(situation)
    unit = by_code(situation)[found.unit_code]
    heads = {code.split(":")[0] for code in found.why}
    competent = not unit.competence or any(leaf_fits(one, situation.matter.leaf) for one in unit.competence)
    assert competent or heads & {Why.NIGHT, Why.ALL_THE_SAME}
    assert unit.code not in situation.conflicted or Why.ALL_THE_SAME in heads
