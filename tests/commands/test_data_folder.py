"""A data folder, a key or a database that cannot be used: one sentence, and nothing is made worse."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from commands.desktop import Desktop, label, reply, together

from bot.words import words

FULL = "database or disk is full"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts file systems of a size; without the right to do so there is no full disk to try."""
    mounted: list[Path] = []

    def mount(options: str) -> Path:
        folder = tmp_path / f"disk{len(mounted)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("no right to mount a small disk here")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_data_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    file = tmp_path / "var"
    file.write_text("mine")
    folders = (file, file / "below")
    for folder, told in zip(
        folders, together(partial(Desktop(one).run, "cases") for one in folders), strict=True
    ):
        told.failed(str(folder), "ONEDOOR_DATA_DIR")
    assert file.read_text() == "mine"


def test_a_data_folder_that_cannot_be_written_is_said(small_disk: Callable[[str], Path]) -> None:
    folder = small_disk("ro,size=1m")
    Desktop(folder).run("cases").failed(str(folder), "ONEDOOR_DATA_DIR")


def test_a_first_start_makes_a_folder_only_its_owner_can_read(bare: Desktop) -> None:
    assert bare.run("cases").status == 0
    assert oct(bare.folder.stat().st_mode & 0o777) == "0o700"
    assert oct((bare.folder / "secret.key").stat().st_mode & 0o777) == "0o600"


def test_without_its_key_the_database_is_left_alone(desktop: Desktop) -> None:
    (desktop.folder / "secret.key").unlink()
    before = contents(desktop.folder)
    desktop.run("cases").failed(words("key_lost", file=desktop.folder / "secret.key"))
    assert contents(desktop.folder) == before, "a new key would lock out whoever brings the old one back"


def test_the_key_of_another_database_is_refused(desktop: Desktop, bare: Desktop) -> None:
    assert bare.run("cases").status == 0
    shutil.copy(bare.folder / "secret.key", desktop.folder)
    desktop.run("cases").failed(words("key_wrong"))


@pytest.mark.parametrize(
    ("content", "mode", "told"),
    [
        (b"", 0o600, "secret key"),
        (b"\xff\xfe\x00", 0o600, "secret.key"),
        (None, 0o644, "chmod 600"),
    ],
)
def test_a_key_file_that_holds_no_key_or_is_open_to_others_is_said(
    desktop: Desktop, content: bytes | None, mode: int, told: str
) -> None:
    key = desktop.folder / "secret.key"
    if content is not None:
        key.write_bytes(content)
    key.chmod(mode)
    desktop.run("cases").failed(told)


def garbage(database: Path) -> None:
    database.write_bytes(os.urandom(20_000))


def half_written(database: Path) -> None:
    content = database.read_bytes()
    database.write_bytes(content[: len(content) // 2])


def overwritten_inside(database: Path) -> None:
    content = bytearray(database.read_bytes())
    for page in range(4096, len(content) - 4096, 8192):
        content[page : page + 2000] = os.urandom(2000)
    database.write_bytes(content)


@pytest.mark.parametrize("damage", [garbage, half_written, overwritten_inside])
def test_a_damaged_database_is_said_and_kept(desktop: Desktop, damage: Callable[[Path], None]) -> None:
    database = desktop.folder / "onedoor.sqlite3"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damage(database)
    before = database.read_bytes()
    desktop.run("cases").failed(words("database_broken", reason="\0").split("\0")[0])
    assert database.read_bytes() == before


def test_a_disk_too_small_for_a_first_start_is_said(small_disk: Callable[[str], Path]) -> None:
    Desktop(small_disk("size=100k") / "var").run("cases").failed(FULL)


def test_output_that_finds_no_room_is_a_failure(desktop: Desktop) -> None:
    with Path("/dev/full").open("wb") as full:
        told = desktop.start("staff", "list", streams={"stdout": full}).ends()
    assert told.status == 1
    assert told.err == words("os_error", reason="No space left on device") + "\n"


@pytest.mark.model
def test_a_disk_that_fills_up_costs_an_answer_and_never_the_conversation(
    sample: Path, service: str, small_disk: Callable[[str], Path]
) -> None:
    disk = small_disk("size=2m")
    desktop = Desktop(disk / "var", {"ONEDOOR_NLU_URL": service})
    shutil.copytree(sample, desktop.folder)
    talk = desktop.talk()
    try:
        assert reply("greet") in talk.says("您好")
        _fill(disk)
        assert reply("failure") in talk.says("楼顶漏水把我家天花板泡坏了，物业一直不管")
        (disk / "filling").unlink()
        assert label("confirm_yes") in talk.says("楼顶漏水把我家天花板泡坏了，物业一直不管")
        assert talk.ends().status == 0
    finally:
        talk.kill()


def _fill(disk: Path) -> None:
    with (disk / "filling").open("wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def test_the_doctor_names_what_is_wrong_and_goes_on(desktop: Desktop) -> None:
    garbage(desktop.folder / "onedoor.sqlite3")
    (desktop.folder / "running.json").write_text("[]")
    told = desktop.run("doctor", ONEDOOR_UV="/no/such/uv", ONEDOOR_CONSOLE_HOST="no-host.invalid")
    wrong = [line for line in told.out.splitlines() if line.startswith("✗")]
    assert (told.status, told.err) == (1, "")
    assert f"✗ {words('doctor_no_uv')}" in wrong
    assert any("no-host.invalid" in line for line in wrong)
    assert any("not a database" in line for line in wrong)
    assert told.out.splitlines()[-1] == words("doctor_bad", count=len(wrong))
