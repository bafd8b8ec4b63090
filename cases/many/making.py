"""Which rows does one case come to: itself, its chained timeline, its sealed words, its clocks?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random

from cases.actors import ActorKind, Audience
from cases.danger import level_of
from cases.many import clocks
from cases.many.columns import CASE_COLUMNS
from cases.many.courses import LATELY, OPEN, RESTED, Course, S, Step
from cases.many.plan import CHUNK, NOW, Plan, code_of
from cases.many.sealing import Pools, iso
from cases.many.world import LEAVES, GridFact, World
from cases.opening import TO_SORT
from cases.records import StatementKind
from cases.secrets import SecretBox
from cases.statements import SALT_BYTES
from cases.status import IN_HAND, OWED, CaseStatus

Rows = dict[str, list[tuple[object, ...]]]
LATE = 0.055
"""The last part of all cases, about two months: half of them are still open."""
OPEN_LATE, OPEN_OF_OLD = 0.5, 0.003
TEXTS = 4
"""Numbers kept for the statements of a case."""
DANGERS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.004, ("violence",)),
    (0.014, ("domestic_violence",)),
    (0.034, ("livelihood",)),
    (0.054, ("alcohol",)),
)
TABLES = ("cases", "timeline_entries", "statements", "case_clocks")
_REST = ([course for _, course in RESTED], [weight for weight, _ in RESTED])
_LATELY = ([course for _, course in LATELY], [weight for weight, _ in LATELY])
_OPEN = ([course for _, course in OPEN], [weight for weight, _ in OPEN])
_LEAF = ([leaf for leaf, _ in LEAVES], [weight for _, weight in LEAVES])


@dataclass(slots=True)
class Made:
    """A case while its course is walked; times are seconds since 1970."""

    number: int
    code: str
    opened: float
    leaf: str
    grid: GridFact
    danger: tuple[str, ...]
    unit_id: int
    why: str
    resident_id: int
    is_open: bool
    status: CaseStatus = S.REGISTERED
    at: dict[str, float] = field(default_factory=dict)
    """when it last came to a status, and when which other entry was written"""
    worker: int | None = None
    routings: int = 0
    reopenings: int = 0
    satisfied: bool | None = None
    length: int = 0
    head: str = ""


class Maker:
    """Makes the rows of a chunk of cases; the same plan, world and place give the same cases."""

    def __init__(self, plan: Plan, world: World, box: SecretBox) -> None:
        self._plan, self._world, self._box = plan, world, box
        self._pools = Pools(box)
        self._clocks = clocks.ClockMaker(world)

    def chunk(self, first: int) -> Rows:
        """The rows of the cases from that place on, by table."""
        rng = Random(f"{self._plan.seed}:{first}")  # noqa: S311  # repeatable, and nothing secret comes of it
        rows: Rows = {name: [] for name in TABLES}
        for place in range(first, min(first + CHUNK, self._plan.cases)):
            made, course = self._drawn(rng, place)
            self._walk(rng, made, course, rows)
            mine = self._clocks.clocks_of(rng, made)
            rows["case_clocks"] += [clock.row() for clock in mine]
            rows["cases"].append(self._case(rng, made, mine))
        return rows

    def _drawn(self, rng: Random, place: int) -> tuple[Made, Course]:
        world, opened = self._world, self._plan.opened(place)
        late = place >= self._plan.cases * (1 - LATE)
        is_open = rng.random() < (OPEN_LATE if late else OPEN_OF_OLD)
        course = rng.choices(*(_OPEN if is_open else _LATELY if late else _REST))[0]
        leaf = rng.choices(*_LEAF)[0]
        if course is OPEN[0][1]:
            leaf = TO_SORT
        grid = world.grids[int(rng.random() * len(world.grids))]
        unit_id, why = world.routes[grid.township_id, leaf]
        drawn = rng.random()
        made = Made(
            number=place + 1,
            code=code_of(place, opened),
            opened=opened,
            leaf=leaf,
            grid=grid,
            danger=() if leaf == TO_SORT else next((c for share, c in DANGERS if drawn < share), ()),
            unit_id=unit_id or grid.community_id,
            why=why,
            resident_id=1 + int(rng.random() * self._plan.residents),
            is_open=is_open,
        )
        return made, course

    def _walk(self, rng: Random, made: Made, course: Course, rows: Rows) -> None:
        people = self._world.people[made.unit_id]
        own = tuple(one for one in made.grid.workers if one in people)
        made.worker = rng.choice(own or people)
        made.satisfied = rng.random() < 0.85
        texts = 0
        for step, at in zip(course, self._times(rng, made, course), strict=True):
            facts = self._facts(made, step)
            if step.words is not None:
                mark = self._write(rng, made, step, texts, at, rows)
                facts += f'{"," if facts else ""}"texts":[{mark}]'
                texts += 1
            self._append(made, step, at, f"{{{facts}}}", rows["timeline_entries"])

    def _times(self, rng: Random, made: Made, course: Course) -> list[float]:
        """When each entry is written: none later than now."""
        gaps = [step.after * 60 * (0.1 + 0.9 * rng.random()) for step in course]
        total, left = sum(gaps), NOW.timestamp() - made.opened
        wanted = left * (0.2 + 0.7 * rng.random()) if made.is_open else min(total, left * 0.98)
        scale = min(wanted, total) / total if total else 0.0
        times, at = [], made.opened
        for gap in gaps:
            at += gap * scale
            times.append(at)
        return times

    def _facts(self, made: Made, step: Step) -> str:
        if step.to is S.REGISTERED:
            return self._registered(made)
        if "%" not in step.facts:
            return step.facts
        told = step.facts.replace("%unit", self._world.units[made.unit_id].code).replace("%why", made.why)
        return told.replace("%yes", "true" if made.satisfied else "false")

    def _registered(self, made: Made) -> str:
        danger = json.dumps(made.danger, separators=(",", ":"))
        return (
            f'"attachments":[],"check":null,"danger":{danger},"grid":"{made.grid.code}",'
            f'"leaf":"{made.leaf}","level":"{level_of(made.danger).code}"'
        )

    def _write(self, rng: Random, made: Made, step: Step, place: int, at: float, rows: Rows) -> str:
        """A sealed text; returns [id, fingerprint] as JSON."""
        kind = step.words or StatementKind.NOTE
        body, sealed = self._pools.text(rng, kind)
        salt = rng.randbytes(SALT_BYTES)
        number = made.number * TEXTS + place
        inner = kind is StatementKind.REASON
        rows["statements"].append(
            (
                number,
                made.number,
                kind.value,
                step.by.value,
                self._actor(made, step),
                (Audience.STAFF if inner else Audience.RESIDENT).value,
                sealed,
                salt,
                iso(at),
                None,
            )
        )
        return f'[{number},"{sha256(salt + body).hexdigest()}"]'

    def _actor(self, made: Made, step: Step) -> int | None:
        match step.by:
            case ActorKind.RESIDENT:
                return made.resident_id
            case ActorKind.STAFF:
                return made.worker
        return None

    def _append(self, made: Made, step: Step, at: float, facts: str, into: list[tuple[object, ...]]) -> None:
        """The next entry of the chain, fingerprinted as `cases.timeline.fingerprint` does."""
        before = made.status.value if step.to and made.length else None
        seq, when, actor, prev = made.length + 1, iso(at), self._actor(made, step), made.head
        to = step.to.value if step.to else None
        told = (
            f'["{made.code}",{seq},"{when}","{step.by.value}",{"null" if actor is None else actor},'
            f'"{step.action}",{_quoted(before)},{_quoted(to)},{facts},"{step.audience.value}","{prev}"]'
        )
        made.head, made.length = sha256(told.encode()).hexdigest(), seq
        into.append(
            (
                made.number,
                made.grid.community_id,
                seq,
                when,
                step.by.value,
                actor,
                step.action,
                before,
                to,
                facts,
                step.audience.value,
                prev,
                made.head,
            )
        )
        made.at[step.action if step.to is None else step.to.value] = at
        if step.to is not None:
            made.status = step.to
            made.routings += step.to is S.ROUTED
            made.reopenings += step.to is S.REOPENED

    def _case(self, rng: Random, made: Made, mine: Sequence[clocks.Clock]) -> tuple[object, ...]:
        from_status = self._by_status(made)
        first = self._world.units[made.unit_id].centre_id
        owed = clocks.owed_first(mine)
        told = {
            "id": made.number,
            "code": made.code,
            "secret_hash": self._box.index(f"{made.code}:000000", "case secret"),
            "opening_key": f"draft:{made.resident_id}:{made.number}",
            "resident_id": made.resident_id,
            "leaf": made.leaf,
            "secondary": "[]",
            "unit_id": made.unit_id,
            "first_unit_id": first,
            "first_receiver_id": self._world.receiver(first),
            "grid_id": made.grid.id,
            "home_id": made.grid.community_id,
            "danger": int(level_of(made.danger)),
            "danger_codes": json.dumps(made.danger),
            "needs_person": made.leaf == TO_SORT,
            "routings": made.routings,
            "reopenings": made.reopenings,
            "due_at": iso(owed.due if owed else made.opened + 3 * 86400),
            "contact_phone": self._pools.phone(rng),
            "told": self._pools.told,
            "opened_at": iso(made.opened),
            "chain_length": made.length,
            "chain_head": made.head,
            "chain_seal": self._box.index(f"{made.code}:{made.length}:{made.head}", "timeline"),
            "version": made.length,
            **from_status,
        }
        return tuple(told.get(name, default) for name, default in CASE_COLUMNS)

    def _by_status(self, made: Made) -> dict[str, object]:
        """The columns that follow from the course."""
        at = {name: iso(when) for name, when in made.at.items()}
        judged = made.status is not S.REOPENED and "judged" in at
        closed = at.get("closed") if made.status in (S.CLOSED, S.ARCHIVED) else None
        in_hand = "signed" in at and made.status not in (S.ACCEPTED, S.ROUTED)
        return {
            "status": made.status.value,
            "owed": made.status in OWED,
            "assignee_id": made.worker if in_hand or made.status in IN_HAND else None,
            "sent_back": int(made.at.get("accepted", made.opened) > made.opened),
            "waiting_for": "resident" if made.status is S.WAITING else None,
            "merged_into_id": max(made.number - 1, 1) if made.status is S.MERGED else None,
            "transferred_to": "court" if made.status is S.TRANSFERRED else None,
            "dispatched_at": at.get("routed"),
            "signed_at": at.get("signed") if in_hand else None,
            "contacted_at": at.get("contacted"),
            "answered_at": at.get("answered"),
            "closed_at": closed,
            "closing_kind": None if closed is None else "substantive" if judged else "procedural",
            "solved": True if judged else None,
            "satisfied": made.satisfied if judged else None,
            "judged_at": at["judged"] if judged else None,
            "visited_at": at.get("return_visited") if judged else None,
            "review_due": made.status is S.REOPENED,
            "unsolved_class": "unreachable" if "classified" in at else None,
        }


def _quoted(value: str | None) -> str:
    return "null" if value is None else f'"{value}"'
