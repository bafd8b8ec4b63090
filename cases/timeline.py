"""What has happened to a case: how is it appended, verified and replayed?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.actors import Actor, Audience
from cases.errors import ChainBroken
from cases.records import Case, Statement, TimelineEntry
from cases.secrets import box_of
from cases.status import CaseStatus, may_move

# What a timeline may hold: ids, codes, numbers. Names and sentences do not fit, and that is the purpose.
_CODE = re.compile(r"[A-Za-z0-9_.:+/*-]{0,120}")
ALL = frozenset(Audience)
FOR_RESIDENT = frozenset({Audience.RESIDENT})


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """Whether a case's timeline is whole; `fault` is one sentence and `seq` the first entry it concerns."""

    entries: int
    fault: str | None = None
    seq: int | None = None

    @property
    def whole(self) -> bool:
        return self.fault is None


async def append(
    session: AsyncSession,
    case: Case,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    audience: Audience = Audience.STAFF,
    moved: tuple[CaseStatus | None, CaseStatus] | None = None,
) -> TimelineEntry:
    """Adds the next entry of a case; `facts` may hold ids, codes and numbers only (ValueError otherwise).

    Of two writers at the same moment one gets ChangedMeanwhile, from here or from the transaction.
    """
    entry = add(session, case, action, actor=actor, now=now, facts=facts, audience=audience, moved=moved)
    await session.flush()
    return entry


def add(
    session: AsyncSession,
    case: Case,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    audience: Audience = Audience.STAFF,
    moved: tuple[CaseStatus | None, CaseStatus] | None = None,
) -> TimelineEntry:
    """Like `append`, but written with whatever is written next: a round adds many at a time."""
    start, to = moved or (None, None)
    entry = TimelineEntry(
        case_id=case.id,
        home_id=case.home_id,
        seq=case.chain_length + 1,
        at=now.astimezone(UTC),
        actor_kind=actor.kind,
        actor_id=actor.id,
        action=action,
        from_status=start,
        to_status=to,
        facts=_codes_only(facts or {}),
        audience=audience,
        prev_hash=case.chain_head,
    )
    entry.hash = fingerprint(case.code, entry)
    case.chain_length, case.chain_head = entry.seq, entry.hash
    case.chain_seal = _seal(session, case.code, entry.seq, entry.hash)
    session.add(entry)
    return entry


def fingerprint(code: str, entry: TimelineEntry) -> str:
    """SHA-256 over all an entry says and the entry before it; anybody with an export can recompute it."""
    told = [
        code,
        entry.seq,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_kind,
        entry.actor_id,
        entry.action,
        entry.from_status,
        entry.to_status,
        entry.facts,
        entry.audience,
        entry.prev_hash,
    ]
    return sha256(
        json.dumps(told, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()
    ).hexdigest()


async def entries(
    session: AsyncSession, case: Case, audience: frozenset[Audience] = ALL
) -> Sequence[TimelineEntry]:
    """The entries of a case for the given audiences, oldest first."""
    query = select(TimelineEntry).where(TimelineEntry.case_id == case.id)
    if audience != ALL:
        query = query.where(TimelineEntry.audience.in_(audience))
    found = await session.scalars(query.order_by(TimelineEntry.seq))
    return found.all()


async def verify(session: AsyncSession, case: Case) -> ChainCheck:
    """Whether no entry, and no text an entry vouches for, was changed, removed or added behind our back."""
    chain = await entries(session, case)
    before = ""
    for place, entry in enumerate(chain, start=1):
        if entry.seq != place:
            return ChainCheck(len(chain), "An entry is missing.", place)
        if entry.prev_hash != before or entry.hash != fingerprint(case.code, entry):
            return ChainCheck(len(chain), "An entry was changed.", place)
        before = entry.hash
    if (len(chain), before) != (case.chain_length, case.chain_head):
        return ChainCheck(len(chain), "The end of the timeline is not the one that was sealed.", len(chain))
    if chain and case.chain_seal != _seal(session, case.code, len(chain), before):
        return ChainCheck(len(chain), "The seal does not fit the timeline.", len(chain))
    return await _verify_texts(session, case, chain)


async def _verify_texts(session: AsyncSession, case: Case, chain: Sequence[TimelineEntry]) -> ChainCheck:
    found = await session.scalars(select(Statement).where(Statement.case_id == case.id))
    texts = {text.id: text for text in found}
    vouched = {}
    for entry in chain:
        for number, mark in entry.facts.get("texts", []):
            vouched[number] = mark
            text = texts.get(number)
            if text is None or (text.body is not None and mark != text_mark(text.body, text.salt or b"")):
                return ChainCheck(len(chain), "A text is not the one that was written.", entry.seq)
    if set(texts) - set(vouched):
        return ChainCheck(len(chain), "A text was added that no entry vouches for.", len(chain))
    return ChainCheck(len(chain))


def text_mark(body: str, salt: bytes) -> str:
    """The fingerprint of a text; once text and salt are erased it tells nothing."""
    return sha256(salt + body.encode()).hexdigest()


def replay_status(chain: Sequence[TimelineEntry]) -> CaseStatus:
    """The status the entries lead to; ChainBroken when one of their moves was never allowed."""
    status: CaseStatus | None = None
    for entry in chain:
        if entry.to_status is None:
            continue
        if entry.from_status != status:
            raise ChainBroken
        if status is not None and not may_move(status, entry.to_status, entry.actor_kind):
            raise ChainBroken
        if status is None and entry.to_status != CaseStatus.REGISTERED:
            raise ChainBroken
        status = entry.to_status
    if status is None:
        raise ChainBroken
    return status


def _seal(session: AsyncSession, code: str, seq: int, head: str) -> str:
    return box_of(session).index(f"{code}:{seq}:{head}", "timeline")


def _codes_only(facts: Mapping[str, Any]) -> dict[str, Any]:
    for value in facts.values():
        _check_code(value)
    return dict(facts)


def _check_code(value: Any) -> None:
    match value:
        case None | bool() | int():
            return
        case str() if _CODE.fullmatch(value):
            return
        case list() | tuple():
            for part in value:
                _check_code(part)
        case _:
            raise ValueError("a timeline holds ids, codes and numbers only")
