"""Is every case's timeline whole, and which are not?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timeline
from cases.records import Case

CHUNK = 200
MOST_NAMED = 100


@dataclass(slots=True)
class Proof:
    """How many cases were proved, and the codes of those whose timeline was tampered with."""

    cases: int = 0
    entries: int = 0
    broken: int = 0
    codes: list[str] = field(default_factory=list)
    """of the first hundred broken ones"""

    @property
    def whole(self) -> bool:
        return self.broken == 0


async def how_many(session: AsyncSession) -> int:
    """The number of cases there are to prove."""
    return (await session.scalar(select(func.count()).select_from(Case))) or 0


async def verify_all(
    session: AsyncSession, progress: Callable[[int], None] = lambda _: None, *, at_once: int = CHUNK
) -> Proof:
    """Proves the chain, the seal and the texts of every case, a few hundred in memory at once.

    `progress` is told how many cases are done.
    """
    proof, after = Proof(), 0
    while True:
        query = select(Case).where(Case.id > after).order_by(Case.id).limit(at_once)
        some = (await session.scalars(query)).all()
        for case in some:
            await _prove(session, case, proof)
        if len(some) < at_once:
            return proof
        after = some[-1].id
        # A session that writes keeps what it has read until it is told to let go.
        for case in some:
            session.expunge(case)
        progress(proof.cases)


async def _prove(session: AsyncSession, case: Case, proof: Proof) -> None:
    check = await timeline.verify(session, case)
    proof.cases += 1
    proof.entries += check.entries
    if not check.whole:
        proof.broken += 1
        if len(proof.codes) < MOST_NAMED:
            proof.codes.append(case.code)
