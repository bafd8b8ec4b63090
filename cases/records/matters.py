"""Tables of a case: the case itself, its timeline, the words and files that belong to it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cases.actors import ActorKind, Audience
from cases.danger import DangerLevel
from cases.records.base import CODE_LENGTH, Id, Record, UtcTime, one_of
from cases.records.people import Resident, Staff
from cases.records.places import Grid, Unit
from cases.secrets import Sealed, SealedJson
from cases.status import IN_HAND, OWED, CaseStatus, ClosingKind


def _in(statuses: frozenset[CaseStatus]) -> str:
    return ", ".join(f"'{status.value}'" for status in sorted(statuses))


TO_PUT_AWAY = "status = 'closed' AND (solved IS NOT NULL OR unsolved_class IS NOT NULL)"
"""Judged, or classed by a second person: nothing is left but to strike it off."""


class Case(Record):
    """A resident's matter from registration to archive; `status` changes only through `cases.case_moves`."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint(f"owed = (status IN ({_in(OWED)}))", name="owed_follows_status"),
        CheckConstraint(
            f"status NOT IN ({_in(IN_HAND)}) OR assignee_id IS NOT NULL", name="in_hand_has_assignee"
        ),
        CheckConstraint("(closing_kind IS NULL) = (closed_at IS NULL)", name="closed_says_how"),
        CheckConstraint("status <> 'closed' OR closed_at IS NOT NULL", name="closed_says_when"),
        CheckConstraint("danger BETWEEN 0 AND 4", name="danger_is_a_level"),
        CheckConstraint("sent_back BETWEEN 0 AND 1", name="sent_back_once"),
        CheckConstraint("(status = 'waiting') = (waiting_for IS NOT NULL)", name="waiting_says_for_what"),
        CheckConstraint("status <> 'merged' OR merged_into_id IS NOT NULL", name="merged_says_into_what"),
        CheckConstraint(
            "status <> 'transferred' OR transferred_to IS NOT NULL", name="transferred_says_where"
        ),
        Index(None, "unit_id", "owed", "danger", "due_at", "id"),
        Index(None, "assignee_id", "owed"),
        Index(None, "resident_id", "id"),
        Index(None, "owed", "due_at"),
        Index(None, "grid_id", "id"),
        Index(None, "grid_id", "owed"),
        Index(None, "status", "id"),
        Index(None, "opened_at", "unit_id"),
        Index(None, "home_id", "opened_at"),
        Index(None, "closed_at", "unit_id"),
        Index(None, "merged_into_id"),
        Index(
            "ix_cases_by_urgency",
            "owed",
            text("danger DESC"),
            "due_at",
            "id",
            sqlite_where=text("owed = 1"),
            postgresql_where=text("owed"),
        ),
        Index(
            "ix_cases_to_put_away",
            "status",
            "closed_at",
            "id",
            sqlite_where=text(TO_PUT_AWAY),
            postgresql_where=text(TO_PUT_AWAY),
        ),
        Index(
            "ix_cases_to_put_away_unit_id",
            "unit_id",
            sqlite_where=text(TO_PUT_AWAY),
            postgresql_where=text(TO_PUT_AWAY),
        ),
        Index(
            "ix_cases_to_put_away_grid_id",
            "grid_id",
            sqlite_where=text(TO_PUT_AWAY),
            postgresql_where=text(TO_PUT_AWAY),
        ),
        Index(
            "ix_cases_filed_by_id",
            "filed_by_id",
            sqlite_where=text("filed_by_id IS NOT NULL"),
            postgresql_where=text("filed_by_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    """what the resident quotes: `YM-261123-7KQ4`"""
    secret_hash: Mapped[str] = mapped_column(String(64))
    """keyed hash of the six digits that open the status page"""
    secret_failures: Mapped[int] = mapped_column(Integer, default=0)
    secret_locked_until: Mapped[datetime | None] = mapped_column(UtcTime)
    opening_key: Mapped[str | None] = mapped_column(String(80), unique=True)
    """idempotency key of the opening: pressing twice opens one case"""
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    """who filed it for the resident, with consent"""
    for_other: Mapped[bool] = mapped_column(Boolean, default=False)
    """the resident speaks for somebody else, such as a parent"""
    leaf: Mapped[str] = mapped_column(String(CODE_LENGTH), index=True)
    """`dispute:property`, `scam:phishing`, `service`, or `to_sort` (a person decides)"""
    secondary: Mapped[list[str]] = mapped_column(JSON, default=list)
    """further leaves it touches"""
    status: Mapped[CaseStatus] = mapped_column(one_of(CaseStatus, "status"))
    owed: Mapped[bool] = mapped_column(Boolean)
    """the unit owes something; follows the status"""
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """who has it"""
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    """who of the unit signed for it"""
    first_unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """首问: the unit that received it first and stays answerable until somebody signs"""
    first_receiver_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    """首问负责人: who of that unit answers for it until then"""
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grids.id"))
    home_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    """where it counts: the community of its grid, or the first receiver's unit; settled at the opening"""
    danger: Mapped[int] = mapped_column(SmallInteger)
    """`cases.danger.DangerLevel`"""
    danger_codes: Mapped[list[str]] = mapped_column(JSON)
    needs_person: Mapped[bool] = mapped_column(Boolean, default=False)
    """the resident asked for a person, or nothing but a person could sort it"""
    sent_back: Mapped[int] = mapped_column(SmallInteger, default=0)
    ruled: Mapped[bool] = mapped_column(Boolean, default=False)
    """the centre has ruled whose it is: nobody sends it back any more"""
    routings: Mapped[int] = mapped_column(SmallInteger, default=0)
    """how many times it was given to a unit"""
    waiting_for: Mapped[str | None] = mapped_column(String(20))
    """`resident`, `appraisal`, `hearing`: what stops the clocks"""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    """并单: the case that is handled in its place"""
    transferred_to: Mapped[str | None] = mapped_column(String(20))
    """`police`, `court`, `arbitration`, `review`, `petition`: the lawful way it went on to"""
    mediation_refused: Mapped[bool] = mapped_column(Boolean, default=False)
    """a party does not want mediation: it is not offered again (人民调解法 17, 26)"""
    reopenings: Mapped[int] = mapped_column(SmallInteger, default=0)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    """until when the unit owes the next answer"""
    clock_template: Mapped[bool] = mapped_column(Boolean, default=True)
    """the due date comes from a template, not from a rule of the city"""
    address: Mapped[str | None] = mapped_column(Sealed("cases.address"))
    contact_name: Mapped[str | None] = mapped_column(Sealed("cases.contact_name"))
    contact_phone: Mapped[str | None] = mapped_column(Sealed("cases.contact_phone"))
    told: Mapped[Any] = mapped_column(SealedJson("cases.told"), nullable=True)
    """what the conversation gathered, as keys and values"""
    opened_at: Mapped[datetime] = mapped_column(UtcTime)
    dispatched_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """last given to a unit: clocks run from here, not from the signature"""
    signed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    contacted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """the resident first heard from a person"""
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closing_kind: Mapped[ClosingKind | None] = mapped_column(one_of(ClosingKind, "closing_kind"))
    solved: Mapped[bool | None] = mapped_column(Boolean)
    """what the resident said: handled is not solved"""
    satisfied: Mapped[bool | None] = mapped_column(Boolean)
    """what the resident said: solved is not satisfied"""
    judged_at: Mapped[datetime | None] = mapped_column(UtcTime)
    visited_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """回访: when somebody last asked after the closing and got an answer"""
    review_due: Mapped[bool] = mapped_column(Boolean, default=False)
    """reopened, and the superior has not looked at it yet"""
    unsolved_class: Mapped[str | None] = mapped_column(String(20))
    """`unreachable`, `unlawful`: decided by a second person"""
    chain_length: Mapped[int] = mapped_column(Integer, default=0)
    chain_head: Mapped[str] = mapped_column(String(64), default="")
    chain_seal: Mapped[str] = mapped_column(String(64), default="")
    """keyed hash of the head: a shortened or rewritten timeline does not fit it"""
    version: Mapped[int] = mapped_column(Integer)

    unit: Mapped[Unit] = relationship(lazy="raise", foreign_keys=[unit_id])
    first_unit: Mapped[Unit] = relationship(lazy="raise", foreign_keys=[first_unit_id])
    grid: Mapped[Grid | None] = relationship(lazy="raise")
    resident: Mapped[Resident] = relationship(lazy="raise")
    assignee: Mapped[Staff | None] = relationship(lazy="raise", foreign_keys=[assignee_id])

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads this name from the class

    @property
    def danger_level(self) -> DangerLevel:
        return DangerLevel(self.danger)

    @property
    def secret_once(self) -> str | None:
        """The six digits, on the very object `open_case` returned and nowhere else."""
        found = self.__dict__.get("_secret_once")
        return found if isinstance(found, str) else None


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
