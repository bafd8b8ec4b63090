"""Further statuses, kinds and roles, and what cases, clocks and places say more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from cases.migrations.reshaping import Column, Shape, grow, guards_away, on_sqlite, one_of, shrink

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
STATUSES = (
    "registered",
    "routed",
    "signed",
    "in_progress",
    "answered",
    "closed",
    "archived",
    "reopened",
    "withdrawn",
    "declined",
)
ROLES = ("volunteer", "grid_worker", "mediator", "police", "centre", "handler", "auditor", "admin")
KINDS = ("story", "statement", "answer", "note", "reason")
UNITS = ("hours", "days")
# What only this revision knows → the nearest the one before it knows.
NEAREST_STATUS = {
    "accepted": "registered",
    "waiting": "in_progress",
    "judging": "answered",
    "transferred": "closed",
    "merged": "closed",
}
NEAREST_ROLE = {"expert": "volunteer"}
NEAREST_KIND = dict.fromkeys(("question", "minutes", "agreement", "task", "letter_reply"), "note")
NEAREST_UNIT = {"working_days": "days"}

# Whether an older case was ever given to a unit says its timeline, or else where it stands.
MOVES_TO = "FROM timeline_entries WHERE case_id = cases.id AND to_status ="
MAYBE_NEVER_ROUTED = "status IN ('registered', 'withdrawn', 'declined', 'archived')"
ROUTINGS = f"""COALESCE(NULLIF((SELECT count(*) {MOVES_TO} 'routed'), 0),
    CASE WHEN {MAYBE_NEVER_ROUTED} THEN 0 ELSE 1 END)"""
HOME = "COALESCE((SELECT unit_id FROM grids WHERE grids.id = cases.grid_id), unit_id)"
HOME_OF_ENTRY = "(SELECT home_id FROM cases WHERE cases.id = timeline_entries.case_id)"
FILLS = (
    f"""UPDATE cases SET dispatched_at = COALESCE((SELECT max(at) {MOVES_TO} 'routed'),
        CASE WHEN NOT {MAYBE_NEVER_ROUTED} THEN opened_at END)""",
    f"UPDATE cases SET signed_at = (SELECT max(at) {MOVES_TO} 'signed') WHERE assignee_id IS NOT NULL",
)
SHAPES = {
    "cities": Shape(columns=(Column("choices", sa.JSON(), "'{}'"),)),
    "units": Shape(
        columns=(
            Column("competence", sa.JSON(), "'[]'"),
            Column("duty", sa.JSON(), "'[]'"),
            Column("night_unit_id", ID),
        ),
        references={"night_unit_id": "units"},
    ),
    "grids": Shape(
        columns=(Column("kind", sa.String(24), "'homes'"),),
        checks={"kind": (None, one_of("kind", "homes", "market", "school", "estate"))},
    ),
    "clocks": Shape(
        columns=(
            Column("code", sa.String(60), "step || '-' || min_danger"),
            Column("position", sa.Integer(), "0"),
            Column("leaf", sa.String(60), "'*'"),
            Column("start", sa.String(24), "'dispatched'"),
            Column("stops", sa.JSON(), "'[]'"),
            Column("extension", sa.JSON()),
            Column("ladder", sa.String(40), "'ordinary'"),
            Column("owed_by", sa.String(24), "'unit'"),
            Column("article", sa.String(60), "''"),
        ),
        checks={"unit": (one_of("unit", *UNITS), one_of("unit", *UNITS, *NEAREST_UNIT))},
        unique=(("city_id", "step", "min_danger"), ("city_id", "code")),
    ),
    "staff": Shape(
        columns=(Column("post", sa.String(40)), Column("professions", sa.JSON(), "'[]'")),
        checks={"role": (one_of("role", *ROLES), one_of("role", *ROLES, *NEAREST_ROLE))},
    ),
    "cases": Shape(
        columns=(
            Column("first_unit_id", ID, "unit_id"),
            Column("first_receiver_id", ID),
            Column("home_id", ID, HOME),
            Column("ruled", sa.Boolean(), "false"),
            Column("routings", sa.SmallInteger(), ROUTINGS),
            Column("waiting_for", sa.String(20)),
            Column("merged_into_id", ID),
            Column("transferred_to", sa.String(20)),
            Column("mediation_refused", sa.Boolean(), "false"),
            Column("dispatched_at", TIME),
            Column("signed_at", TIME),
            Column("contacted_at", TIME),
            Column("satisfied", sa.Boolean()),
            Column("judged_at", TIME),
            Column("visited_at", TIME),
            Column("review_due", sa.Boolean(), "false"),
            Column("unsolved_class", sa.String(20)),
        ),
        checks={
            "status": (one_of("status", *STATUSES), one_of("status", *STATUSES, *NEAREST_STATUS)),
            "owed_follows_status": (
                "owed = (status IN ('in_progress', 'registered', 'reopened', 'routed', 'signed'))",
                "owed = (status IN ('accepted', 'in_progress', 'registered', 'reopened', 'routed', 'signed',"
                " 'waiting'))",
            ),
            "in_hand_has_assignee": (
                "status NOT IN ('in_progress', 'signed') OR assignee_id IS NOT NULL",
                "status NOT IN ('in_progress', 'signed', 'waiting') OR assignee_id IS NOT NULL",
            ),
            "waiting_says_for_what": (None, "(status = 'waiting') = (waiting_for IS NOT NULL)"),
            "merged_says_into_what": (None, "status <> 'merged' OR merged_into_id IS NOT NULL"),
            "transferred_says_where": (None, "status <> 'transferred' OR transferred_to IS NOT NULL"),
        },
        references={
            "first_unit_id": "units",
            "first_receiver_id": "staff",
            "home_id": "units",
            "merged_into_id": "cases",
        },
        indexes=(("opened_at", "unit_id"), ("home_id", "opened_at"), ("closed_at", "unit_id"), ("merged_into_id",)),
    ),
    "timeline_entries": Shape(
        columns=(Column("home_id", ID, HOME_OF_ENTRY),),
        references={"home_id": "units"},
        checks={
            column: (one_of(column, *STATUSES), one_of(column, *STATUSES, *NEAREST_STATUS))
            for column in ("from_status", "to_status")
        },
        indexes=(("action", "to_status", "at"), ("home_id", "action", "to_status", "at")),
    ),
    "statements": Shape(checks={"kind": (one_of("kind", *KINDS), one_of("kind", *KINDS, *NEAREST_KIND))}),
}
# Under this key a timeline entry keeps what 0003 cannot say, until this revision takes it back.
KEPT = "kept_0004"
OF_CASE = ("waiting_for", "merged_into_id", "transferred_to")


def _nearest(column: str, nearest: dict[str, str]) -> str:
    whens = " ".join(f"WHEN '{new}' THEN '{old}'" for new, old in nearest.items())
    return f"CASE {column} {whens} ELSE {column} END"


def _kept(part: str) -> str:
    return f"json_extract(facts, '$.{KEPT}.{part}')" if on_sqlite() else f"(facts -> '{KEPT}' ->> '{part}')"


def _keep_timeline() -> None:
    """Says the timeline in the last revision's statuses; what its hashes are made of is kept beside."""
    parts = "'from', from_status, 'to', to_status, " + ", ".join(
        f"'{name}', (SELECT {name} FROM cases WHERE cases.id = case_id)" for name in OF_CASE
    )
    facts = (
        f"json_set(facts, '$.{KEPT}', json_object({parts}))"
        if on_sqlite()
        else f"CAST(CAST(facts AS jsonb) || jsonb_build_object('{KEPT}', jsonb_build_object({parts})) AS json)"
    )
    op.execute(
        f"UPDATE timeline_entries SET facts = {facts},"
        f" from_status = {_nearest('from_status', NEAREST_STATUS)},"
        f" to_status = {_nearest('to_status', NEAREST_STATUS)}"
        f" WHERE {one_of('from_status', *NEAREST_STATUS)} OR {one_of('to_status', *NEAREST_STATUS)}"
    )


