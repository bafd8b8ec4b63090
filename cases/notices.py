"""Which messages are owed to whom, and how far has each come (transactional outbox)?"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.records import Notice, NoticeState, NoticeTo, Resident, Staff, StaffChannel
from cases.rows import insert_many_unless_there, insert_unless_there

# A worker that has not reported within this time is taken for dead, and the notice is owed again.
LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
OLD = timedelta(days=3)
"""A notice older than this is of no use: the case says the same."""


# Where somebody is reached: channel, the channel's id for them, their locale.
Doors = dict[tuple[NoticeTo, int], tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class DueNotice:
    """A claimed notice with all a worker needs; `claim` proves that the worker still holds it."""

    id: int
    key: str
    values: Mapping[str, Any]
    to_kind: NoticeTo
    to_id: int
    channel: str
    channel_id: str
    locale: str
    idempotency_key: str
    attempts: int
    claim: str


async def enqueue(
    session: AsyncSession,
    *,
    to_kind: NoticeTo | str,
    to_id: int,
    key: str,
    values: Mapping[str, Any],
    idempotency_key: str,
    now: datetime,
    urgent: bool = False,
) -> bool:
    """Owes somebody a message; false when the same idempotency key is already there."""
    owed = row(
        to_kind=to_kind,
        to_id=to_id,
        key=key,
        values=values,
        idempotency_key=idempotency_key,
        now=now,
        urgent=urgent,
    )
    return await insert_unless_there(session, Notice, owed, unique=("idempotency_key",))


def row(
    *,
    to_kind: NoticeTo | str,
    to_id: int,
    key: str,
    values: Mapping[str, Any],
    idempotency_key: str,
    now: datetime,
    urgent: bool = False,
) -> dict[str, Any]:
    """A notice as `enqueue_many` takes it."""
    return {
        "to_kind": NoticeTo(to_kind),
        "to_id": to_id,
        "key": key,
        "values": dict(values),
        "idempotency_key": idempotency_key,
        "urgent": urgent,
        "state": NoticeState.PENDING,
        "attempts": 0,
        "not_before": now,
        "created_at": now,
    }


async def enqueue_many(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Owes many messages at once; those whose idempotency key is there already are left as they are."""
    await insert_many_unless_there(session, Notice, rows, unique=("idempotency_key",))


async def due(
    session: AsyncSession, channels: Sequence[str], now: datetime, limit: int = 20
) -> list[DueNotice]:
    """Claims up to `limit` notices whose recipients can be reached on one of the channels, urgent ones first.

    Commit before sending. What is neither `delivered` nor `failed` within a minute is owed again, so a
    notice may be sent twice after a crash and is never lost.
    """
    await _give_up_old(session, now)
    wanted = select(Notice.id).where(_is_due(now), _is_reachable(channels))
    wanted = wanted.order_by(Notice.urgent.desc(), Notice.id).limit(limit)
    ids = (await session.scalars(wanted.with_for_update(skip_locked=True))).all()
    if not ids:
        return []
    claim = secrets.token_hex(8)
    await session.execute(
        update(Notice)
        .where(Notice.id.in_(ids))
        .values(state=NoticeState.SENDING, claim=claim, lease_until=now + LEASE, attempts=Notice.attempts + 1)
    )
    claimed = (
        await session.scalars(
            select(Notice).where(Notice.id.in_(ids)).execution_options(populate_existing=True)
        )
    ).all()
    doors = await _doors_of_residents(session, claimed) | await _doors_of_staff(session, claimed, channels)
    # Somebody may have left since they were found reachable; such a notice waits for its lease to end.
    by_id = {
        notice.id: _claimed(notice, doors[to])
        for notice in claimed
        if (to := (notice.to_kind, notice.to_id)) in doors
    }
    return [by_id[number] for number in ids if number in by_id]


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(Notice.state == NoticeState.PENDING, Notice.not_before <= now),
        and_(Notice.state == NoticeState.SENDING, Notice.lease_until <= now),
    )


def _is_reachable(channels: Sequence[str]) -> ColumnElement[bool]:
    resident = exists().where(
        Resident.id == Notice.to_id,
        Resident.channel.in_(channels),
        Resident.channel_index.is_not(None),
        Resident.unreachable_since.is_(None),
    )
    staff = exists().where(
        StaffChannel.staff_id == Notice.to_id,
        StaffChannel.channel.in_(channels),
        StaffChannel.unreachable_since.is_(None),
    )
    return or_(
        and_(Notice.to_kind == NoticeTo.RESIDENT, resident), and_(Notice.to_kind == NoticeTo.STAFF, staff)
    )


async def _doors_of_residents(session: AsyncSession, claimed: Sequence[Notice]) -> Doors:
    ids = {notice.to_id for notice in claimed if notice.to_kind is NoticeTo.RESIDENT}
    found = await session.scalars(select(Resident).where(Resident.id.in_(ids)))
    return {(NoticeTo.RESIDENT, one.id): (one.channel, one.channel_id or "", one.locale) for one in found}


