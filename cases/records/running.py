"""Tables of what is owed in time on a case: clocks that run, extensions, letters and papers with numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from cases.actors import ActorKind
from cases.records.base import CODE_LENGTH, Id, Record, UtcTime, one_of
from cases.secrets import Sealed, SealedJson


class CaseClock(Record):
    """A clock that runs, ran or stands still on a case; it keeps the rule it was started under."""

    __tablename__ = "case_clocks"
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR acts_at IS NULL", name="ended_does_nothing"),
        CheckConstraint("stopped_at IS NULL OR acts_at IS NULL", name="stopped_does_nothing"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended_says_how"),
        CheckConstraint("(stopped_at IS NULL) = (stopped_for IS NULL)", name="stopped_says_why"),
        Index(None, "case_id", "step"),
        Index(
            "ix_case_clocks_running",
            "step",
            "case_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_case_clocks_acts_at_id",
            "acts_at",
            "id",
            sqlite_where=text("acts_at IS NOT NULL"),
            postgresql_where=text("acts_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    step: Mapped[str] = mapped_column(String(40))
    """what must happen in time, such as `sign`, `first_answer`, `handle`, `letter_reply`"""
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    """the rule as it was at the start: length, unit, basis, article, stops, extension, ladder"""
    owed_by: Mapped[str] = mapped_column(String(24))
    """`unit`, `centre`, `first_receiver`, `superior`, `resident`"""
    owed_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    """the unit that owes the step; None: the resident"""
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("papers.id"), index=True)
    """the letter a reply to which is owed"""
    started_at: Mapped[datetime] = mapped_column(UtcTime)
    first_due_at: Mapped[datetime] = mapped_column(UtcTime)
    """before any stop or extension"""
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    known_days: Mapped[bool] = mapped_column(Boolean, default=True)
    """false: a day of it lies in a year the working-day calendar does not know"""
    stopped_at: Mapped[datetime | None] = mapped_column(UtcTime)
    stopped_for: Mapped[str | None] = mapped_column(String(20))
    extensions: Mapped[int] = mapped_column(SmallInteger, default=0)
    rung: Mapped[int] = mapped_column(SmallInteger, default=0)
    """how many steps of its ladder have been taken"""
    acts_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """when the next step of the ladder is due; None: nothing more follows"""
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ending: Mapped[str | None] = mapped_column(String(12))
    """`met`, `late`, `dropped` (it was no longer owed)"""


class Extension(Record):
    """An extension of a clock: asked with a reason, decided by somebody else."""

    __tablename__ = "extensions"
    __table_args__ = (
        CheckConstraint("(decided_at IS NULL) = (granted IS NULL)", name="decided_says_how"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="decided_by_another"),
        Index(None, "case_id", "id"),
        Index(
            "ix_extensions_undecided",
            "clock_id",
            "case_id",
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    clock_id: Mapped[int] = mapped_column(ForeignKey("case_clocks.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    resident_agrees: Mapped[bool | None] = mapped_column(Boolean)
    """what the resident said, where more time needs both parties"""
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    granted: Mapped[bool | None] = mapped_column(Boolean)


REPLY_OWED = "reply_due_at IS NOT NULL AND replied_at IS NULL"


class Paper(Record):
    """A letter, form or record of a case (文书), numbered; its document is drawn once and then kept."""

    __tablename__ = "papers"
    __table_args__ = (
        UniqueConstraint("unit_id", "kind", "year", "seq"),
        UniqueConstraint("issuing_key"),
        CheckConstraint("seq > 0", name="seq_counts_from_one"),
        CheckConstraint("(sha256 IS NULL) = (file_name IS NULL)", name="drawn_has_a_hash"),
        Index(None, "case_id", "id"),
        Index(None, "to_unit_id", "replied_at"),
        Index(None, "kind", "issued_at"),
        Index(
            "ix_papers_reply_owed",
            "to_unit_id",
            "replied_at",
            "case_id",
            sqlite_where=text(REPLY_OWED),
            postgresql_where=text(REPLY_OWED),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(40))
    """`cases.papers.kinds.PaperKind`"""
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """who issues it and counts it"""
    to_unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    """whom it is addressed to; None: the resident or the file"""
    number: Mapped[str] = mapped_column(String(120))
    year: Mapped[int] = mapped_column(SmallInteger)
    seq: Mapped[int] = mapped_column(Integer)
    issuing_key: Mapped[str | None] = mapped_column(String(80))
    """such as `clock:17:2`: the same key issues one paper, however often a round is repeated"""
    by_kind: Mapped[ActorKind] = mapped_column(one_of(ActorKind, "by_kind"))
    by_id: Mapped[int | None] = mapped_column(Id)
    issued_at: Mapped[datetime] = mapped_column(UtcTime)
    fields: Mapped[Any] = mapped_column(SealedJson("papers.fields"), nullable=True)
    """what was filled in"""
    reply_due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """a letter is closed by nothing but a reply"""
    replied_at: Mapped[datetime | None] = mapped_column(UtcTime)
    reply_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    file_name: Mapped[str | None] = mapped_column(String(40))
    file_key: Mapped[str | None] = mapped_column(Sealed("papers.file_key"))
    sha256: Mapped[str | None] = mapped_column(String(64))
    """of the plain document"""
    size: Mapped[int | None] = mapped_column(Integer)


class PaperNumber(Record):
    """The last running number of a unit, kind and year."""

    __tablename__ = "paper_numbers"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(CODE_LENGTH), primary_key=True)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Integer)
