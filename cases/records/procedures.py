"""Tables of the work on a case: meetings, tasks, agreements, recusals, and who looked at it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cases.records.base import Id, Record, UtcTime, one_of
from cases.secrets import Sealed


class MeetingKind(StrEnum):
    """Where people come together over a case: the working tracks."""

    DESK = "desk"
    """坐诊: the parties came to the desk"""
    VISIT = "visit"
    """巡诊: somebody went there"""
    JOINT = "joint"
    """会诊: a joint meeting of units and experts"""
    HEARING = "hearing"
    """听证; its time is not counted"""
    MEDIATION = "mediation"
    """调解 session"""
    FOLLOW_UP = "follow_up"
    """复诊: looking again later"""


class Meeting(Record):
    """A meeting over a case, called, then held with minutes."""

    __tablename__ = "meetings"
    __table_args__ = (Index(None, "case_id", "id"), Index(None, "planned_at"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[MeetingKind] = mapped_column(one_of(MeetingKind, "kind"))
    called_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    planned_at: Mapped[datetime] = mapped_column(UtcTime)
    held_at: Mapped[datetime | None] = mapped_column(UtcTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
    """`agreed`, `not_agreed`, `adjourned`, `done`, `refused`"""
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statements.id"))
    """the minutes"""


class MeetingGuest(Record):
    """Who was asked to a meeting."""

    __tablename__ = "meeting_guests"
    __table_args__ = (UniqueConstraint("meeting_id", "staff_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)


class Task(Record):
    """Something a unit or person was asked to do by a day (清单): struck off when it is done."""

    __tablename__ = "tasks"
    __table_args__ = (Index(None, "case_id", "id"), Index(None, "unit_id", "handled_at"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meetings.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))
    set_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    set_at: Mapped[datetime] = mapped_column(UtcTime)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    handled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class Agreement(Record):
    """What the parties agreed on, written or oral, and whether it was kept (人民调解法 28-33)."""

    __tablename__ = "agreements"
    __table_args__ = (Index(None, "case_id", "id"), Index(None, "agreed_at"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    oral: Mapped[bool] = mapped_column(Boolean)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    agreed_at: Mapped[datetime] = mapped_column(UtcTime)
    perform_by: Mapped[datetime | None] = mapped_column(UtcTime)
    performed: Mapped[bool | None] = mapped_column(Boolean)
    performed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """when that was learnt"""
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """司法确认: an outside fact"""


class Recusal(Record):
    """Somebody stepped back from one case because of a conflict of interest (回避)."""

    __tablename__ = "recusals"
    __table_args__ = (UniqueConstraint("case_id", "staff_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime)


class ReadEntry(Record):
    """A member of staff looked at a case; append-only, read by auditors."""

    __tablename__ = "read_log"
    __table_args__ = (Index(None, "case_id", "id"), Index(None, "staff_id", "at"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    act: Mapped[str] = mapped_column(String(24))
    """`cases.access.Act`"""
    break_glass_id: Mapped[int | None] = mapped_column(ForeignKey("break_glass.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)


class BreakGlass(Record):
    """An administrator opened one case for a while, with a reason that auditors read."""

    __tablename__ = "break_glass"
    __table_args__ = (
        CheckConstraint("until > opened_at", name="lasts_a_while"),
        Index(None, "staff_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str] = mapped_column(Sealed("break_glass.reason"))
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    until: Mapped[datetime] = mapped_column(UtcTime)
