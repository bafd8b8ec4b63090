"""Duty hours: who is there when, holidays, make-up days and midnight included."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from cases.duty import always_somebody, on_duty, read_duty

pytestmark = pytest.mark.unit

ZONE = "Asia/Shanghai"
HOLIDAY = date(2026, 10, 1)
"""a Thursday"""
MAKE_UP = date(2026, 10, 10)
"""a Saturday that is worked"""


def is_working(day: date) -> bool:
    return day == MAKE_UP or (day.weekday() < 5 and day != HOLIDAY)


def there(duty: str, moment: str) -> bool:
    at = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(ZONE))
    return on_duty([duty], at, ZONE, is_working)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23 08:29", False),
        ("2026-11-23 08:30", True),
        ("2026-11-23 17:59:59", True),
        ("2026-11-23 18:00", False),
        ("2026-11-21 10:00", False),  # Saturday
        ("2026-10-01 10:00", False),  # holiday
        ("2026-10-10 10:00", True),  # make-up Saturday
    ],
)
def test_office_hours_follow_the_working_days(moment: str, expected: bool) -> None:
    assert there("mon-fri 08:30-18:00", moment) is expected


@pytest.mark.parametrize(
    ("duty", "moment", "expected"),
    [
        ("mon 09:00-12:00", "2026-10-10 10:00", False),  # a make-up day belongs to the whole working week
        ("sat,sun 09:00-12:00", "2026-11-22 10:00", True),
        ("sat,sun 09:00-12:00", "2026-11-23 10:00", False),
        ("mon-sat 09:00-12:00", "2026-11-21 10:00", True),
        ("mon-sun 09:00-12:00", "2026-10-01 10:00", False),
        ("daily 09:00-12:00", "2026-10-01 10:00", True),
        ("fri-mon 09:00-12:00", "2026-11-23 10:00", True),
        ("fri-mon 09:00-12:00", "2026-11-24 10:00", False),
        ("daily 00:00-24:00", "2026-11-23 23:59", True),
    ],
)
def test_named_days_hold_as_named(duty: str, moment: str, expected: bool) -> None:
    assert there(duty, moment) is expected


@pytest.mark.parametrize(
    ("duty", "moment", "expected"),
    [
        ("daily 22:00-06:00", "2026-11-23 21:59", False),
        ("daily 22:00-06:00", "2026-11-23 22:00", True),
        ("daily 22:00-06:00", "2026-11-24 05:59", True),
        ("daily 22:00-06:00", "2026-11-24 06:00", False),
        ("fri 22:00-06:00", "2026-11-28 05:00", True),  # Saturday morning still belongs to Friday
        ("fri 22:00-06:00", "2026-11-27 05:00", False),
        ("thu 22:00-06:00", "2026-10-02 05:00", False),  # the night after a holiday's day
        ("sun 22:00-06:00", "2026-11-23 05:00", True),  # Monday morning belongs to Sunday
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(duty: str, moment: str, expected: bool) -> None:
    assert there(duty, moment) is expected


def test_the_citys_clock_counts_not_utc() -> None:
    at = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in the city
    assert on_duty(["mon-fri 08:30-18:00"], at, ZONE, is_working)
    assert not on_duty(["mon-fri 08:30-18:00"], at, "UTC", is_working)


def test_several_hours_add_up_and_none_means_always() -> None:
    at = datetime(2026, 11, 23, 20, 0, tzinfo=ZoneInfo(ZONE))
    assert on_duty(["mon-fri 08:30-12:00", "mon 19:00-21:00"], at, ZONE, is_working)
    assert on_duty([], at, ZONE, is_working)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        on_duty([], datetime(2026, 11, 23), ZONE, is_working)  # noqa: DTZ001


@pytest.mark.parametrize(
    "text",
    [
        "",
        "always",
        "mon-fri",
        "08:30-18:00",
        "mon-fri 8:30-18:00",
        "mon-fri 08:30-18:60",
        "mon-fri 08:30-24:01",
        "mon-fri 08:30-08:30",
        "daily 24:00-06:00",
        "Mon-Fri 08:30-18:00",
        "mon-fry 08:30-18:00",
        "mon- 08:30-18:00",
        "mon,,tue 08:30-18:00",
        "daily,mon 08:30-18:00",
        "mon-fri  08:30-18:00",
        "mon-fri 08:30-18:00 ",
        "mon-fri 08:30-18:00\n",
    ],
)
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"duty|time of day"):
        read_duty(text)


@pytest.mark.parametrize(
    ("duty", "expected"),
    [
        ([], True),
        (["daily 00:00-24:00"], True),
        (["daily 08:00-20:00", "daily 20:00-08:00"], True),
        (["daily 08:00-20:00", "daily 20:00-07:59"], False),
        (["mon-fri 00:00-24:00", "sat,sun 00:00-24:00"], False),  # a holiday leaves it open
        (["mon-fri 08:30-18:00"], False),
    ],
)
def test_whether_somebody_is_always_there(duty: list[str], expected: bool) -> None:
    assert always_somebody(duty) is expected
