"""Teams, posts and conflicts of interest; running clocks, their extensions, and numbered papers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
ENUM = {"native_enum": False, "create_constraint": True, "length": 24}


def upgrade() -> None:
    op.create_table(
        "service_teams",
        sa.Column("id", ID, nullable=False),
        sa.Column("city_id", ID, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_service_teams_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_teams")),
        sa.UniqueConstraint("code", name=op.f("uq_service_teams_code")),
    )
    op.create_index(op.f("ix_service_teams_city_id"), "service_teams", ["city_id"], unique=False)
    op.create_table(
        "team_villages",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["service_teams.id"], name=op.f("fk_team_villages_team_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_team_villages_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_villages")),
        sa.UniqueConstraint("team_id", "unit_id", name=op.f("uq_team_villages_team_id_unit_id")),
    )
    op.create_index(op.f("ix_team_villages_unit_id"), "team_villages", ["unit_id"], unique=False)
    op.create_table(
        "team_members",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("profession", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_team_members_staff_id")),
        sa.ForeignKeyConstraint(["team_id"], ["service_teams.id"], name=op.f("fk_team_members_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_members")),
        sa.UniqueConstraint("team_id", "staff_id", name=op.f("uq_team_members_team_id_staff_id")),
    )
    op.create_index(op.f("ix_team_members_staff_id"), "team_members", ["staff_id"], unique=False)
    op.create_table(
        "grid_posts",
        sa.Column("id", ID, nullable=False),
        sa.Column("grid_id", ID, nullable=False),
        sa.Column("post", sa.String(length=40), nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_grid_posts_grid_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_grid_posts_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_posts")),
        sa.UniqueConstraint("grid_id", "post", "staff_id", name=op.f("uq_grid_posts_grid_id_post_staff_id")),
    )
    op.create_index(op.f("ix_grid_posts_staff_id"), "grid_posts", ["staff_id"], unique=False)
    op.create_table(
        "conflicts",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("grid_id", ID, nullable=True),
        sa.Column("leaf", sa.String(length=60), nullable=True),
        sa.CheckConstraint(
            "grid_id IS NOT NULL OR leaf IS NOT NULL", name=op.f("ck_conflicts_names_something")
        ),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_conflicts_grid_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_conflicts_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflicts")),
    )
    op.create_index(op.f("ix_conflicts_staff_id"), "conflicts", ["staff_id"], unique=False)
    op.create_table(
        "papers",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("to_unit_id", ID, nullable=True),
        sa.Column("number", sa.String(length=120), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("issuing_key", sa.String(length=80), nullable=True),
        sa.Column(
            "by_kind", sa.Enum("resident", "staff", "rule", "clock", name="by_kind", **ENUM), nullable=False
        ),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("issued_at", TIME, nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=True),
        sa.Column("reply_due_at", TIME, nullable=True),
        sa.Column("replied_at", TIME, nullable=True),
        sa.Column("reply_by_id", ID, nullable=True),
        sa.Column("file_name", sa.String(length=40), nullable=True),
        sa.Column("file_key", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.CheckConstraint("(sha256 IS NULL) = (file_name IS NULL)", name=op.f("ck_papers_drawn_has_a_hash")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_papers_seq_counts_from_one")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_papers_case_id")),
        sa.ForeignKeyConstraint(["reply_by_id"], ["staff.id"], name=op.f("fk_papers_reply_by_id")),
        sa.ForeignKeyConstraint(["to_unit_id"], ["units.id"], name=op.f("fk_papers_to_unit_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_papers_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_papers")),
        sa.UniqueConstraint("issuing_key", name=op.f("uq_papers_issuing_key")),
        sa.UniqueConstraint("unit_id", "kind", "year", "seq", name=op.f("uq_papers_unit_id_kind_year_seq")),
    )
    op.create_index(op.f("ix_papers_case_id_id"), "papers", ["case_id", "id"], unique=False)
    op.create_index(op.f("ix_papers_kind_issued_at"), "papers", ["kind", "issued_at"], unique=False)
    op.create_index(
        op.f("ix_papers_to_unit_id_replied_at"), "papers", ["to_unit_id", "replied_at"], unique=False
    )
    op.create_table(
        "paper_numbers",
        sa.Column("unit_id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("year", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_paper_numbers_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "kind", "year", name=op.f("pk_paper_numbers")),
    )
    op.create_table(
        "case_clocks",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("owed_by", sa.String(length=24), nullable=False),
        sa.Column("owed_unit_id", ID, nullable=True),
        sa.Column("paper_id", ID, nullable=True),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("first_due_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("known_days", sa.Boolean(), nullable=False),
        sa.Column("stopped_at", TIME, nullable=True),
        sa.Column("stopped_for", sa.String(length=20), nullable=True),
        sa.Column("extensions", sa.SmallInteger(), nullable=False),
        sa.Column("rung", sa.SmallInteger(), nullable=False),
        sa.Column("acts_at", TIME, nullable=True),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("ending", sa.String(length=12), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_case_clocks_ended_says_how")
        ),
        sa.CheckConstraint(
            "(stopped_at IS NULL) = (stopped_for IS NULL)", name=op.f("ck_case_clocks_stopped_says_why")
        ),
        sa.CheckConstraint(
            "ended_at IS NULL OR acts_at IS NULL", name=op.f("ck_case_clocks_ended_does_nothing")
        ),
        sa.CheckConstraint(
            "stopped_at IS NULL OR acts_at IS NULL", name=op.f("ck_case_clocks_stopped_does_nothing")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_clocks_case_id")),
        sa.ForeignKeyConstraint(["owed_unit_id"], ["units.id"], name=op.f("fk_case_clocks_owed_unit_id")),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name=op.f("fk_case_clocks_paper_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_clocks")),
    )
    op.create_index(
        "ix_case_clocks_acts_at_id",
        "case_clocks",
        ["acts_at", "id"],
        unique=False,
        sqlite_where=sa.text("acts_at IS NOT NULL"),
        postgresql_where=sa.text("acts_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_case_clocks_case_id_step"), "case_clocks", ["case_id", "step"], unique=False)
    op.create_index(op.f("ix_case_clocks_paper_id"), "case_clocks", ["paper_id"], unique=False)
    op.create_table(
        "extensions",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("clock_id", ID, nullable=False),
        sa.Column("asked_by_id", ID, nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("resident_agrees", sa.Boolean(), nullable=True),
        sa.Column("decided_by_id", ID, nullable=True),
        sa.Column("decided_at", TIME, nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (granted IS NULL)", name=op.f("ck_extensions_decided_says_how")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id",
            name=op.f("ck_extensions_decided_by_another"),
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["staff.id"], name=op.f("fk_extensions_asked_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_extensions_case_id")),
        sa.ForeignKeyConstraint(["clock_id"], ["case_clocks.id"], name=op.f("fk_extensions_clock_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff.id"], name=op.f("fk_extensions_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    op.create_index(op.f("ix_extensions_case_id_id"), "extensions", ["case_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("extensions")
    op.drop_table("case_clocks")
    op.drop_table("paper_numbers")
    op.drop_table("papers")
    op.drop_table("conflicts")
    op.drop_table("grid_posts")
    op.drop_table("team_members")
    op.drop_table("team_villages")
    op.drop_table("service_teams")
