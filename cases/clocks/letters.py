"""How does a round issue many letters at once: numbered, written, told and their clocks started together?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import timeline
from cases.actors import BY_CLOCK
from cases.announce import Told
from cases.clocks import running
from cases.clocks.book import ClockBook
from cases.clocks.callers import Callers
from cases.clocks.rules import StartEvent
from cases.papers.issuing import facts_of, new_paper, number_it
from cases.papers.kinds import PaperKind
from cases.papers.numbering import next_seqs
from cases.records import Case, Paper, Unit


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to be issued, with all it says."""

    case: Case
    book: ClockBook
    sender: Unit
    addressed: Unit
    paper: Paper


class Letters:
    """Letters of one batch; what stands open already is looked up once."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._open: set[tuple[int, int | None, str]] = set()
        self._waiting: list[Letter] = []

    async def prepare(self, case_ids: Collection[int]) -> None:
        """Looks up which letters on these cases wait for their reply."""
        query = select(Paper.case_id, Paper.to_unit_id, Paper.kind).where(
            Paper.case_id.in_(case_ids), Paper.replied_at.is_(None), Paper.to_unit_id.is_not(None)
        )
        self._open = {(case, unit, kind) for case, unit, kind in await self._session.execute(query)}

    def stands_open(self, case: Case, addressed: Unit, kind: PaperKind) -> bool:
        """Whether a letter of that kind to that unit on this case still waits for its reply."""
        return (case.id, addressed.id, kind.value) in self._open

    def add(
        self,
        case: Case,
        kind: PaperKind,
        book: ClockBook,
        *,
        sender: Unit,
        addressed: Unit,
        now: datetime,
        key: str,
        fields: dict[str, object],
    ) -> None:
        """Has a letter issued with the others; it stands open from now on."""
        zone = ZoneInfo(book.timezone)
        paper = new_paper(
            case,
            kind,
            unit=sender,
            to_unit=addressed,
            actor=BY_CLOCK,
            now=now,
            zone=zone,
            key=key,
            fields=fields,
        )
        self._open.add((case.id, addressed.id, kind.value))
        self._waiting.append(Letter(case, book, sender, addressed, paper))

    async def send(self, callers: Callers, now: datetime) -> None:
        """Issues what was added; a letter whose key was used before is left out, and uses up no number."""
        letters, self._waiting = await self._not_taken(), []
        if not letters:
            return
        await self._number(letters)
        rules = [
            one.book.starting(StartEvent.LETTER_ISSUED, one.case.leaf, one.case.danger_level)
            for one in letters
        ]
        for letter, own in zip(letters, rules, strict=True):
            dues = [letter.book.due(rule, now).at for rule in own]
            letter.paper.reply_due_at = min(dues, default=None)
            self._session.add(letter.paper)
        await self._session.flush()
        for letter, own in zip(letters, rules, strict=True):
            self._session.add_all(
                running.clock_under(
                    letter.book, letter.case, rule, now, unit_id=letter.addressed.id, paper=letter.paper
                )
                for rule in own
            )
            await self._tell(letter, callers, now)

    async def _tell(self, letter: Letter, callers: Callers, now: datetime) -> None:
        facts = facts_of(letter.paper, letter.addressed)
        entry = timeline.add(self._session, letter.case, "paper_issued", actor=BY_CLOCK, now=now, facts=facts)
        callers.tell(letter.case, Told.LETTER, entry, now, staff=await callers.members(letter.addressed.id))

    async def _not_taken(self) -> Sequence[Letter]:
        keys = [letter.paper.issuing_key for letter in self._waiting]
        query = select(Paper.issuing_key).where(Paper.issuing_key.in_(keys))
        taken = set((await self._session.scalars(query)).all()) if keys else set()
        return [letter for letter in self._waiting if letter.paper.issuing_key not in taken]

    async def _number(self, letters: Sequence[Letter]) -> None:
        """One question for each counter; always in one order, so that two rounds never lock crosswise."""
        wanted = Counter((one.paper.unit_id, one.paper.kind, one.paper.year) for one in letters)
        following = {
            counter: await next_seqs(
                self._session, counter[0], PaperKind(counter[1]), counter[2], wanted[counter]
            )
            for counter in sorted(wanted)
        }
        for letter in letters:
            paper = letter.paper
            number_it(paper, letter.sender, next(following[paper.unit_id, paper.kind, paper.year]))
