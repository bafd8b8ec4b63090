"""`./onedoor talk`: no line that can be typed or piped ends the conversation or goes unanswered."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from commands.desktop import Desktop, Talk, label, reply

from bot.words import words

pytestmark = pytest.mark.model
MANY = 24
"""More messages in a moment than a channel would answer one by one."""


@pytest.fixture(scope="module")
def talk(new_desktop: Callable[[], Desktop], service: str) -> Iterator[Talk]:
    talk = new_desktop().talk(ONEDOOR_NLU_URL=service)
    yield talk
    talk.kill()


@pytest.mark.parametrize(
    "line",
    [
        "!photo",
        "!photo /nowhere/天花板.jpg",
        "!voice ~nobody-of-this-name/a.ogg",
        "!file " + "a" * 5000,
        "!photo a\0b.jpg",
        "!file /tmp",
    ],
)
def test_a_file_that_cannot_be_had_is_said(talk: Talk, line: str) -> None:
    assert talk.says(line) == words("talk_no_file") + "\n"


@pytest.mark.parametrize("line", ["!location", "!location 桂花社区", "!location 30", "!location 30 120 5"])
def test_a_place_needs_two_numbers(talk: Talk, line: str) -> None:
    assert talk.says(line) == words("talk_no_place") + "\n"


@pytest.mark.parametrize("line", ["!location 0 0", "!location 999,999", "!location nan inf"])
def test_a_place_outside_the_city_is_said_to_be_unknown(talk: Talk, line: str) -> None:
    assert reply("place_unknown") in talk.says(line)


@pytest.mark.parametrize("line", ["0", "9", "99"])
def test_a_number_without_a_button_presses_nothing(talk: Talk, line: str) -> None:
    shown = talk.says("/help")
    last = shown.count("] ")
    assert talk.says(line) == words("talk_no_button", last=last) + "\n"
    assert reply("check_send") in talk.presses("menu_check"), "the buttons can still be pressed"
    talk.presses("cancel")


@pytest.mark.parametrize("line", ["", "   ", "\u3000", "!forward", "!forward   "])
def test_a_line_without_words_is_told_so(talk: Talk, line: str) -> None:
    assert talk.says(line) == reply("nothing_heard") + "\n"


@pytest.mark.parametrize(
    "line",
    [
        "😀😀😀",
        b"\xff\xfe\xe4\xbd",
        b"a\x00b",
        "9" * 5000,
        "/nosuchcommand",
        "/",
        "!unknown",
        "\u200b",
        "/start g_nosuchgrid",
        "/start g_" + "x" * 300,
        "/staff " + "X" * 300,
    ],
)
def test_odd_words_get_some_answer(talk: Talk, line: str | bytes) -> None:
    answer = talk.says(line)
    assert answer.strip()
    assert reply("failure") not in answer


def test_a_giant_line_is_kept_whole_and_the_cut_is_said(talk: Talk) -> None:
    answer = talk.says("物业不退押金，说了很多次。" * 8000)
    assert answer.startswith(reply("too_long"))
    assert label("confirm_yes") in answer


def test_a_message_cannot_steer_the_terminal(talk: Talk) -> None:
    shown = talk.says("您好\x1b[2J\x1b]0;骗\x07\u202e")
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_whoever_pipes_fast_is_answered_line_by_line(talk: Talk) -> None:
    answers = [talk.says(f"第{count}次问，您好") for count in range(MANY)]
    assert not any(reply("flood") in answer for answer in answers)
    assert all(answer.strip() for answer in answers)
