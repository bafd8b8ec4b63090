"""What is wrong with a city (refused), and what it lacks (told): one plain sentence each."""

from typing import Any

import pytest
from cities import a_city, community, of_townships, office, planned, township

from cases.city_check import faults, gaps

pytestmark = pytest.mark.unit

CENTRE, POLICE = office("real-centre", "centre"), office("real-police", "police")
HOME = {"code": "home", "leaf": "dispute:domestic_violence", "to_kind": "police"}
POSTS = [
    {"code": "leader", "zh": "网格长", "en": "leader"},
    {"code": "worker", "zh": "网格员", "en": "worker", "role": "grid_worker"},
]


def a_rule(**more: Any) -> dict[str, Any]:
    return {"code": "r", "to_kind": "police"} | more


def a_person(**more: Any) -> dict[str, Any]:
    return {"code": "w", "name": "甲", "role": "police", "unit": "com"} | more


def a_clock(**more: Any) -> dict[str, Any]:
    return {"step": "handle", "length": 3, "unit": "days", "basis": "a rule of the city"} | more


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"routing": [{"code": "r", "leaf": "*"}]}, "The rule r needs either to_kind or to_unit."),
        ({"routing": [a_rule(to_unit="real-police")]}, "The rule r needs either to_kind or to_unit."),
        ({"routing": [{"code": "r", "to_unit": "nowhere"}]}, "The rule r: there is no unit nowhere."),
        ({"routing": [a_rule(danger="boredom")]}, "The rule r: boredom is not a danger signal."),
        ({"routing": [a_rule(to_level="police")]}, "The rule r: police is not a level."),
        ({"routing": [a_rule(area="real-police")]}, "The rule r: real-police is an office, not an area."),
        ({"routing": [a_rule(), a_rule(to_kind="centre")]}, "The routing rule r is described 2 times."),
        (
            {"routing": [a_rule(leaf="dispute:domestic_violence", to_kind="mediation")]},
            "The rule r: dispute:domestic_violence never goes to mediation.",
        ),
        (
            {
                "offices": [office("m", "mediation")],
                "routing": [{"code": "r", "danger": "domestic_violence", "to_unit": "m"}],
            },
            "The rule r: domestic_violence never goes to mediation.",
        ),
        (
            {"routing": [a_rule(danger="minor", to_kind="mediation")]},
            "The rule r: minor never goes to mediation.",
        ),
        ({"staff": [a_person(unit="nowhere")]}, "w: there is no unit nowhere."),
        ({"staff": [a_person(grids=["g9"])]}, "w: there is no grid g9."),
        ({"staff": [a_person(), a_person()]}, "The member of staff w is described 2 times."),
        ({"staff": [a_person(posts=[{"post": "leader", "grid": "g1"}])]}, "w: there is no post leader."),
        (
            {"posts": POSTS, "staff": [a_person(posts=[{"post": "leader", "grids": ["g1", "g9"]}])]},
            "w: there is no grid g9.",
        ),
        ({"staff": [a_person(conflicts=[{"grid": "g9"}])]}, "w: there is no grid g9."),
        ({"posts": POSTS, "staffing": {"market": ["guard"]}}, "market: there is no post guard."),
        ({"posts": [*POSTS, POSTS[0]]}, "The post leader is described 2 times."),
        ({"offices": [office("com", "centre")]}, "The unit com is described 2 times."),
        ({"offices": [office("a", "police", night="b")]}, "a: there is no unit b."),
        (
            {"offices": [office("a", "police", night="a")]},
            "a: at night somebody else receives; it names itself.",
        ),
        ({"clocks": [a_clock(), a_clock()]}, "The clock handle-none is described 2 times."),
        ({"clocks": [a_clock(ladder="rope")]}, "The clock handle-none: there is no ladder rope."),
        ({"clocks": [a_clock(basis="")]}, "The clock handle-none is no template, so it names its basis."),
        ({"teams": [{"code": "t", "zh": "x", "en": "x", "villages": ["lost"]}]}, "t: there is no unit lost."),
        (
            {"teams": [{"code": "t", "zh": "x", "en": "x", "villages": ["county"]}]},
            "t: county is no village or community.",
        ),
        (
            {
                "teams": [
                    {"code": "t", "zh": "x", "en": "x", "members": [{"staff": "v", "profession": "judge"}]}
                ]
            },
            "t: there is no member of staff v.",
        ),
        (
            {
                "teams": [
                    {
                        "code": "t",
                        "zh": "x",
                        "en": "x",
                        "members": [{"staff": "w1", "profession": "judge"}] * 2,
                    }
                ]
            },
            "t: w1 is a member twice.",
        ),
    ],
)
def test_each_fault_is_a_sentence(more: dict[str, Any], fault: str) -> None:
    assert fault in faults(planned(a_city(**more)))


