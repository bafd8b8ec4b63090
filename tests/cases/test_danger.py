"""Levels of danger signals."""

import pytest

from cases.danger import LEVEL_OF_CODE, DangerLevel, level_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("code", "level"), LEVEL_OF_CODE.items())
def test_a_single_signal_has_its_own_level(code: str, level: DangerLevel) -> None:
    assert level_of([code]) is level
    assert level_of([code, code]) is level


@pytest.mark.parametrize(
    ("codes", "level"),
    [
        ([], DangerLevel.NONE),
        (["alcohol", "minor"], DangerLevel.YELLOW),
        (["minor", "livelihood"], DangerLevel.ORANGE),
        (["domestic_violence", "stalking"], DangerLevel.RED),
        (["domestic_violence", "alcohol"], DangerLevel.ORANGE),
        (["weapon", "violence"], DangerLevel.RED),
        (["something_new"], DangerLevel.YELLOW),
    ],
)
def test_signals_together(codes: list[str], level: DangerLevel) -> None:
    assert level_of(codes) is level


def test_another_signal_never_lowers_the_level() -> None:
    for one in LEVEL_OF_CODE:
        for other in LEVEL_OF_CODE:
            assert level_of([one, other]) >= max(level_of([one]), level_of([other]))


def test_levels_have_names_for_wording() -> None:
    assert [level.code for level in DangerLevel] == ["none", "blue", "yellow", "orange", "red"]
