"""How is what a resident wants of their own case carried out, and what are they told?"""

from __future__ import annotations

from collections.abc import Sequence

from cases import casework
from cases.actors import by_resident
from cases.agreements import agreements_of, say_kept
from cases.at_desk import AtDesk, local_time
from cases.citizen_show import copy_of, show_case, standing_of
from cases.clocks import running
from cases.dialogue.choices import Choice, choices, of_case
from cases.dialogue.talk import MENU
from cases.dialogue.wishes import (
    AskOther,
    CallPerson,
    CopyCase,
    Judge,
    OwnCase,
    RefuseMediation,
    Reopen,
    SayKept,
    SaySatisfied,
    SayTime,
    ShowCase,
)
from cases.errors import MoveNotAllowed
from cases.extensions import say_about_time
from cases.lines import superior_of
from cases.raising import raise_danger
from cases.records import Case, Unit
from cases.reopening import judge, reopen, say_satisfied, was_closed
from cases.status import CaseStatus
from cases.turn import Button, Reply

REVIEW = "reopen_review"


async def carry_out(desk: AtDesk, act: OwnCase) -> Sequence[Reply]:
    """Carries out one act on the resident's own case; CaseNotFound for anybody else's."""
    case = await casework.own_case(desk.session, desk.resident, act.code)
    match act:
        case ShowCase():
            lead = [Reply(act.lead, {"code": case.code})] if act.lead else []
            return [*lead, await show_case(desk, case)]
        case CopyCase():
            return [await copy_of(desk, case)]
        case Judge():
            return await _judge(desk, case, act)
        case SaySatisfied():
            return await _say_satisfied(desk, case, act)
        case SayKept():
            return await _say_kept(desk, case, act)
        case SayTime():
            return await _say_time(desk, case, act)
    return await _wish(desk, case, act)


async def _wish(
    desk: AtDesk, case: Case, act: CallPerson | Reopen | RefuseMediation | AskOther
) -> Sequence[Reply]:
    """What the case must offer at this moment; a question may lie a while before it is answered."""
    if not await _offers(desk, case, act):
        return [Reply("case_not_now", {"code": case.code}), await show_case(desk, case)]
    match act:
        case CallPerson():
            return await _call_person(desk, case)
        case Reopen():
            return await _reopen(desk, case, act)
        case RefuseMediation():
            await casework.refuse_mediation(desk.session, desk.resident, case.code, desk.now)
            return [Reply("refused_mediation", {"code": case.code}, _look(case))]
        case AskOther():
            return await _ask_other(desk, case, act)


async def _offers(desk: AtDesk, case: Case, act: OwnCase) -> bool:
    wanted = {
        CallPerson: Choice.PERSON,
        Reopen: Choice.REOPEN,
        RefuseMediation: Choice.REFUSE,
        AskOther: Choice.OTHER,
    }[type(act)]
    return wanted in choices(await standing_of(desk.session, case, desk.now))


async def _judge(desk: AtDesk, case: Case, act: Judge) -> Sequence[Reply]:
    if _said_so_before(case, act):
        unsaid = _satisfied_buttons(case) if case.satisfied is None else ()
        return [Reply("judged_already", {"code": case.code}, unsaid)]
    if case.status is not CaseStatus.JUDGING and not was_closed(case):
        return await _not_now(desk, case)
    if not act.solved and not (await standing_of(desk.session, case, desk.now)).in_time:
        return [Reply("judged_late", {"code": case.code}, MENU)]
    await _keep_judgement(desk, case, act)
    if act.solved:
        return [Reply("rated", {"code": case.code}, _satisfied_buttons(case))]
    values = {"code": case.code, "unit": case.unit.name(desk.resident.locale), **await _review(desk, case)}
    return [Reply("rated_unsolved", values, ((of_case("case_why", case.code, Choice.ADD),), *_look(case)))]


async def _not_now(desk: AtDesk, case: Case) -> Sequence[Reply]:
    """There is no answer to judge: it is being worked on, or it was taken back, declined or handed on."""
    key = "judged_not_now" if case.owed else "case_not_now"
    return [Reply(key, {"code": case.code}), await show_case(desk, case)]


def _said_so_before(case: Case, act: Judge) -> bool:
    """Solved was said already; to be asked again after the closing is another question."""
    asked_anew = act.visit and case.visited_at is None
    return act.solved and bool(case.solved) and was_closed(case) and not asked_anew


