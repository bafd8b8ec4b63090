"""When clocks run out, and what stops, extensions and ladders do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.clocks.arithmetic import Due, Stop, due_at, extended, ladder_times, pushed
from cases.clocks.calendar import WorkCalendar
from cases.clocks.defaults import defaults
from cases.clocks.rules import (
    ClockRule,
    ExtendedBy,
    Extension,
    Ladder,
    LadderAct,
    LadderStep,
    OwedBy,
    StartEvent,
)
from cases.records import ClockUnit

pytestmark = pytest.mark.unit
SAME_EACH_RUN = settings(derandomize=True, deadline=None, max_examples=300)
CHINA = "Asia/Shanghai"
ZONE = ZoneInfo(CHINA)
CALENDAR = WorkCalendar()
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # a Monday, 16:00 in Shanghai
HOURS, DAYS, WORKING_DAYS = ClockUnit.HOURS, ClockUnit.DAYS, ClockUnit.WORKING_DAYS
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
LONG = st.timedeltas(timedelta(), timedelta(days=40))
UNITS = st.sampled_from(list(ClockUnit))
LENGTHS = st.integers(1, 30)


def rule(length: int, unit: ClockUnit, extension: Extension | None = None) -> ClockRule:
    return ClockRule(
        code="handle",
        step="handle",
        length=length,
        unit=unit,
        start=StartEvent.DISPATCHED,
        template=True,
        extension=extension,
        ladder="ordinary",
        owed_by=OwedBy.UNIT,
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def due(length: int, unit: ClockUnit, start: datetime = START) -> Due:
    return due_at(rule(length, unit), start, CALENDAR, CHINA)


def after(found: Due, unit: ClockUnit, since: datetime, until: datetime) -> Due:
    return pushed(rule(1, unit), found, Stop(since, until), calendar=CALENDAR, timezone=CHINA)


def local(moment: datetime) -> str:
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("length", "unit", "start", "expected"),
    [
        (2, HOURS, "2026-11-23 16:00", "2026-11-23 18:00:00"),
        (3, DAYS, "2026-11-23 16:00", "2026-11-26 23:59:59"),
        (0, DAYS, "2026-11-23 16:00", "2026-11-23 23:59:59"),
        (1, DAYS, "2026-11-24 01:00", "2026-11-25 23:59:59"),  # still the 23rd in Greenwich
        (1, WORKING_DAYS, "2026-11-20 16:00", "2026-11-23 23:59:59"),
        (15, WORKING_DAYS, "2026-02-05 09:00", "2026-03-04 23:59:59"),  # over the Spring Festival
        (5, WORKING_DAYS, "2025-09-26 09:00", "2025-10-10 23:59:59"),  # over National Day
        (6, WORKING_DAYS, "2025-09-26 09:00", "2025-10-11 23:59:59"),  # a Saturday that is worked on
    ],
)
def test_a_clock_runs_out_then(length: int, unit: ClockUnit, start: str, expected: str) -> None:
    assert local(due(length, unit, at(start)).at) == expected


def test_days_follow_the_clock_change_where_there_is_one() -> None:
    before_change = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
    found = due_at(rule(1, DAYS), before_change, CALENDAR, "Europe/Berlin")
    assert found.at == datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC)


def test_only_working_days_of_an_unpublished_year_are_uncertain() -> None:
    far = datetime(2200, 10, 3, 4, tzinfo=UTC)
    assert not due(1, WORKING_DAYS, far).known
    assert due(1, DAYS, far).known
    assert due(1, HOURS, far).known


@pytest.mark.parametrize(
    ("unit", "since", "until", "expected"),
    [
        # Hours: what stood still is added.
        (HOURS, "2026-11-23 17:00", "2026-11-24 18:30", "2026-11-25 17:30:00"),
        # Days, due on the 26th: two were left after the 24th.
        (DAYS, "2026-11-24 09:00", "2026-12-01 17:00", "2026-12-03 23:59:59"),
        # … on the last day a whole one remains.
        (DAYS, "2026-11-26 23:00", "2026-12-01 23:50", "2026-12-02 23:59:59"),
        # … and a stop within a day costs no day.
        (DAYS, "2026-11-24 09:00", "2026-11-24 20:00", "2026-11-26 23:59:59"),
        # … not even on the last one.
        (DAYS, "2026-11-26 09:00", "2026-11-26 20:00", "2026-11-26 23:59:59"),
        # Working days, due on Thursday the 26th: two left after Tuesday; on Friday it goes on.
        (WORKING_DAYS, "2026-11-24 09:00", "2026-11-27 09:00", "2026-12-01 23:59:59"),
        # … a stop that starts after the time has run out gives none back.
        (WORKING_DAYS, "2026-11-27 09:00", "2026-12-27 09:00", "2026-11-26 23:59:59"),
    ],
)
def test_a_stop_moves_the_due_time(unit: ClockUnit, since: str, until: str, expected: str) -> None:
    length = 24 if unit is HOURS else 3
    assert local(after(due(length, unit), unit, at(since), at(until)).at) == expected


def test_a_stop_over_a_weekend_costs_no_working_day() -> None:
    found = due(3, WORKING_DAYS, at("2026-11-26 09:00"))
    assert after(found, WORKING_DAYS, at("2026-11-28 09:00"), at("2026-11-29 20:00")) == found


def test_a_stop_does_not_end_before_it_began() -> None:
    with pytest.raises(ValueError, match="not before"):
        Stop(START, START - timedelta(seconds=1))


def test_a_push_into_an_unpublished_year_says_so() -> None:
    found = due(3, WORKING_DAYS)
    pushed_far = after(found, WORKING_DAYS, START, datetime(2200, 1, 1, tzinfo=UTC))
    assert (found.known, pushed_far.known) == (True, False)


def test_a_day_off_that_was_declared_later_takes_nothing_away() -> None:
    """Due on a Saturday that was to be worked on, until a new calendar gave that day and Thursday off."""
    found = Due(at("2026-11-28 23:59:59").astimezone(UTC), known=True)
    stop = Stop(at("2026-11-25 09:00"), at("2026-11-26 09:00"))
    declared = WorkCalendar(holidays=frozenset({date(2026, 11, 26)}))
    assert pushed(rule(3, WORKING_DAYS), found, stop, calendar=declared, timezone=CHINA) == found


def test_an_uncertain_due_time_stays_uncertain() -> None:
    uncertain = Due(due(3, WORKING_DAYS).at, known=False)
    more = Extension(3, WORKING_DAYS, 1, ExtendedBy.CENTRE)
    assert not extended(rule(3, WORKING_DAYS, more), uncertain, CALENDAR, CHINA).known
    assert not after(uncertain, WORKING_DAYS, START, START + timedelta(days=1)).known


@SAME_EACH_RUN
@given(unit=UNITS, length=LENGTHS, start=MOMENTS, wait=LONG, stood=LONG)
def test_a_stop_never_makes_a_due_time_earlier(
    unit: ClockUnit, length: int, start: datetime, wait: timedelta, stood: timedelta
) -> None:
    found = due(length, unit, start)
    assert after(found, unit, start + wait, start + wait + stood).at >= found.at


@SAME_EACH_RUN
@given(unit=UNITS, length=LENGTHS, start=MOMENTS, wait=LONG, first=LONG, second=LONG)
def test_two_stops_that_touch_weigh_as_much_as_one(
    unit: ClockUnit, length: int, start: datetime, wait: timedelta, first: timedelta, second: timedelta
) -> None:
    found = due(length, unit, start)
    since, middle, until = start + wait, start + wait + first, start + wait + first + second
    assert after(after(found, unit, since, middle), unit, middle, until) == after(found, unit, since, until)


@SAME_EACH_RUN
@given(unit=UNITS, length=LENGTHS, start=MOMENTS, wait=LONG, stood=LONG, more=LONG)
def test_a_longer_stop_never_leaves_an_earlier_due_time(
    unit: ClockUnit, length: int, start: datetime, wait: timedelta, stood: timedelta, more: timedelta
) -> None:
    found, since = due(length, unit, start), start + wait
    shorter, longer = (after(found, unit, since, since + time) for time in (stood, stood + more))
    assert shorter.at <= longer.at


@SAME_EACH_RUN
@given(unit=UNITS, length=LENGTHS, start=MOMENTS, wait=LONG, stood=LONG)
def test_what_was_left_at_a_stop_is_left_after_it(
    unit: ClockUnit, length: int, start: datetime, wait: timedelta, stood: timedelta
) -> None:
    found = due(length, unit, start)
    since, until = start + wait, start + wait + stood
    if since >= found.at:
        return
    new = after(found, unit, since, until)
    assert new.at - until >= timedelta()
    if unit is HOURS:
        assert new.at - until == found.at - since
    elif unit is WORKING_DAYS:
        assert days_left(until, new.at) >= days_left(since, found.at)


def days_left(now: datetime, end: datetime) -> int:
    return CALENDAR.count_working(now.astimezone(ZONE).date(), end.astimezone(ZONE).date())


@pytest.mark.parametrize(
    ("unit", "length", "more", "expected"),
    [
        (DAYS, 60, Extension(30, DAYS, 1, ExtendedBy.LEADER), "2027-02-21 23:59:59"),
        (WORKING_DAYS, 3, Extension(3, WORKING_DAYS, 1, ExtendedBy.CENTRE), "2026-12-01 23:59:59"),
        (HOURS, 24, Extension(24, HOURS, 1, ExtendedBy.CENTRE), "2026-11-25 16:00:00"),
        (HOURS, 24, Extension(1, DAYS, 1, ExtendedBy.CENTRE), "2026-11-25 23:59:59"),
    ],
)
def test_an_extension_counts_from_the_old_due_time(
    unit: ClockUnit, length: int, more: Extension, expected: str
) -> None:
    assert local(extended(rule(length, unit, more), due(length, unit), CALENDAR, CHINA).at) == expected


def test_a_rule_without_an_extension_is_not_extended() -> None:
    with pytest.raises(ValueError, match="no extension"):
        extended(rule(3, DAYS), due(3, DAYS), CALENDAR, CHINA)


def test_the_ordinary_ladder_reminds_then_presses_then_goes_up() -> None:
    end = START + timedelta(hours=10)
    found = [
        (moment - START, step.act)
        for moment, step in ladder_times(defaults().ladders["ordinary"], START, end)
    ]
    assert found == [
        (timedelta(hours=8), LadderAct.REMIND),
        (timedelta(hours=10), LadderAct.PROMPT_LETTER),
        (timedelta(hours=34), LadderAct.WARNING_LETTER),
        (timedelta(hours=58), LadderAct.NEXT_IN_LINE),
        (timedelta(hours=82), LadderAct.SUPERIOR),
    ]


@pytest.mark.parametrize(
    ("name", "hours"), [("urgent", [5, 10, 11]), ("letter", [10, 34]), ("quiet", [8]), ("none", [])]
)
def test_the_other_ladders_are_taken_at_these_hours(name: str, hours: list[int]) -> None:
    times = ladder_times(defaults().ladders[name], START, START + timedelta(hours=10))
    assert [moment for moment, _ in times] == [START + timedelta(hours=hour) for hour in hours]


def test_steps_come_in_time_order_and_none_before_the_start() -> None:
    late = LadderStep(act=LadderAct.SUPERIOR, share=1.5)
    early = LadderStep(act=LadderAct.REMIND, before=timedelta(days=2))
    times = ladder_times(Ladder("odd", (late, early)), START, START + timedelta(hours=10))
    assert times == ((START, early), (START + timedelta(hours=15), late))


def test_a_share_is_one_of_real_time_also_where_the_wall_clock_jumps() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start, end = datetime(2026, 10, 24, 12, tzinfo=berlin), datetime(2026, 10, 25, 12, tzinfo=berlin)
    half = Ladder("half", (LadderStep(act=LadderAct.REMIND, share=0.5),))
    ((moment, _),) = ladder_times(half, start, end)
    assert moment == start.astimezone(UTC) + timedelta(hours=12, minutes=30)
