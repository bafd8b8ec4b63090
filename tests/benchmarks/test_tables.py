"""The tables: the same columns for people, for a page and for machines, in both languages."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from bot.benchmarks import machine, turns, understanding
from bot.benchmarks.figures import Row
from bot.benchmarks.load import Level
from bot.benchmarks.machine import Machine
from bot.benchmarks.residents import Seen, Waited
from bot.benchmarks.tables import Report, show, write_json
from bot.words import FOLDER, words

pytestmark = pytest.mark.unit
HERE = Machine(cores=2, memory_gb=24.0, system="Linux x86_64", python="3.11", seconds=60.0, others=0.25)
STORY = ("greeting", "check", "dispute", "confirm", "place", "details", "commit")


@pytest.fixture
def nlu() -> Report:
    """As if both services had been measured in two runs."""
    ours, theirs = understanding.Side(), understanding.Side()
    for side, speed in ((ours, 8.0), (theirs, 1.0)):
        for _ in range(2):
            levels = [Level(clients, 100 * speed, 8 / speed, 16 / speed, 500) for clients in (1, 8, 32)]
            side.add_levels(levels, cpu=3.0 / speed)
            side.add("pipe", 90 * speed)
        for name in ("start", "memory", "size"):
            side.add(name, 40 / speed)
    ours.add("inside_p50", 1.0)
    ours.add("inside_p99", 2.0)
    return Report("nlu", "bench_stock", understanding.rows(ours, theirs), ("a note",))


@pytest.fixture
def turn() -> Report:
    """As if a resident and a crowd had each told one story to both bots."""
    ours, echo = turns.Side(), turns.Side()
    for side, ms in ((ours, 30.0), (echo, 3.0)):
        seen = Seen([Waited(turn, ms, ms + 5) for turn in STORY], seconds=0.5)
        side.add_seen("alone", seen)
        side.add_seen("crowd", seen)
        side.add("cpu", ms / 2)
        side.add("bot", 200.0)
    for name in ("first_start", "start", "together", "own", "nlu", "console", "up", "after_quiet", "urgent"):
        ours.add(name, 6.0)
    return Report("turn", "bench_echo", turns.rows(ours, echo))


def shown(*reports: Report) -> list[list[str]]:
    out = io.StringIO()
    show(reports, HERE, out)
    lines = [line for line in out.getvalue().splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_a_pipe_gets_markdown_with_six_columns(nlu: Report, turn: Report) -> None:
    table = shown(nlu, turn)
    assert {len(line) for line in table} == {6}
    assert len(table) == len(nlu.rows) + len(turn.rows) + 2 * 2  # each with its head and the line below it


def test_each_row_has_its_unit_its_baseline_and_the_ratio(nlu: Report) -> None:
    line = next(line for line in shown(nlu) if line[0] == words("bench_requests", clients=32))
    assert line[1:] == ["req/s", "800", "100", "8×", "≥ 700, ≥ 8× ✓"]


def test_what_has_no_baseline_says_so(turn: Report) -> None:
    line = next(line for line in shown(turn) if line[0] == words("bench_later_start"))
    assert line[1:] == ["s", "6", "–", "–", "≤ 8 ✓"]


def test_the_targets_of_the_product_are_in_the_tables(nlu: Report, turn: Report) -> None:
    targets = {row.key: row.target for row in (*nlu.rows, *turn.rows) if row.target is not None}
    assert targets["bench_pipe"] == 500
    assert targets["bench_p50"] == 5
    assert targets["bench_commit_p50"] == 50
    assert targets["bench_together"] == 500
    assert targets["bench_later_start"] == 8


def test_json_holds_every_run(nlu: Report, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    write_json([nlu], HERE, file, datetime(2026, 11, 23, 8, tzinfo=UTC))
    told = json.loads(file.read_text(encoding="utf-8"))
    row = told["benchmarks"]["nlu"]["rows"][0]
    assert (row["unit"], row["ours"], row["runs"], row["baseline_runs"]) == (
        "req/s",
        800.0,
        [800.0, 800.0],
        [100.0, 100.0],
    )
    assert told["machine"]["others"] == 0.25
    assert told["measured_at"] == "2026-11-23T08:00:00+00:00"


@pytest.mark.parametrize("locale", ["zh-Hans", "en"])
def test_every_row_has_its_sentence_in_both_languages(locale: str, nlu: Report, turn: Report) -> None:
    sentences = yaml.safe_load((FOLDER / f"{locale}.yml").read_text(encoding="utf-8"))
    for row in (*nlu.rows, *turn.rows):
        assert sentences[row.key].format(**row.blanks)
    assert all(sentences[report.baseline] for report in (nlu, turn))


def test_other_work_on_the_machine_is_told() -> None:
    assert "25%" in HERE.sentence()
    now = machine.begin().ended()
    assert now.cores >= 1
    assert now.others is None or now.others >= 0


def test_no_row_was_forgotten_by_its_side() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        Row("bench_cpu_turn", "ms", turns.Side().get("cpu"))
