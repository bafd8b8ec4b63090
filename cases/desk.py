"""What happens at the citizen's door: one input becomes one turn, inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cases import acts, casework, checks, drafts, places
from cases.citizen_show import standing_of
from cases.dialogue.checks import on_not_scam, on_report, state_reply
from cases.dialogue.decide import decide
from cases.dialogue.own_case import is_act, on_case_press
from cases.dialogue.talk import person, set_locale
from cases.dialogue.values import Act, Decision, Input, Pressed, Scene, Stage
from cases.records import Check, Resident
from cases.status import AT_REST
from cases.turn import Button, Reply, Turn
from cases.understanding import Risk

DRAFT = "d:"
STALE = Turn((Reply("button_stale"),))


class Desk:
    """The door of one resident; `session` is open and committed by who opened it."""

    def __init__(self, session: AsyncSession, resident: Resident, now: datetime, *, public_base: str) -> None:
        self.session = session
        self.resident = resident
        self.now = now
        self.public_base = public_base
        self._draft: drafts.Draft | None = None

    async def scene(self) -> Scene:
        """Where the conversation stands, from the database: a restart loses nothing."""
        draft = await self._load()
        return Scene(draft.stage, draft.facts, await self._open_cases())

    async def take_turn(self, heard: Input) -> Turn:
        """Decides on what was heard and carries the decision out."""
        return await self.carry_out(decide(await self.scene(), heard))

    async def press(self, number: int, act: str) -> Turn:
        """A button of a draft: obeyed while that draft is the present one."""
        if number != (await self._load()).number:
            return self._turn(STALE.replies)
        return await self.take_turn(Pressed(act))

    async def press_check(self, check_id: int, act: str) -> Turn:
        """A button below a fraud check; it stays live, because danger does not grow stale."""
        check = await checks.check_by_id(self.session, check_id, self.resident)
        if check is None:
            return self._turn(STALE.replies)
        if act in checks.STATES:
            return await self._state_told(check, act)
        scene = await self.scene()
        match act:
            case "report":
                return await self.carry_out(self._report(scene, check))
            case "not_scam":
                return await self.carry_out(on_not_scam(scene, check.id, Risk(check.risk)))
            case "person":
                facts = {"story": [check.text], "check_id": check.id, "for_other": check.for_other}
                return await self.carry_out(person(Scene(Stage.CHECKED, facts, scene.open_cases)))
        return self._turn(STALE.replies)

    async def press_case(self, code: str, act: str) -> Turn:
        """A button of the resident's own case; it stays live. CaseNotFound for anybody else's."""
        if not is_act(act):
            return self._turn(STALE.replies)
        case = await casework.own_case(self.session, self.resident, code)
        at = await standing_of(self.session, case, self.now)
        return await self.carry_out(on_case_press(await self.scene(), case.code, act, at))

    async def speak(self, locale: str) -> Turn:
        """The resident chose a language."""
        return await self.carry_out(set_locale(await self.scene(), locale))

    async def carry_out(self, decision: Decision) -> Turn:
        """Acts in order, then the draft; the replies tell what came of it."""
        facts = dict(decision.facts)
        replies: list[Reply] = []
        for step in decision.steps:
            if isinstance(step, Reply):
                replies.append(await self._with_place(step))
            else:
                replies += await self._act(step, facts)
        number = await self._keep(decision.stage, facts, replies)
        return self._turn(tuple(numbered(reply, number) for reply in replies))

    async def _act(self, act: Act, facts: dict[str, Any]) -> Sequence[Reply]:
        return await acts.carry_out(self, act, facts)

    async def _state_told(self, check: Check, state: str) -> Turn:
        await checks.set_state(self.session, check, state, self.now)
        return self._turn((state_reply(check.id, state, check.scam_type),))

    def _report(self, scene: Scene, check: Check) -> Decision:
        state = check.state or "received"
        return on_report(scene, check.id, text=check.text or "", verdict_type=check.scam_type, state=state)

    async def _open_cases(self) -> tuple[str, ...]:
        mine = await casework.cases_of(self.session, self.resident)
        return tuple(case.code for case in mine if case.status not in AT_REST)

    async def _load(self) -> drafts.Draft:
        if self._draft is None:
            self._draft = await drafts.load(self.session, self.resident)
        return self._draft

    async def _keep(self, stage: str, facts: dict[str, Any], replies: Sequence[Reply]) -> int:
        """The draft's number after this turn: a new one when the stage moved on or buttons were shown."""
        draft = await self._load()
        if self.resident.erased_at is not None:
            return draft.number
        told = replace(draft, stage=stage, facts=facts)
        if stage != draft.stage or any(has_draft_buttons(reply) for reply in replies):
            self._draft = await drafts.save(self.session, self.resident, told, self.now)
        elif facts != draft.facts:
            self._draft = await drafts.amend(self.session, self.resident, told, self.now)
        return (await self._load()).number

    async def _with_place(self, reply: Reply) -> Reply:
        code = reply.values.get("grid")
        if not code:
            return reply
        grid = await places.grid_by_code(self.session, str(code))
        name = places.place_name(grid, self.resident.locale) if grid else None
        return replace(reply, values={**reply.values, "place": name})

    def _turn(self, replies: Sequence[Reply]) -> Turn:
        return Turn(tuple(replies), self.resident.locale)


def has_draft_buttons(reply: Reply) -> bool:
    """Whether the reply shows buttons that belong to the draft."""
    return any(button.act.startswith(DRAFT) for row in reply.buttons for button in row)


def numbered(reply: Reply, number: int) -> Reply:
    """The reply with the draft's number written into its buttons."""

    def mark(button: Button) -> Button:
        if not button.act.startswith(DRAFT):
            return button
        return replace(button, act=f"{DRAFT}{number}:{button.act.removeprefix(DRAFT)}")

    return replace(reply, buttons=tuple(tuple(mark(button) for button in row) for row in reply.buttons))
