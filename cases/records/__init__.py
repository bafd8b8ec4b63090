"""Every table of the database, by noun: places, people, matters (cases), talks."""

from cases.records.base import Record, UtcTime
from cases.records.matters import (
    Attachment,
    Case,
    Invitation,
    Statement,
    StatementKind,
    TimelineEntry,
)
from cases.records.people import Resident, Role, Staff, StaffChannel, StaffGrid, StaffInvite
from cases.records.places import (
    AREAS,
    City,
    ClockRule,
    ClockUnit,
    Grid,
    RoutingRule,
    Unit,
    UnitKind,
)
from cases.records.talks import Check, DraftRow, Heard, Notice, NoticeState, NoticeTo

__all__ = [
    "AREAS",
    "Attachment",
    "Case",
    "Check",
    "City",
    "ClockRule",
    "ClockUnit",
    "DraftRow",
    "Grid",
    "Heard",
    "Invitation",
    "Notice",
    "NoticeState",
    "NoticeTo",
    "Record",
    "Resident",
    "Role",
    "RoutingRule",
    "Staff",
    "StaffChannel",
    "StaffGrid",
    "StaffInvite",
    "Statement",
    "StatementKind",
    "TimelineEntry",
    "Unit",
    "UnitKind",
    "UtcTime",
]
