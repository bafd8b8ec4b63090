"""What can be chosen on a case: kinds, units, colleagues, days, levels, grounds?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from cases import places
from cases.access import seat_of
from cases.acts import local_time
from cases.conflicts import conflicted
from cases.danger import LEVEL_OF_CODE, DangerLevel
from cases.meetings import is_protected
from cases.records import AREAS, Agreement, Case, Meeting, MeetingKind, Paper, Staff, Task, Unit, UnitKind
from cases.roles import ROLE_MAY, Act
from cases.routing import leaf_fits
from cases.staff_side.standing import open_tasks, to_reply_by
from cases.staff_side.steps import Option, Options, Seated
from cases.status import MOVES, CaseStatus, ClosingKind

# 六防六促, then the specialist bodies, fraud, and what is no dispute: families of leaves as people know them.
FAMILIES: dict[str, tuple[str, ...]] = {
    "emotion": ("dispute:emotion",),
    "family": ("dispute:family", "dispute:domestic_violence"),
    "neighbour": ("dispute:neighbour",),
    "debt": ("dispute:loan", "dispute:contract", "dispute:consumer", "dispute:labour"),
    "property": ("dispute:property",),
    "disaster": ("dispute:disaster",),
    "special": (
        "dispute:land",
        "dispute:damages",
        "dispute:traffic",
        "dispute:medical",
        "dispute:environment",
        "dispute:village_affairs",
        "dispute:school",
        "dispute:administrative",
        "dispute:other",
    ),
    "scam": (
        "scam:task_rebate",
        "scam:fake_investment",
        "scam:fake_shopping",
        "scam:fake_customer_service",
        "scam:fake_loan",
        "scam:fake_credit_record",
        "scam:impersonate_acquaintance",
        "scam:impersonate_authority",
        "scam:romance",
        "scam:game_trade",
        "scam:phishing",
        "scam:prize",
        "scam:ticket_change",
        "scam:fake_job",
        "scam:sextortion",
        "scam:fake_purchase_order",
        "scam:screen_share",
        "scam:money_mule",
        "scam:frozen_assets",
        "scam:illegal_fundraising",
        "scam:elder_care",
        "scam:recovery",
        "scam:other",
    ),
    "service": ("service",),
}
NAMED = "staff_name"
"""A button that shows nothing but a name."""


async def families(_at: Seated, _case: Case, _chosen: tuple[str, ...]) -> Sequence[Option]:
    """The kinds of matter, coarsest first."""
    return [Option(name, f"family_{name}") for name in FAMILIES]


async def leaves(_at: Seated, case: Case, chosen: tuple[str, ...]) -> Sequence[Option]:
    """The leaves of the family just chosen."""
    return [Option(leaf, "leaf", {"leaf": leaf}) for leaf in FAMILIES[chosen[0]] if leaf != case.leaf]


async def grounds(_at: Seated, case: Case, _chosen: tuple[str, ...]) -> Sequence[Option]:
    """On which ground a case is not accepted."""
    return _reasons(case, CaseStatus.DECLINED, "ground_")


async def ways_on(_at: Seated, case: Case, _chosen: tuple[str, ...]) -> Sequence[Option]:
    """Where a case can lawfully be handed on to."""
    return _reasons(case, CaseStatus.TRANSFERRED, "way_")


def _reasons(case: Case, to: CaseStatus, key: str) -> list[Option]:
    allowed = MOVES[case.status].get(to)
    codes = sorted(allowed.reasons - {"other"}) if allowed else []
    rest = ["other"] if allowed and "other" in allowed.reasons else []
    return [Option(code, f"{key}{code}") for code in (*codes, *rest)]


async def closings(at: Seated, case: Case, _chosen: tuple[str, ...]) -> Sequence[Option]:
    """How it can be closed: nobody calls their own work settled in substance."""
    own = case.assignee_id == at.person.id
    kinds = [kind for kind in ClosingKind if not (own and kind is ClosingKind.SUBSTANTIVE)]
    return [Option(kind.value, f"close_{kind.value}") for kind in kinds]


async def signals(_at: Seated, case: Case, _chosen: tuple[str, ...]) -> Sequence[Option]:
    """Danger signals not yet on the case, the gravest first."""
    fresh = [code for code in LEVEL_OF_CODE if code not in case.danger_codes]
    gravest_first = sorted(fresh, key=lambda code: -LEVEL_OF_CODE[code])
    return [Option(code, f"signal_{code}") for code in gravest_first]


async def lower_levels(_at: Seated, case: Case, _chosen: tuple[str, ...]) -> Sequence[Option]:
    """Every danger level below the present one."""
    levels = [level for level in DangerLevel if level < case.danger_level]
    return [Option(level.code, f"level_{level.code}") for level in reversed(levels)]


async def colleagues(at: Seated, case: Case, _chosen: tuple[str, ...]) -> Sequence[Option]:
    """Who else of the unit may take it, without a stake in it."""
    away = await conflicted(at.session, case.leaf, case.grid_id)
    query = select(Staff).where(Staff.unit_id == case.unit_id, Staff.active, Staff.id != case.assignee_id)
    found = (await at.session.scalars(query.order_by(Staff.id))).all()
    able = [one for one in found if Act.TAKE in ROLE_MAY[one.role] and one.id not in away]
    return [Option(str(one.id), NAMED, {"name": one.name}) for one in able]


async def units_to_route(at: Seated, case: Case, _chosen: tuple[str, ...]) -> Sequence[Option]:
    """Units of one's own area that serve the place, those competent for the matter first, nearest first."""
    seat = await seat_of(at.session, at.person)
    units = [
        unit for unit in await places.serving(at.session, case.grid) if _may_get(unit, case, seat.area_path)
    ]
    nearest_first = sorted(units, key=lambda unit: not _competent(unit, case))
    return [_of_unit(unit, at) for unit in nearest_first]


