"""What a case offers follows from its status, the role and the unit, and from nothing else."""

from dataclasses import replace

import pytest

from cases.actors import ActorKind
from cases.errors import ConflictOfInterest, MoveNotAllowed, NotAllowed, TakenByAnother
from cases.records import Role
from cases.roles import ROLE_MAY
from cases.staff_side.deeds import NEEDS, Deed, act_of
from cases.staff_side.offers import BESIDE_THE_CASE, Standing, offered, refusal
from cases.status import MOVES, CaseStatus

pytestmark = pytest.mark.unit
S, D = CaseStatus, Deed
# Where a deed leads, for those that move the case, and the reason it gives.
LEADS = {
    D.ACCEPT: (S.ACCEPTED, "sorted"),
    D.TAKE: (S.SIGNED, "taken"),
    D.BEGIN: (S.IN_PROGRESS, "begun"),
    D.CLOSE: (S.CLOSED, "closed"),
    D.UPHOLD: (S.CLOSED, "upheld"),
    D.SEND_BACK: (S.ACCEPTED, "not_ours"),
    D.DECLINE: (S.DECLINED, "unlawful"),
    D.TRANSFER: (S.TRANSFERRED, "court"),
    D.MERGE: (S.MERGED, "repeat"),
    D.ARCHIVE: (S.ARCHIVED, "put_away"),
}
TALKS = {D.TELL, D.NOTE, D.CONTACT, D.CALL_ON, D.MEDIATE, D.AGREE, D.MEET, D.TASK}
PASSES_ON = {D.HAND_OVER, D.INVITE, D.SORT, D.RAISE, D.RECUSE}
LEFT = {D.NOTE, D.RAISE, D.RECUSE}
# A grid worker who has the case, or whose unit has it where nobody can have it in hand.
WORKER: dict[CaseStatus, set[Deed]] = {
    S.REGISTERED: {D.NOTE, D.INVITE, D.RAISE, D.RECUSE},
    S.ACCEPTED: {D.NOTE, D.INVITE, D.SORT, D.RAISE, D.RECUSE},
    S.DECLINED: {D.NOTE},
    S.ROUTED: {D.TAKE, D.SEND_BACK, D.NOTE, D.MEET, D.TASK, D.INVITE, D.SORT, D.RAISE, D.RECUSE},
    S.SIGNED: TALKS | PASSES_ON | {D.BEGIN, D.ANSWER, D.ASK, D.WAIT, D.SEND_BACK, D.EXTEND},
    S.IN_PROGRESS: TALKS | PASSES_ON | {D.ANSWER, D.ASK, D.WAIT, D.EXTEND},
    S.WAITING: TALKS | PASSES_ON | {D.ANSWER, D.GO_ON, D.EXTEND},
    S.ANSWERED: LEFT,
    S.JUDGING: LEFT | {D.CLOSE},
    S.CLOSED: {D.NOTE},
    S.ARCHIVED: set(),
    S.REOPENED: {D.TAKE, D.SEND_BACK, D.NOTE, D.MEET, D.TASK, D.INVITE, D.SORT, D.RAISE, D.RECUSE},
    S.WITHDRAWN: {D.NOTE},
    S.TRANSFERRED: {D.NOTE},
    S.MERGED: {D.NOTE},
}
ABOVE = {D.NOTE, D.INVITE, D.RAISE, D.RECUSE, D.TRANSFER, D.MERGE, D.SORT, D.LETTER, D.MEET, D.TASK}
# The centre over the unit that has the case.
CENTRE: dict[CaseStatus, set[Deed]] = {
    S.REGISTERED: (ABOVE | {D.ACCEPT, D.DECLINE, D.ROUTE}) - {D.SORT, D.LETTER, D.MEET, D.TASK},
    S.ACCEPTED: (ABOVE | {D.DECLINE, D.ROUTE}) - {D.LETTER, D.MEET, D.TASK},
    S.DECLINED: {D.NOTE, D.ARCHIVE},
    S.ROUTED: ABOVE | {D.DECLINE},
    S.SIGNED: ABOVE,
    S.IN_PROGRESS: ABOVE | {D.ROUTE},
    S.WAITING: ABOVE,
    S.ANSWERED: LEFT,
    S.JUDGING: LEFT | {D.CLOSE, D.CLASSIFY},
    S.CLOSED: {D.NOTE, D.VISITED, D.CLASSIFY},
    S.ARCHIVED: set(),
    S.REOPENED: ABOVE | {D.REDO, D.UPHOLD, D.RULE},
    S.WITHDRAWN: {D.NOTE, D.ARCHIVE},
    S.TRANSFERRED: {D.NOTE, D.ARCHIVE},
    S.MERGED: {D.NOTE, D.ARCHIVE},
}
OF_THE_ROLE = {Role.HANDLER: WORKER, Role.MEDIATOR: WORKER, Role.GRID_WORKER: WORKER, Role.CENTRE: CENTRE}


def at(role: Role, status: CaseStatus, **more: object) -> Standing:
    """The usual standing: workers have the case, a centre looks on from above."""
    has_it = role in (Role.HANDLER, Role.MEDIATOR, Role.GRID_WORKER, Role.POLICE)
    in_hand = status in (S.SIGNED, S.IN_PROGRESS, S.WAITING, S.ANSWERED, S.JUDGING, S.CLOSED)
    known = {
        "own_unit": has_it,
        "mine": has_it and in_hand,
        "more_time": True,
        "review_due": status is S.REOPENED,
    }
    return Standing(role=role, status=status, **(known | more))  # type: ignore[arg-type]


