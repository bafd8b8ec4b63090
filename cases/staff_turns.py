"""What a member of staff does on the channel: see the queue, open, sign for, answer and close a case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cases import drafts, staff_desk
from cases.access import Act, case_for
from cases.acts import local_time
from cases.dialogue.checks import ask_what_to_check
from cases.dialogue.values import Scene, Stage
from cases.places import place_name
from cases.records import Case, Resident, Role, Staff, StatementKind, Unit
from cases.statements import statements_of
from cases.status import IN_HAND, CaseStatus, ClosingKind
from cases.turn import Button, Reply, Turn

SHOWN = 10
"""Cases on one screen of the queue."""
STORY_SHOWN = 1500
TOLD = frozenset({StatementKind.STORY, StatementKind.STATEMENT})


class StaffDesk:
    """One member of staff on one channel; `resident` is the channel's own row, which holds the draft."""

    def __init__(self, session: AsyncSession, person: Staff, resident: Resident, now: datetime) -> None:
        self.session = session
        self.person = person
        self.resident = resident
        self.now = now
        self.locale = resident.locale

    async def home(self, *, linked_now: bool = False) -> Turn:
        """A volunteer is invited to send what an elder received; everybody else sees their unit's queue."""
        hello = [await self._hello()] if linked_now else []
        if self.person.role is not Role.VOLUNTEER:
            return self._turn(*hello, *(await self.queue()).replies)
        await self._stage(Stage.CHECKING, {"for_other": True})
        send = ask_what_to_check(Scene(), for_other=True).steps[0]
        assert isinstance(send, Reply)  # that decision has one step, a reply
        return self._turn(*hello, Reply("volunteer_home", {"name": self.person.name}), Reply(send.key))

    async def queue(self) -> Turn:
        """What the person's unit owes, the gravest and soonest due first, one button a case."""
        page = await staff_desk.queue(self.session, self.person, limit=SHOWN)
        unit = await self.session.get_one(Unit, self.person.unit_id)
        name = unit.name(self.locale)
        if not page.items:
            return self._turn(Reply("staff_queue_empty", {"unit": name}))
        lines = [
            {
                "code": item.code,
                "leaf": item.leaf,
                "status": item.status.value,
                "danger": item.danger.code,
                "unit": name,
                "due": await local_time(self.session, unit, item.due_at),
            }
            for item in page.items
        ]
        rows = tuple(
            (Button("staff_open", f"s:open:{item.code}", {"code": item.code}),) for item in page.items
        )
        return self._turn(Reply("staff_queue", {"unit": name, "cases": lines}, rows))

    async def open(self, code: str) -> Turn:
        """The case as this person may read it, with what can be done next."""
        case = await case_for(self.session, self.person, code, Act.READ, self.now)
        return self._turn(await self._case(case))

    async def take(self, code: str) -> Turn:
        """Signs for the case; the resident is told."""
        case = await staff_desk.take(self.session, self.person, code, self.now)
        due = await local_time(self.session, case.unit, case.due_at)
        reply = Reply("staff_taken", {"code": case.code, "due": due}, self._next(case))
        return self._turn(reply)

    async def ask_answer(self, code: str) -> Turn:
        """The next words are the answer to this case."""
        case = await case_for(self.session, self.person, code, Act.WORK, self.now)
        await self._stage(Stage.STAFF_ANSWER, {"code": case.code})
        return self._turn(Reply("staff_answer_ask"))

    async def answer(self, code: str, text: str) -> Turn:
        """Sends the answer to the resident."""
        case = await staff_desk.answer(self.session, self.person, code, text, self.now)
        await self._stage(Stage.IDLE, {})
        return self._turn(Reply("staff_answered", {"code": case.code}, self._next(case)))

    async def ask_close(self, code: str) -> Turn:
        """Which kind of closing? Only what was answered can be closed."""
        case = await case_for(self.session, self.person, code, Act.CLOSE, self.now)
        kinds = tuple(
            (Button(f"close_{kind.value}", f"s:close_{kind.value}:{case.code}"),) for kind in ClosingKind
        )
        return self._turn(Reply("staff_close_ask", {}, kinds))

    async def close(self, code: str, kind: ClosingKind) -> Turn:
        """Closes the case; the resident is told and asked to judge."""
        case = await staff_desk.close(self.session, self.person, code, self.now, kind=kind)
        return self._turn(Reply("staff_closed", {"code": case.code}, ((Button("staff_back", "s:queue:"),),)))

    async def press(self, act: str, code: str) -> Turn:
        """A staff button by its data."""
        match act:
            case "queue":
                return await self.queue()
            case "open":
                return await self.open(code)
            case "take":
                return await self.take(code)
            case "answer":
                return await self.ask_answer(code)
            case "close":
                return await self.ask_close(code)
        kind = act.removeprefix("close_")
        if kind != act and kind in list(ClosingKind):
            return await self.close(code, ClosingKind(kind))
        return self._turn(Reply("button_stale"))

    async def _case(self, case: Case) -> Reply:
        told = [
            text.body for text in await statements_of(self.session, case) if text.kind in TOLD and text.body
        ]
        values = {
            "code": case.code,
            "leaf": case.leaf,
            "status": case.status.value,
            "danger": case.danger_level.code,
            "place": case.address or (place_name(case.grid, self.locale) if case.grid else None),
            "due": await local_time(self.session, case.unit, case.due_at) if case.owed else None,
            "story": "\n".join(told)[:STORY_SHOWN],
        }
        return Reply("staff_case", values, self._next(case))

    def _next(self, case: Case) -> tuple[tuple[Button, ...], ...]:
        """The one thing to do next, and the way back."""
        back = Button("staff_back", "s:queue:")
        if case.status in IN_HAND:
            return ((Button("staff_answer", f"s:answer:{case.code}"), back),)
        if case.status is CaseStatus.JUDGING:
            return ((Button("staff_close", f"s:close:{case.code}"), back),)
        if case.owed:
            return ((Button("staff_take", f"s:take:{case.code}"), back),)
        return ((back,),)

    async def _hello(self) -> Reply:
        unit = await self.session.get_one(Unit, self.person.unit_id)
        values = {"name": self.person.name, "role": self.person.role.value, "unit": unit.name(self.locale)}
        return Reply("staff_linked", values)

    async def _stage(self, stage: str, facts: dict[str, object]) -> None:
        draft = await drafts.load(self.session, self.resident)
        told = drafts.Draft(draft.number, stage, dict(facts), draft.updated_at)
        await drafts.save(self.session, self.resident, told, self.now)

    def _turn(self, *replies: Reply) -> Turn:
        return Turn(replies, self.locale)
