"""What do visits, mediations, agreements, meetings and tasks need, and what carries them out?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Literal, cast
from zoneinfo import ZoneInfo

from cases import agreements, meetings, tasks
from cases.actors import by_staff
from cases.errors import NotFound, PlaceNotFound
from cases.places import city_of
from cases.records import Agreement, MeetingKind, Unit
from cases.staff_side import choices
from cases.staff_side.asked_texts import task_text
from cases.staff_side.deeds import Deed
from cases.staff_side.steps import Choice, Given, Seated, Step, options_of

MEETING_STARTS = time(9, 0)
LAST_SECOND = time(23, 59, 59)
SEPARATORS = ",，、;；"


async def _day(at: Seated, chosen: str, clock: time) -> datetime:
    """So many days from today in the city's own calendar, at that time of its day."""
    unit = await at.session.get_one(Unit, at.person.unit_id)
    zone = ZoneInfo((await city_of(at.session, unit)).timezone)
    day = at.now.astimezone(zone).date() + timedelta(days=int(chosen.removeprefix("d")))
    return datetime.combine(day, clock, zone)


async def _call_on(at: Seated, given: Given) -> None:
    await meetings.record_visit(at.session, at.person, given.code, given.words, at.now)


async def _mediate(at: Seated, given: Given) -> None:
    outcome = cast(Literal["agreed", "not_agreed", "refused"], given.chosen[0])
    await meetings.record_mediation(at.session, at.person, given.code, given.words, at.now, outcome=outcome)


async def _end_mediation(at: Seated, given: Given) -> None:
    await meetings.terminate_mediation(at.session, at.person, given.code, given.words, at.now)


async def _agree(at: Seated, given: Given) -> None:
    form, day = given.chosen
    perform_by = None if day == "d0" else await _day(at, day, LAST_SECOND)
    await agreements.record_agreement(
        at.session,
        at.person,
        given.code,
        given.words,
        at.now,
        oral=form == "oral",
        perform_by=perform_by,
    )


async def _kept(at: Seated, given: Given) -> None:
    agreement = await at.session.get(Agreement, int(given.chosen[0]))
    if agreement is None:
        raise NotFound
    kept = given.chosen[1] == "kept"
    await agreements.say_kept(at.session, agreement, at.now, actor=by_staff(at.person.id), kept=kept)


async def _meet(at: Seated, given: Given) -> None:
    kind, day = given.chosen
    for sign in SEPARATORS:
        given = Given(given.code, given.chosen, given.words.replace(sign, " "))
    await meetings.call_meeting(
        at.session,
        at.person,
        given.code,
        at.now,
        kind=MeetingKind(kind),
        planned_at=await _day(at, day, MEETING_STARTS),
        guests=given.words.split(),
    )


async def _hold(at: Seated, given: Given) -> None:
    meeting_id, outcome = given.chosen
    await meetings.hold_meeting(at.session, at.person, int(meeting_id), given.words, at.now, outcome=outcome)


async def _task(at: Seated, given: Given) -> None:
    unit = await at.session.get(Unit, int(given.chosen[0]))
    if unit is None:
        raise PlaceNotFound
    due_at = await _day(at, given.chosen[1], LAST_SECOND)
    await tasks.set_task(
        at.session, at.person, given.code, given.words, at.now, unit_code=unit.code, due_at=due_at
    )


async def _strike(at: Seated, given: Given) -> None:
    await tasks.strike_task(at.session, at.person, int(given.chosen[0]), given.words, at.now)


MEET_STEPS: Mapping[Deed, Step] = {
    Deed.CALL_ON: Step(_call_on, "staff_called_on", asks="staff_callon_ask"),
    Deed.MEDIATE: Step(
        _mediate,
        "staff_mediated",
        (Choice("staff_which_outcome", options_of("agreed", "not_agreed", "refused", key="outcome_")),),
        asks="staff_minutes_ask",
    ),
    Deed.END_MEDIATION: Step(
        _end_mediation, "staff_mediation_ended", asks="staff_endmed_ask", shown_first=True
    ),
    Deed.AGREE: Step(
        _agree,
        "staff_agreed",
        (
            Choice("staff_which_form", options_of("written", "oral", key="form_")),
            Choice("staff_perform_by", choices.days(7, 30, 90, none=True)),
        ),
        asks="staff_agree_ask",
        shown_first=True,
    ),
    Deed.KEPT: Step(
        _kept,
        "staff_kept",
        (
            Choice("staff_which_agreement", choices.agreements_waiting, sure=True),
            Choice("staff_was_it_kept", options_of("kept", "not_kept", key="")),
        ),
    ),
    Deed.MEET: Step(
        _meet,
        "staff_meeting_called",
        (
            Choice("staff_which_meeting", options_of("joint", "hearing", "follow_up", key="meet_")),
            Choice("staff_which_day", choices.days(1, 3, 7)),
        ),
        asks="staff_guests_ask",
        skippable=True,
    ),
    Deed.HOLD: Step(
        _hold,
        "staff_meeting_held",
        (
            Choice("staff_hold_which", choices.meetings_waiting, sure=True),
            Choice("staff_which_outcome", choices.outcomes),
        ),
        asks="staff_minutes_ask",
    ),
    Deed.TASK: Step(
        _task,
        "staff_task_set",
        (
            Choice("staff_task_for", choices.units_for_task),
            Choice("staff_task_by", choices.days(3, 7, 15, 30)),
        ),
        asks="staff_task_ask",
    ),
    Deed.STRIKE: Step(
        _strike,
        "staff_task_struck",
        (Choice("staff_which_task", choices.tasks_waiting, sure=True),),
        asks="staff_strike_ask",
        shows=task_text,
    ),
}
