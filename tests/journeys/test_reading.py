"""What the runner of the stories refuses and finds, so that a story cannot pass by mistake."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from journeys.conftest import Tell
from journeys.hours import StoryClock
from journeys.looking import in_order
from journeys.reading import StoryRefused, read_story
from journeys.sentences import found, label_fits, raw

HEAD = 'story: 一\nrow: 二\nbegins: "2026-11-26 16:00"\n'


def written(folder: Path, steps: str, head: str = HEAD) -> Path:
    path = folder / "one.yml"
    path.write_text(f"{head}steps:\n{steps}", encoding="utf-8")
    return path


@pytest.mark.unit
@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ("  - as: resident\n    shouts: 您好\n", "one.yml:6: unknown key `shouts`"),
        ("  - as: resident\n  - case: {mood: good}\n", "one.yml:6: unknown key `mood`"),
        ("  - says: 一\n    says: 二\n", "one.yml:6: `says` stands here twice"),
        ("  - 您好\n", "one.yml:5: keys with values"),
    ],
)
def test_what_the_runner_does_not_know_is_refused_with_file_and_line(
    tmp_path: Path, steps: str, told: str
) -> None:
    with pytest.raises(StoryRefused) as refused:
        read_story(written(tmp_path, steps))
    assert str(refused.value).startswith(told)


@pytest.mark.unit
def test_a_story_without_its_row_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoryRefused, match="needs `row`"):
        read_story(written(tmp_path, "  - as: resident\n", 'story: 一\nbegins: "2026-11-26 16:00"\n'))


@pytest.mark.unit
def test_a_sentence_is_found_by_its_key_and_its_values() -> None:
    shown = "YM-1 已由您签收。请在11-29 23:59前答复群众。"
    assert found(shown, "staff_taken")
    assert found(shown, {"staff_taken": {"code": "YM-1"}})
    assert not found(shown, {"staff_taken": {"code": "YM-2"}})
    assert not found(shown, "staff_begun")
    assert found(shown, "11-29 23:59")


@pytest.mark.unit
def test_a_button_is_found_by_its_key_or_by_what_stands_on_it() -> None:
    assert label_fits("签收", "staff_take")
    assert label_fits("任务 3", "staff_list_tasks")
    assert label_fits("7 天", "7 天")
    assert not label_fits("签收", "staff_answer")


@pytest.mark.unit
def test_a_mistyped_key_is_no_sentence_that_is_merely_not_seen() -> None:
    with pytest.raises(AssertionError, match="no sentence staff_takn"):
        found("您好", "staff_takn")
    with pytest.raises(AssertionError, match="no button staff_takn"):
        label_fits("签收", "staff_takn")


@pytest.mark.unit
@pytest.mark.parametrize(
    "shown",
    [
        "请按 staff_take",
        "现在{unit}办理",
        "期限：None",
        "状态 routed",
        "ValueError",
        "事项 #17",
        "dispute:labour",
    ],
)
def test_what_must_never_be_shown_is_noticed(shown: str) -> None:
    assert raw(shown)


@pytest.mark.unit
def test_an_ordinary_sentence_is_left_alone() -> None:
    address = "▣ http://127.0.0.1:8080/c/YM-261126-T3ER"
    assert raw(f"{address} 编号 YM-261126-T3ER，电话 110，模型版本 2026-11-26-19c311a") == []


@pytest.mark.unit
def test_in_order_means_others_may_stand_between() -> None:
    assert in_order(["a", "b", "c"], ["a", "c"])
    assert not in_order(["a", "b", "c"], ["c", "a"])
    assert not in_order(["a"], ["a", "a"])


@pytest.mark.unit
def test_the_clock_of_a_story_only_goes_on() -> None:
    clock = StoryClock("2026-11-26 16:00")
    clock.goes_to("17:30")
    clock.goes_on("30 minutes")
    assert clock.now() == datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
    clock.goes_to("09:00")
    assert clock.shown == "11-27 09:00"
    with pytest.raises(AssertionError, match="is before"):
        clock.goes_to("2026-11-26 16:00")


@pytest.mark.model
async def test_a_failing_step_shows_its_line_and_the_conversation_up_to_there(
    tell: Tell, tmp_path: Path
) -> None:
    steps = "  - as: resident\n    scans: guihua-01\n  - sees: 您中奖了\n"
    async with tell(read_story(written(tmp_path, steps))) as telling:
        with pytest.raises(AssertionError) as failed:
            await telling.told()
    assert str(failed.value).startswith("one.yml:7: resident does not see “您中奖了”")
    assert "resident > /start g_guihua-01" in str(failed.value)
    assert "桂花社区第一网格的门牌码" in str(failed.value)
