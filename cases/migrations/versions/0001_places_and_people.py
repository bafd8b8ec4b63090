"""The city with its units and grids, and the people on both sides of the door."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
ENUM = {"native_enum": False, "create_constraint": True, "length": 24}
KINDS = (
    "city",
    "county",
    "township",
    "community",
    "centre",
    "police",
    "mediation",
    "housing",
    "market",
    "labour",
    "women",
    "emergency",
    "land",
    "health",
    "environment",
    "education",
    "traffic",
    "legal",
)


def upgrade() -> None:
    op.create_table(
        "cities",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("loaded_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cities")),
        sa.UniqueConstraint("code", name=op.f("uq_cities_code")),
    )
    op.create_table(
        "units",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("city_id", ID, nullable=False),
        sa.Column("parent_id", ID, nullable=True),
        sa.Column("kind", sa.Enum(*KINDS, name="kind", **ENUM), nullable=False),
        sa.Column("level", sa.Enum(*KINDS, name="level", **ENUM), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(parent_id IS NULL) = (kind = 'city')", name=op.f("ck_units_only_a_city_is_a_root")
        ),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_units_city_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_units_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("code", name=op.f("uq_units_code")),
    )
    op.create_index(op.f("ix_units_city_id"), "units", ["city_id"], unique=False)
    op.create_index(op.f("ix_units_parent_id_position"), "units", ["parent_id", "position"], unique=False)
    op.create_index(
        op.f("ix_units_path"), "units", ["path"], unique=False, postgresql_ops={"path": "text_pattern_ops"}
    )
    op.create_table(
        "grids",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("place_zh", sa.String(length=200), nullable=False),
        sa.Column("place_en", sa.String(length=300), nullable=False),
        sa.Column("covers_zh", sa.String(length=200), nullable=False),
        sa.Column("covers_en", sa.String(length=300), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("lat BETWEEN -90 AND 90", name=op.f("ck_grids_lat_is_a_latitude")),
        sa.CheckConstraint("lon BETWEEN -180 AND 180", name=op.f("ck_grids_lon_is_a_longitude")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_grids_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grids")),
        sa.UniqueConstraint("code", name=op.f("uq_grids_code")),
    )
    op.create_index(op.f("ix_grids_lat_lon"), "grids", ["lat", "lon"], unique=False)
    op.create_index(op.f("ix_grids_unit_id"), "grids", ["unit_id"], unique=False)
    op.create_table(
        "routing_rules",
        sa.Column("id", ID, nullable=False),
        sa.Column("city_id", ID, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.String(length=60), nullable=False),
        sa.Column("area_id", ID, nullable=True),
        sa.Column("danger_code", sa.String(length=40), nullable=True),
        sa.Column("min_danger", sa.Integer(), nullable=False),
        sa.Column("to_kind", sa.Enum(*KINDS, name="to_kind", **ENUM), nullable=True),
        sa.Column("to_level", sa.Enum(*KINDS, name="to_level", **ENUM), nullable=True),
        sa.Column("to_unit_id", ID, nullable=True),
        sa.CheckConstraint(
            "(to_kind IS NULL) <> (to_unit_id IS NULL)", name=op.f("ck_routing_rules_one_target")
        ),
        sa.CheckConstraint("min_danger BETWEEN 0 AND 4", name=op.f("ck_routing_rules_min_danger_is_a_level")),
        sa.ForeignKeyConstraint(["area_id"], ["units.id"], name=op.f("fk_routing_rules_area_id")),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_routing_rules_city_id")),
        sa.ForeignKeyConstraint(["to_unit_id"], ["units.id"], name=op.f("fk_routing_rules_to_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rules")),
        sa.UniqueConstraint("city_id", "code", name=op.f("uq_routing_rules_city_id_code")),
    )
    op.create_index(op.f("ix_routing_rules_city_id"), "routing_rules", ["city_id"], unique=False)
    op.create_table(
        "clocks",
        sa.Column("id", ID, nullable=False),
        sa.Column("city_id", ID, nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("min_danger", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Enum("hours", "days", name="unit", **ENUM), nullable=False),
        sa.Column("template", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.CheckConstraint("length > 0", name=op.f("ck_clocks_length_is_positive")),
        sa.CheckConstraint("min_danger BETWEEN 0 AND 4", name=op.f("ck_clocks_min_danger_is_a_level")),
        sa.ForeignKeyConstraint(["city_id"], ["cities.id"], name=op.f("fk_clocks_city_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
        sa.UniqueConstraint("city_id", "step", "min_danger", name=op.f("uq_clocks_city_id_step_min_danger")),
    )
    op.create_index(op.f("ix_clocks_city_id"), "clocks", ["city_id"], unique=False)
    op.create_table(
        "residents",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("channel_index", sa.String(length=64), nullable=True),
        sa.Column("channel_id", sa.LargeBinary(), nullable=True),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("unreachable_since", TIME, nullable=True),
        sa.Column("erased_at", TIME, nullable=True),
        sa.CheckConstraint(
            "erased_at IS NULL OR (channel_index IS NULL AND channel_id IS NULL AND name IS NULL AND phone IS NULL)",
            name=op.f("ck_residents_erased_means_nothing_personal"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residents")),
        sa.UniqueConstraint("channel_index", name=op.f("uq_residents_channel_index")),
    )
    op.create_table(
        "staff",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "volunteer",
                "grid_worker",
                "mediator",
                "police",
                "centre",
                "handler",
                "auditor",
                "admin",
                name="role",
                **ENUM,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_staff_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("code", name=op.f("uq_staff_code")),
    )
    op.create_index(op.f("ix_staff_unit_id"), "staff", ["unit_id"], unique=False)
    op.create_table(
        "staff_channels",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("channel_index", sa.String(length=64), nullable=False),
        sa.Column("channel_id", sa.LargeBinary(), nullable=False),
        sa.Column("linked_at", TIME, nullable=False),
        sa.Column("unreachable_since", TIME, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_channels_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_channels")),
        sa.UniqueConstraint("channel_index", name=op.f("uq_staff_channels_channel_index")),
    )
    op.create_index(op.f("ix_staff_channels_staff_id"), "staff_channels", ["staff_id"], unique=False)
    op.create_table(
        "staff_invites",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_invites_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_invites")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_staff_invites_code_hash")),
    )
    op.create_index(op.f("ix_staff_invites_staff_id"), "staff_invites", ["staff_id"], unique=False)
    op.create_table(
        "staff_grids",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("grid_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_staff_grids_grid_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_grids_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_grids")),
        sa.UniqueConstraint("staff_id", "grid_id", name=op.f("uq_staff_grids_staff_id_grid_id")),
    )
    op.create_index(op.f("ix_staff_grids_grid_id"), "staff_grids", ["grid_id"], unique=False)


def downgrade() -> None:
    op.drop_table("staff_grids")
    op.drop_table("staff_invites")
    op.drop_table("staff_channels")
    op.drop_table("staff")
    op.drop_table("residents")
    op.drop_table("clocks")
    op.drop_table("routing_rules")
    op.drop_table("grids")
    op.drop_table("units")
    op.drop_table("cities")
