"""Which columns of which tables are filled, in which order, and with what where a case says nothing?"""

from __future__ import annotations

from cases.records import Case

_DEFAULTS: dict[str, object] = {
    "secret_failures": 0,
    "for_other": False,
    "needs_person": False,
    "sent_back": 0,
    "ruled": False,
    "mediation_refused": False,
    "clock_template": True,
    "review_due": False,
}
CASE_COLUMNS: tuple[tuple[str, object], ...] = tuple(
    (column.name, _DEFAULTS.get(column.name)) for column in Case.__table__.columns
)
COLUMNS: dict[str, tuple[str, ...]] = {
    "residents": ("id", "channel", "channel_index", "channel_id", "locale", "created_at"),
    "staff_channels": ("staff_id", "channel", "channel_index", "channel_id", "linked_at"),
    "cases": tuple(name for name, _ in CASE_COLUMNS),
    "timeline_entries": (
        "case_id",
        "home_id",
        "seq",
        "at",
        "actor_kind",
        "actor_id",
        "action",
        "from_status",
        "to_status",
        "facts",
        "audience",
        "prev_hash",
        "hash",
    ),
    "statements": (
        "id",
        "case_id",
        "kind",
        "author_kind",
        "author_id",
        "audience",
        "body",
        "salt",
        "at",
        "erased_at",
    ),
    "case_clocks": (
        "case_id",
        "step",
        "rule",
        "owed_by",
        "owed_unit_id",
        "started_at",
        "first_due_at",
        "due_at",
        "known_days",
        "stopped_at",
        "stopped_for",
        "extensions",
        "rung",
        "acts_at",
        "ended_at",
        "ending",
    ),
}
