"""Tables of the city: units, grids, routing rules, clocks."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from cases.records.base import CODE_LENGTH, Id, Record, UtcTime, one_of


class UnitKind(StrEnum):
    """What a unit is: one of the four areas, or an office that serves the area it belongs to."""

    CITY = "city"
    """市"""
    COUNTY = "county"
    """县、区"""
    TOWNSHIP = "township"
    """乡镇、街道"""
    COMMUNITY = "community"
    """村、社区 with its committee and grid workers"""
    CENTRE = "centre"
    """综治中心: receives, routes, supervises"""
    POLICE = "police"
    """派出所、反诈中心"""
    MEDIATION = "mediation"
    """人民调解"""
    HOUSING = "housing"
    """住建、物业"""
    MARKET = "market"
    """市场监管、消费"""
    LABOUR = "labour"
    """人社、劳动监察"""
    WOMEN = "women"
    """妇联"""
    EMERGENCY = "emergency"
    """应急"""
    LAND = "land"
    """自然资源、农业农村"""
    HEALTH = "health"
    """卫健、医调委"""
    ENVIRONMENT = "environment"
    """生态环境"""
    EDUCATION = "education"
    """教育"""
    TRAFFIC = "traffic"
    """交管、事故调解"""
    LEGAL = "legal"
    """司法、法律援助"""


AREAS = (UnitKind.CITY, UnitKind.COUNTY, UnitKind.TOWNSHIP, UnitKind.COMMUNITY)


class City(Record):
    """A loaded city; a sample is labelled so wherever it shows."""

    __tablename__ = "cities"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    timezone: Mapped[str] = mapped_column(String(40))
    """IANA name; due dates end with the city's own day"""
    sample: Mapped[bool] = mapped_column(Boolean)
    """fictional: put away as soon as a real city is loaded"""
    fingerprint: Mapped[str] = mapped_column(String(64))
    """SHA-256 of what was loaded"""
    loaded_at: Mapped[datetime] = mapped_column(UtcTime)
    choices: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """what a city may choose: posts a grid should have, the set of papers, days off of its own, ladders"""


