"""Tables of what is kept of a case: its timeline, the words and files that belong to it, who is asked in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from cases.actors import ActorKind, Audience
from cases.records.base import Id, Record, UtcTime, one_of
from cases.secrets import Sealed
from cases.status import CaseStatus


class TimelineEntry(Record):
    """Who did what when (办理记录): append-only, hash-chained, ids and codes only."""

    __tablename__ = "timeline_entries"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        CheckConstraint("seq > 0", name="seq_counts_from_one"),
        CheckConstraint("from_status IS NULL OR to_status IS NOT NULL", name="a_move_has_an_end"),
        Index(None, "action", "to_status", "at"),
        Index(None, "home_id", "action", "to_status", "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    home_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """the case's own, so that a month of one area is found without going through the city's"""
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcTime)
    actor_kind: Mapped[ActorKind] = mapped_column(one_of(ActorKind, "actor_kind"))
    actor_id: Mapped[int | None] = mapped_column(Id)
    action: Mapped[str] = mapped_column(String(40))
    from_status: Mapped[CaseStatus | None] = mapped_column(one_of(CaseStatus, "from_status"))
    to_status: Mapped[CaseStatus | None] = mapped_column(one_of(CaseStatus, "to_status"))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """ids, codes, numbers; never a name or somebody's words"""
    audience: Mapped[Audience] = mapped_column(one_of(Audience, "audience"))
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class StatementKind(StrEnum):
    """What a text on a case is."""

    STORY = "story"
    """what the resident told when the case was opened, kept verbatim"""
    STATEMENT = "statement"
    """what the resident added later"""
    ANSWER = "answer"
    """what the unit answers the resident"""
    NOTE = "note"
    """an inner note"""
    REASON = "reason"
    """why it was declined, sent back, withdrawn, reopened"""
    QUESTION = "question"
    """what the unit asks the resident"""
    MINUTES = "minutes"
    """what a meeting, hearing, mediation or visit brought"""
    AGREEMENT = "agreement"
    """what the parties agreed on"""
    TASK = "task"
    """what somebody was asked to do"""
    LETTER_REPLY = "letter_reply"
    """how a unit answers a letter"""


class Statement(Record):
    """Somebody's words on a case; erased by emptying, while the timeline keeps their fingerprint."""

    __tablename__ = "statements"
    __table_args__ = (
        CheckConstraint("(erased_at IS NULL) = (body IS NOT NULL)", name="erased_means_empty"),
        CheckConstraint("(body IS NULL) = (salt IS NULL)", name="salt_goes_with_body"),
        Index(None, "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[StatementKind] = mapped_column(one_of(StatementKind, "kind"))
    author_kind: Mapped[ActorKind] = mapped_column(one_of(ActorKind, "author_kind"))
    author_id: Mapped[int | None] = mapped_column(Id)
    audience: Mapped[Audience] = mapped_column(one_of(Audience, "audience"))
    body: Mapped[str | None] = mapped_column(Sealed("statements.body"))
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    """makes the fingerprint meaningless once it is gone"""
    at: Mapped[datetime] = mapped_column(UtcTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Attachment(Record):
    """A file a resident sent; its bytes lie sealed on disk under a key of their own, which is kept here."""

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint(
            "(erased_at IS NULL) = (file_key IS NOT NULL AND sha256 IS NOT NULL)",
            name="erased_means_unreadable",
        ),
        CheckConstraint("size > 0", name="size_is_positive"),
        Index(None, "resident_id", "at"),
        Index(None, "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(20))
    """`photo`, `voice`, `video`, `document`"""
    mime: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(Integer)
    """bytes of the plain file"""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """of the plain file; forgotten with the file"""
    file_name: Mapped[str] = mapped_column(String(40), unique=True)
    file_key: Mapped[str | None] = mapped_column(Sealed("attachments.file_key"))
    """without it the file on disk is noise: forgetting the key erases the file, inside the transaction"""
    at: Mapped[datetime] = mapped_column(UtcTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Invitation(Record):
    """A case a volunteer or expert may see because somebody who holds it invited them."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("case_id", "staff_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
