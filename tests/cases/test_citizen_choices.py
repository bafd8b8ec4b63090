"""Which buttons a resident is offered below a case, for every status."""

from dataclasses import replace

import pytest

from cases.actors import ActorKind
from cases.dialogue.choices import LABELS, WHEN, Choice, Standing, choice_buttons, choices, shown
from cases.dialogue.own_case import ASKING, is_act, on_case_press
from cases.dialogue.values import Scene, Stage
from cases.dialogue.wishes import ShowCase
from cases.status import CaseStatus, may_move

pytestmark = pytest.mark.unit
S, C = CaseStatus, Choice
WAITING_FOR_IT = {C.ADD, C.PERSON, C.WITHDRAW, C.COPY}
EXPECTED = {
    S.REGISTERED: WAITING_FOR_IT | {C.REFUSE},
    S.ACCEPTED: WAITING_FOR_IT | {C.REFUSE},
    S.ROUTED: WAITING_FOR_IT | {C.REFUSE},
    S.SIGNED: WAITING_FOR_IT | {C.REFUSE, C.OTHER},
    S.IN_PROGRESS: WAITING_FOR_IT | {C.REFUSE, C.OTHER},
    S.WAITING: WAITING_FOR_IT | {C.REFUSE, C.OTHER},
    S.ANSWERED: {C.PERSON, C.WITHDRAW, C.COPY},
    S.JUDGING: WAITING_FOR_IT | {C.SOLVED, C.UNSOLVED},
    S.CLOSED: {C.PERSON, C.COPY, C.REOPEN},
    S.ARCHIVED: {C.COPY, C.REOPEN},
    S.REOPENED: WAITING_FOR_IT | {C.REFUSE, C.OTHER},
    S.WITHDRAWN: {C.COPY},
    S.DECLINED: {C.PERSON, C.COPY, C.REOPEN},
    S.TRANSFERRED: {C.PERSON, C.COPY, C.REOPEN},
    S.MERGED: {C.PERSON, C.COPY, C.REOPEN},
}


@pytest.mark.parametrize("status", list(S))
def test_each_status_offers_what_it_allows(status: CaseStatus) -> None:
    assert set(choices(Standing(status=status, mediable=True))) == EXPECTED[status]


@pytest.mark.parametrize("status", [S.CLOSED, S.ARCHIVED, S.MERGED])
def test_after_an_answer_the_judgement_is_asked_first_and_then_how_satisfied_one_is(
    status: CaseStatus,
) -> None:
    at = Standing(status=status, after_answer=True)
    assert {C.SOLVED, C.UNSOLVED} <= set(choices(at))
    assert C.REOPEN in choices(at)
    assert C.REOPEN not in shown(at)
    solved = replace(at, solved=True)
    assert {C.SATISFIED, C.UNSATISFIED, C.REOPEN} <= set(shown(solved))
    assert C.SATISFIED not in choices(replace(solved, satisfied=False))


@pytest.mark.parametrize("status", [S.CLOSED, S.ARCHIVED])
def test_after_thirty_days_nothing_reopens_a_case(status: CaseStatus) -> None:
    late = Standing(status=status, after_answer=True, in_time=False)
    assert not {C.REOPEN, C.UNSOLVED, C.PERSON} & set(choices(late))


def test_only_a_question_is_answered_and_it_comes_first() -> None:
    assert choices(Standing(status=S.WAITING, questioned=True))[0] is C.ANSWER
    assert C.ANSWER not in choices(Standing(status=S.WAITING))


def test_mediation_is_refused_only_where_it_could_be_held() -> None:
    assert C.REFUSE not in choices(Standing(status=S.IN_PROGRESS, mediable=False))


@pytest.mark.parametrize("status", list(S))
def test_what_is_offered_is_what_the_table_of_moves_allows(status: CaseStatus) -> None:
    offered = choices(Standing(status=status, mediable=True, after_answer=True))
    assert (C.WITHDRAW in offered) == may_move(status, S.WITHDRAWN, ActorKind.RESIDENT)
    if C.REOPEN in offered:
        assert may_move(status, S.REOPENED, ActorKind.RESIDENT)


def test_every_choice_has_a_condition_a_label_and_an_answer() -> None:
    assert WHEN.keys() == LABELS.keys() == set(Choice)
    assert all(is_act(choice) for choice in Choice)


def test_the_buttons_of_a_case_fit_into_what_the_channel_carries() -> None:
    rows = choice_buttons("YM-261123-7KQ4", tuple(Choice))
    assert all(len(row) <= 2 for row in rows)
    assert all(len(button.act.encode()) <= 64 for row in rows for button in row)


@pytest.mark.parametrize("choice", list(ASKING))
def test_what_is_not_offered_is_answered_with_the_case_as_it_is(choice: Choice) -> None:
    decision = on_case_press(Scene(), "YM-261123-7KQ4", choice, Standing(status=S.WITHDRAWN))
    assert decision.steps == (ShowCase("YM-261123-7KQ4", lead="case_not_now"),)


def test_a_story_being_told_is_not_interrupted_by_not_solved() -> None:
    telling = Scene(Stage.DETAILS, {"story": ["楼上漏水"], "leaf": "dispute:neighbour"})
    decision = on_case_press(telling, "YM-261123-7KQ4", C.UNSOLVED, Standing(status=S.JUDGING))
    assert (decision.stage, decision.facts) == (telling.stage, telling.facts)