async def _keep_judgement(desk: AtDesk, case: Case, act: Judge) -> None:
    if act.visit and was_closed(case):
        await casework.visited(desk.session, desk.resident, case.code, desk.now, solved=act.solved)
        return
    await judge(desk.session, case, desk.resident, desk.now, solved=act.solved)


async def _say_satisfied(desk: AtDesk, case: Case, act: SaySatisfied) -> Sequence[Reply]:
    if case.solved is None or not was_closed(case):
        return await _not_now(desk, case)
    if case.satisfied is act.satisfied:
        return [Reply("judged_already", {"code": case.code})]
    await say_satisfied(desk.session, case, desk.resident, desk.now, satisfied=act.satisfied)
    return [Reply("rated_satisfied" if act.satisfied else "rated_unsatisfied", {"code": case.code})]


async def _say_time(desk: AtDesk, case: Case, act: SayTime) -> Sequence[Reply]:
    try:
        await say_about_time(desk.session, case, desk.resident, desk.now, agrees=act.agrees)
    except MoveNotAllowed:
        return await _not_now(desk, case)
    return [Reply("time_agreed" if act.agrees else "time_not_agreed", {"code": case.code}, _look(case))]


async def _say_kept(desk: AtDesk, case: Case, act: SayKept) -> Sequence[Reply]:
    """Of several agreements the newest counts: it is the one that was asked about."""
    found = await agreements_of(desk.session, case)
    if not found:
        return [Reply("case_not_now", {"code": case.code}), await show_case(desk, case)]
    newest = found[-1]
    if newest.performed is act.kept:
        return [Reply("judged_already", {"code": case.code})]
    before = case.status
    actor = by_resident(desk.resident.id)
    await say_kept(desk.session, newest, desk.now, actor=actor, kept=act.kept)
    if act.kept:
        return [Reply("said_kept", {"code": case.code})]
    if before is not CaseStatus.REOPENED and case.status is CaseStatus.REOPENED:
        return [Reply("said_not_kept", {"code": case.code, **await _review(desk, case)}, _look(case))]
    return [Reply("said_not_kept_told", {"code": case.code}, _look(case))]


async def _call_person(desk: AtDesk, case: Case) -> Sequence[Reply]:
    actor = by_resident(desk.resident.id)
    await casework.hand_to_person(desk.session, case, actor=actor, now=desk.now)
    unit = case.unit.name(desk.resident.locale)
    values = {"code": case.code, "unit": unit, "phone": case.unit.phone or "12345"}
    return [Reply("case_person_told", values, _look(case))]


async def _reopen(desk: AtDesk, case: Case, act: Reopen) -> Sequence[Reply]:
    actor = by_resident(desk.resident.id)
    await reopen(desk.session, case, actor=actor, reason=act.reason, now=desk.now, words=act.text)
    await raise_danger(desk.session, case, act.danger, actor=actor, now=desk.now)
    buttons = ((of_case("case_add", case.code, Choice.ADD),), *_look(case))
    return [Reply("case_reopened", {"code": case.code, **await _review(desk, case)}, buttons)]


async def _ask_other(desk: AtDesk, case: Case, act: AskOther) -> Sequence[Reply]:
    await casework.ask_other(desk.session, desk.resident, case.code, desk.now, act.text)
    actor = by_resident(desk.resident.id)
    await raise_danger(desk.session, case, act.danger, actor=actor, now=desk.now)
    return [Reply("other_asked", {"code": case.code}, _look(case))]


async def _review(desk: AtDesk, case: Case) -> dict[str, str]:
    """Who looks at a reopened case, and until when."""
    clocks = await running.running(desk.session, case)
    clock = next((one for one in clocks if one.step == REVIEW), None)
    superior = await superior_of(desk.session, case.unit) or case.unit
    if clock is not None and clock.owed_unit_id is not None:
        superior = await desk.session.get_one(Unit, clock.owed_unit_id)
    due = clock.due_at if clock else case.due_at
    return {
        "superior": superior.name(desk.resident.locale),
        "due": await local_time(desk.session, case.unit, due),
    }


def _satisfied_buttons(case: Case) -> tuple[tuple[Button, ...], ...]:
    both = (Choice.SATISFIED, Choice.UNSATISFIED)
    return (tuple(of_case(choice.value, case.code, choice) for choice in both),)


def _look(case: Case) -> tuple[tuple[Button, ...], ...]:
    return ((of_case("case_view", case.code, "view"),),)
