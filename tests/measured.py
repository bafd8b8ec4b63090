"""A small history for each measure, and what a hand would count in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from builders import a_resident
from histories import ANSWERED, HOUR, JUNE, S, go, on, opened
from sqlalchemy.ext.asyncio import AsyncSession

from cases import checks, staff, statements, timeline
from cases.actors import Audience, by_resident, by_staff
from cases.centre_desk import correct
from cases.clocks import running
from cases.measures.measures import COUNTING, Figure
from cases.raising import raise_danger
from cases.records import Agreement, Case, Heard, Paper, Resident, StatementKind
from cases.reopening import judge
from cases.status import ClosingKind

BACK_AT_THE_DOOR = "not_ours"


async def _resident(session: AsyncSession, case: Case) -> Resident:
    return await session.get_one(Resident, case.resident_id)


async def several(session: AsyncSession, number: int, day: int = 2, **more: object) -> list[Case]:
    return [await opened(session, on(day), **more) for _ in range(number)]


async def _spoke(session: AsyncSession, case: Case, hour: int) -> None:
    worker = await staff.staff_by_code(session, "grid-guihua")
    await timeline.append(
        session, case, "noted", actor=by_staff(worker.id), now=on(2, hour), audience=Audience.RESIDENT
    )


async def _response(session: AsyncSession) -> Figure:
    in_time, late, withdrawn = await several(session, 3)
    await running.contacted(session, in_time, on(2, 5))
    await running.contacted(session, late, on(20))
    await go(session, withdrawn, on(2, 1), S.WITHDRAWN)
    not_due = await opened(session, on(30, 10))
    assert not_due.due_at > JUNE.end
    return Figure("response", 1 / 2, 1, 2)


async def _solved(session: AsyncSession) -> Figure:
    yes, no, changed, _silent = cases = await several(session, 4)
    for case in cases:
        await go(session, case, on(3), *ANSWERED)
    await judge(session, yes, await _resident(session, yes), on(4), solved=True)
    await judge(session, no, await _resident(session, no), on(4), solved=False)
    await judge(session, changed, await _resident(session, changed), on(4), solved=True)
    await judge(session, changed, await _resident(session, changed), on(5), solved=False)
    return Figure("solved", 1 / 3, 1, 3)


async def _satisfied(session: AsyncSession) -> Figure:
    said = {0: True, 1: False, 2: None}
    for number, case in enumerate(await several(session, 3)):
        await go(session, case, on(3), *ANSWERED)
        who = await _resident(session, case)
        await judge(session, case, who, on(4), solved=True, satisfied=said[number])
    return Figure("satisfied", 1 / 2, 1, 2)


async def _on_time(session: AsyncSession) -> Figure:
    in_time, late, _open = await several(session, 3, day=1)
    late_one = await opened(session, on(1, month_=4))
    await go(session, in_time, on(3), *ANSWERED, S.CLOSED)
    await go(session, late_one, on(3), *ANSWERED, S.CLOSED)
    await go(session, late, on(3), *ANSWERED)
    return Figure("on_time", 1 / 2, 1, 2)


async def _substantive(session: AsyncSession) -> Figure:
    for case, kind in zip(await several(session, 4), ClosingKind, strict=True):
        await go(session, case, on(3), *ANSWERED, S.CLOSED, closing=kind)
    return Figure("substantive", 1 / 4, 1, 4)


async def _settled_in_community(session: AsyncSession) -> Figure:
    here, unsolved, handed, elsewhere, home_violence = await several(session, 5)
    for case, unit in ((here, "guihua"), (unsolved, "guihua"), (elsewhere, "yt-police")):
        await go(session, case, on(3), S.SIGNED, S.ACCEPTED, unit="yt-centre")
        await go(session, case, on(4), S.ROUTED, unit=unit)
    for case in (here, elsewhere):
        await go(session, case, on(5), *ANSWERED, S.CLOSED)
    await go(session, unsolved, on(5), *ANSWERED, S.CLOSED, closing=ClosingKind.PROCEDURAL)
    await go(session, handed, on(5), S.TRANSFERRED)
    home_violence.leaf = "dispute:domestic_violence"
    await go(session, home_violence, on(5), S.TRANSFERRED, reason="police")
    return Figure("settled_in_community", 1 / 4, 1, 4)


async def _first_to_sign(session: AsyncSession) -> Figure:
    for case, hour in zip(await several(session, 3), (1, 2, 9), strict=True):
        await go(session, case, on(2, hour), *ANSWERED, S.REOPENED)
        await go(session, case, on(9), S.SIGNED)
    return Figure("first_to_sign", 120.0, 3, 3)


async def _sent_back(session: AsyncSession) -> Figure:
    back, twice, _kept = await several(session, 3)
    await go(session, back, on(3), S.ACCEPTED, reason=BACK_AT_THE_DOOR)
    await go(session, twice, on(3), S.ACCEPTED, reason=BACK_AT_THE_DOOR)
    await go(session, twice, on(4), S.ROUTED)
    return Figure("sent_back", 2 / 4, 2, 4)


async def _routings(session: AsyncSession) -> Figure:
    once, twice, _open = await several(session, 3)
    await go(session, twice, on(3), S.ACCEPTED, S.ROUTED)
    for case in (once, twice):
        await go(session, case, on(4), *ANSWERED, S.CLOSED)
    return Figure("routings", 1.5, 3.0, 2)


async def _repeated(session: AsyncSession) -> Figure:
    who, other = [await a_resident(session, channel_id=number) for number in (71, 72)]
    await opened(session, on(10, month_=5), who=who)
    await opened(session, on(1, month_=4), who=other)
    await opened(session, on(2), who=who)
    await opened(session, on(2), who=other)
    await opened(session, on(3), who=who, leaf="dispute:loan")
    return Figure("repeated", 1 / 3, 1, 3)


async def _reopened(session: AsyncSession) -> Figure:
    again, late, _never = cases = await several(session, 3)
    for case in cases:
        await go(session, case, on(3), *ANSWERED, S.CLOSED)
    await go(session, again, on(9, month_=6), S.REOPENED)
    await go(session, late, on(9, month_=8), S.REOPENED)
    return Figure("reopened", 1 / 3, 1, 3)


async def _agreements(session: AsyncSession, days: int) -> None:
    case = await opened(session, on(1, month_=2))
    worker = await staff.staff_by_code(session, "grid-guihua")
    mark = (case, StatementKind.AGREEMENT, "每月还一百")
    who = by_staff(worker.id)
    kept, _ = await statements.write(session, *mark, actor=who, audience=Audience.RESIDENT, now=on(1))
    for at, performed, learnt in (
        (JUNE.start + HOUR, True, JUNE.start + 2 * HOUR),
        (JUNE.start + HOUR, True, JUNE.end + days * 24 * HOUR),
        (JUNE.start + HOUR, False, JUNE.start + 2 * HOUR),
        (JUNE.start + HOUR, None, None),
        (JUNE.end + HOUR, True, JUNE.end + 2 * HOUR),
    ):
        session.add(
            Agreement(
                case_id=case.id,
                oral=True,
                statement_id=int(kept),
                by_id=worker.id,
                agreed_at=at - days * 24 * HOUR,
                performed=performed,
                performed_at=learnt - days * 24 * HOUR if learnt else None,
            )
        )
    await session.flush()


async def _kept_30(session: AsyncSession) -> Figure:
    await _agreements(session, 30)
    return Figure("kept_30", 1 / 4, 1, 4)


async def _kept_90(session: AsyncSession) -> Figure:
    await _agreements(session, 90)
    return Figure("kept_90", 1 / 4, 1, 4)


async def _letters_answered(session: AsyncSession) -> Figure:
    case = await opened(session, on(1))
    for seq, (kind, replied, due) in enumerate(
        (
            ("prompt_letter", on(4), on(5)),
            ("warning_letter", on(6), on(5)),
            ("supervision_letter", None, on(5)),
            ("prompt_letter", None, on(5, month_=7)),
            ("dispatch_slip", on(4), on(5)),
        ),
        start=1,
    ):
        session.add(
            Paper(
                case_id=case.id,
                kind=kind,
                unit_id=case.unit_id,
                number=f"{kind}{seq}",
                year=2026,
                seq=seq,
                by_kind=by_resident(1).kind,
                issued_at=on(2),
                reply_due_at=due,
                replied_at=replied,
            )
        )
    await session.flush()
    return Figure("letters_answered", 1 / 3, 1, 3)


async def _danger_contact(session: AsyncSession) -> Figure:
    rose, never = await several(session, 2)
    grave = await opened(session, on(2), danger=("weapon",))
    await opened(session, on(2), danger=("alcohol",))
    for case in (rose, never):
        await raise_danger(session, case, ["crowd"], actor=by_resident(case.resident_id), now=on(2, 1))
    await _spoke(session, rose, 2)
    await _spoke(session, grave, 3)
    return Figure("danger_contact", 120.0, 2, 3)


async def _to_police(session: AsyncSession) -> Figure:
    police, court, _open = await several(session, 3)
    fraud = await opened(session, on(2), leaf="scam:romance")
    await go(session, police, on(3), S.TRANSFERRED, reason="police")
    await go(session, fraud, on(3), S.TRANSFERRED, reason="police")
    await go(session, court, on(3), S.TRANSFERRED, reason="court")
    return Figure("to_police", 1, 1, None)


async def _petitioned(session: AsyncSession) -> Figure:
    petition, police = await several(session, 2)
    await go(session, petition, on(3), S.TRANSFERRED, reason="petition")
    await go(session, police, on(3), S.TRANSFERRED, reason="police")
    return Figure("petitioned", 1, 1, None)


async def _a_check(session: AsyncSession, who: Resident, state: str, *, waited: int | None) -> int:
    verdict = {"risk": "danger", "scam_type": "romance"}
    check = await checks.record_check(
        session, who, text="x", verdict=verdict, state=state, for_other=False, now=on(2)
    )
    if waited is not None:
        session.add(
            Heard(
                resident_id=who.id,
                channel_message_id=str(check.id),
                text="我已经转了",
                forwarded=False,
                at=on(2) - waited * HOUR / 3600,
                taken_at=on(2),
            )
        )
    await session.flush()
    return check.id


async def _fraud_losses(session: AsyncSession) -> Figure:
    for state in ("paid", "received"):
        who = await a_resident(session, channel_id=len(state))
        check = await _a_check(session, who, state, waited=None)
        await opened(session, on(2), who=who, leaf="scam:romance", check_id=check)
    await opened(session, on(2), leaf="scam:romance")
    return Figure("fraud_losses", 1, 1, None)


async def _fraud_contact(session: AsyncSession) -> Figure:
    soon, late, _never = await several(session, 3, leaf="scam:romance")
    await _spoke(session, soon, 1)
    await _spoke(session, late, 3)
    await _spoke(session, await opened(session, on(2)), 9)
    return Figure("fraud_contact", 120.0, 2, 3)


async def _told_110(session: AsyncSession) -> Figure:
    for number, (state, waited) in enumerate((("paid", 5), ("paid", 90), ("paid", None), ("received", 5))):
        await _a_check(session, await a_resident(session, channel_id=80 + number), state, waited=waited)
    return Figure("told_110", 1 / 2, 1, 2)


async def _abstained(session: AsyncSession) -> Figure:
    await several(session, 3)
    await opened(session, on(2), leaf="to_sort")
    return Figure("abstained", 1 / 4, 1, 4)


async def _corrected(session: AsyncSession) -> Figure:
    wrong, _right = await several(session, 2)
    centre = await staff.staff_by_code(session, "centre-yunting")
    await correct(session, centre, wrong.code, "dispute:property", on(3))
    await opened(session, on(2), leaf="to_sort")
    return Figure("corrected", 1 / 2, 1, 2)


BUILT: dict[str, Callable[[AsyncSession], Awaitable[Figure]]] = {
    name.removeprefix("_"): build
    for name, build in list(globals().items())
    if name.removeprefix("_") in COUNTING and name.startswith("_")
}
