"""Cases with their timeline, words, files and invitations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
ENUM = {"native_enum": False, "create_constraint": True, "length": 24}
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

# The timeline only grows; and a case's status is that of its newest timeline entry, or it is not written.
SQLITE_GUARDS = (
    """CREATE TRIGGER timeline_entries_no_update BEFORE UPDATE ON timeline_entries
    BEGIN SELECT RAISE(ABORT, 'timeline entries are append-only'); END""",
    """CREATE TRIGGER timeline_entries_no_delete BEFORE DELETE ON timeline_entries
    BEGIN SELECT RAISE(ABORT, 'timeline entries are append-only'); END""",
    """CREATE TRIGGER cases_status_has_entry BEFORE UPDATE OF status ON cases
    WHEN NEW.status <> OLD.status AND NOT EXISTS (
        SELECT 1 FROM timeline_entries
        WHERE case_id = NEW.id AND seq = NEW.chain_length
        AND from_status = OLD.status AND to_status = NEW.status)
    BEGIN SELECT RAISE(ABORT, 'a status changes only with a timeline entry'); END""",
)
POSTGRES_GUARDS = (
    """CREATE FUNCTION onedoor_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'timeline entries are append-only' USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER timeline_entries_append_only BEFORE UPDATE OR DELETE ON timeline_entries
    FOR EACH ROW EXECUTE FUNCTION onedoor_append_only()""",
    """CREATE TRIGGER timeline_entries_no_truncate BEFORE TRUNCATE ON timeline_entries
    FOR EACH STATEMENT EXECUTE FUNCTION onedoor_append_only()""",
    """CREATE FUNCTION onedoor_status_has_entry() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT 1 FROM timeline_entries
            WHERE case_id = NEW.id AND seq = NEW.chain_length
            AND from_status = OLD.status AND to_status = NEW.status
        ) THEN
            RAISE EXCEPTION 'a status changes only with a timeline entry' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER cases_status_has_entry BEFORE UPDATE OF status ON cases
    FOR EACH ROW WHEN (NEW.status <> OLD.status) EXECUTE FUNCTION onedoor_status_has_entry()""",
)


def _guard() -> None:
    guards = SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else POSTGRES_GUARDS
    for guard in guards:
        op.execute(sa.text(guard.replace(":", "\\:")))


def _unguard() -> None:
    """The triggers go with their tables; PostgreSQL keeps functions apart."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute("DROP TRIGGER cases_status_has_entry ON cases")
    op.execute("DROP FUNCTION onedoor_status_has_entry()")
    op.execute("DROP TRIGGER timeline_entries_append_only ON timeline_entries")
    op.execute("DROP TRIGGER timeline_entries_no_truncate ON timeline_entries")
    op.execute("DROP FUNCTION onedoor_append_only()")


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("secret_failures", sa.Integer(), nullable=False),
        sa.Column("secret_locked_until", TIME, nullable=True),
        sa.Column("opening_key", sa.String(length=80), nullable=True),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("filed_by_id", ID, nullable=True),
        sa.Column("for_other", sa.Boolean(), nullable=False),
        sa.Column("leaf", sa.String(length=60), nullable=False),
        sa.Column("secondary", sa.JSON(), nullable=False),
        sa.Column("status", sa.Enum(*STATUSES, name="status", **ENUM), nullable=False),
        sa.Column("owed", sa.Boolean(), nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("assignee_id", ID, nullable=True),
        sa.Column("grid_id", ID, nullable=True),
        sa.Column("danger", sa.SmallInteger(), nullable=False),
        sa.Column("danger_codes", sa.JSON(), nullable=False),
        sa.Column("needs_person", sa.Boolean(), nullable=False),
        sa.Column("sent_back", sa.SmallInteger(), nullable=False),
        sa.Column("reopenings", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("clock_template", sa.Boolean(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("contact_name", sa.LargeBinary(), nullable=True),
        sa.Column("contact_phone", sa.LargeBinary(), nullable=True),
        sa.Column("told", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("answered_at", TIME, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column(
            "closing_kind",
            sa.Enum("substantive", "interim", "procedural", "suspended", name="closing_kind", **ENUM),
            nullable=True,
        ),
        sa.Column("solved", sa.Boolean(), nullable=True),
        sa.Column("chain_length", sa.Integer(), nullable=False),
        sa.Column("chain_head", sa.String(length=64), nullable=False),
        sa.Column("chain_seal", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "owed = (status IN ('in_progress', 'registered', 'reopened', 'routed', 'signed'))",
            name=op.f("ck_cases_owed_follows_status"),
        ),
        sa.CheckConstraint(
            "status <> 'closed' OR closed_at IS NOT NULL", name=op.f("ck_cases_closed_says_when")
        ),
        sa.CheckConstraint(
            "status NOT IN ('in_progress', 'signed') OR assignee_id IS NOT NULL",
            name=op.f("ck_cases_in_hand_has_assignee"),
        ),
        sa.CheckConstraint(
            "(closing_kind IS NULL) = (closed_at IS NULL)", name=op.f("ck_cases_closed_says_how")
        ),
        sa.CheckConstraint("danger BETWEEN 0 AND 4", name=op.f("ck_cases_danger_is_a_level")),
        sa.CheckConstraint("sent_back BETWEEN 0 AND 1", name=op.f("ck_cases_sent_back_once")),
        sa.ForeignKeyConstraint(["assignee_id"], ["staff.id"], name=op.f("fk_cases_assignee_id")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["staff.id"], name=op.f("fk_cases_filed_by_id")),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_cases_grid_id")),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_cases_resident_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_cases_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("code", name=op.f("uq_cases_code")),
        sa.UniqueConstraint("opening_key", name=op.f("uq_cases_opening_key")),
    )
    op.create_index(op.f("ix_cases_assignee_id_owed"), "cases", ["assignee_id", "owed"], unique=False)
    op.create_index(op.f("ix_cases_grid_id_id"), "cases", ["grid_id", "id"], unique=False)
    op.create_index(op.f("ix_cases_leaf"), "cases", ["leaf"], unique=False)
    op.create_index(op.f("ix_cases_owed_due_at"), "cases", ["owed", "due_at"], unique=False)
    op.create_index(op.f("ix_cases_resident_id_id"), "cases", ["resident_id", "id"], unique=False)
    op.create_index(op.f("ix_cases_status_id"), "cases", ["status", "id"], unique=False)
    op.create_index(
        op.f("ix_cases_unit_id_owed_danger_due_at_id"),
        "cases",
        ["unit_id", "owed", "danger", "due_at", "id"],
        unique=False,
    )
    op.create_table(
        "timeline_entries",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column(
            "actor_kind",
            sa.Enum("resident", "staff", "rule", "clock", name="actor_kind", **ENUM),
            nullable=False,
        ),
        sa.Column("actor_id", ID, nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("from_status", sa.Enum(*STATUSES, name="from_status", **ENUM), nullable=True),
        sa.Column("to_status", sa.Enum(*STATUSES, name="to_status", **ENUM), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("audience", sa.Enum("staff", "resident", name="audience", **ENUM), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "from_status IS NULL OR to_status IS NOT NULL", name=op.f("ck_timeline_entries_a_move_has_an_end")
        ),
        sa.CheckConstraint("seq > 0", name=op.f("ck_timeline_entries_seq_counts_from_one")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_timeline_entries_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_entries")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_timeline_entries_case_id_seq")),
    )
    op.create_table(
        "statements",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("story", "statement", "answer", "note", "reason", name="kind", **ENUM),
            nullable=False,
        ),
        sa.Column(
            "author_kind",
            sa.Enum("resident", "staff", "rule", "clock", name="author_kind", **ENUM),
            nullable=False,
        ),
        sa.Column("author_id", ID, nullable=True),
        sa.Column("audience", sa.Enum("staff", "resident", name="audience", **ENUM), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("erased_at", TIME, nullable=True),
        sa.CheckConstraint("(body IS NULL) = (salt IS NULL)", name=op.f("ck_statements_salt_goes_with_body")),
        sa.CheckConstraint(
            "(erased_at IS NULL) = (body IS NOT NULL)", name=op.f("ck_statements_erased_means_empty")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_statements_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
    )
    op.create_index(op.f("ix_statements_case_id_id"), "statements", ["case_id", "id"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("id", ID, nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("mime", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=40), nullable=False),
        sa.Column("file_key", sa.LargeBinary(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("erased_at", TIME, nullable=True),
        sa.CheckConstraint(
            "(erased_at IS NULL) = (file_key IS NOT NULL AND sha256 IS NOT NULL)",
            name=op.f("ck_attachments_erased_means_unreadable"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachments_size_is_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_attachments_case_id")),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_attachments_resident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("file_name", name=op.f("uq_attachments_file_name")),
    )
    op.create_index(op.f("ix_attachments_case_id_id"), "attachments", ["case_id", "id"], unique=False)
    op.create_index(op.f("ix_attachments_resident_id_at"), "attachments", ["resident_id", "at"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"], name=op.f("fk_invitations_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_invitations_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_invitations_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("case_id", "staff_id", name=op.f("uq_invitations_case_id_staff_id")),
    )
    op.create_index(op.f("ix_invitations_staff_id"), "invitations", ["staff_id"], unique=False)
    _guard()


def downgrade() -> None:
    _unguard()
    op.drop_table("invitations")
    op.drop_table("attachments")
    op.drop_table("statements")
    op.drop_table("timeline_entries")
    op.drop_table("cases")
