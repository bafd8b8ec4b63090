"""The conversation: what was heard, drafts, fraud checks, and notices owed to people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
ENUM = {"native_enum": False, "create_constraint": True, "length": 24}


def upgrade() -> None:
    op.create_table(
        "heard",
        sa.Column("id", ID, nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("channel_message_id", sa.String(length=64), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("forwarded", sa.Boolean(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("taken_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_heard_resident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heard")),
        sa.UniqueConstraint(
            "resident_id", "channel_message_id", name=op.f("uq_heard_resident_id_channel_message_id")
        ),
    )
    op.create_index(op.f("ix_heard_at"), "heard", ["at"], unique=False)
    op.create_index(
        op.f("ix_heard_resident_id_taken_at_id"), "heard", ["resident_id", "taken_at", "id"], unique=False
    )
    op.create_table(
        "drafts",
        sa.Column("resident_id", ID, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_drafts_resident_id")),
        sa.PrimaryKeyConstraint("resident_id", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_updated_at"), "drafts", ["updated_at"], unique=False)
    op.create_table(
        "checks",
        sa.Column("id", ID, nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("verdict", sa.LargeBinary(), nullable=True),
        sa.Column("risk", sa.String(length=20), nullable=False),
        sa.Column("scam_type", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=True),
        sa.Column("for_other", sa.Boolean(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("state_at", TIME, nullable=True),
        sa.Column("erased_at", TIME, nullable=True),
        sa.CheckConstraint(
            "(erased_at IS NULL) = (text IS NOT NULL)", name=op.f("ck_checks_erased_means_empty")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_checks_case_id")),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name=op.f("fk_checks_resident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks")),
    )
    op.create_index(op.f("ix_checks_at"), "checks", ["at"], unique=False)
    op.create_index(op.f("ix_checks_case_id"), "checks", ["case_id"], unique=False)
    op.create_index(op.f("ix_checks_resident_id_id"), "checks", ["resident_id", "id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", ID, nullable=False),
        sa.Column("to_kind", sa.Enum("resident", "staff", name="to_kind", **ENUM), nullable=False),
        sa.Column("to_id", ID, nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("values", sa.LargeBinary(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=120), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("pending", "sending", "sent", "blocked", "given_up", name="state", **ENUM),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", TIME, nullable=False),
        sa.Column("claim", sa.String(length=32), nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("failure", sa.String(length=60), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("settled_at", TIME, nullable=True),
        sa.CheckConstraint(
            "(state = 'sending') = (claim IS NOT NULL)", name=op.f("ck_notices_sending_is_claimed")
        ),
        sa.CheckConstraint(
            "(claim IS NULL) = (lease_until IS NULL)", name=op.f("ck_notices_a_claim_has_a_lease")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_notices_attempts_count_up")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_notices_idempotency_key")),
    )
    op.create_index(op.f("ix_notices_state_not_before"), "notices", ["state", "not_before"], unique=False)
    op.create_index(
        op.f("ix_notices_to_kind_to_id_state"), "notices", ["to_kind", "to_id", "state"], unique=False
    )


def downgrade() -> None:
    op.drop_table("notices")
    op.drop_table("checks")
    op.drop_table("drafts")
    op.drop_table("heard")