def test_a_citys_own_ladder_and_levels_of_one_step_are_no_fault() -> None:
    own = {"rope": [{"act": "remind", "share": 0.5}]}
    clocks = [
        a_clock(ladder="rope"),
        a_clock(min_danger="red"),
        a_clock(code="medical", leaf="dispute:medical"),
    ]
    assert faults(planned(a_city(ladders=own, clocks=clocks))) == []


def test_grids_belong_to_communities_and_areas_end_there() -> None:
    told = a_city()
    told["areas"][0]["grids"] = [{"code": "g2", "zh": "x", "en": "x", "lat": 1, "lon": 1}]
    told["areas"][0]["areas"][0]["areas"][0]["areas"] = [{"code": "deep", "zh": "x", "en": "x"}]
    found = faults(planned(told))
    assert "county is a county; grids belong to communities." in found
    assert "Areas are nested deeper than county, township, community." in found


def test_a_name_longer_than_its_place_in_the_database_is_a_fault() -> None:
    long = of_townships(township("town", community("com") | {"zh": "长" * 80}) | {"zh": "长" * 80})
    long["areas"][0]["zh"] = "长" * 80
    assert any("The whole name of the grid com-1 is too long" in fault for fault in faults(planned(long)))


def test_a_small_city_without_gaps_has_none() -> None:
    assert gaps(planned(a_city())) == []


@pytest.mark.parametrize(
    ("more", "gap"),
    [
        ({"staff": []}, "The grid g1 has no grid worker."),
        ({"posts": POSTS, "staffing": {"every_grid": ["leader"]}},
         "The grid g1 has nobody for the post leader (网格长)."),
        ({"posts": POSTS, "staffing": {"homes": ["leader"]}},
         "The grid g1 has nobody for the post leader (网格长)."),
        ({"offices": []},
         "The city has no centre, so what no rule fits goes to a community or the city itself."),
        ({"offices": []}, "The city has no police post, so nobody is told of dangerous cases."),
        ({"routing": []}, "No rule says who receives fraud cases."),
        ({"routing": []}, "No rule says who receives violence at home."),
        ({"clocks": [a_clock()]}, "The clock handle-none has no extension, so nobody can lengthen it."),
        ({"teams": [{"code": "t", "zh": "x", "en": "x"}]}, "The team t is bound to no village."),
        ({"teams": [{"code": "t", "zh": "x", "en": "x", "pool": True}]}, "The team t has no members."),
        ({"routing": [a_rule(to_kind="health")]},
         "The rule r never applies: the city has no unit of the kind health."),
        ({"routing": [a_rule(to_level="township")]},
         "The rule r never applies: its unit serves no place it speaks of."),
        ({"routing": [a_rule(code="a"), a_rule(code="b")]}, "The rule b never applies: a comes before it."),
        ({"routing": [a_rule(code="a", to_kind="centre"),
                      a_rule(code="b", to_kind="centre", to_level="city")]},
         "The rule b never applies: a comes before it."),
        ({"routing": [a_rule(code="b", leaf="scam:*", area="county"),
                      a_rule(code="a", leaf="scam:*", area="com")]},
         "The rule a never applies: b comes before it."),
        ({"offices": [CENTRE, POLICE, office("lab", "labour", competence=["dispute:labour"])],
          "routing": [a_rule(leaf="dispute:*", to_kind="centre")]},
         "No rule uses the competence dispute:labour of lab."),
        ({"offices": [CENTRE, POLICE, office("lab", "labour", competence=["dispute:labour"])],
          "routing": [a_rule(leaf="dispute:land", to_kind="labour")]},
         "The rule r sends dispute:land to lab, which is not competent for it."),
    ],
)  # fmt: skip
def test_each_gap_is_a_sentence(more: dict[str, Any], gap: str) -> None:
    assert gap in gaps(planned(a_city(**more)))


