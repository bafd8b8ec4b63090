"""The shell part, `onedoor`: found from anywhere, in any folder, with or without its tools."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from commands.desktop import LONGEST, ROOT, Ran

from bot.words import words

LINKED = ("bot", "cases", "handlers", "kb", "nlu", "console", "requirements.lock", "requirements-dev.lock")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a folder with blanks, its environment ready, no uv in sight."""
    folder = tmp_path / "一扇 门" / "check out"
    folder.mkdir(parents=True)
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "onedoor", folder)
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    with (folder / "requirements.lock").open("rb") as lock:
        sum_of = subprocess.run(["cksum"], stdin=lock, capture_output=True, check=True).stdout.decode()
    (folder / ".venv" / "onedoor-lock").write_text(f"requirements.lock {sum_of.strip()}")
    return folder


def called(command: str, *arguments: str, cwd: Path, path: str = "/usr/bin:/bin", **settings: str) -> Ran:
    """Types a command into a shell that knows little."""
    environment = {"PATH": path, "HOME": str(cwd), "LANG": "C.UTF-8"} | settings
    ended = subprocess.run(
        [command, *arguments], cwd=cwd, env=environment, capture_output=True, timeout=LONGEST, check=False
    )
    return Ran.of(ended.returncode, ended.stdout, ended.stderr)


def test_the_strictest_shell_reads_it() -> None:
    shell = shutil.which("dash") or shutil.which("sh")
    assert shell
    subprocess.run([shell, "-n", ROOT / "onedoor"], check=True)


def test_a_file_is_the_caller_s_and_the_data_folder_the_checkout_s(checkout: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "cases" / "cities" / "sample", tmp_path / "my city")
    told = called(str(checkout / "onedoor"), "city", "load", "my city", cwd=tmp_path)
    assert (told.status, told.err) == (0, "")
    assert (checkout / "var" / "onedoor.sqlite3").exists()
    assert not (tmp_path / "var").exists()


def test_a_link_to_a_link_finds_the_checkout(checkout: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "bin"
    elsewhere.mkdir()
    (elsewhere / "one").symlink_to("../two")
    (tmp_path / "two").symlink_to(checkout / "onedoor")
    told = called("one", "--help", cwd=tmp_path, path=f"{elsewhere}:/usr/bin:/bin", CDPATH=str(ROOT))
    assert (told.status, told.err) == (0, "")
    assert "./onedoor" in told.out


def test_a_missing_file_is_named_as_it_was_typed(checkout: Path, tmp_path: Path) -> None:
    told = called(str(checkout / "onedoor"), "classify", "短信.txt", cwd=tmp_path)
    assert (told.status, told.out, told.err) == (2, "", words("no_such_file", name="短信.txt") + "\n")


def test_without_python_and_uv_it_says_what_is_needed(checkout: Path, tmp_path: Path) -> None:
    (checkout / ".venv" / "onedoor-lock").unlink()
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "readlink", "cksum", "cat", "rm"):
        (tools / name).symlink_to(shutil.which(name))
    told = called(str(checkout / "onedoor"), "cases", cwd=tmp_path, path=str(tools))
    assert (told.status, told.out) == (1, "")
    assert "Python 3 with venv" in told.err.splitlines()[-1]


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Path, tmp_path: Path) -> None:
    (checkout / ".venv" / "bin" / "python").unlink()
    uv = tmp_path / "uv"
    uv.write_text('#!/bin/sh\necho "$@" >>"$HOME/asked"\n[ "$1" = --version ]\n')
    uv.chmod(0o755)
    told = called(str(checkout / "onedoor"), "cases", cwd=tmp_path, ONEDOOR_UV=str(uv))
    assert told.status == 1
    assert "Python 3.11 or later is needed" in told.err.splitlines()[-1]
    assert (tmp_path / "asked").read_text().splitlines()[-1].startswith("venv ")
    assert not os.path.lexists(checkout / ".venv" / "onedoor-lock")
