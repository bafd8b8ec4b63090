"""A small run of `bench cases`: every row is measured, and nothing is left behind."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
import yaml

from bot.benchmarks import case_acts, cases
from bot.benchmarks.machine import Machine
from bot.benchmarks.tables import show
from bot.words import FOLDER
from cases.many import servers

HERE = Machine(cores=2, memory_gb=24.0, system="Linux x86_64", python="3.11", seconds=60.0, others=0.25)
SMALL = 300


async def test_a_small_run_measures_every_row_on_both_databases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_acts, "WARMING", 1)
    steps: list[str] = []
    report = await cases.run(SMALL, tmp_path, lambda key, **_: steps.append(key), times=3)
    assert {row.key for row in report.rows} >= {f"bench_cases_{act}" for act in case_acts.ACTS}
    values = {row.key: row.value for row in report.rows}
    assert values["bench_cases_round_clocks"] == SMALL * 0.02
    assert values["bench_cases_round_again"] == 0
    assert not [left for left in os.listdir(tmp_path) if left.startswith(cases.FILE)]  # noqa: PTH208
    if await servers.answers(servers.address()):
        assert all(row.beside is not None for row in report.rows)
    out = io.StringIO()
    show([report], HERE, out)
    assert "SQLite" in out.getvalue()
    for locale in ("zh-Hans", "en"):
        sentences = yaml.safe_load((FOLDER / f"{locale}.yml").read_text(encoding="utf-8"))
        assert all(sentences[row.key].format(**row.blanks) for row in report.rows)
        assert all(sentences[step] for step in steps)


async def test_without_a_server_sqlite_alone_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_acts, "WARMING", 0)
    monkeypatch.setenv(servers.SETTING, "postgresql://nobody@127.0.0.1:1/")
    report = await cases.run(SMALL, tmp_path, lambda _key, **_: None, times=1)
    assert all(row.beside is None for row in report.rows)
    assert len(report.notes) == 2


@pytest.mark.unit
def test_a_target_is_met_only_where_both_databases_meet_it() -> None:
    quick, slow = cases.Side(), cases.Side()
    for side, ms in ((quick, 1.0), (slow, 99.0)):
        for act in case_acts.ACTS:
            for share in cases.SHARES:
                side.add(f"{act}_{share}", ms)
        for name in ("ledger", "ledger_cases", "ledger_growth", "fill", "round_again"):
            side.add(name, ms)
        for name in ("round", "round_clocks", "round_rate", "round_growth"):
            side.add(name, ms)
    met = {row.key: row.met for row in cases.rows(quick, slow) if row.target is not None}
    assert set(met.values()) == {False}
    assert all(row.met for row in cases.rows(quick, quick) if row.target is not None)