async def _doors_of_staff(session: AsyncSession, claimed: Sequence[Notice], channels: Sequence[str]) -> Doors:
    """Of several linked channels the first of `channels` counts, and of one channel the newest link."""
    ids = {notice.to_id for notice in claimed if notice.to_kind is NoticeTo.STAFF}
    found = await session.execute(
        select(StaffChannel, Staff.locale)
        .join(Staff, Staff.id == StaffChannel.staff_id)
        .where(
            StaffChannel.staff_id.in_(ids),
            StaffChannel.channel.in_(channels),
            StaffChannel.unreachable_since.is_(None),
        )
        .order_by(StaffChannel.id)
    )
    rows = sorted(found, key=lambda row: channels.index(row[0].channel), reverse=True)
    return {(NoticeTo.STAFF, link.staff_id): (link.channel, link.channel_id, locale) for link, locale in rows}


def _claimed(notice: Notice, door: tuple[str, str, str]) -> DueNotice:
    channel, channel_id, locale = door
    return DueNotice(
        id=notice.id,
        key=notice.key,
        values=notice.values,
        to_kind=notice.to_kind,
        to_id=notice.to_id,
        channel=channel,
        channel_id=channel_id,
        locale=locale,
        idempotency_key=notice.idempotency_key,
        attempts=notice.attempts,
        claim=notice.claim or "",
    )


async def delivered(session: AsyncSession, notice: DueNotice, now: datetime) -> bool:
    """Notes that the channel took it; false when the claim had lapsed and another worker has it."""
    return await _settle(session, notice, NoticeState.SENT, now)


async def failed(
    session: AsyncSession,
    notice: DueNotice,
    now: datetime,
    *,
    reason: str,
    retry_after: float | None = None,
    blocked: bool = False,
) -> bool:
    """Notes a failed sending; false when the claim had lapsed.

    `reason` is a short code. `retry_after` (seconds) is the channel's own word and is obeyed; otherwise the
    pause doubles up to an hour. `blocked`: the recipient refuses messages, so nothing more is tried until
    they speak again.
    """
    if blocked:
        await _mark_unreachable(session, notice, now)
        return await _settle(session, notice, NoticeState.BLOCKED, now, reason)
    pause = timedelta(seconds=retry_after) if retry_after is not None else _pause(notice)
    return await _report(
        session, notice, {"state": NoticeState.PENDING, "not_before": now + pause, "failure": reason[:60]}
    )


def _pause(notice: DueNotice) -> timedelta:
    """5 s, 10 s, 20 s … 1 h, spread by up to a fifth so that an outage does not end in a stampede."""
    doublings: int = 2 ** min(notice.attempts - 1, 12)
    pause = min(FIRST_PAUSE * doublings, LONGEST_PAUSE)
    share = sha256(f"{notice.idempotency_key}:{notice.attempts}".encode()).digest()[0] / 255
    return pause * (1 + share / 5)


async def _settle(
    session: AsyncSession, notice: DueNotice, state: NoticeState, now: datetime, reason: str | None = None
) -> bool:
    failure = {} if reason is None else {"failure": reason[:60]}
    return await _report(session, notice, {"state": state, "settled_at": now, **failure})


async def _report(session: AsyncSession, notice: DueNotice, values: Mapping[str, Any]) -> bool:
    result = await session.execute(
        update(Notice)
        .where(Notice.id == notice.id, Notice.claim == notice.claim)
        .values(claim=None, lease_until=None, **values)
        .returning(Notice.id)
    )
    return result.scalar() is not None


async def _mark_unreachable(session: AsyncSession, notice: DueNotice, now: datetime) -> None:
    if notice.to_kind is NoticeTo.RESIDENT:
        where: ColumnElement[bool] = Resident.id == notice.to_id
        await session.execute(update(Resident).where(where).values(unreachable_since=now))
        return
    where = and_(StaffChannel.staff_id == notice.to_id, StaffChannel.channel == notice.channel)
    await session.execute(update(StaffChannel).where(where).values(unreachable_since=now))


async def owe_again(session: AsyncSession, to_kind: NoticeTo, to_id: int, now: datetime) -> None:
    """The recipient speaks to us again: what was blocked and is still of use is owed once more."""
    await session.execute(
        update(Notice)
        .where(
            Notice.to_kind == to_kind,
            Notice.to_id == to_id,
            Notice.state == NoticeState.BLOCKED,
            Notice.created_at > now - OLD,
        )
        .values(state=NoticeState.PENDING, not_before=now, settled_at=None)
    )


async def _give_up_old(session: AsyncSession, now: datetime) -> None:
    await session.execute(
        update(Notice)
        .where(
            or_(
                Notice.state == NoticeState.PENDING,
                and_(Notice.state == NoticeState.SENDING, Notice.lease_until <= now),
            ),
            Notice.created_at <= now - OLD,
        )
        .values(state=NoticeState.GIVEN_UP, settled_at=now, claim=None, lease_until=None)
    )