def _may_get(unit: Unit, case: Case, area_path: str) -> bool:
    if unit.kind is UnitKind.MEDIATION and (is_protected(case) or case.mediation_refused):
        return False
    if unit.kind in AREAS and unit.kind is not UnitKind.COMMUNITY:
        return False
    again = unit.id == case.unit_id and case.status is CaseStatus.IN_PROGRESS
    return unit.path.startswith(area_path) and not again


def _competent(unit: Unit, case: Case) -> bool:
    return not unit.competence or any(leaf_fits(pattern, case.leaf) for pattern in unit.competence)


async def units_for_task(at: Seated, case: Case, _chosen: tuple[str, ...]) -> Sequence[Option]:
    """Who can be asked to do something: the unit that has it, one's own, then those that serve the place."""
    own = await at.session.get_one(Unit, at.person.unit_id)
    serving = [unit for unit in await places.serving(at.session, case.grid) if _has_people(unit)]
    units = {unit.id: unit for unit in (case.unit, own, *serving)}
    return [_of_unit(unit, at) for unit in units.values()]


def _has_people(unit: Unit) -> bool:
    return unit.kind not in AREAS or unit.kind is UnitKind.COMMUNITY


def _of_unit(unit: Unit, at: Seated) -> Option:
    return Option(str(unit.id), NAMED, {"name": unit.name(at.locale)})


async def letters_waiting(at: Seated, case: Case, _chosen: tuple[str, ...]) -> Sequence[Option]:
    """Letters to one's own unit that no reply has closed yet."""
    query = select(Paper).where(Paper.case_id == case.id, to_reply_by(at.person.unit_id))
    found = await at.session.scalars(query.order_by(Paper.id))
    return [Option(str(paper.id), NAMED, {"name": paper.number}) for paper in found]


async def meetings_waiting(at: Seated, case: Case, _chosen: tuple[str, ...]) -> Sequence[Option]:
    """Meetings that were called and not yet held."""
    query = select(Meeting).where(Meeting.case_id == case.id, Meeting.held_at.is_(None))
    found = await at.session.scalars(query.order_by(Meeting.planned_at))
    return [
        Option(str(one.id), f"meeting_{one.kind.value}", {"at": await _told(at, case, one.planned_at)})
        for one in found
    ]


async def _told(at: Seated, case: Case, moment: datetime) -> str:
    return await local_time(at.session, case.unit, moment)


async def outcomes(at: Seated, _case: Case, chosen: tuple[str, ...]) -> Sequence[Option]:
    """What can come of the meeting just chosen."""
    meeting = await at.session.get_one(Meeting, int(chosen[0]))
    mediated = meeting.kind is MeetingKind.MEDIATION
    codes = ("agreed", "not_agreed", "adjourned", "refused" if mediated else "done")
    return [Option(code, f"outcome_{code}") for code in codes]


async def agreements_waiting(at: Seated, case: Case, _chosen: tuple[str, ...]) -> Sequence[Option]:
    """Agreements of which nobody has said whether they were kept."""
    query = select(Agreement).where(Agreement.case_id == case.id, Agreement.performed.is_(None))
    found = await at.session.scalars(query.order_by(Agreement.id))
    return [
        Option(str(one.id), "agreement_of", {"at": await _told(at, case, one.agreed_at)}) for one in found
    ]


async def tasks_waiting(at: Seated, case: Case, _chosen: tuple[str, ...]) -> Sequence[Option]:
    """Tasks one may strike off."""
    found = await at.session.scalars(select(Task).where(*open_tasks(case, at.person)).order_by(Task.due_at))
    return [Option(str(one.id), "task_due", {"at": await _told(at, case, one.due_at)}) for one in found]


def days(*counts: int, none: bool = False) -> Options:
    """In so many days, or, with `none`, without a day."""

    async def found(_at: Seated, _case: Case, _chosen: tuple[str, ...]) -> Sequence[Option]:
        fixed = [
            Option(f"d{count}", "in_days" if count > 1 else "tomorrow", {"days": count}) for count in counts
        ]
        return [*fixed, *([Option("d0", "no_day")] if none else [])]

    return found
