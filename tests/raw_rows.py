"""Rows written past the records, which know only the newest revision, into the tables of any revision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from builders import NOW
from sqlalchemy import Connection, MetaData, Table, insert, select

from cases.actors import ActorKind, Audience
from cases.database import Database
from cases.records import TimelineEntry
from cases.timeline import fingerprint

LATER = NOW + timedelta(hours=1)
OLD_STATUSES: dict[str, dict[str, Any]] = {
    "registered": {},
    "routed": {},
    "signed": {"assignee_id": 1},
    "in_progress": {"assignee_id": 1},
    "answered": {"assignee_id": 1},
    "closed": {"assignee_id": 1, "closed_at": LATER, "closing_kind": "substantive"},
    "archived": {},
    "reopened": {"assignee_id": 1},
    "withdrawn": {},
    "declined": {},
}
NEVER_ROUTED = ("registered", "archived", "withdrawn", "declined")
NEW_STATUSES: dict[str, tuple[str, dict[str, Any]]] = {
    "accepted": ("registered", {}),
    "waiting": ("in_progress", {"assignee_id": 1, "waiting_for": "appraisal"}),
    "judging": ("answered", {"assignee_id": 1}),
    "transferred": ("closed", {"transferred_to": "court"}),
    "merged": ("closed", {"merged_into_id": 1}),
}
OWED = ("registered", "accepted", "routed", "signed", "in_progress", "waiting", "reopened")
Rows = dict[str, list[dict[str, Any]]]


class Tables:
    """The tables as they are at a revision; a value for a column that is not there is left out."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.known = MetaData()
        self.known.reflect(connection)

    def put(self, table: str, **values: Any) -> None:
        columns = self.known.tables[table].columns.keys()
        self.connection.execute(
            insert(self.known.tables[table]).values({key: values[key] for key in values if key in columns})
        )

    def rows(self) -> Rows:
        return {
            name: [dict(row) for row in self.connection.execute(_in_order(table)).mappings()]
            for name, table in self.known.tables.items()
            if name != "alembic_version"
        }


def _in_order(table: Table) -> Any:
    return select(table).order_by(*table.primary_key.columns)


def put_place(tables: Tables) -> None:
    """A city with one unit, grid, clock, member of staff and resident."""
    named = {"name_zh": "甲", "name_en": "A", "position": 0, "active": True}
    city = {"timezone": "UTC", "sample": False, "fingerprint": "f", "loaded_at": NOW, "choices": {}}
    tables.put("cities", id=1, code="c", **city, **named)
    unit = {"city_id": 1, "kind": "city", "level": "city", "path": "c/", "competence": [], "duty": []}
    tables.put("units", id=1, code="c", **unit, **named)
    place = {f"{what}_{locale}": "x" for what in ("place", "covers") for locale in ("zh", "en")}
    tables.put("grids", id=1, code="g", unit_id=1, lat=1.0, lon=2.0, kind="market", **place, **named)
    tables.put("clocks", **a_clock(1))
    who = {"unit_id": 1, "locale": "en", "created_at": NOW}
    tables.put("staff", id=1, code="s", name=b"s", role="handler", professions=["law"], active=True, **who)
    tables.put("residents", id=1, channel="telegram", locale="en", created_at=NOW)


def a_clock(number: int, **more: Any) -> dict[str, Any]:
    rule = {"city_id": 1, "step": "first_answer", "min_danger": 2, "length": 3, "unit": "days", "basis": "b"}
    said = {"code": f"own-{number}", "position": number, "leaf": "*", "start": "opened", "stops": ["hearing"]}
    rest = {"id": number, "template": True, "ladder": "quick", "owed_by": "centre", "article": "9"}
    return rest | rule | said | more


def put_case(tables: Tables, number: int, status: str, way: tuple[str, ...], **more: Any) -> None:
    """A case that came to a status by a way, each step of it in the timeline, and with one text."""
    base = {"id": number, "code": f"YM-{number}", "secret_hash": "h", "secret_failures": 0, "resident_id": 1}
    flags = dict.fromkeys(("for_other", "needs_person", "ruled", "mediation_refused", "review_due"), False)
    counts = dict.fromkeys(("danger", "sent_back", "reopenings", "routings"), 0)
    said = {"leaf": "service", "secondary": [], "danger_codes": ["火"]}
    stands = {"status": status, "owed": status in OWED}
    held = {
        "unit_id": 1,
        "first_unit_id": 1,
        "grid_id": 1,
        "home_id": 1,
        "due_at": LATER,
        "clock_template": True,
    }
    chain = {"opened_at": NOW, "chain_length": len(way) + 1, "chain_head": "", "chain_seal": "", "version": 1}
    tables.put("cases", **(base | flags | counts | said | stands | held | chain | more))
    before: str | None = None
    for seq, to in enumerate(("registered", *way), start=1):
        step = {"case_id": number, "seq": seq, "at": NOW + timedelta(minutes=seq), "action": "moved"}
        who = {"actor_kind": ActorKind.STAFF, "actor_id": 1, "audience": Audience.STAFF, "prev_hash": ""}
        told = {"from_status": before, "to_status": to, "facts": {"reason": "t", "texts": [[1, "é"]]}}
        values: dict[str, Any] = step | who | told
        mark = fingerprint(f"YM-{number}", TimelineEntry(**values))
        tables.put("timeline_entries", hash=mark, home_id=1, **values)
        before = to
    words = {"kind": "story", "author_kind": "resident", "author_id": 1, "audience": "staff", "at": NOW}
    tables.put("statements", case_id=number, body=b"b", salt=b"s", **words)


def put_older_cases(tables: Tables) -> None:
    put_place(tables)
    for number, (status, more) in enumerate(OLD_STATUSES.items(), start=1):
        way = () if status == "registered" else (status,) if status in NEVER_ROUTED else ("routed", status)
        put_case(tables, number, status, ("routed",) if status == "routed" else way, **more)
    tables.put("drafts", resident_id=1, number=1, stage="s", facts=b"f", updated_at=NOW)


def put_newer_cases(tables: Tables) -> None:
    put_place(tables)
    put_case(tables, 1, "routed", ("accepted", "routed"))
    for number, (status, (_, more)) in enumerate(NEW_STATUSES.items(), start=2):
        put_case(tables, number, status, ("accepted", "routed", status), **more)


async def at(database: Database, act: Callable[[Tables], Any]) -> Any:
    """What an act on the tables of the present revision returns; what it wrote is committed."""
    async with database.engine.begin() as connection:
        return await connection.run_sync(lambda bound: act(Tables(bound)))


def everything(tables: Tables) -> Rows:
    return tables.rows()
