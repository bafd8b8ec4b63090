"""Table of a case: what it is about, where it stands, with whom, and until when."""

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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cases.danger import DangerLevel
from cases.records.base import CODE_LENGTH, Id, Record, UtcTime, one_of
from cases.records.people import Resident, Staff
from cases.records.places import Grid, Unit
from cases.secrets import Sealed, SealedJson
from cases.status import IN_HAND, OWED, CaseStatus, ClosingKind


def _in(statuses: frozenset[CaseStatus]) -> str:
    return ", ".join(f"'{status.value}'" for status in sorted(statuses))


TO_PUT_AWAY = "lower(status) = 'closed' AND (solved IS NOT NULL OR unsolved_class IS NOT NULL)"
"""Judged, or classed by a second person: nothing is left but to strike it off.

Said as nobody else says it: SQLite would rather read every closed case in the index of all statuses.
"""


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
        Index(None, "grid_id", "id"),
        Index(None, "grid_id", "owed"),
        Index(None, "status", "id"),
        Index(None, "opened_at", "unit_id"),
        Index(None, "home_id", "opened_at"),
        Index(None, "closed_at", "unit_id"),
        Index(None, "merged_into_id"),
        Index(
            "ix_cases_to_put_away",
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


# Who asks for `owed IS TRUE` reads what is owed by urgency; who asks for `owed`, by unit, person or place.
Index(
    "ix_cases_by_urgency",
    Case.owed,
    Case.danger.desc(),
    Case.due_at,
    Case.id,
    sqlite_where=text("owed IS 1"),
    postgresql_where=text("owed IS TRUE"),
)
