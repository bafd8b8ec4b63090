"""Tables of people: residents, staff, their channels and one-time invites."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cases.records.base import CODE_LENGTH, Id, Record, UtcTime, one_of
from cases.secrets import Sealed


class Role(StrEnum):
    """What a member of staff may do; see `cases.access`."""

    VOLUNTEER = "volunteer"
    """志愿者: sees only cases they are invited to"""
    GRID_WORKER = "grid_worker"
    """网格员: the cases of their own grids"""
    MEDIATOR = "mediator"
    """调解员"""
    POLICE = "police"
    """社区民警"""
    CENTRE = "centre"
    """综治中心: receives, routes, supervises its own area"""
    HANDLER = "handler"
    """部门承办人"""
    EXPERT = "expert"
    """四官、律师、心理咨询师、专家: answers and joins where invited"""
    AUDITOR = "auditor"
    """审计: reads trails, changes nothing"""
    ADMIN = "admin"
    """管理员: accounts and configuration, no case text"""


class Resident(Record):
    """A resident (群众) as one channel knows them; may stay nameless."""

    __tablename__ = "residents"
    __table_args__ = (
        CheckConstraint(
            "erased_at IS NULL OR"
            " (channel_index IS NULL AND channel_id IS NULL AND name IS NULL AND phone IS NULL)",
            name="erased_means_nothing_personal",
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    """`telegram`, `terminal`, …"""
    channel_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    """keyed hash of channel and id: how they are found again"""
    channel_id: Mapped[str | None] = mapped_column(Sealed("residents.channel_id"))
    """where notices go"""
    locale: Mapped[str] = mapped_column(String(10))
    name: Mapped[str | None] = mapped_column(Sealed("residents.name"))
    phone: Mapped[str | None] = mapped_column(Sealed("residents.phone"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    unreachable_since: Mapped[datetime | None] = mapped_column(UtcTime)
    """the channel refused a notice (they blocked the bot); cleared when they speak again"""
    erased_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Staff(Record):
    """Somebody of a unit, or a volunteer bound to one."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True)
    """a public handle for the command line and for logs"""
    name: Mapped[str] = mapped_column(Sealed("staff.name"))
    role: Mapped[Role] = mapped_column(one_of(Role, "role"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    post: Mapped[str | None] = mapped_column(String(40))
    """title at the unit, such as `director` (主任); who leads decides on extensions and rulings"""
    professions: Mapped[list[str]] = mapped_column(JSON, default=list)
    """what they are trained in: `judge`, `lawyer`, `psychology`, `medicine` …"""
    locale: Mapped[str] = mapped_column(String(10))
    active: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class StaffChannel(Record):
    """A channel through which a member of staff has proved who they are."""

    __tablename__ = "staff_channels"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    channel_index: Mapped[str] = mapped_column(String(64), unique=True)
    channel_id: Mapped[str] = mapped_column(Sealed("staff_channels.channel_id"))
    linked_at: Mapped[datetime] = mapped_column(UtcTime)
    unreachable_since: Mapped[datetime | None] = mapped_column(UtcTime)


class StaffInvite(Record):
    """A one-time code that links a channel to a member of staff; only its keyed hash is kept."""

    __tablename__ = "staff_invites"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class StaffGrid(Record):
    """Which grids a grid worker answers for."""

    __tablename__ = "staff_grids"
    __table_args__ = (UniqueConstraint("staff_id", "grid_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    grid_id: Mapped[int] = mapped_column(ForeignKey("grids.id"), index=True)


class GridPost(Record):
    """A post of a grid (网格长, 网格员, 平安志愿者 …) and who holds it; titles are the city's own data."""

    __tablename__ = "grid_posts"
    __table_args__ = (UniqueConstraint("grid_id", "post", "staff_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grids.id"))
    post: Mapped[str] = mapped_column(String(40))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)


class TeamMember(Record):
    """Somebody of a service team, with the profession they bring."""

    __tablename__ = "team_members"
    __table_args__ = (UniqueConstraint("team_id", "staff_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("service_teams.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    profession: Mapped[str] = mapped_column(String(40))


class Conflict(Record):
    """A conflict of interest (回避) somebody has with matters of a grid, of a leaf, or of both."""

    __tablename__ = "conflicts"
    __table_args__ = (CheckConstraint("grid_id IS NOT NULL OR leaf IS NOT NULL", name="names_something"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grids.id"))
    leaf: Mapped[str | None] = mapped_column(String(CODE_LENGTH))
    """`dispute:property`, `dispute:*`"""
