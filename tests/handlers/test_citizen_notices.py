"""Every notice reads well in both languages, says what it is about, and has the buttons it speaks of."""

from collections.abc import Mapping
from typing import Any

import pytest
from citizens import library

from cases.announce import Told
from cases.notices import DueNotice
from cases.records import NoticeTo
from handlers.composing_citizen import opened_line
from handlers.counter import Counter
from handlers.notices import ASKED, render_notice
from handlers.wording import LOCALES, wording

pytestmark = pytest.mark.unit
CODE = "YM-261123-7KQ4"
VALUES: dict[str, Any] = {
    "code": CODE,
    "leaf": "dispute:neighbour",
    "danger": "orange",
    "status": "routed",
    "unit_zh": "桂花社区",
    "unit_en": "Guihua Community",
    "place_zh": "桂花社区一网格",
    "place_en": "Grid 1",
    "due_at": "2026-11-26T15:59:59+00:00",
}
TO_STAFF = frozenset(
    {
        *(Told.NEW_CASE, Told.DANGER, Told.MORE_SAID, Told.PERSON_WANTED, Told.WITHDRAWN, Told.REOPENED),
        *(Told.SENT_BACK, Told.INVITED, Told.HANDED_OVER, Told.MEDIATION_REFUSED, Told.REVIEW),
        *(Told.REVIEWED, Told.EXTENSION_ASKED, Told.EXTENSION_GRANTED, Told.EXTENSION_REFUSED),
        *(Told.REMINDED, Told.LETTER, Told.LETTER_ANSWERED, Told.NEXT_IN_LINE, Told.SUPERVISE),
        *(Told.DANGER_REVIEW, Told.MEETING, Told.TASK, Told.TIME_AGREED, Told.TIME_NOT_AGREED),
    }
)


def due(key: Told, locale: str, more: Mapping[str, Any] | None = None) -> DueNotice:
    kind = NoticeTo.STAFF if key in TO_STAFF else NoticeTo.RESIDENT
    return DueNotice(
        id=1,
        key=key.value,
        values=VALUES | (more or {}),
        to_kind=kind,
        to_id=1,
        channel="telegram",
        channel_id="1",
        locale=locale,
        idempotency_key="k",
        attempts=1,
        claim="c",
    )


def acts(notice: DueNotice) -> list[str]:
    keyboard = render_notice(library(), notice)[-1].keyboard
    rows = getattr(keyboard, "inline_keyboard", [])
    return [button.callback_data for row in rows for button in row]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", list(Told))
def test_every_notice_names_its_case_and_has_a_way_in(key: Told, locale: str) -> None:
    notice = due(key, locale, {"step": "sign", "to": "court"})
    text = "\n".join(one.text for one in render_notice(library(), notice))
    assert CODE in text
    assert "{" not in text
    wanted = f"s:open:{CODE}" if key in TO_STAFF else f"c:{CODE}:view"
    assert wanted in acts(notice)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (Told.ANSWERED, "answer"),
        (Told.DECLINED, "why"),
        (Told.TRANSFERRED, "why"),
        (Told.QUESTION, "question"),
        (Told.VISIBLE_NOTE, "note"),
    ],
)
def test_what_was_written_to_the_resident_is_in_the_notice(key: Told, name: str) -> None:
    (sent,) = render_notice(library(), due(key, "zh-Hans", {name: "明天下午上门", "to": "court"}))
    assert "明天下午上门" in sent.text


def test_a_transfer_says_where_to() -> None:
    (sent,) = render_notice(library(), due(Told.TRANSFERRED, "zh-Hans", {"why": "已起诉", "to": "court"}))
    assert "法院" in sent.text


def test_a_reminder_names_the_step_even_one_of_a_citys_own() -> None:
    (sent,) = render_notice(library(), due(Told.REMINDED, "zh-Hans", {"step": "sign"}))
    assert "签收" in sent.text
    (sent,) = render_notice(library(), due(Told.REMINDED, "zh-Hans", {"step": "a_step_of_their_own"}))
    assert "下一步" in sent.text


@pytest.mark.parametrize("key", list(ASKED))
def test_what_is_asked_can_be_answered_by_a_button(key: str) -> None:
    notice = due(Told(key), "en", {"to": "court"})
    assert [f"c:{CODE}:{act}" for _, act in ASKED[key]] == acts(notice)[:-1]
    assert all(len(act.encode()) <= 64 for act in acts(notice))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_case_to_be_sorted_is_not_said_to_be_with_its_unit(locale: str) -> None:
    counter = Counter(library(), wording(locale))
    values = {"unit": "综治中心", "due": "11-24 23:59", "first_owner": "综治中心"}
    sorted_first = opened_line(counter, values | {"stage": "registered"})
    routed = opened_line(counter, values | {"stage": "routed"})
    assert sorted_first != routed
    for line in (sorted_first, routed):
        assert line.count("综治中心") == 2
        assert "11-24 23:59" in line
