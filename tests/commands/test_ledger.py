"""`./onedoor ledger`: a month as a workbook, the proof of every timeline, and how both fail."""

from __future__ import annotations

import asyncio
import sqlite3
from functools import partial
from pathlib import Path

import pytest
from commands.desktop import Desktop, together
from histories import ANSWERED, S, go, on, opened
from openpyxl import load_workbook

from bot.opening import opened as opened_database
from bot.words import words
from cases.settings import Settings

MONTH = ("ledger", "--month", "2026-06", "--out")


async def _fill(folder: Path) -> str:
    settings = Settings(data_dir=folder)
    async with opened_database(settings) as database, database.transaction() as session:
        case = await opened(session, on(2))
        await go(session, case, on(3), *ANSWERED, S.CLOSED)
        await opened(session, on(4), grid_code="wenchang-01")
        return case.code


@pytest.fixture
def filled(desktop: Desktop) -> tuple[Desktop, str]:
    """A data folder with two cases in June, and the code of the first one."""
    return desktop, asyncio.run(_fill(desktop.folder))


def test_a_month_is_written_and_what_it_adds_up_to_is_said(
    filled: tuple[Desktop, str], tmp_path: Path
) -> None:
    desktop, code = filled
    told = desktop.run(*MONTH, str(tmp_path / "台账.xlsx"))
    assert (told.status, told.err) == (0, "")
    assert told.out == words("ledger_written", file="台账.xlsx", cases=2, closed=1, open=1) + "\n"
    rows = list(load_workbook(tmp_path / "台账.xlsx")["案件"].values)
    assert rows[1][0] == code
    assert [path.name for path in tmp_path.iterdir()] == ["台账.xlsx"]


def test_a_unit_s_ledger_has_its_own_area_only(filled: tuple[Desktop, str], tmp_path: Path) -> None:
    told = filled[0].run(*MONTH, str(tmp_path / "x.xlsx"), "--unit", "wenchang")
    assert told.out == words("ledger_written", file="x.xlsx", cases=1, closed=0, open=1) + "\n"


def test_a_file_that_is_there_is_left_alone(desktop: Desktop, tmp_path: Path) -> None:
    there = tmp_path / "x.xlsx"
    there.write_text("mine")
    desktop.run(*MONTH, str(there)).failed(words("file_exists", file="x.xlsx"))
    assert there.read_text() == "mine"


def test_a_unit_nobody_has_is_a_failure_and_leaves_no_file(desktop: Desktop, tmp_path: Path) -> None:
    told = desktop.run(*MONTH, str(tmp_path / "x.xlsx"), "--unit", "nowhere")
    told.failed(words("ledger_no_unit", unit="nowhere"))
    assert not list(tmp_path.iterdir())


def test_wrong_use_is_said_in_one_sentence(bare: Desktop, tmp_path: Path) -> None:
    wrong = {
        (*MONTH[:2], "2026-13", "--out", str(tmp_path / "x.xlsx")): words("bad_month", given="2026-13"),
        ("ledger", "--month", "2026-06"): words("ledger_needs"),
        ("ledger", "--out", str(tmp_path / "x.xlsx")): words("ledger_needs"),
        ("ledger",): words("ledger_needs"),
        (*MONTH, "/no/such/folder/x.xlsx"): words("no_such_folder", name="/no/such/folder/x.xlsx"),
    }
    for sentence, told in zip(
        wrong.values(), together(partial(bare.run, *use) for use in wrong), strict=True
    ):
        assert (told.status, told.out, told.err) == (2, "", sentence + "\n")
    assert not bare.folder.exists()


def test_whole_timelines_are_said_to_be_whole(filled: tuple[Desktop, str]) -> None:
    told = filled[0].run("ledger", "verify")
    assert (told.status, told.err) == (0, "")
    assert words("ledger_chain_whole", cases=2, entries="").split("（")[0] in told.out


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE timeline_entries SET facts = '{}' WHERE case_id = 1 AND seq = 2",
        "DELETE FROM timeline_entries WHERE case_id = 1 AND seq = (SELECT max(seq) FROM timeline_entries)",
        "UPDATE timeline_entries SET at = '2026-01-01 00:00:00.000000' WHERE case_id = 1 AND seq = 3",
    ],
)
def test_a_timeline_that_was_tampered_with_is_named_and_is_a_failure(
    filled: tuple[Desktop, str], tampering: str
) -> None:
    desktop, code = filled
    _tamper(desktop.folder, tampering)
    desktop.run("ledger", "verify").failed(words("ledger_chain_broken", broken=1, codes=code))


def test_no_ledger_is_written_over_a_history_that_does_not_hold_together(
    filled: tuple[Desktop, str], tmp_path: Path
) -> None:
    desktop, code = filled
    _tamper(desktop.folder, "DELETE FROM timeline_entries WHERE case_id = 1 AND seq = 2")
    desktop.run(*MONTH, str(tmp_path / "x.xlsx")).failed(words("ledger_broken", code=code))
    assert not list(tmp_path.iterdir())


def _tamper(folder: Path, statement: str) -> None:
    """What somebody with the file in hand could do: past the triggers, straight to the rows."""
    with sqlite3.connect(next(folder.glob("*.sqlite3"))) as file:
        triggers = file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            file.execute(f'DROP TRIGGER "{name}"')
        assert file.execute(statement).rowcount == 1
    file.close()
