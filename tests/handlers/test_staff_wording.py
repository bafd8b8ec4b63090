"""Every code that staff can be shown has its words in both languages, and is short enough for a button."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from cases.clocks.rules import ExtendedBy, StartEvent, StopReason
from cases.danger import LEVEL_OF_CODE, DangerLevel
from cases.records import ClockUnit, MeetingKind, StatementKind
from cases.roles import Act
from cases.staff_side.centre_steps import LETTER_KINDS, VISIT_RESULTS
from cases.staff_side.choices import FAMILIES
from cases.staff_side.deeds import Deed
from cases.staff_side.doing import STEPS
from cases.staff_side.lists import LISTS
from cases.status import MOVES, CaseStatus, ClosingKind
from handlers.wording import LOCALES, wording
from kb import taxonomy

pytestmark = pytest.mark.unit
ROOT = Path(__file__).parents[2]
LONGEST_LABEL = 24
REASONS = {reason for ways in MOVES.values() for allowed in ways.values() for reason in allowed.reasons}
GROUNDS = MOVES[CaseStatus.REGISTERED][CaseStatus.DECLINED].reasons
WAYS = MOVES[CaseStatus.REGISTERED][CaseStatus.TRANSFERRED].reasons
OUTCOMES = ("agreed", "not_agreed", "refused", "adjourned", "done")
BUTTONS = {
    *(f"staff_{deed}" for deed in Deed if deed is not Deed.GLASS),
    *(f"staff_list_{name}" for name in LISTS),
    *(f"family_{name}" for name in FAMILIES),
    *(f"ground_{code}" for code in GROUNDS),
    *(f"way_{code}" for code in WAYS),
    *(f"close_{kind}" for kind in ClosingKind),
    *(f"signal_{code}" for code in LEVEL_OF_CODE),
    *(f"level_{level.code}" for level in DangerLevel),
    *(f"visit_{result}" for result in VISIT_RESULTS),
    *(f"letter_{kind}" for kind in LETTER_KINDS),
    *(f"outcome_{code}" for code in OUTCOMES),
    *(f"meeting_{kind}" for kind in MeetingKind),
    *("form_written", "form_oral", "meet_joint", "meet_hearing", "meet_follow_up", "kept", "not_kept"),
    *("wait_appraisal", "wait_hearing", "class_unreachable", "class_unlawful", "agreement_of"),
    *("tomorrow", "in_days", "no_day", "task_due", "leaf", "staff_name"),
}
PARTS = {
    *(f"list_{name}" for name in LISTS),
    *(f"reason_of_{reason}" for reason in REASONS),
    *(f"text_{kind}" for kind in StatementKind if kind not in (StatementKind.STORY, StatementKind.STATEMENT)),
    *(f"kind_{kind}" for kind in MeetingKind),
    *(f"result_{code}" for code in OUTCOMES),
    *(f"event_{event}" for event in StartEvent),
    *(f"grants_{who}" for who in ExtendedBy),
    *(f"waits_{reason}" for reason in StopReason),
    *(f"time_{unit}" for unit in ClockUnit),
    *(f"looked_{act}" for act in Act),
}


def written_actions() -> set[str]:
    """Every action the code appends to a timeline under its own name."""
    found: set[str] = set()
    for path in (ROOT / "cases").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "append":
                found |= {
                    str(one.value)
                    for one in node.args[2:3]
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    return found


@pytest.mark.parametrize("locale", LOCALES)
def test_every_button_has_a_label_that_fits_beside_another(locale: str) -> None:
    labels = wording(locale).sections["buttons"]
    assert BUTTONS - labels.keys() == set()
    mine = {key for key in BUTTONS if key.startswith("staff_")}
    assert {key for key in mine if len(labels[key]) > LONGEST_LABEL} == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_code_of_a_line_has_its_words(locale: str) -> None:
    assert PARTS - wording(locale).sections["parts"].keys() == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_action_of_a_timeline_has_its_words(locale: str) -> None:
    actions = written_actions() - {"moved"}
    assert len(actions) > 20
    assert {f"did_{one}" for one in actions} - wording(locale).sections["parts"].keys() == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_question_and_answer_of_an_act_has_its_sentence(locale: str) -> None:
    keys = {step.tells for step in STEPS.values()}
    keys |= {key for step in STEPS.values() for key in (step.asks, step.warns) if key}
    keys |= {choice.question for step in STEPS.values() for choice in step.choices}
    assert keys - wording(locale).sections["replies"].keys() == set()


def test_every_act_can_be_carried_out() -> None:
    assert set(STEPS) == set(Deed)


def test_what_the_resident_will_read_is_said_to_the_writer() -> None:
    read = [Deed.ANSWER, Deed.ASK, Deed.TELL, Deed.DECLINE, Deed.TRANSFER, Deed.UPHOLD, Deed.END_MEDIATION]
    for deed in [*read, Deed.AGREE]:
        assert "群众会" in wording("zh-Hans").sections["replies"][str(STEPS[deed].asks)], deed
    inner = [Deed.NOTE, Deed.ADVISE, Deed.WAIT, Deed.ROUTE, Deed.MEDIATE, Deed.REDO]
    for deed in inner:
        text = wording("zh-Hans").sections["replies"][str(STEPS[deed].asks)]
        assert "群众看不到" in text or "只有工作人员" in text, deed


def test_the_families_hold_every_leaf_of_the_taxonomy_once() -> None:
    known = {f"dispute:{code}" for code in taxonomy.dispute_codes()}
    known |= {f"scam:{code}" for code in taxonomy.scam_codes()} | {"service"}
    listed = [leaf for leaves in FAMILIES.values() for leaf in leaves]
    assert len(listed) == len(set(listed))
    assert set(listed) == known
