"""What has been said on a case, by whom and for whom, and how is it erased?"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases.actors import Actor, Audience
from cases.errors import NothingToSay, TooLong
from cases.records import Case, Statement, StatementKind
from cases.timeline import ALL, text_mark

LONGEST = 10_000
SALT_BYTES = 16


async def write(
    session: AsyncSession,
    case: Case,
    kind: StatementKind,
    body: str,
    *,
    actor: Actor,
    audience: Audience,
    now: datetime,
) -> list[int | str]:
    """Keeps a text; returns [id, fingerprint] for the `texts` fact of the entry that must vouch for it."""
    if not body.strip():
        raise NothingToSay
    if len(body) > LONGEST:
        raise TooLong
    salt = secrets.token_bytes(SALT_BYTES)
    text = Statement(
        case_id=case.id,
        kind=kind,
        author_kind=actor.kind,
        author_id=actor.id,
        audience=audience,
        body=body,
        salt=salt,
        at=now,
    )
    session.add(text)
    await session.flush()
    return [text.id, text_mark(body, salt)]


async def statements_of(
    session: AsyncSession, case: Case, audience: frozenset[Audience] = ALL
) -> Sequence[Statement]:
    """The texts of a case for these audiences, oldest first; an erased one has the body None."""
    query = select(Statement).where(Statement.case_id == case.id, Statement.audience.in_(audience))
    return (await session.scalars(query.order_by(Statement.id))).all()


async def erase_words_of(session: AsyncSession, case_ids: Sequence[int], now: datetime) -> None:
    """Empties everything said on these cases, answers and inner notes too: they tell of the resident."""
    await session.execute(
        update(Statement)
        .where(Statement.case_id.in_(case_ids), Statement.erased_at.is_(None))
        .values(body=None, salt=None, erased_at=now)
    )
