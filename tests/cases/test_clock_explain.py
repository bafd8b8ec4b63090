"""A due time explains itself in coded points."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.clocks.arithmetic import Due, due_at
from cases.clocks.calendar import WorkCalendar
from cases.clocks.explain import Course, Paused, explained
from cases.clocks.rules import ClockRule, ExtendedBy, Extension, OwedBy, StartEvent, StopReason
from cases.records import ClockUnit

pytestmark = pytest.mark.unit
CHINA = "Asia/Shanghai"
CALENDAR = WorkCalendar()
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # a Monday, 16:00 in Shanghai
DAYS, WORKING_DAYS = ClockUnit.DAYS, ClockUnit.WORKING_DAYS


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


def due(length: int, unit: ClockUnit, start: datetime = START) -> Due:
    return due_at(rule(length, unit), start, CALENDAR, CHINA)


def points(of: ClockRule, course: Course, calendar: WorkCalendar = CALENDAR) -> dict[str, dict[str, object]]:
    return {
        point.key: dict(point.values) for point in explained(of, course, calendar=calendar, timezone=CHINA)
    }


def test_a_plain_due_time_explains_itself() -> None:
    law = replace(rule(15, DAYS), basis="某条例", article="14", template=False)
    found = due_at(law, START, CALENDAR, CHINA)
    assert points(law, Course(start=START, due=found)) == {
        "start": {"event": "dispatched", "at": START},
        "length": {"length": 15, "unit": "days"},
        "basis": {"basis": "某条例", "article": "14"},
        "due": {"at": found.at},
    }


def test_working_days_tell_what_they_skipped_and_what_was_made_up() -> None:
    start = datetime(2026, 2, 12, 9, tzinfo=ZoneInfo(CHINA))
    template = rule(3, WORKING_DAYS)
    told = points(template, Course(start=start, due=due(3, WORKING_DAYS, start)))
    assert told["template"] == {"basis": ""}
    # The 15th to the 23rd are off, six of them from Monday to Friday; Saturday the 14th is worked on.
    assert told["skipped"] == {"days": 9, "holidays": 6, "make_up": 1}


def test_pauses_and_extensions_are_told_in_their_order() -> None:
    more = Extension(15, WORKING_DAYS, 2, ExtendedBy.CENTRE)
    first = Paused(StopReason.RESIDENT, START, START + timedelta(days=1))
    still = Paused(StopReason.HEARING, START + timedelta(days=2))
    course = Course(start=START, due=due(15, WORKING_DAYS), pauses=(first, still), extensions=2)
    keys = [
        point.key
        for point in explained(rule(15, WORKING_DAYS, more), course, calendar=CALENDAR, timezone=CHINA)
    ]
    assert keys == ["start", "length", "template", "skipped", "paused", "still_paused", "extended", "due"]
    told = points(rule(15, WORKING_DAYS, more), course)
    assert told["paused"] == {"reason": "resident", "since": first.since, "until": first.until}
    assert told["still_paused"] == {"reason": "hearing", "since": still.since}
    assert told["extended"] == {"times": 2, "length": 15, "unit": "working_days", "who": "centre"}


def test_an_uncertain_due_time_names_the_year_until_the_year_is_known() -> None:
    start = datetime(2200, 10, 3, 4, tzinfo=UTC)
    course = Course(start=start, due=due(1, WORKING_DAYS, start))
    assert points(rule(1, WORKING_DAYS), course)["calendar_unknown"] == {"year": 2200}
    since_published = WorkCalendar(holidays=frozenset({date(2200, 10, 1)}))
    assert "calendar_unknown" not in points(rule(1, WORKING_DAYS), course, since_published)