def expected(role: Role, status: CaseStatus) -> set[Deed]:
    match role:
        case Role.AUDITOR | Role.ADMIN:
            return set()
        case Role.VOLUNTEER:
            return WORKER[status] & {D.NOTE, D.RECUSE, D.RAISE}
        case Role.EXPERT:
            closed = (S.DECLINED, S.CLOSED, S.ARCHIVED, S.WITHDRAWN, S.TRANSFERRED, S.MERGED)
            return WORKER[status] & {D.NOTE, D.RECUSE, D.RAISE} | (set() if status in closed else {D.ADVISE})
        case Role.POLICE:
            return WORKER[status] - {D.MEDIATE, D.AGREE}
    return OF_THE_ROLE[role][status]


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_offered_exactly_its_own_at_every_status(role: Role, status: CaseStatus) -> None:
    assert set(offered(at(role, status))) == expected(role, status)


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("own", [True, False])
def test_nothing_is_offered_that_the_role_or_the_table_of_moves_refuses(
    role: Role, status: CaseStatus, own: bool
) -> None:
    for deed in offered(at(role, status, own_unit=own, mine=own, judged=True, sent_back=False)):
        assert act_of(deed, role) in ROLE_MAY[role]
        if deed in LEADS:
            to, reason = LEADS[deed]
            assert ActorKind.STAFF in MOVES[status][to].actors
            assert reason in MOVES[status][to].reasons


def test_a_colleague_s_case_offers_nothing_of_who_has_it() -> None:
    theirs = replace(at(Role.HANDLER, S.IN_PROGRESS), mine=False)
    assert not set(offered(theirs)) & {D.ANSWER, D.ASK, D.TELL, D.EXTEND, D.MEDIATE, D.CLOSE}
    assert isinstance(refusal(D.ANSWER, theirs), TakenByAnother)


def test_after_a_sending_back_or_a_ruling_nobody_sends_it_back_again() -> None:
    assert D.SEND_BACK in offered(at(Role.HANDLER, S.ROUTED))
    assert D.SEND_BACK not in offered(at(Role.HANDLER, S.ROUTED, sent_back=True))
    assert D.SEND_BACK not in offered(at(Role.HANDLER, S.ROUTED, ruled=True))


def test_what_was_sent_back_is_ruled_on_and_not_routed() -> None:
    ruled = offered(at(Role.CENTRE, S.ACCEPTED, sent_back=True))
    assert D.RULE in ruled
    assert D.ROUTE not in ruled


def test_a_stake_in_it_leaves_only_what_is_not_of_substance() -> None:
    held = set(offered(at(Role.MEDIATOR, S.IN_PROGRESS, conflict=True)))
    assert held == {D.NOTE, D.HAND_OVER, D.INVITE, D.SORT, D.RAISE}
    assert isinstance(refusal(D.ANSWER, at(Role.MEDIATOR, S.IN_PROGRESS, conflict=True)), ConflictOfInterest)


def test_nobody_closes_what_they_filed_nor_before_the_review() -> None:
    assert D.CLOSE not in offered(at(Role.GRID_WORKER, S.JUDGING, filed_by_me=True))
    assert D.CLOSE not in offered(at(Role.GRID_WORKER, S.JUDGING, review_due=True))


def test_a_second_person_is_needed_for_visit_class_and_striking_off() -> None:
    own_work = at(Role.CENTRE, S.CLOSED, mine=True, judged=True)
    assert not set(offered(own_work)) & {D.VISITED, D.CLASSIFY, D.ARCHIVE}
    assert D.ARCHIVE in offered(replace(own_work, mine=False))
    assert D.ARCHIVE not in offered(replace(own_work, mine=False, judged=False))


def test_where_nobody_may_mediate_neither_mediation_nor_agreement_is_offered() -> None:
    assert not {D.MEDIATE, D.AGREE} & set(offered(at(Role.MEDIATOR, S.IN_PROGRESS, unmediated=True)))


@pytest.mark.parametrize("deed", sorted(BESIDE_THE_CASE))
def test_a_letter_and_a_task_are_answered_wherever_the_case_is(deed: Deed) -> None:
    beside = at(Role.HANDLER, S.ROUTED, own_unit=False, mine=False, letter_waits=True, task_waits=True)
    assert deed in offered(beside)
    assert deed not in offered(replace(beside, letter_waits=False, task_waits=False))


@pytest.mark.parametrize(
    ("deed", "name", "role"),
    [
        (D.CHECK_DANGER, "danger_review_due", Role.CENTRE),
        (D.LOWER, "danger", Role.POLICE),
        (D.GRANT, "time_asked", Role.CENTRE),
        (D.REFUSE, "time_asked", Role.CENTRE),
        (D.HOLD, "meeting_waits", Role.HANDLER),
        (D.KEPT, "agreement_waits", Role.CENTRE),
        (D.END_MEDIATION, "mediation_to_end", Role.MEDIATOR),
    ],
)
def test_some_things_are_offered_only_when_they_wait(deed: Deed, name: str, role: Role) -> None:
    assert deed not in offered(at(role, S.IN_PROGRESS))
    assert deed in offered(at(role, S.IN_PROGRESS, **{name: True}))


def test_a_broken_glass_shows_and_lets_do_nothing() -> None:
    assert offered(at(Role.ADMIN, S.IN_PROGRESS, glass=True)) == ()


def test_a_refusal_names_where_the_case_can_go() -> None:
    error = refusal(D.CLOSE, at(Role.HANDLER, S.ROUTED))
    assert isinstance(error, MoveNotAllowed)
    assert S.SIGNED in error.ways
    assert isinstance(refusal(D.ARCHIVE, at(Role.HANDLER, S.CLOSED)), NotAllowed)


def test_every_deed_is_in_the_order_they_are_offered_in() -> None:
    assert set(NEEDS) == set(Deed) - {D.GLASS}
