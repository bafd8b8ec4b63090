"""What does a member of staff do on the channel: see what waits, open a case, act on it, be told why not?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, drafts
from cases.access import Act, case_for
from cases.codes import read_case_code
from cases.dialogue.checks import ask_what_to_check
from cases.dialogue.values import Scene, Stage
from cases.errors import CaseNotFound, DoorError, NotAllowed
from cases.reading import broken_glass
from cases.records import Resident, Role, Staff
from cases.roles import ROLE_MAY
from cases.staff_side import card, doing, lists, refusals
from cases.staff_side.asking import asked_now, put_aside
from cases.staff_side.beside import beside
from cases.staff_side.deeds import Deed
from cases.staff_side.offers import offered
from cases.staff_side.standing import standing
from cases.staff_side.steps import Given, Seated, data, deed_button, in_rows
from cases.staff_side.trail import trail
from cases.staff_side.why import due_points
from cases.turn import Button, Reply, Turn

ANSWERS = ("yes", "skip", "cancel", "own")
"""Buttons that belong to what is being asked; any other one puts it aside."""


class StaffDesk:
    """One member of staff on one channel; `resident` is the channel's own row, which holds the draft."""

    def __init__(self, session: AsyncSession, person: Staff, resident: Resident, now: datetime) -> None:
        self.session = session
        self.person = person
        self.resident = resident
        self.now = now
        self.locale = resident.locale
        self.at = Seated(session, person, now, resident.locale)

    async def home(self, *, linked_now: bool = False) -> Turn:
        """What waits, with a button for every list; a volunteer is invited to send what an elder received."""
        await self._rest()
        hello = [await self._hello()] if linked_now else []
        match self.person.role:
            case Role.VOLUNTEER:
                return self._turn(*hello, *await self._volunteer())
            case Role.ADMIN:
                return self._turn(*hello, Reply("staff_home_admin", {"name": self.person.name}))
        return self._turn(*hello, await self._list(self._main_list(), home=True))

    async def press(self, act: str, rest: str) -> Turn:
        """A staff button by its data: what it does, and then the case or list with its arguments."""
        asked = await asked_now(self.session, self.resident)
        if act == "queue":
            return await self.home()
        if asked is None or act in ANSWERS:
            if asked is None:
                await self._rest()
            return self._turn(await self._pressed(act, rest))
        await self._rest()
        reply = await self._pressed(act, rest)
        if act == asked.deed and rest.split(".")[0] == asked.given.code:
            return self._turn(reply)
        return self._turn(Reply("staff_put_aside", {"code": asked.given.code}), reply)

    async def _pressed(self, act: str, rest: str) -> Reply:
        code, *arguments = rest.split(".")
        if act in list(Deed):
            return await doing.pressed(self.at, self.resident, Deed(act), Given(code, tuple(arguments)))
        match act:
            case "list" if code in lists.LISTS:
                return await self._list(code, arguments[0] if arguments else "")
            case "yes" | "skip":
                return await doing.confirmed(self.at, self.resident, code, skips=act == "skip")
            case "cancel":
                return await self._cancel(code)
            case "own":
                await put_aside(self.session, self.resident, self.now, at_work=False)
                return Reply("staff_own_matter")
            case "open" | "more" | "why" | "acts":
                return await self._look(act, code)
        return doing.STALE

    async def said(self, words: str) -> Turn:
        """Words came while something was asked: they go there and nowhere else."""
        asked = await asked_now(self.session, self.resident)
        if asked is None:
            return self._turn(doing.STALE)
        return self._turn(await doing.said(self.at, self.resident, asked, words))

    async def code_typed(self, words: str) -> Turn | None:
        """A case code and nothing else opens the case; None for other words, and for one's own matter."""
        code = read_case_code(words)
        if code is None or await casework.case_by_code(self.session, code, self.resident) is not None:
            return None
        return self._turn(await self._look("open", code))

    async def refused(self, error: DoorError, code: str | None) -> Turn:
        """Why something was not done, what became of the words, and what can be done instead.

        Called in a transaction of its own: what failed has been undone.
        """
        asked = await asked_now(self.session, self.resident)
        if asked is not None and code is None and refusals.to_type_again(error, asked):
            return self._turn(*refusals.again(error, asked))
        await self._rest()
        return self._turn(*await refusals.told(self.at, error, code, asked))

    async def words_only(self) -> Turn:
        """A file or place came at work: it is not kept, and what was asked stands."""
        asked = await asked_now(self.session, self.resident)
        if asked is None:
            return self.nothing_asked()
        cancel = Button("staff_cancel", data("cancel", asked.given.code))
        return self._turn(Reply("staff_words_only", {}, ((cancel,),)))

    def nothing_asked(self) -> Turn:
        """What came at work answers no question: it went nowhere, and they can say where it belongs."""
        return self._turn(Reply("staff_nothing_asked", {}, ((Button("staff_own", "s:own:"), doing.BACK),)))

    async def _rest(self) -> None:
        """Nothing is asked; a volunteer goes on sending what elders received."""
        at_work = self.person.role is not Role.VOLUNTEER
        await put_aside(self.session, self.resident, self.now, at_work=at_work)

    async def _look(self, what: str, code: str) -> Reply:
        """The case as this person may see it: words, or the trail alone, or first the reason for looking."""
        if self.person.role is Role.ADMIN and not await broken_glass(
            self.session, self.person, read_case_code(code) or "", self.now
        ):
            return await doing.pressed(self.at, self.resident, Deed.GLASS, Given(code))
        if Act.TRAIL in ROLE_MAY[self.person.role]:
            case = await case_for(self.session, self.person, code, Act.TRAIL, self.now)
            return Reply("staff_trail", await trail(self.at, case), ((doing.BACK,),))
        try:
            case = await case_for(self.session, self.person, code, Act.READ, self.now)
        except CaseNotFound:
            return await beside(self.at, code)
        back = (Button("staff_look", data("open", case.code)), doing.BACK)
        match what:
            case "more":
                return Reply("staff_details", await card.details(self.at, case), (back,))
            case "why":
                step, points = await due_points(self.session, case)
                return Reply("staff_why", {"code": case.code, "step": step, "points": points}, (back,))
            case "acts":
                deeds = offered(await standing(self.session, self.person, case, self.now))
                rows = in_rows([deed_button(deed, case.code) for deed in deeds])
                return Reply("staff_all_acts", {"code": case.code}, (*rows, back))
        return await self._first_screen(case.code)

    async def _first_screen(self, code: str) -> Reply:
        case = await doing.case_by_code(self.at, code)
        deeds = offered(await standing(self.session, self.person, case, self.now))
        rows = in_rows([deed_button(deed, code) for deed in deeds[: doing.FIRST_SHOWN]])
        rest = len(deeds) > doing.FIRST_SHOWN
        more = [Button("staff_all", data("acts", code))] if rest else []
        why = [Button("staff_due_why", data("why", code))] if case.owed else []
        last = (*more, Button("staff_details", data("more", code)))
        return Reply("staff_case", await card.first_screen(self.at, case), (*rows, last, (*why, doing.BACK)))

    async def _cancel(self, code: str) -> Reply:
        await self._rest()
        look = (Button("staff_look", data("open", code)),) if read_case_code(code) else ()
        return Reply("staff_cancelled", {}, ((*look, doing.BACK),))

    def _main_list(self) -> str:
        return "area" if self.person.role is Role.AUDITOR else "queue"

    async def _list(self, name: str, after: str = "", *, home: bool = False) -> Reply:
        """A page of a list; the home screen has the others below it, with how much is in each."""
        page = await lists.page(self.at, name, after)
        unit = await lists.unit_name(self.at)
        deed = lists.LISTS[name].deed
        cases = in_rows(
            [Button("staff_open", data(deed, line["code"]), {"code": line["code"]}) for line in page.lines]
        )
        more = (Button("staff_more", f"s:list:{name}.{page.after}"),) if page.after else ()
        below = await self._other_lists(name) if home else [(doing.BACK,)]
        rows = tuple(row for row in (*cases, more, *below) if row)
        if not page.lines:
            return Reply(
                "staff_queue_empty" if home else "staff_list_empty", {"unit": unit, "list": name}, rows
            )
        key = "staff_queue" if home else "staff_list"
        return Reply(key, {"unit": unit, "list": name, "cases": list(page.lines)}, rows)

    async def _other_lists(self, shown: str) -> list[tuple[Button, ...]]:
        found = await lists.counts(self.at)
        return in_rows(
            [
                Button(f"staff_list_{name}", f"s:list:{name}", {"count": count})
                for name, count in found.items()
                if name != shown
            ]
        )

    async def _volunteer(self) -> list[Reply]:
        draft = await drafts.load(self.session, self.resident)
        told = drafts.Draft(draft.number, Stage.CHECKING, {"for_other": True}, draft.updated_at)
        await drafts.save(self.session, self.resident, told, self.now)
        send = ask_what_to_check(Scene(), for_other=True).steps[0]
        if not isinstance(send, Reply):
            raise NotAllowed  # that decision has one step, a reply
        invited = await lists.page(self.at, "queue")
        rows = in_rows(
            [
                Button("staff_open", data("open", line["code"]), {"code": line["code"]})
                for line in invited.lines
            ]
        )
        return [Reply("volunteer_home", {"name": self.person.name}, rows), Reply(send.key)]

    async def _hello(self) -> Reply:
        unit = await lists.unit_name(self.at)
        return Reply("staff_linked", {"name": self.person.name, "role": self.person.role.value, "unit": unit})

    def _turn(self, *replies: Reply) -> Turn:
        return Turn(replies, self.locale)
