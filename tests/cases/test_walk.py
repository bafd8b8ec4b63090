"""Wherever a case walks, its timeline leads to the stored status and exactly the clocks it owes run."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from builders import NOW, a_case, actor_of, said
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from cases import (
    casework,
    centre_desk,
    extensions,
    handling,
    merging,
    reopening,
    review_desk,
    staff_desk,
    timeline,
)
from cases.actors import ActorKind, by_resident
from cases.case_moves import move
from cases.clocks import running
from cases.danger import DANGER_CODES, DangerLevel
from cases.database import Database
from cases.errors import DoorError, MoveNotAllowed
from cases.people import resident_by_id
from cases.records import Case, CaseClock, TimelineEntry
from cases.staff import staff_by_code
from cases.status import AT_REST, IN_HAND, MOVES, OWED, CaseStatus, ClosingKind, may_move

S = CaseStatus
WALK = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
STEPS = st.lists(
    st.tuples(st.sampled_from(list(CaseStatus)), st.sampled_from(list(ActorKind)), st.integers(0, 99)),
    max_size=20,
)


async def leads_to_the_stored_status(session: AsyncSession, case: Case) -> None:
    assert timeline.replay_status(await timeline.entries(session, case)) is case.status
    assert (await timeline.verify(session, case)).whole
    assert case.owed == (case.status in OWED)


@WALK
@given(steps=STEPS)
async def test_any_walk_of_moves_replays_to_the_stored_status(
    database: Database, steps: list[tuple[CaseStatus, ActorKind, int]]
) -> None:
    async with database.transaction() as session:
        case = await a_case(session)
        worker = await staff_by_code(session, "grid-guihua")
        for anywhere, kind, number in steps:
            # Two of three go where the table may let them, so that walks get far.
            to = list(MOVES[case.status])[number % len(MOVES[case.status])] if number % 3 else anywhere
            await _one_move(session, case, to, kind, worker.id)
        await leads_to_the_stored_status(session, case)
        await session.rollback()


async def _one_move(
    session: AsyncSession, case: Case, to: CaseStatus, kind: ActorKind, worker_id: int
) -> None:
    allowed = may_move(case.status, to, kind)
    reason = min(MOVES[case.status][to].reasons) if allowed else "taken"
    case.assignee_id, case.transferred_to, case.merged_into_id = worker_id, "court", case.id
    closing = ClosingKind.SUBSTANTIVE if to is S.CLOSED else None
    actor = actor_of(kind, case.resident_id, worker_id)
    length = case.chain_length
    # A text no entry vouches for would not be whole: words are written only for a move that is made.
    facts = await said(session, case, actor) if allowed else {}
    try:
        await move(session, case, to, actor=actor, reason=reason, now=NOW, closing=closing, facts=facts)
    except MoveNotAllowed:
        assert not allowed
        assert case.chain_length == length
    else:
        assert allowed
        assert case.chain_length == length + 1


class Day:
    """Everybody at their desk with one case; each deed is done as its own small transaction."""

    def __init__(self, session: AsyncSession, code: str, main: str, signal: str) -> None:
        self.session, self.code, self.main, self.signal = session, code, main, signal

    async def case(self) -> Case:
        found = await casework.case_by_code(self.session, self.code)
        assert found is not None
        return found

    async def do(self, deed: str, now: datetime) -> None:
        try:
            async with self.session.begin_nested():
                await (self.of_resident if deed in OF_RESIDENT else self.of_staff)(deed, now)
        except DoorError:
            return

    async def of_resident(self, deed: str, now: datetime) -> None:
        session, case = self.session, await self.case()
        me = await resident_by_id(session, case.resident_id)
        assert me is not None
        actor = by_resident(me.id)
        deeds: dict[str, Callable[[], Awaitable[object]]] = {
            "state": lambda: casework.add_statement(session, case, "又漏了", actor=actor, now=now),
            "threat": lambda: casework.add_statement(
                session, case, "不好了", actor=actor, now=now, danger=[self.signal]
            ),
            "person": lambda: casework.hand_to_person(session, case, actor=actor, now=now),
            "withdraw": lambda: casework.withdraw(session, me, self.code, now),
            "refuse": lambda: casework.refuse_mediation(session, me, self.code, now),
            "solved": lambda: reopening.judge(session, case, me, now, solved=True),
            "unsolved": lambda: reopening.judge(session, case, me, now, solved=False),
            "satisfied": lambda: reopening.say_satisfied(session, case, me, now, satisfied=True),
        }
        await deeds[deed]()

    async def of_staff(self, deed: str, now: datetime) -> None:
        session, code = self.session, self.code
        worker = await staff_by_code(session, "grid-guihua")
        centre = await staff_by_code(session, "centre-liuyin")
        county = await staff_by_code(session, "centre-hedong")
        blue = DangerLevel.BLUE
        deeds: dict[str, Callable[[], Awaitable[object]]] = {
            "take": lambda: staff_desk.take(session, worker, code, now),
            "start": lambda: staff_desk.start(session, worker, code, now),
            "answer": lambda: staff_desk.answer(session, worker, code, "已修好", now),
            "note": lambda: staff_desk.note(session, worker, code, "上门看过", now),
            "tell": lambda: handling.visible_note(session, worker, code, "明天来", now),
            "ask": lambda: handling.ask_resident(session, worker, code, "哪一层？", now),
            "appraisal": lambda: handling.wait_for(session, worker, code, "appraisal", "等鉴定", now),
            "go_on": lambda: handling.go_on(session, worker, code, now),
            "more_time": lambda: extensions.ask_extension(session, worker, code, "等配件", now),
            "send_back": lambda: centre_desk.send_back(session, worker, code, "不归我们管", now),
            "correct": lambda: centre_desk.correct(session, worker, code, "dispute:property", now),
            "danger": lambda: centre_desk.report_danger(session, worker, code, self.signal, now),
            "accept": lambda: centre_desk.accept(session, centre, code, now, leaf="dispute:neighbour"),
            "route": lambda: centre_desk.route_to(session, centre, code, "guihua", "归社区", now),
            "decline": lambda: centre_desk.decline(session, centre, code, "请向法院起诉", now),
            "transfer": lambda: centre_desk.transfer(session, centre, code, "court", "已起诉", now),
            "merge": lambda: merging.merge(session, centre, code, self.main, now),
            "grant": lambda: extensions.decide_extension(session, centre, code, now, granted=True),
            "close": lambda: staff_desk.close(session, centre, code, now, kind=ClosingKind.SUBSTANTIVE),
            "redo": lambda: review_desk.review_reopened(session, centre, code, "再办", now, uphold=False),
            "uphold": lambda: review_desk.review_reopened(session, centre, code, "无误", now, uphold=True),
            "look": lambda: review_desk.review_danger(session, centre, code, "已联系", now),
            "lower": lambda: centre_desk.lower_danger(session, centre, code, blue, "已平息", now),
            "visit_yes": lambda: review_desk.return_visit(session, centre, code, now, solved=True),
            "visit_no": lambda: review_desk.return_visit(session, centre, code, now, solved=False),
            "class": lambda: review_desk.classify(session, centre, code, "unreachable", "三次无人", now),
            "archive": lambda: review_desk.archive(session, county, code, now),
        }
        await deeds[deed]()


OF_RESIDENT = ("state", "threat", "person", "withdraw", "refuse", "solved", "unsolved", "satisfied")
OF_STAFF = (
    "take", "start", "answer", "note", "tell", "ask", "appraisal", "go_on", "more_time", "send_back",
    "correct", "danger", "accept", "route", "decline", "transfer", "merge", "grant", "close", "redo",
    "uphold", "look", "lower", "visit_yes", "visit_no", "class", "archive",
)  # fmt: skip
# What leads on from a status, so that a walk of twenty steps gets to the far ends.
ONWARD = {
    S.REGISTERED: ("accept", "accept", "threat", "route"),
    S.ACCEPTED: ("route", "decline", "transfer"),
    S.ROUTED: ("take", "take", "send_back", "merge"),
    S.SIGNED: ("start", "answer", "ask", "send_back"),
    S.IN_PROGRESS: ("answer", "ask", "appraisal", "more_time", "grant", "tell", "route", "danger"),
    S.WAITING: ("state", "go_on", "answer", "threat", "more_time", "grant"),
    S.JUDGING: ("solved", "unsolved", "close", "person"),
    S.CLOSED: ("unsolved", "visit_yes", "visit_no", "class", "archive", "satisfied", "threat"),
    S.ARCHIVED: ("unsolved", "visit_no"),
    S.REOPENED: ("redo", "uphold", "take", "route", "send_back"),
    S.DECLINED: ("person", "archive", "unsolved"),
    S.TRANSFERRED: ("person", "archive"),
    S.MERGED: ("person", "unsolved", "archive"),
    S.WITHDRAWN: ("archive", "unsolved", "person"),
}


@WALK
@given(
    numbers=st.lists(st.integers(0, 9_999), min_size=4, max_size=18),
    signal=st.sampled_from(sorted(DANGER_CODES)),
    leaf=st.sampled_from(["dispute:neighbour", "to_sort"]),
)
async def test_after_any_deed_at_the_desks_timeline_status_and_clocks_agree(
    database: Database, numbers: list[int], signal: str, leaf: str
) -> None:
    async with database.transaction() as session:
        main = (await a_case(session, grid_code="guihua-02")).code
        day = Day(session, (await a_case(session, leaf=leaf)).code, main, signal)
        for hours, number in enumerate(numbers):
            case = await day.case()
            choice = (*OF_RESIDENT, *OF_STAFF) if number % 5 == 0 else ONWARD[case.status]
            await day.do(choice[number // 5 % len(choice)], NOW + timedelta(hours=hours * 5))
            case = await day.case()
            await leads_to_the_stored_status(session, case)
            await exactly_these_clocks_run(session, case)
        await session.rollback()


async def exactly_these_clocks_run(session: AsyncSession, case: Case) -> None:
    clocks = await running.running(session, case)
    chain = await timeline.entries(session, case)
    steps = sorted(clock.step for clock in clocks)
    assert steps == sorted(steps_owed(case, chain))
    assert {clock.step for clock in clocks if clock.stopped_at} == _standing_still(case, clocks)
    assert all(clock.acts_at is None for clock in clocks if clock.stopped_at)
    if case.owed and case.status is not S.WAITING:
        assert case.due_at in {clock.due_at for clock in clocks}


def _standing_still(case: Case, clocks: Sequence[CaseClock]) -> set[str]:
    return {clock.step for clock in clocks if case.waiting_for in clock.rule["stops"]}


def steps_owed(case: Case, chain: Sequence[TimelineEntry]) -> set[str]:
    """What should run, read from the timeline alone."""
    owed = {
        S.REGISTERED: {"accept"},
        S.ACCEPTED: {"ruling"},
        S.ROUTED: {"sign"},
        S.REOPENED: {"sign"},
        S.WAITING: {"waiting"},
        S.JUDGING: {"judge"},
        S.CLOSED: {"return_visit"},
    }.get(case.status, set())
    if case.status in IN_HAND | {S.ROUTED, S.REOPENED}:
        owed |= {"handle"} if _contacted(chain) else {"handle", "first_answer"}
    if case.status in (S.CLOSED, S.ARCHIVED) and not _visit_owed(chain):
        owed -= {"return_visit"}
    if case.status is S.ARCHIVED and _visit_owed(chain):
        owed |= {"return_visit"}
    owed |= {"reopen_review"} if case.review_due else set()
    return owed | ({"danger_review"} if _danger_unseen(chain) else set())


def _contacted(chain: Sequence[TimelineEntry]) -> bool:
    """Whether the resident has heard from a person since the case was last given out."""
    told = False
    for entry in chain:
        if entry.to_status in (S.ROUTED, S.REOPENED):
            told = False
        elif entry.action == "visible_note" or entry.facts.get("reason") == "resident":
            told = True
    return told


def _visit_owed(chain: Sequence[TimelineEntry]) -> bool:
    owed = False
    for entry in chain:
        if entry.to_status is not None:
            owed = entry.to_status is S.CLOSED or (owed and entry.to_status is S.ARCHIVED)
        elif entry.action == "return_visited" and entry.facts["reached"]:
            owed = False
    return owed


def _danger_unseen(chain: Sequence[TimelineEntry]) -> bool:
    unseen = False
    for entry in chain:
        if entry.action in ("danger_reviewed", "danger_lowered") or entry.to_status in AT_REST - {S.ARCHIVED}:
            unseen = False
        elif entry.action == "danger_raised" and entry.facts["from"] != entry.facts["to"]:
            unseen = unseen or entry.facts["to"] in ("orange", "red")
    return unseen
