"""Until when something is owed."""

from datetime import UTC, datetime

import pytest

from cases.danger import DangerLevel
from cases.deadlines import DEFAULTS, FIRST_ANSWER, Clock, due, end_of
from cases.records import ClockUnit

pytestmark = pytest.mark.unit
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 16:00 in Shanghai
CHINA = "Asia/Shanghai"


def days(length: int, level: DangerLevel = DangerLevel.NONE, *, template: bool = False) -> Clock:
    return Clock(FIRST_ANSWER, level, length, ClockUnit.DAYS, template)


def test_days_end_with_the_midnight_of_the_city() -> None:
    assert end_of(days(3), START, CHINA) == datetime(2026, 11, 26, 15, 59, 59, tzinfo=UTC)


def test_the_day_that_counts_is_the_citys_not_that_of_greenwich() -> None:
    late = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # already the 24th in Shanghai
    assert end_of(days(1), late, CHINA) == datetime(2026, 11, 25, 15, 59, 59, tzinfo=UTC)


def test_days_follow_the_clock_change_where_there_is_one() -> None:
    before_change = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
    assert end_of(days(1), before_change, "Europe/Berlin") == datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC)


def test_hours_run_from_the_minute() -> None:
    clock = Clock(FIRST_ANSWER, DangerLevel.RED, 2, ClockUnit.HOURS)
    assert end_of(clock, START, CHINA) == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("level", "hours"),
    [(DangerLevel.YELLOW, 48), (DangerLevel.ORANGE, 24), (DangerLevel.RED, 2)],
)
def test_danger_shortens_the_default(level: DangerLevel, hours: int) -> None:
    found = due([], FIRST_ANSWER, level=level, start=START, timezone=CHINA)
    assert (found.at - START).total_seconds() == hours * 3600
    assert found.template


@pytest.mark.parametrize("level", [DangerLevel.NONE, DangerLevel.BLUE])
def test_the_ordinary_default_is_three_calendar_days(level: DangerLevel) -> None:
    found = due([], FIRST_ANSWER, level=level, start=START, timezone=CHINA)
    assert found.at == datetime(2026, 11, 26, 15, 59, 59, tzinfo=UTC)


def test_a_citys_own_clock_goes_before_the_template() -> None:
    found = due([days(5)], FIRST_ANSWER, level=DangerLevel.NONE, start=START, timezone=CHINA)
    assert found.at == datetime(2026, 11, 28, 15, 59, 59, tzinfo=UTC)
    assert not found.template


def test_a_citys_ordinary_clock_does_not_slow_down_danger() -> None:
    found = due([days(5)], FIRST_ANSWER, level=DangerLevel.RED, start=START, timezone=CHINA)
    assert found.at == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def test_every_default_is_labelled_as_a_template() -> None:
    assert all(clock.template for clock in DEFAULTS)


def test_a_step_without_a_clock_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no clock"):
        due([], "second_dinner", level=DangerLevel.NONE, start=START, timezone=CHINA)
