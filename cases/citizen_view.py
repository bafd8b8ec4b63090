"""What does a resident see of their case: its steps, who has it until when and why, who answers for it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timeline
from cases.actors import ActorKind, Audience
from cases.clocks import running
from cases.records import Case, CaseClock, Statement, TimelineEntry, Unit
from cases.status import CaseStatus

S = CaseStatus
# Which of the running clocks the resident is told of; what the unit owes comes first elsewhere.
TOLD_OF: dict[CaseStatus, tuple[str, ...]] = {
    S.JUDGING: ("judge",),
    S.CLOSED: ("return_visit",),
    S.WAITING: ("handle", *running.DUE_FIRST),
}
# Until somebody signs, the first receiver answers for it (首问负责).
UNSIGNED = frozenset({S.REGISTERED, S.ACCEPTED, S.ROUTED, S.REOPENED})
# It follows the answer at once and says nothing more.
NOT_TOLD = frozenset({S.JUDGING})
JUDGEMENTS = frozenset({"judged", "return_visited"})
ASKED = "resident_asked"
UNIT_FACTS = ("unit", "to")
TIME_FACTS = ("at", "perform_by")


@dataclass(frozen=True, slots=True)
class Names:
    """A unit's name in both languages."""

    zh: str
    en: str

    def __call__(self, locale: str) -> str:
        return self.en if locale == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a case as its resident may read it; never a name of a person."""

    at: datetime
    action: str
    status: CaseStatus | None
    keys: tuple[str, ...]
    """wording keys, the most telling first"""
    unit: Names | None = None
    when: datetime | None = None
    """a time the step speaks of, such as that of a meeting"""
    words: tuple[str, ...] = ()
    """what staff wrote to the resident with it"""


@dataclass(frozen=True, slots=True)
class Owed:
    """What happens until when, and why just then: the rule of the clock that says so."""

    step: str
    at: datetime
    length: int
    unit: str
    """`hours`, `days` or `working_days`"""
    start: str
    basis: str
    article: str
    template: bool
    extensions: int
    stopped_for: str | None


@dataclass(frozen=True, slots=True)
class View:
    """A case as its resident sees it; `first` is named until somebody has signed."""

    code: str
    leaf: str
    status: CaseStatus
    opened_at: datetime
    unit: Names
    phone: str | None
    """where the unit can be called"""
    first: Names | None
    owed: Owed | None
    steps: tuple[Step, ...]


async def view_of(session: AsyncSession, case: Case, *, words: bool) -> View:
    """The view of a case that is loaded with its unit; with `words` also what staff wrote to the resident.

    A repeat is shown with the unit and the times of the case it is handled in.
    """
    handled = await _handled_in(session, case)
    first = await session.get_one(Unit, handled.first_unit_id)
    unit = await session.get_one(Unit, handled.unit_id)
    clocks = await running.running(session, handled)
    return View(
        code=case.code,
        leaf=case.leaf,
        status=case.status,
        opened_at=case.opened_at,
        unit=_names(unit),
        phone=unit.phone,
        first=_names(first) if handled.status in UNSIGNED else None,
        owed=owed_now(clocks, handled.status),
        steps=await steps_of(session, case, words=words),
    )


async def _handled_in(session: AsyncSession, case: Case) -> Case:
    if case.status is S.MERGED and case.merged_into_id is not None:
        return await session.get_one(Case, case.merged_into_id)
    return case


def owed_now(clocks: Iterable[CaseClock], status: CaseStatus) -> Owed | None:
    """What the resident is told is owed next, from the clocks of the case that have not ended."""
    alive = {clock.step: clock for clock in clocks if clock.ended_at is None}
    clock = next((alive[step] for step in TOLD_OF.get(status, running.DUE_FIRST) if step in alive), None)
    if clock is None:
        return None
    rule = clock.rule
    return Owed(
        step=clock.step,
        at=clock.due_at,
        length=int(rule["length"]),
        unit=str(rule["unit"]),
        start=str(rule["start"]),
        basis=str(rule["basis"] or ""),
        article=str(rule["article"] or ""),
        template=bool(rule["template"]),
        extensions=clock.extensions,
        stopped_for=clock.stopped_for,
    )


async def steps_of(session: AsyncSession, case: Case, *, words: bool = False) -> tuple[Step, ...]:
    """The steps of a case that its resident may read, oldest first."""
    chain = await timeline.entries(session, case, timeline.FOR_RESIDENT)
    told = [entry for entry in chain if entry.to_status not in NOT_TOLD]
    units = await _units(session, told)
    written = await _written(session, case) if words else {}
    return tuple(_step(entry, units, written) for entry in told)


def _step(entry: TimelineEntry, units: Mapping[str, Names], written: Mapping[int, str]) -> Step:
    texts = entry.facts.get("texts", ())
    return Step(
        at=entry.at,
        action=entry.action,
        status=entry.to_status,
        keys=keys_of(entry),
        unit=next((units[code] for code in _unit_codes(entry)), None),
        when=_time(entry),
        words=tuple(written[number] for number, _ in texts if number in written),
    )


def keys_of(entry: TimelineEntry) -> tuple[str, ...]:
    """Wording keys of an entry, the most telling first: the action, then what it came to, then why."""
    parts = [entry.action, *map(str, _came_to(entry))]
    return tuple(".".join(parts[:length]) for length in range(len(parts), 0, -1))


def _came_to(entry: TimelineEntry) -> list[str]:
    facts = entry.facts
    if entry.action == "moved" and entry.to_status is not None:
        return [entry.to_status.value, str(facts.get("reason", ""))]
    if entry.action in JUDGEMENTS:
        if facts.get("solved") is None:
            return ["unreached"]
        known = facts.get("satisfied")
        satisfied = [] if known is None else ["satisfied" if known else "unsatisfied"]
        return ["solved" if facts["solved"] else "unsolved", *satisfied]
    if entry.action == ASKED:
        return [str(facts.get("step", ""))]
    if facts.get("perform_by"):
        return ["by"]
    return [str(facts["kind"])] if facts.get("kind") else []


def _unit_codes(entry: TimelineEntry) -> list[str]:
    return [str(entry.facts[name]) for name in UNIT_FACTS if isinstance(entry.facts.get(name), str)]


def _time(entry: TimelineEntry) -> datetime | None:
    told = next((entry.facts[name] for name in TIME_FACTS if entry.facts.get(name)), None)
    return datetime.fromisoformat(str(told)).astimezone(UTC) if told else None


async def _units(session: AsyncSession, chain: Sequence[TimelineEntry]) -> dict[str, Names]:
    codes = {code for entry in chain for code in _unit_codes(entry)}
    found = await session.scalars(select(Unit).where(Unit.code.in_(codes)))
    names = {unit.code: _names(unit) for unit in found}
    return {code: names.get(code, Names(code, code)) for code in codes}


async def _written(session: AsyncSession, case: Case) -> dict[int, str]:
    """What staff wrote for the resident to read; their own words are theirs already."""
    found = await session.scalars(
        select(Statement).where(
            Statement.case_id == case.id,
            Statement.audience == Audience.RESIDENT,
            Statement.author_kind == ActorKind.STAFF,
            Statement.body.is_not(None),
        )
    )
    return {text.id: text.body for text in found if text.body}


def _names(unit: Unit) -> Names:
    return Names(unit.name_zh, unit.name_en)