def test_a_post_is_held_as_said_or_else_by_a_role() -> None:
    staffing = {"every_grid": ["leader", "worker"]}
    worker = a_person(code="w1", role="grid_worker", grids=["g1"])
    leader = a_person(code="w2", role="grid_worker", grids=["g1"], posts=[{"post": "leader", "grid": "g1"}])
    missing = "The grid g1 has nobody for the post worker (网格员)."
    whole = gaps(planned(a_city(posts=POSTS, staffing=staffing, staff=[worker, leader])))
    assert whole == []
    assert missing in gaps(planned(a_city(posts=POSTS, staffing=staffing, staff=[leader])))


def test_what_repeats_is_summed_up_after_five() -> None:
    told = of_townships(township("town", community("com", grids=42)))
    found = [gap for gap in gaps(planned(told)) if "grid worker" in gap]
    assert found == ["42 grids have no grid worker: com-1, com-2, com-3, com-4, com-5 and 37 more."]


def test_a_community_without_grids_is_a_gap() -> None:
    told = of_townships(township("town", community("com", grids=0)))
    assert "The community com has no grids, so nobody can choose it as a place." in gaps(planned(told))


def test_a_community_no_police_post_serves_is_a_gap() -> None:
    east = township("east", community("a"), community("b"))
    west = township("west", community("c"), offices=[office("west-police", "police")])
    told = of_townships(east, west, offices=[CENTRE])
    assert "2 communities are served by no police post: a, b." in gaps(planned(told))
    assert not [gap for gap in gaps(planned(told | {"offices": [CENTRE, POLICE]})) if "police post" in gap]


def test_a_rule_that_finds_its_unit_only_in_some_places_says_in_how_many() -> None:
    east = township("east", community("a"), community("b"))
    west = township("west", community("c"), offices=[office("west-police", "police")])
    near = a_rule(code="near", leaf="scam:*", to_level="township")
    alone = gaps(planned(of_townships(east, west, routing=[near, HOME])))
    assert "The rule near finds no unit for 2 of 3 communities: a, b." in alone
    rules = [near, a_rule(code="else", leaf="scam:*"), HOME]
    completed = gaps(planned(of_townships(east, west, routing=rules)))
    assert not [gap for gap in completed if "never applies" in gap or "finds no unit" in gap]


def test_a_rule_is_shadowed_where_an_earlier_one_takes_its_last_place() -> None:
    west = township("west", community("c"), offices=[office("west-police", "police")])
    rules = [
        a_rule(code="wide", leaf="scam:*", area="west"),
        a_rule(code="narrow", leaf="scam:*", area="c", to_level="township"),
    ]
    assert "The rule narrow never applies: wide comes before it." in gaps(
        planned(of_townships(west, routing=rules))
    )
    assert not [
        g for g in gaps(planned(of_townships(west, routing=rules[::-1]))) if "narrow never applies" in g
    ]


def test_a_rule_of_a_graver_danger_or_of_another_matter_shadows_nothing() -> None:
    rules = [
        a_rule(code="red", min_danger="red"),
        a_rule(code="signal", danger="stalking"),
        a_rule(code="fraud", leaf="scam:*"),
        HOME,
    ]
    assert not [gap for gap in gaps(planned(a_city(routing=rules))) if "never applies" in gap]


def test_a_wide_rule_for_a_place_that_takes_a_narrow_matter_is_told() -> None:
    told = of_townships(township("east", community("a")), township("west", community("c")))
    told["offices"].append(office("real-labour", "labour"))
    told["routing"] = [
        a_rule(code="labour", leaf="dispute:labour", to_kind="labour"),
        a_rule(code="in-west", leaf="dispute:*", area="west", to_kind="centre"),
    ]
    told_of = "The rule in-west takes what labour is for in 1 of 2 communities: place goes before matter."
    assert told_of in gaps(planned(told))


