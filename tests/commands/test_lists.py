"""`./onedoor cases`, `staff`, `city`, `train` and wrong use: what the operator types and reads."""

from __future__ import annotations

import json
import os
import re
import shutil
from functools import partial
from pathlib import Path

import pytest
from commands.desktop import Desktop, together

from bot.words import words
from cases.city import SAMPLE

ODD_NAME = "[/x] :smile: [red]甲\x1b[2J"


def test_an_empty_list_says_so(desktop: Desktop) -> None:
    told, as_json = together((partial(desktop.run, "cases"), partial(desktop.run, "cases", "--json")))
    assert (told.status, told.out, told.err) == (0, words("cases_none") + "\n", "")
    assert json.loads(as_json.out) == []


def test_a_case_nobody_has_is_a_failure(desktop: Desktop) -> None:
    for told in together(partial(desktop.run, "cases", code) for code in ("YM-000000-XXXX", "' OR 1=1 --😀")):
        told.failed(words("no_such_case"))


def test_new_staff_get_a_code_and_an_invitation_and_stand_in_the_list(desktop: Desktop) -> None:
    added = desktop.run("staff", "add", ODD_NAME, "volunteer", "guihua")
    code, invitation = re.search(r"(volunteer-\w+).*?/staff ([A-Z0-9-]+)", added.out).groups()
    again = desktop.run("staff", "invite", code)
    listed = desktop.run("staff", "list")
    assert [one.status for one in (added, again, listed)] == [0, 0, 0]
    assert invitation not in again.out
    assert re.search(rf"{code}\s+│ volunteer\s+│ \[/x\] :smile: \[red\]甲\ufffd\[2J", listed.out)


def test_a_role_that_does_not_exist_is_wrong_use(desktop: Desktop) -> None:
    told = desktop.run("staff", "add", "甲", "king", "guihua")
    assert (told.status, told.out) == (2, "")
    assert "volunteer, grid_worker" in told.err


def test_staff_of_nowhere_are_refused(desktop: Desktop) -> None:
    wanted = (("add", "甲", "volunteer", "nowhere"), ("add", "", "volunteer", "guihua"), ("invite", "nobody"))
    for told in together(partial(desktop.run, "staff", *what) for what in wanted):
        told.failed()


def test_a_city_with_no_fault_passes_and_loads_twice_without_doubling(bare: Desktop) -> None:
    assert bare.run("city", "check", str(SAMPLE)).out.endswith(words("city_ok") + "\n")
    first, second = (bare.run("city", "load", str(SAMPLE)) for _ in range(2))
    assert (first.status, second.status) == (0, 0)
    assert first.out == second.out


def test_every_fault_of_a_city_is_told_with_file_and_line_and_nothing_is_loaded(
    desktop: Desktop, tmp_path: Path
) -> None:
    folder = _spoilt(tmp_path)
    told = together(partial(desktop.run, "city", what, str(folder)) for what in ("check", "load"))
    staff = (folder / "staff.yml").read_text(encoding="utf-8").splitlines()
    routing = (folder / "routing.yml").read_text(encoding="utf-8").splitlines()
    for one in told:
        assert (one.status, one.out) == (1, "")
        head, *faults = one.err.splitlines()
        assert head in words("city_refused", faults="")
        assert len(faults) == 3
        assert faults[0].startswith(f"routing.yml, line {_line(routing, 'to_knd')}: ")
        assert faults[1].startswith(f"routing.yml, line {_line(routing, 'quarrel:')}: ")
        assert faults[2].startswith(f"staff.yml, line {_line(staff, 'polize')}: ")
    assert "polize" not in desktop.run("staff", "list").out


