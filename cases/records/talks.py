"""Tables of the conversation: what was heard, the draft, fraud checks, and notices waiting to be sent."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cases.records.base import Id, Record, UtcTime, one_of
from cases.secrets import Sealed, SealedJson


class Heard(Record):
    """A message as it came in, kept before anything is made of it, so that none is ever lost."""

    __tablename__ = "heard"
    __table_args__ = (
        UniqueConstraint("resident_id", "channel_message_id"),
        Index(None, "resident_id", "taken_at", "id"),
        Index(None, "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    channel_message_id: Mapped[str] = mapped_column(String(64))
    """the channel's own id: a message delivered twice is kept once"""
    text: Mapped[str] = mapped_column(Sealed("heard.text"))
    forwarded: Mapped[bool] = mapped_column(Boolean)
    """somebody else's words, passed on to be judged"""
    at: Mapped[datetime] = mapped_column(UtcTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """when a turn took it up"""


class DraftRow(Record):
    """A story still being told; its number only grows, so that an old button never fits a new draft."""

    __tablename__ = "drafts"

    resident_id: Mapped[int] = mapped_column(
        ForeignKey("residents.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(Integer)
    stage: Mapped[str] = mapped_column(String(40))
    facts: Mapped[Any] = mapped_column(SealedJson("drafts.facts"))
    updated_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class Check(Record):
    """A fraud check a resident asked for."""

    __tablename__ = "checks"
    __table_args__ = (
        CheckConstraint("(erased_at IS NULL) = (text IS NOT NULL)", name="erased_means_empty"),
        Index(None, "resident_id", "id"),
        Index(None, "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    """the case it led to"""
    text: Mapped[str | None] = mapped_column(Sealed("checks.text"))
    verdict: Mapped[Any] = mapped_column(SealedJson("checks.verdict"), nullable=True)
    """sealed, since reasons and facts quote the message"""
    risk: Mapped[str] = mapped_column(String(20))
    scam_type: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str | None] = mapped_column(String(20))
    """danger state: paid, about_to_pay, on_call, screen_shared, code_given, received"""
    for_other: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[datetime] = mapped_column(UtcTime)
    state_at: Mapped[datetime | None] = mapped_column(UtcTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcTime)


class NoticeTo(StrEnum):
    """Who a notice is owed to."""

    RESIDENT = "resident"
    """a row of `residents`"""
    STAFF = "staff"
    """a row of `staff`"""


class NoticeState(StrEnum):
    """How far a notice has come."""

    PENDING = "pending"
    """owed; due from `not_before` on"""
    SENDING = "sending"
    """claimed by a worker until its lease ends"""
    SENT = "sent"
    """the channel took it"""
    BLOCKED = "blocked"
    """the recipient refuses messages; owed again when they next speak"""
    GIVEN_UP = "given_up"
    """too old to be of use"""


class Notice(Record):
    """A message owed to somebody: written with the case, delivered after commit, at least once."""

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("(state = 'sending') = (claim IS NOT NULL)", name="sending_is_claimed"),
        CheckConstraint("(claim IS NULL) = (lease_until IS NULL)", name="a_claim_has_a_lease"),
        CheckConstraint("attempts >= 0", name="attempts_count_up"),
        Index(None, "state", "not_before"),
        Index(None, "to_kind", "to_id", "state"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    to_kind: Mapped[NoticeTo] = mapped_column(one_of(NoticeTo, "to_kind"))
    to_id: Mapped[int] = mapped_column(Id)
    key: Mapped[str] = mapped_column(String(60))
    """which wording"""
    values: Mapped[Any] = mapped_column(SealedJson("notices.values"))
    """what fills its blanks"""
    idempotency_key: Mapped[str] = mapped_column(String(120), unique=True)
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    """goes before the others"""
    state: Mapped[NoticeState] = mapped_column(one_of(NoticeState, "state"))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[datetime] = mapped_column(UtcTime)
    claim: Mapped[str | None] = mapped_column(String(32))
    """token of the worker that has it: a late worker's report is told from the present one's"""
    lease_until: Mapped[datetime | None] = mapped_column(UtcTime)
    failure: Mapped[str | None] = mapped_column(String(60))
    """code of the last failure"""
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """when it was sent, blocked or given up"""
