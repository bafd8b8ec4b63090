"""Sealing, looking up, and where the key comes from."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.errors import KeyUnusable, SealBroken
from cases.secrets import KEY_FILE, SecretBox, box_from_text, box_of_folder, new_key, open_box

pytestmark = pytest.mark.unit
BOX = SecretBox(b"k" * 32)


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_was_sealed_opens_again(plain: bytes, context: str) -> None:
    assert BOX.open(BOX.seal(plain, context), context) == plain


def test_equal_values_do_not_look_equal_when_sealed() -> None:
    assert BOX.seal(b"13800000000", "phone") != BOX.seal(b"13800000000", "phone")


def test_a_value_cannot_be_moved_to_another_column() -> None:
    with pytest.raises(SealBroken):
        BOX.open(BOX.seal(b"x", "residents.phone"), "staff.name")


@pytest.mark.parametrize("place", [0, 1, 13, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    sealed = bytearray(BOX.seal(b"words", "here"))
    sealed[place] ^= 1
    with pytest.raises(SealBroken):
        BOX.open(bytes(sealed), "here")


@pytest.mark.parametrize("short", [b"", b"\x01", b"\x01" + b"0" * 12, b"\x01" + b"0" * 20])
def test_something_too_short_to_be_sealed_is_refused(short: bytes) -> None:
    with pytest.raises(SealBroken):
        BOX.open(short, "here")


def test_another_key_opens_nothing_and_finds_nothing() -> None:
    other = SecretBox(b"o" * 32)
    with pytest.raises(SealBroken):
        other.open(BOX.seal(b"x", "c"), "c")
    assert other.index("telegram:7") != BOX.index("telegram:7")


def test_an_index_meets_its_equal_within_one_purpose_only() -> None:
    assert BOX.index("7", "a") == BOX.index("7", "a")
    assert BOX.index("7", "a") != BOX.index("7", "b")
    assert BOX.matches("7", BOX.index("7", "a"), "a")
    assert not BOX.matches("8", BOX.index("7", "a"), "a")


def test_the_key_file_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    first = box_of_folder(folder)
    again = box_of_folder(folder)
    assert first.index("x") == again.index("x")
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [KEY_FILE]


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    box_of_folder(tmp_path)
    (tmp_path / KEY_FILE).chmod(0o644)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        box_of_folder(tmp_path)


@pytest.mark.parametrize("text", ["", "short", "not base64 at all!", "汉字" * 30])
def test_a_malformed_key_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(KeyUnusable):
        box_from_text(text)


def test_a_given_key_goes_before_the_file(tmp_path: Path) -> None:
    key = new_key()
    assert open_box(tmp_path, key).index("x") == box_from_text(key).index("x")
    assert not (tmp_path / KEY_FILE).exists()
    assert open_box(tmp_path, None).index("x") == box_of_folder(tmp_path).index("x")


def test_a_box_shows_nothing_of_its_key() -> None:
    assert "k" * 8 not in repr(BOX)