DAY = ["mon-fri 08:30-18:00"]


@pytest.mark.parametrize(
    ("offices", "gap"),
    [
        (
            [CENTRE, office("p", "police", duty=DAY)],
            "The unit p receives danger, but is not always there and names no `night` unit.",
        ),
        (
            [CENTRE, office("p", "police", duty=DAY, night="q"), office("q", "labour", duty=DAY)],
            "At night the unit p sends danger on to where nobody is either.",
        ),
        (
            [office("c", "centre", duty=DAY, night="p"), office("p", "police", duty=DAY, night="c")],
            "At night 2 units send danger round in a circle in which at times nobody is there: c, p.",
        ),
    ],
)
def test_a_night_without_anybody_is_a_gap(offices: list[dict[str, Any]], gap: str) -> None:
    assert gap in gaps(planned(a_city(offices=offices)))


@pytest.mark.parametrize(
    "offices",
    [
        [CENTRE, office("p", "police", duty=DAY, night="real-centre")],
        [CENTRE, office("p", "police", duty=["daily 00:00-24:00"])],
        [
            office("c", "centre", duty=["daily 08:00-20:00"], night="p"),
            office("p", "police", duty=["daily 20:00-08:00"], night="c"),
        ],
    ],
)
def test_a_night_that_ends_with_somebody_is_no_gap(offices: list[dict[str, Any]]) -> None:
    assert gaps(planned(a_city(offices=offices))) == []


def test_somebody_else_than_the_asker_decides_on_an_extension() -> None:
    more = {"length": 3, "unit": "days", "who": "centre"}
    alone = a_person(code="c1", role="centre", unit="real-centre", post="receiver")
    second = a_person(code="c2", role="centre", unit="real-centre", post="director")
    told = a_city(clocks=[a_clock(extension=more)])
    told["staff"].append(alone)
    found = gaps(planned(told))
    assert len(found) == 2
    assert found[0].startswith("At the centre real-centre there is nobody else to decide")
    assert found[1] == "At the centre real-centre nobody has the post director."
    told["staff"].append(second)
    assert gaps(planned(told)) == []


def test_an_expert_nobody_can_stand_in_for_is_a_gap() -> None:
    conflict = [{"leaf": "dispute:labour"}]
    first = a_person(code="l1", role="expert", conflicts=conflict)
    pool = {"code": "pool", "zh": "x", "en": "x", "pool": True}
    pool["members"] = [{"staff": "l1", "profession": "lawyer"}, {"staff": "l2", "profession": "lawyer"}]
    told = a_city(teams=[pool])
    told["staff"] += [first, a_person(code="l2", role="expert")]
    assert gaps(planned(told)) == []
    told["staff"][-1]["conflicts"] = conflict
    (found,) = [gap for gap in gaps(planned(told)) if "experts have a conflict" in gap]
    assert found.startswith("2 experts have a conflict of interest, and no pool has anybody else")
    assert found.endswith(": l1 (lawyer), l2 (lawyer).")


def test_leaves_of_the_taxonomy_are_covered_and_known() -> None:
    rules = [
        a_rule(code="fraud", leaf="scam:*"),
        a_rule(code="only-here", leaf="dispute:land", area="com"),
        a_rule(code="typo", leaf="dispute:labor"),
        HOME,
    ]
    leaves = ["scam:prize", "dispute:domestic_violence", "dispute:land", "dispute:labour"]
    found = gaps(planned(a_city(routing=rules)), leaves)
    left = "No rule covers 2 leaves everywhere, so they may go to the nearest centre"
    assert f"{left}: dispute:land, dispute:labour." in found
    assert "The taxonomy has no leaf dispute:labor (rule typo)." in found
    assert not [gap for gap in gaps(planned(a_city(routing=rules))) if "leaf" in gap or "leaves" in gap]


def test_a_competence_stands_in_for_a_missing_rule() -> None:
    offices = [CENTRE, POLICE, office("lab", "labour", competence=["dispute:labour"])]
    found = gaps(
        planned(a_city(offices=offices)), ["scam:prize", "dispute:domestic_violence", "dispute:labour"]
    )
    assert found == []
