"""Codes that people read aloud and type back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.codes import ALPHABET, new_case_code, new_invite, new_secret, read_case_code, read_invite

pytestmark = pytest.mark.unit
DAY = date(2026, 11, 23)


def test_a_case_code_looks_as_residents_know_it() -> None:
    code = new_case_code(DAY)
    assert code.startswith("YM-261123-")
    assert len(code) == len("YM-261123-7KQ4")


def test_no_character_can_be_mistaken_for_another() -> None:
    assert not set("0O1IL2Z5S8BUVNGD") & set(ALPHABET)


def test_the_tail_grows_after_collisions() -> None:
    assert [len(new_case_code(DAY, attempt).split("-")[2]) for attempt in (0, 2, 3, 6, 30)] == [4, 4, 5, 6, 6]


@pytest.mark.parametrize(
    "typed",
    [
        "YM-261123-7KQ4",
        "ym-261123-7kq4",
        " ym261123 7kq4 ",
        "ＹＭ－２６１１２３－７ＫＱ４",
        "YM—261123—7KQ4",
        "ym_261123_7kq4",
    ],
)
def test_a_code_is_read_however_it_was_typed(typed: str) -> None:
    assert read_case_code(typed) == "YM-261123-7KQ4"


@pytest.mark.parametrize(
    "typed", ["", "7KQ4", "YM-261123-70O4", "YM-261123-7KQ4X7K", "AB-261123-7KQ4", "漏水"]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_case_code(typed) is None


@given(st.text(max_size=40))
def test_reading_a_code_never_fails(typed: str) -> None:
    code = read_case_code(typed)
    assert code is None or read_case_code(code) == code


def test_a_secret_has_six_digits() -> None:
    secrets = {new_secret() for _ in range(200)}
    assert all(len(one) == 6 and one.isdecimal() for one in secrets)
    assert len(secrets) > 150


def test_an_invite_is_read_however_it_was_typed() -> None:
    invite = new_invite()
    assert read_invite(invite) == invite
    assert read_invite(f" {invite.replace('-', '').lower()} ") == invite
    assert read_invite(invite.replace("-", "_")) == invite
