"""Wherever a case walks, replaying its timeline lands on the stored status."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from builders import NOW, a_case, actor_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from cases import casework, centre_desk, staff_desk, timeline
from cases.actors import ActorKind, by_resident
from cases.case_moves import move
from cases.danger import DANGER_CODES
from cases.database import Database
from cases.errors import DoorError, MoveNotAllowed
from cases.people import resident_by_id
from cases.staff import staff_by_code
from cases.status import OWED, CaseStatus, ClosingKind, may_move

STEPS = st.lists(st.tuples(st.sampled_from(list(CaseStatus)), st.sampled_from(list(ActorKind))), max_size=25)
WALK = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@WALK
@given(steps=STEPS)
async def test_any_walk_of_moves_replays_to_the_stored_status(
    database: Database, steps: list[tuple[CaseStatus, ActorKind]]
) -> None:
    async with database.transaction() as session:
        case = await a_case(session)
        worker = await staff_by_code(session, "grid-guihua")
        for to, kind in steps:
            allowed = may_move(case.status, to, kind)
            case.assignee_id = worker.id
            closing = ClosingKind.SUBSTANTIVE if to is CaseStatus.CLOSED else None
            actor = actor_of(kind, case.resident_id, worker.id)
            try:
                await move(session, case, to, actor=actor, reason="walk", now=NOW, closing=closing)
            except MoveNotAllowed:
                assert not allowed
            else:
                assert allowed
        assert timeline.replay_status(await timeline.entries(session, case)) is case.status
        assert (await timeline.verify(session, case)).whole
        assert case.owed == (case.status in OWED)
        await session.rollback()


ACTS = (
    "take", "start", "answer", "close", "note", "send_back", "route", "decline", "archive", "correct",
    "danger", "state", "person", "withdraw", "solved", "unsolved",
)  # fmt: skip


@WALK
@given(acts=st.lists(st.sampled_from(ACTS), max_size=20), more=st.sampled_from(sorted(DANGER_CODES)))
async def test_any_day_at_the_desks_leaves_a_whole_timeline(
    database: Database, acts: list[str], more: str
) -> None:
    async with database.transaction() as session:
        code = (await a_case(session)).code
        for hours, act in enumerate(acts):
            try:
                async with session.begin_nested():
                    await _act(session, act, code, more, hours)
            except DoorError:
                continue
        case = await casework.case_by_code(session, code)
        assert case is not None
        assert timeline.replay_status(await timeline.entries(session, case)) is case.status
        assert (await timeline.verify(session, case)).whole
        await session.rollback()


async def _act(session: AsyncSession, act: str, code: str, more: str, hours: int) -> None:
    now = NOW + timedelta(hours=hours)
    case = await casework.case_by_code(session, code)
    assert case is not None
    resident = await resident_by_id(session, case.resident_id)
    assert resident is not None
    worker = await staff_by_code(session, "grid-guihua")
    centre = await staff_by_code(session, "centre-liuyin")
    me = by_resident(resident.id)
    deeds: dict[str, Callable[[], Awaitable[object]]] = {
        "take": lambda: staff_desk.take(session, worker, code, now),
        "start": lambda: staff_desk.start(session, worker, code, now),
        "answer": lambda: staff_desk.answer(session, worker, code, "已修好", now),
        "close": lambda: staff_desk.close(session, centre, code, now, kind=ClosingKind.SUBSTANTIVE),
        "note": lambda: staff_desk.note(session, worker, code, "上门看过", now),
        "send_back": lambda: centre_desk.send_back(session, worker, code, "不归我们管", now),
        "route": lambda: centre_desk.route_to(session, centre, code, "guihua", "归社区", now),
        "decline": lambda: centre_desk.decline(session, centre, code, "请向法院起诉", now),
        "archive": lambda: centre_desk.archive(session, centre, code, now),
        "correct": lambda: centre_desk.correct(session, worker, code, "dispute:property", now),
        "danger": lambda: centre_desk.report_danger(session, worker, code, more, now),
        "state": lambda: casework.add_statement(session, case, "又漏了", actor=me, now=now),
        "person": lambda: casework.hand_to_person(session, case, actor=me, now=now),
        "withdraw": lambda: casework.withdraw(session, resident, code, now),
        "solved": lambda: casework.judge(session, resident, code, now, solved=True),
        "unsolved": lambda: casework.judge(session, resident, code, now, solved=False),
    }
    await deeds[act]()
