"""`./onedoor route`: what an operator asks before going live, and reads; nothing is written."""

from __future__ import annotations

import sqlite3
from functools import partial

import pytest
from commands.desktop import Desktop, together

from bot.words import words

HERE = ("--grid", "guihua-02", "--leaf")


def test_it_says_which_unit_why_and_why_not_the_others(desktop: Desktop) -> None:
    told = desktop.run("route", *HERE, "dispute:labour", "--at", "2026-11-23T10:00", ONEDOOR_LOCALE="en")
    assert (told.status, told.err) == (0, "")
    lines = told.out.splitlines()
    assert "2026-11-23 10:00" in lines[0]
    assert lines[1].endswith("(hedong-labour)")
    why, against = told.out.split("Why not elsewhere:")
    assert "“labour”" in why
    assert "Liuyin Mediation Committee" in against
    assert "Hedong Labour Inspection" not in against


def test_it_speaks_chinese_too_and_never_mediates_violence(desktop: Desktop) -> None:
    told = desktop.run(
        "route", *HERE, "dispute:family", "--danger", "domestic_violence", ONEDOOR_LOCALE="zh-Hans"
    )
    assert "柳荫派出所 (liuyin-police)" in told.out
    against = told.out.split(words("route_not_there"))[1]
    assert "不走普通调解" in next(line for line in against.splitlines() if "柳荫街道人民调解委员会" in line)


def test_a_time_with_a_zone_is_shown_in_the_citys_own(desktop: Desktop) -> None:
    told = desktop.run("route", *HERE, "service", "--at", "2026-11-23T23:30+00:00")
    assert "2026-11-24 07:30" in told.out


def test_asking_leaves_no_row_behind(desktop: Desktop) -> None:
    before = _rows(desktop)
    assert desktop.run("route", *HERE, "dispute:loan", "--danger", "weapon").status == 0
    assert _rows(desktop) == before


def _rows(desktop: Desktop) -> list[str]:
    file = next(desktop.folder.glob("*.sqlite3"))
    with sqlite3.connect(file) as connection:
        rows = list(connection.iterdump())
    connection.close()
    return rows


BAD = (
    ((*HERE, "dispute:nonsense"), "dispute:nonsense"),
    ((*HERE, "benign"), "benign"),
    ((*HERE, "service", "--danger", "weapons"), "weapons"),
    ((*HERE, "service", "--at", "tomorrow"), "tomorrow"),
    ((*HERE, "service", "--at", "9999-12-31T23:59+00:00"), "9999"),
)


def test_what_cannot_be_meant_is_one_sentence_and_prepares_nothing(bare: Desktop) -> None:
    asked = [partial(bare.run, "route", *arguments) for arguments, _ in BAD]
    for (_, named), told in zip(BAD, together(asked), strict=True):
        assert (told.status, told.out) == (2, "")
        assert told.err.count("\n") == 1
        assert named in told.err
    assert not bare.folder.exists()


@pytest.mark.parametrize("grid", ["nowhere-01", "", "桂花"])
def test_a_grid_nobody_has_is_said_so(desktop: Desktop, grid: str) -> None:
    told = desktop.run("route", "--grid", grid, "--leaf", "service")
    assert (told.status, told.out, told.err) == (2, "", words("route_no_grid", grid=grid) + "\n")
