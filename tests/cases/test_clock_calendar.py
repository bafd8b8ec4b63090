"""Working days of mainland China."""

from datetime import date, timedelta
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.clocks.calendar import WorkCalendar, days_after

pytestmark = pytest.mark.unit
SAME_EACH_RUN = settings(derandomize=True, deadline=None, max_examples=200)
CHINA = WorkCalendar()
UNPUBLISHED = 2200
# From the State Council's notices of November 2024 and November 2025: what an ordinary week would get wrong.
MAKE_UP = ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"]
MAKE_UP += ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
HOLIDAYS = [
    ("2025-01-28", 8),
    ("2025-10-01", 8),
    ("2026-01-01", 3),
    ("2026-02-15", 9),
    ("2026-05-01", 5),
    ("2026-10-01", 7),
]


@pytest.mark.parametrize("day", MAKE_UP)
def test_a_make_up_day_is_a_working_day_although_it_is_a_weekend(day: str) -> None:
    made_up = date.fromisoformat(day)
    assert made_up.weekday() >= 5
    assert CHINA.is_working(made_up)


@pytest.mark.parametrize(("first", "length"), HOLIDAYS)
def test_every_day_of_a_holiday_is_off_and_the_days_around_it_are_the_weeks_own(
    first: str, length: int
) -> None:
    start = date.fromisoformat(first)
    last = start + timedelta(days=length - 1)
    assert not any(CHINA.is_working(day) for day in days_after(start - timedelta(days=1), last))
    assert CHINA.is_working(last + timedelta(days=1)) or (last + timedelta(days=1)).weekday() >= 5


def test_every_other_day_of_2026_follows_the_week() -> None:
    holidays = {
        date.fromisoformat(first) + timedelta(days=more)
        for first, length in [*HOLIDAYS, ("2026-04-04", 3), ("2026-06-19", 3), ("2026-09-25", 3)]
        for more in range(length)
    }
    made_up = {date.fromisoformat(day) for day in MAKE_UP}
    for day in days_after(date(2025, 12, 31), date(2026, 12, 31)):
        expected = day in made_up or (day.weekday() < 5 and day not in holidays)
        assert CHINA.is_working(day) is expected, day


@pytest.mark.parametrize(
    ("start", "count", "last"),
    [
        # Spring Festival 2026: 13 (Friday), then 14 (a Saturday made up), the 15th to the 23rd off.
        (date(2026, 2, 12), 2, date(2026, 2, 14)),
        (date(2026, 2, 12), 3, date(2026, 2, 24)),
        # … and 28 February, a Saturday, is worked on again.
        (date(2026, 2, 14), 5, date(2026, 2, 28)),
        # National Day 2025: off to 8 October, then Thursday, Friday, and Saturday the 11th.
        (date(2025, 9, 30), 3, date(2025, 10, 11)),
        (date(2025, 9, 30), 4, date(2025, 10, 13)),
        # Sunday 28 September 2025 is worked on.
        (date(2025, 9, 26), 1, date(2025, 9, 28)),
        # An ordinary week.
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
    ],
)
def test_working_days_are_counted_over_the_holidays(start: date, count: int, last: date) -> None:
    assert CHINA.add_working_days(start, count) == (last, True)


def test_a_year_nobody_has_published_follows_the_week_and_says_so() -> None:
    friday = date(UNPUBLISHED, 10, 3)
    assert friday.weekday() == 4
    assert not CHINA.knows(friday)
    assert CHINA.add_working_days(friday, 1) == (date(UNPUBLISHED, 10, 6), False)


def test_a_count_that_only_reaches_into_an_unpublished_year_says_so_too() -> None:
    calendar = WorkCalendar(workdays=frozenset({date(UNPUBLISHED - 1, 6, 1)}))
    assert calendar.add_working_days(date(UNPUBLISHED - 1, 12, 30), 1)[1]
    assert not calendar.add_working_days(date(UNPUBLISHED - 1, 12, 30), 2)[1]


def test_a_count_that_only_begins_in_an_unpublished_year_says_so_as_well() -> None:
    calendar = WorkCalendar(workdays=frozenset({date(UNPUBLISHED, 6, 1)}))
    assert not calendar.add_working_days(date(UNPUBLISHED - 1, 12, 30), 2)[1]
    assert calendar.add_working_days(date(UNPUBLISHED - 1, 12, 31), 1)[1]


def test_a_city_may_add_days_off_and_on_and_thereby_describe_a_year() -> None:
    local, worked = date(2026, 11, 24), date(2026, 11, 28)
    city = WorkCalendar(holidays=frozenset({local}), workdays=frozenset({worked}))
    assert city.add_working_days(date(2026, 11, 23), 4) == (worked, True)
    own_year = WorkCalendar(holidays=frozenset({date(UNPUBLISHED, 10, 1)}))
    assert own_year.knows(date(UNPUBLISHED, 3, 3))
    assert not own_year.is_working(date(UNPUBLISHED, 10, 1))


def test_a_citys_working_day_goes_before_a_national_holiday() -> None:
    city = WorkCalendar(workdays=frozenset({date(2026, 10, 1)}))
    assert city.is_working(date(2026, 10, 1))


def test_a_day_cannot_be_both_off_and_on() -> None:
    day = frozenset({date(2026, 11, 24)})
    with pytest.raises(ValueError, match="2026-11-24"):
        WorkCalendar(holidays=day, workdays=day)


def test_working_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        CHINA.add_working_days(date(2026, 11, 24), -1)


@SAME_EACH_RUN
@given(start=st.dates(date(2024, 1, 1), date(2027, 12, 31)), count=st.integers(1, 90))
def test_counting_on_and_counting_back_agree(start: date, count: int) -> None:
    last, _ = CHINA.add_working_days(start, count)
    assert CHINA.is_working(last)
    assert CHINA.count_working(start, last) == count
    assert CHINA.count_working(start, last - timedelta(days=1)) == count - 1


def test_twenty_thousand_due_dates_take_seconds_at_most() -> None:
    began = perf_counter()
    for number in range(20_000):
        CHINA.add_working_days(date(2026, 1, 1) + timedelta(days=number % 365), 30)
    assert perf_counter() - began < 15  # about one second on a slow machine that has nothing else to do
