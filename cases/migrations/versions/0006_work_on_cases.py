"""Meetings, tasks, agreements and recusals, and who looked at a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
ENUM = {"native_enum": False, "create_constraint": True, "length": 24}

# Who looked at a case stays written.
SQLITE_GUARDS = (
    """CREATE TRIGGER read_log_no_update BEFORE UPDATE ON read_log
    BEGIN SELECT RAISE(ABORT, 'read entries are append-only'); END""",
    """CREATE TRIGGER read_log_no_delete BEFORE DELETE ON read_log
    BEGIN SELECT RAISE(ABORT, 'read entries are append-only'); END""",
)
POSTGRES_GUARDS = (
    """CREATE FUNCTION onedoor_read_log_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'read entries are append-only' USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER read_log_append_only BEFORE UPDATE OR DELETE ON read_log
    FOR EACH ROW EXECUTE FUNCTION onedoor_read_log_append_only()""",
    """CREATE TRIGGER read_log_no_truncate BEFORE TRUNCATE ON read_log
    FOR EACH STATEMENT EXECUTE FUNCTION onedoor_read_log_append_only()""",
)


TO_PUT_AWAY = "lower(status) = 'closed' AND (solved IS NOT NULL OR unsolved_class IS NOT NULL)"
REPLY_OWED = "reply_due_at IS NOT NULL AND replied_at IS NULL"
PARTIAL = (
    ("ix_cases_filed_by_id", "cases", ("filed_by_id",), "filed_by_id IS NOT NULL"),
    ("ix_cases_to_put_away", "cases", ("closed_at", "id"), TO_PUT_AWAY),
    ("ix_cases_to_put_away_unit_id", "cases", ("unit_id",), TO_PUT_AWAY),
    ("ix_cases_to_put_away_grid_id", "cases", ("grid_id",), TO_PUT_AWAY),
    ("ix_case_clocks_running", "case_clocks", ("step", "case_id"), "ended_at IS NULL"),
    ("ix_extensions_undecided", "extensions", ("clock_id", "case_id"), "decided_at IS NULL"),
    ("ix_papers_reply_owed", "papers", ("to_unit_id", "replied_at", "case_id"), REPLY_OWED),
)


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _guard() -> None:
    for guard in SQLITE_GUARDS if _on_sqlite() else POSTGRES_GUARDS:
        op.execute(guard)


def _index_the_few() -> None:
    """Few clocks of all still run, few cases are open, few were filed for others: asking reads no more."""
    op.create_index(op.f("ix_cases_grid_id_owed"), "cases", ["grid_id", "owed"], unique=False)
    op.drop_index(op.f("ix_cases_owed_due_at"), table_name="cases")
    urgent: list[str | sa.TextClause] = ["owed", sa.text("danger DESC"), "due_at", "id"]
    op.create_index(
        "ix_cases_by_urgency",
        "cases",
        urgent,
        sqlite_where=sa.text("owed IS 1"),
        postgresql_where=sa.text("owed IS TRUE"),
    )
    for name, table, columns, where in PARTIAL:
        op.create_index(
            name, table, list(columns), sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )


def upgrade() -> None:
    _index_the_few()
    op.create_table(
        "meetings",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("desk", "visit", "joint", "hearing", "mediation", "follow_up", name="kind", **ENUM),
            nullable=False,
        ),
        sa.Column("called_by_id", ID, nullable=False),
        sa.Column("planned_at", TIME, nullable=False),
        sa.Column("held_at", TIME, nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("statement_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["called_by_id"], ["staff.id"], name=op.f("fk_meetings_called_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_meetings_case_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_meetings_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
    )
    op.create_index(op.f("ix_meetings_case_id_id"), "meetings", ["case_id", "id"], unique=False)
    op.create_index(op.f("ix_meetings_planned_at"), "meetings", ["planned_at"], unique=False)
    op.create_table(
        "meeting_guests",
        sa.Column("id", ID, nullable=False),
        sa.Column("meeting_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_guests_meeting_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_meeting_guests_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_guests")),
        sa.UniqueConstraint("meeting_id", "staff_id", name=op.f("uq_meeting_guests_meeting_id_staff_id")),
    )
    op.create_index(op.f("ix_meeting_guests_staff_id"), "meeting_guests", ["staff_id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("meeting_id", ID, nullable=True),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=True),
        sa.Column("statement_id", ID, nullable=False),
        sa.Column("set_by_id", ID, nullable=False),
        sa.Column("set_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("handled_at", TIME, nullable=True),
        sa.Column("handled_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_tasks_case_id")),
        sa.ForeignKeyConstraint(["handled_by_id"], ["staff.id"], name=op.f("fk_tasks_handled_by_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_tasks_meeting_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["staff.id"], name=op.f("fk_tasks_set_by_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_tasks_staff_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_tasks_statement_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_tasks_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index(op.f("ix_tasks_case_id_id"), "tasks", ["case_id", "id"], unique=False)
    op.create_index(op.f("ix_tasks_unit_id_handled_at"), "tasks", ["unit_id", "handled_at"], unique=False)
    op.create_table(
        "agreements",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("oral", sa.Boolean(), nullable=False),
        sa.Column("statement_id", ID, nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("agreed_at", TIME, nullable=False),
        sa.Column("perform_by", TIME, nullable=True),
        sa.Column("performed", sa.Boolean(), nullable=True),
        sa.Column("performed_at", TIME, nullable=True),
        sa.Column("confirmed_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_agreements_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_agreements_case_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("fk_agreements_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
    )
    op.create_index(op.f("ix_agreements_agreed_at"), "agreements", ["agreed_at"], unique=False)
    op.create_index(op.f("ix_agreements_case_id_id"), "agreements", ["case_id", "id"], unique=False)
    op.create_table(
        "recusals",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_recusals_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recusals_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusals")),
        sa.UniqueConstraint("case_id", "staff_id", name=op.f("uq_recusals_case_id_staff_id")),
    )
    op.create_index(op.f("ix_recusals_staff_id"), "recusals", ["staff_id"], unique=False)
    op.create_table(
        "break_glass",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.CheckConstraint("until > opened_at", name=op.f("ck_break_glass_lasts_a_while")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_break_glass_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_break_glass_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass")),
    )
    op.create_index(
        op.f("ix_break_glass_staff_id_case_id"), "break_glass", ["staff_id", "case_id"], unique=False
    )
    op.create_table(
        "read_log",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("break_glass_id", ID, nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["break_glass_id"], ["break_glass.id"], name=op.f("fk_read_log_break_glass_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_read_log_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_read_log_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_log")),
    )
    op.create_index(op.f("ix_read_log_case_id_id"), "read_log", ["case_id", "id"], unique=False)
    op.create_index(op.f("ix_read_log_staff_id_at"), "read_log", ["staff_id", "at"], unique=False)
    _guard()


def downgrade() -> None:
    op.drop_index("ix_cases_by_urgency", table_name="cases")
    op.create_index(op.f("ix_cases_owed_due_at"), "cases", ["owed", "due_at"], unique=False)
    op.drop_index(op.f("ix_cases_grid_id_owed"), table_name="cases")
    for name, table, *_ in PARTIAL:
        op.drop_index(name, table_name=table)
    op.drop_table("read_log")
    op.drop_table("break_glass")
    op.drop_table("recusals")
    op.drop_table("agreements")
    op.drop_table("tasks")
    op.drop_table("meeting_guests")
    op.drop_table("meetings")
    if not _on_sqlite():
        op.execute("DROP FUNCTION onedoor_read_log_append_only()")