def _spoilt(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    shutil.copytree(SAMPLE, folder)
    for name, right, wrong in (
        ("staff.yml", "role: police", "role: polize"),
        ("routing.yml", "to_kind:", "to_knd:"),
        ("routing.yml", 'leaf: "dispute:', 'leaf: "quarrel:'),
    ):
        file = folder / name
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        first = next(at for at, line in enumerate(lines) if right in line and not line.startswith("#"))
        lines[first] = lines[first].replace(right, wrong)
        file.write_text("".join(lines), encoding="utf-8")
    return folder


def _line(lines: list[str], part: str) -> int:
    return next(number for number, line in enumerate(lines, 1) if part in line)


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        (b"areas:\n  - [\n", "city.yml, line 3 is not valid YAML."),
        (b"\xff\xfe", "city.yml is not UTF-8 text."),
        (b"- one\n", "city.yml does not hold named parts"),
        (b"routing: {}\n", "`routing` is described twice"),
    ],
)
def test_a_city_file_that_cannot_be_read_is_named(
    bare: Desktop, tmp_path: Path, spoilt: bytes, told: str
) -> None:
    folder = tmp_path / "city"
    shutil.copytree(SAMPLE, folder)
    (folder / "city.yml").write_bytes(spoilt)
    (folder / "clocks.yml").write_bytes(b"{")
    answer = bare.run("city", "check", str(folder))
    assert (answer.status, answer.out) == (1, "")
    assert told in answer.err
    assert "clocks.yml, line 1 is not valid YAML." in answer.err


BAD_ROWS = (
    b'{"text": "x", "mapped": "no_such_label"}',
    b'{"text": 5, "mapped": "benign"}',
    b"{",
    b"\xff",
)


def test_training_refuses_a_bad_row_before_anything_is_prepared(bare: Desktop, tmp_path: Path) -> None:
    good = '{"text": "一\u2028二", "mapped": "scam:phishing"}'.encode()
    files = [tmp_path / f"extra{number}.jsonl" for number in range(len(BAD_ROWS))]
    for file, row in zip(files, BAD_ROWS, strict=True):
        file.write_bytes(good + b"\n" + row + b"\n")
    for file, told in zip(
        files, together(partial(bare.run, "train", "--extra", str(file)) for file in files), strict=True
    ):
        told.failed(words("train_extra_bad", file=file.name, line=2))
    assert not bare.folder.exists()


WRONG_USE = (
    (),
    ("frobnicate",),
    ("cases", "--nonsense"),
    ("staff", "add", "甲"),
    ("city", "check", "/no/such/folder"),
    ("train", "--extra", "/no/such/file"),
    ("evaluate", "/tmp"),
    ("talk", "--as", "staff:"),
)


def test_wrong_use_is_status_two_and_prepares_nothing(bare: Desktop) -> None:
    for arguments, told in zip(
        WRONG_USE, together(partial(bare.run, *arguments) for arguments in WRONG_USE), strict=True
    ):
        assert told.status == 2, (arguments, told)
        assert (told.out + told.err).strip(), arguments
    assert not bare.folder.exists()


def test_whom_to_talk_as_is_explained_in_one_sentence(bare: Desktop) -> None:
    told = bare.run("talk", "--as", "boss:grid-guihua")
    assert (told.status, told.out, told.err) == (2, "", words("talk_as_whom") + "\n")


def test_a_reader_that_leaves_early_ends_a_list_without_a_word(desktop: Desktop) -> None:
    started = desktop.start("staff", "list")
    started.process.stdout.close()
    started.process.stdout = None
    told = started.ends()
    assert (told.status, told.err) == (0, "")


def test_streams_the_caller_has_closed_are_no_failure(desktop: Desktop) -> None:
    told = desktop.run("staff", "list")
    without = desktop.start("staff", "list", streams={"stdin": None, "preexec_fn": _close_input})
    assert without.ends() == told


def _close_input() -> None:
    os.close(0)


def test_the_help_names_every_command_of_the_contract(bare: Desktop) -> None:
    shown = bare.run("--help")
    commands = {
        "up",
        "test",
        "talk",
        "classify",
        "train",
        "evaluate",
        "bench",
        "cases",
        "doctor",
        "city",
        "staff",
        "rounds",
        "ledger",
        "dossier",
        "route",
    }
    assert shown.status == 0
    assert commands <= set(re.findall(r"^│ (\w+) ", shown.out, re.MULTILINE))
    assert "Usage: ./onedoor " in shown.out
