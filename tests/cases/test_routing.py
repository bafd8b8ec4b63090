"""Which unit receives a case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from cases import places, routing
from cases.danger import DANGER_CODES, DangerLevel
from cases.errors import NowhereToRoute
from cases.records import UnitKind
from cases.routing import Rule, UnitServing, choose_unit, is_leaf, leaf_fits

pure = pytest.mark.unit
K = UnitKind
UNITS = (
    UnitServing("guihua", K.COMMUNITY, K.COMMUNITY),
    UnitServing("liuyin", K.TOWNSHIP, K.TOWNSHIP),
    UnitServing("liuyin-centre", K.CENTRE, K.TOWNSHIP),
    UnitServing("liuyin-police", K.POLICE, K.TOWNSHIP),
    UnitServing("liuyin-mediation", K.MEDIATION, K.TOWNSHIP),
    UnitServing("hedong", K.COUNTY, K.COUNTY),
    UnitServing("hedong-centre", K.CENTRE, K.COUNTY),
    UnitServing("hedong-labour", K.LABOUR, K.COUNTY),
    UnitServing("yunting", K.CITY, K.CITY),
    UnitServing("yt-centre", K.CENTRE, K.CITY),
)
LABOUR = Rule("labour", "dispute:labour", to_kind=K.LABOUR)
MEDIATE = Rule("mediate", "dispute:*", to_kind=K.MEDIATION)
RED = Rule("red", "*", min_danger=DangerLevel.RED, to_kind=K.POLICE)


def chosen(rules: list[Rule], leaf: str, *danger: str) -> str:
    return choose_unit(rules, grid_units=UNITS, leaf=leaf, danger=danger).unit_code


@pure
def test_the_more_specific_leaf_wins_whatever_the_order() -> None:
    assert chosen([MEDIATE, LABOUR], "dispute:labour") == "hedong-labour"
    assert chosen([LABOUR, MEDIATE], "dispute:loan") == "liuyin-mediation"


@pure
def test_danger_goes_before_place_and_matter() -> None:
    here = Rule("here", "dispute:labour", area="guihua", to_unit="guihua")
    assert chosen([here, LABOUR, RED], "dispute:labour", "weapon") == "liuyin-police"
    assert chosen([LABOUR, RED, here], "dispute:labour") == "guihua"


@pure
def test_a_rule_for_another_place_does_not_apply() -> None:
    elsewhere = Rule("elsewhere", "*", area="shiqiao", to_unit="guihua")
    assert chosen([elsewhere], "service") == "liuyin-centre"


@pure
def test_a_named_signal_counts_more_than_none() -> None:
    minors = Rule("minors", "*", danger_code="minor", to_unit="liuyin-centre")
    assert chosen([LABOUR, minors], "dispute:labour", "minor") == "liuyin-centre"


@pure
def test_the_level_chooses_among_units_of_a_kind() -> None:
    at_county = Rule("county", "service", to_kind=K.CENTRE, to_level=K.COUNTY)
    nearest = Rule("nearest", "service", to_kind=K.CENTRE)
    assert chosen([at_county], "service") == "hedong-centre"
    assert chosen([nearest], "service") == "liuyin-centre"


@pure
def test_a_rule_without_its_unit_is_passed_over_and_that_is_said() -> None:
    health = Rule("health", "dispute:medical", to_kind=K.HEALTH)
    routed = choose_unit([health], grid_units=UNITS, leaf="dispute:medical")
    assert routed.unit_code == "liuyin-centre"
    assert routed.why == ("no_unit:health", "fallback:centre", "level:township")


@pure
def test_the_reason_names_the_rule() -> None:
    routed = choose_unit([LABOUR], grid_units=UNITS, leaf="dispute:labour")
    assert routed.why == ("rule:labour", "level:county")


@pure
@pytest.mark.parametrize(
    ("leaf", "danger"),
    [
        ("dispute:domestic_violence", ()),
        ("dispute:family", ("domestic_violence",)),
        ("dispute:school", ("minor",)),
    ],
)
def test_violence_at_home_and_minors_are_never_mediated(leaf: str, danger: tuple[str, ...]) -> None:
    by_name = Rule("by-name", "*", to_unit="liuyin-mediation")
    assert chosen([by_name, MEDIATE], leaf, *danger) == "liuyin-centre"


@pure
def test_without_a_centre_the_community_itself_receives() -> None:
    few = [unit for unit in UNITS if unit.kind is not K.CENTRE]
    assert choose_unit([], grid_units=few, leaf="service").unit_code == "guihua"


@pure
def test_without_any_unit_there_is_nowhere_to_route() -> None:
    with pytest.raises(NowhereToRoute):
        choose_unit([LABOUR], grid_units=(), leaf="dispute:labour")


@pure
@given(
    st.sampled_from(["dispute:labour", "dispute:loan", "scam:phishing", "service", "to_sort"]),
    st.lists(st.sampled_from(sorted(DANGER_CODES)), max_size=4),
    st.permutations([LABOUR, MEDIATE, RED, Rule("ghost", "*", to_unit="nowhere")]),
)
def test_every_case_finds_a_unit_of_its_place(leaf: str, danger: list[str], rules: list[Rule]) -> None:
    routed = choose_unit(rules, grid_units=UNITS, leaf=leaf, danger=danger)
    assert routed.unit_code in {unit.code for unit in UNITS}
    assert routed.why


@pure
def test_leaf_patterns() -> None:
    assert leaf_fits("dispute:*", "dispute:loan")
    assert not leaf_fits("dispute:*", "scam:prize")
    assert leaf_fits("*", "service")
    assert not leaf_fits("dispute:lab", "dispute:labour")


@pure
@pytest.mark.parametrize("leaf", ["dispute:labour", "scam:fake_loan", "service", "to_sort"])
def test_what_a_leaf_is(leaf: str) -> None:
    assert is_leaf(leaf)


@pure
@pytest.mark.parametrize("leaf", ["", "labour", "dispute:", "dispute:*", "*", "benign", "dispute:Labour"])
def test_what_a_leaf_is_not(leaf: str) -> None:
    assert not is_leaf(leaf)


SAMPLE = [
    ("dispute:neighbour", (), "guihua"),
    ("dispute:property", (), "guihua"),
    ("dispute:family", (), "liuyin-mediation"),
    ("dispute:domestic_violence", (), "liuyin-police"),
    ("dispute:labour", (), "hedong-labour"),
    ("dispute:consumer", (), "hedong-market"),
    ("dispute:medical", (), "yt-health"),
    ("dispute:traffic", (), "yt-traffic"),
    ("scam:phishing", (), "liuyin-police"),
    ("service", (), "liuyin-centre"),
    ("to_sort", (), "liuyin-centre"),
    ("dispute:neighbour", ("weapon",), "liuyin-police"),
    ("dispute:school", ("minor",), "liuyin-centre"),
]


@pytest.mark.parametrize(("leaf", "danger", "unit"), SAMPLE)
async def test_the_sample_city_routes_as_its_files_say(
    session: AsyncSession, leaf: str, danger: tuple[str, ...], unit: str
) -> None:
    grid = await places.grid_by_code(session, "guihua-02")
    units = await places.serving(session, grid)
    rules = await routing.rules_of(session, units[0].city_id)
    routed = choose_unit(rules, grid_units=routing.as_serving(units), leaf=leaf, danger=danger)
    assert routed.unit_code == unit


async def test_without_a_place_the_citys_own_offices_receive(session: AsyncSession) -> None:
    units = await places.serving(session, None)
    rules = await routing.rules_of(session, units[0].city_id)
    serving = routing.as_serving(units)
    assert choose_unit(rules, grid_units=serving, leaf="scam:prize").unit_code == "yt-police"
    assert choose_unit(rules, grid_units=serving, leaf="dispute:loan").unit_code == "yt-centre"