def _take_timeline_back() -> None:
    """Undoes `_keep_timeline`; a case nobody has moved since stands again where it stood."""
    for new, old in NEAREST_STATUS.items():
        newest = (
            f"FROM timeline_entries AS entry WHERE case_id = cases.id AND {_kept('to')} = '{new}'"
            " AND NOT EXISTS (SELECT 1 FROM timeline_entries AS later WHERE later.case_id = entry.case_id"
            " AND later.seq > entry.seq AND later.to_status IS NOT NULL)"
        )
        op.execute(
            f"UPDATE cases SET status = '{new}', waiting_for = (SELECT {_kept('waiting_for')} {newest}),"
            f" merged_into_id = (SELECT CAST({_kept('merged_into_id')} AS BIGINT) {newest}),"
            f" transferred_to = (SELECT {_kept('transferred_to')} {newest})"
            f"{', closed_at = NULL, closing_kind = NULL' if old == 'closed' else ''}"
            f" WHERE status = '{old}' AND EXISTS (SELECT 1 {newest})"
        )
    facts = (
        f"json_remove(facts, '$.{KEPT}')" if on_sqlite() else f"CAST(CAST(facts AS jsonb) - '{KEPT}' AS json)"
    )
    op.execute(
        f"UPDATE timeline_entries SET from_status = {_kept('from')}, to_status = {_kept('to')},"
        f" facts = {facts} WHERE {_kept('to')} IS NOT NULL"
    )


def _say_in_older_words() -> None:
    _keep_timeline()
    op.execute(
        "UPDATE cases SET closing_kind = 'procedural', closed_at = COALESCE("
        f"(SELECT max(at) {MOVES_TO} 'closed'), opened_at)"
        " WHERE status IN ('transferred', 'merged') AND closed_at IS NULL"
    )
    op.execute(
        f"UPDATE cases SET status = {_nearest('status', NEAREST_STATUS)}, waiting_for = NULL"
        f" WHERE {one_of('status', *NEAREST_STATUS)}"
    )
    for table, column, nearest in (
        ("statements", "kind", NEAREST_KIND),
        ("staff", "role", NEAREST_ROLE),
        ("clocks", "unit", NEAREST_UNIT),
    ):
        op.execute(
            f"UPDATE {table} SET {column} = {_nearest(column, nearest)} WHERE {one_of(column, *nearest)}"
        )
    # There a clock counts for every matter, and a step has one at each level.
    op.execute("DELETE FROM clocks WHERE leaf <> '*'")
    first = "SELECT min(id) FROM clocks GROUP BY city_id, step, min_danger"
    op.execute(f"DELETE FROM clocks WHERE id NOT IN ({first})")


def upgrade() -> None:
    with guards_away("cases", "timeline_entries"):
        for table, shape in SHAPES.items():
            grow(table, shape)
        for fill in FILLS:
            op.execute(fill)
        _take_timeline_back()


def downgrade() -> None:
    with guards_away("cases", "timeline_entries"):
        _say_in_older_words()
        for table, shape in SHAPES.items():
            shrink(table, shape)