class Unit(Record):
    """A unit: an area of the tree city → county → township → community, or an office of such an area."""

    __tablename__ = "units"
    __table_args__ = (
        CheckConstraint("(parent_id IS NULL) = (kind = 'city')", name="only_a_city_is_a_root"),
        Index(None, "path", postgresql_ops={"path": "text_pattern_ops"}),
        Index(None, "parent_id", "position"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[UnitKind] = mapped_column(one_of(UnitKind, "kind"))
    level: Mapped[UnitKind] = mapped_column(one_of(UnitKind, "level"))
    """an area's own kind; an office's is that of the area it serves"""
    path: Mapped[str] = mapped_column(String(400))
    """codes from the root down, each closed by a slash: everything below a unit starts with its path"""
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    phone: Mapped[str | None] = mapped_column(String(40))
    """an office number that may be shown to residents"""
    competence: Mapped[list[str]] = mapped_column(JSON, default=list)
    """leaf patterns it may handle, such as `dispute:labour` or `scam:*`; empty: everything"""
    duty: Mapped[list[str]] = mapped_column(JSON, default=list)
    """when somebody is there, such as `mon-fri 08:30-18:00`, in the city's clock; empty: always"""
    night_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    """who receives what cannot wait while nobody is there"""
    position: Mapped[int] = mapped_column(Integer)
    """order among siblings, as in the city's file"""
    active: Mapped[bool] = mapped_column(Boolean)
    """false: no longer in the city's file; old cases still name it"""

    def name(self, locale: str) -> str:
        """The unit's name in that locale."""
        return self.name_en if locale == "en" else self.name_zh

    @property
    def is_area(self) -> bool:
        return self.kind in AREAS


class GridKind(StrEnum):
    """What a grid is made of."""

    HOMES = "homes"
    """ordinary grid of homes (网格)"""
    MARKET = "market"
    """special grid (专属网格): a market"""
    SCHOOL = "school"
    """special grid: a school"""
    ESTATE = "estate"
    """special grid: one housing estate or industrial estate"""


class Grid(Record):
    """A grid (网格): the smallest area with a responsible worker."""

    __tablename__ = "grids"
    __table_args__ = (
        CheckConstraint("lat BETWEEN -90 AND 90", name="lat_is_a_latitude"),
        CheckConstraint("lon BETWEEN -180 AND 180", name="lon_is_a_longitude"),
        Index(None, "lat", "lon"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True)
    """as printed on the building's poster"""
    kind: Mapped[GridKind] = mapped_column(one_of(GridKind, "kind"), default=GridKind.HOMES)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    """its community"""
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    place_zh: Mapped[str] = mapped_column(String(200))
    """the whole name from county to grid"""
    place_en: Mapped[str] = mapped_column(String(300))
    covers_zh: Mapped[str] = mapped_column(String(200))
    """what residents recognise: buildings, lanes"""
    covers_en: Mapped[str] = mapped_column(String(300))
    lat: Mapped[float] = mapped_column(Float)
    lon: Mapped[float] = mapped_column(Float)
    position: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(Boolean)


class RoutingRule(Record):
    """One row of the city's routing: which matters from where go to which kind of unit."""

    __tablename__ = "routing_rules"
    __table_args__ = (
        UniqueConstraint("city_id", "code"),
        CheckConstraint("(to_kind IS NULL) <> (to_unit_id IS NULL)", name="one_target"),
        CheckConstraint("min_danger BETWEEN 0 AND 4", name="min_danger_is_a_level"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"), index=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    position: Mapped[int] = mapped_column(Integer)
    leaf: Mapped[str] = mapped_column(String(CODE_LENGTH))
    """`dispute:labour`, `scam:*`, `service`, or `*`"""
    area_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    """only for places in this area; none: everywhere"""
    danger_code: Mapped[str | None] = mapped_column(String(40))
    """only with this danger signal"""
    min_danger: Mapped[int] = mapped_column(Integer)
    """only from this level on (0: always)"""
    to_kind: Mapped[UnitKind | None] = mapped_column(one_of(UnitKind, "to_kind"))
    """the nearest unit of this kind"""
    to_level: Mapped[UnitKind | None] = mapped_column(one_of(UnitKind, "to_level"))
    """… that serves this level; none: whichever is nearest"""
    to_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    """or this very unit"""


class ClockUnit(StrEnum):
    """What a clock's length counts."""

    HOURS = "hours"
    """from the minute of the start"""
    DAYS = "days"
    """calendar days, from the day after; the last one ends at midnight of the city"""
    WORKING_DAYS = "working_days"
    """working days of the State Council's calendar, from the day after"""


class ClockRule(Record):
    """A clock of the city (`cases.clocks.rules` says what each part means); ours fill what it leaves out."""

    __tablename__ = "clocks"
    __table_args__ = (
        UniqueConstraint("city_id", "code"),
        CheckConstraint("length > 0", name="length_is_positive"),
        CheckConstraint("min_danger BETWEEN 0 AND 4", name="min_danger_is_a_level"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"), index=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH))
    position: Mapped[int] = mapped_column(Integer, default=0)
    step: Mapped[str] = mapped_column(String(40))
    """what must happen in time, such as `first_answer`"""
    leaf: Mapped[str] = mapped_column(String(CODE_LENGTH), default="*")
    """`dispute:medical`, `scam:*`, or `*`"""
    min_danger: Mapped[int] = mapped_column(Integer)
    """from this danger level on; the highest that fits counts"""
    length: Mapped[int] = mapped_column(Integer)
    unit: Mapped[ClockUnit] = mapped_column(one_of(ClockUnit, "unit"))
    start: Mapped[str] = mapped_column(String(24), default="dispatched")
    """the event it starts with"""
    stops: Mapped[list[str]] = mapped_column(JSON, default=list)
    """what stops it: `resident`, `appraisal`, `hearing`"""
    extension: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """by how much, how often and by whom it may be extended"""
    ladder: Mapped[str] = mapped_column(String(40), default="ordinary")
    """what happens as it runs out"""
    owed_by: Mapped[str] = mapped_column(String(24), default="unit")
    template: Mapped[bool] = mapped_column(Boolean)
    """a neutral default of this project, not a rule of the city"""
    basis: Mapped[str] = mapped_column(String(200))
    """where the length comes from"""
    article: Mapped[str] = mapped_column(String(60), default="")


class ServiceTeam(Record):
    """A team of officers bound to villages (四官服务进村), or a pool of experts (专家智库)."""

    __tablename__ = "service_teams"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    city_id: Mapped[int] = mapped_column(ForeignKey("cities.id"), index=True)
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    active: Mapped[bool] = mapped_column(Boolean)


class TeamVillage(Record):
    """A village or community a service team is bound to."""

    __tablename__ = "team_villages"
    __table_args__ = (UniqueConstraint("team_id", "unit_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("service_teams.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
